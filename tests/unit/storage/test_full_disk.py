"""A disk that is really full: a small tmpfs, mounted in a namespace of the test's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, os, sys
from collections.abc import AsyncIterator
import anyio
from asset_forge.faults import Fault
from asset_forge.storage import open_store

async def chunks(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b"x" * 100_000

async def main(root: str, mode: str) -> None:
    store = open_store("file://" + root)
    await store.put_stream("assets/first", chunks(3))
    outcomes = []
    if mode == "limit":
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    if mode == "readonly":
        assert os.system(f"mount -o remount,ro {root}") == 0
    for attempt in (
        store.put_stream("assets/second", chunks(80)),
        store.put_bytes("assets/third", b"x" * (1_000_000 if mode == "readonly" else 8_000_000)),
    ):
        try:
            await attempt
            outcomes.append(None)
        except Fault as fault:
            outcomes.append([type(fault).__name__, fault.message])
    first = len(await store.read("assets/first"))
    files = sorted(os.listdir(root + "/assets"))
    print(json.dumps({"outcomes": outcomes, "files": files, "first": first}))

anyio.run(main, *sys.argv[1:])
"""


def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    mount = ["unshare", "-Urm", "mount", "-t", "tmpfs", "t", "/mnt"]
    return subprocess.run(mount, capture_output=True, check=False).returncode == 0


def _run(root: Path, mode: str, *, tmpfs: bool) -> dict[str, list[list[str]] | list[str] | int]:
    root.mkdir()
    program = [sys.executable, "-c", SCRIPT, str(root), mode]
    if tmpfs:
        mount = f'mount -t tmpfs -o size=4m t {root} && exec "$@"'
        program = ["unshare", "-Urm", "sh", "-c", mount, "sh", *program]
    done = subprocess.run(program, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


needs_namespaces = pytest.mark.skipif(
    not _namespaces_work() and os.environ.get("CI") != "true",
    reason="needs user namespaces to mount a small tmpfs",
)


@needs_namespaces
def test_a_full_disk_is_said_to_be_full_and_keeps_no_half_file(tmp_path: Path) -> None:
    found = _run(tmp_path / "store", "full", tmpfs=True)
    assert found["files"] == ["first"]
    assert found["first"] == 300_000
    for name, message in found["outcomes"]:  # pyright: ignore[reportGeneralTypeIssues]
        assert name == "StorageFull"
        assert "free space" in message
        assert str(tmp_path) not in message


@needs_namespaces
def test_a_read_only_disk_is_unavailable_and_can_still_be_read(tmp_path: Path) -> None:
    found = _run(tmp_path / "store", "readonly", tmpfs=True)
    assert found["files"] == ["first"]
    assert found["first"] == 300_000
    for name, message in found["outcomes"]:  # pyright: ignore[reportGeneralTypeIssues]
        assert name == "StorageUnavailable"
        assert "EROFS" in message
        assert "remount" in message


def test_a_limit_on_the_size_of_files_is_a_full_disk(tmp_path: Path) -> None:
    found = _run(tmp_path / "store", "limit", tmpfs=False)
    assert found["files"] == ["first"]
    for name, message in found["outcomes"]:  # pyright: ignore[reportGeneralTypeIssues]
        assert name == "StorageFull"
        assert "EFBIG" in message
