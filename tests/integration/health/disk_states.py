"""Runs in a mount namespace of its own: a small volume goes from empty to full to read-only.

Prints one JSON line per state: what the check `disk` found. Argument: a directory to mount on.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

from asset_forge.observability.health import Finding
from asset_forge.observability.health.checks import disk

volume = Path(sys.argv[1])


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments, str(volume)], check=True)


def show(state: str) -> None:
    check = disk(volume, tmp_dir=volume / "tmp", assets_dir=volume / "assets")
    found = cast("Callable[[], Finding]", check.run)()
    shown = {"state": state, "status": found.status.value, **found.details}
    sys.stdout.write(json.dumps(shown) + "\n")


mount("-t", "tmpfs", "-o", "size=20m", "tmpfs")
for name in ("tmp", "assets"):
    (volume / name).mkdir()
show("empty")
for name, mebibytes in (("most", 17), ("more", 2.5)):
    (volume / name).write_bytes(b"x" * int(mebibytes * (1 << 20)))
    show(name)
try:
    with (volume / "rest").open("wb", buffering=0) as rest:
        while True:
            rest.write(b"x" * 4096)
except OSError:
    show("full")
for name in ("most", "more", "rest"):
    (volume / name).unlink()
show("healed")
mount("-o", "remount,ro")
show("read-only")
mount("-o", "remount,rw,nr_inodes=4")
(volume / "last").touch()
show("no inodes")
