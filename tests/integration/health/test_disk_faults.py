"""A volume that is full, read-only or out of inodes is seen by the check `disk`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from asset_forge.observability.health import Finding, Health
from asset_forge.observability.health.checks import disk

_NAMESPACE = ["unshare", "-Urm"]


def _namespace_fault() -> str | None:
    """Say why no volume of our own can be mounted here; None where it can."""
    try:
        tried = subprocess.run(
            [*_NAMESPACE, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return tried.stderr.strip() if tried.returncode else None


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    fault = _namespace_fault()
    if fault is not None:
        message = f"a mount namespace is not permitted here: {fault}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    script = Path(__file__).with_name("disk_states.py")
    ran = subprocess.run(
        [*_NAMESPACE, sys.executable, str(script), str(tmp_path_factory.mktemp("volume"))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    return {line["state"]: line for line in lines}


@pytest.mark.parametrize(
    ("state", "status", "error"),
    [
        ("empty", "healthy", None),
        ("most", "degraded", None),
        ("more", "unhealthy", None),
        ("full", "unhealthy", "ENOSPC"),
        ("healed", "healthy", None),
        ("read-only", "unhealthy", "EROFS"),
        ("no inodes", "unhealthy", "ENOSPC"),
    ],
)
def test_each_state_of_a_small_volume_is_told_apart(
    states: dict[str, dict[str, Any]], state: str, status: str, error: str | None
) -> None:
    assert (states[state]["status"], states[state].get("error")) == (status, error)


def test_the_figures_are_those_of_the_small_volume(states: dict[str, dict[str, Any]]) -> None:
    assert states["empty"]["freeGB"] == 0.0
    assert states["empty"]["usedPercent"] < 1
    assert 84 < states["most"]["usedPercent"] < 86
    assert states["full"]["usedPercent"] == 100.0


def _run(directory: Path) -> Finding:
    check = disk(directory, tmp_dir=directory / "tmp", assets_dir=directory / "assets")
    return cast("Callable[[], Finding]", check.run)()


def test_the_write_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    _run(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_missing_directories_are_shown(tmp_path: Path) -> None:
    details = _run(tmp_path).details
    assert (details["tmpDirExists"], details["assetsDirExists"]) == (False, False)


async def test_a_missing_data_directory_is_unhealthy_with_every_key(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    answer = await Health([disk(gone, tmp_dir=gone, assets_dir=gone)], environment="test").deep()
    assert answer.payload["checks"] == {
        "disk": {
            "status": "unhealthy",
            "details": {
                "freeGB": None,
                "usedPercent": None,
                "tmpDirExists": None,
                "assetsDirExists": None,
                "error": "FileNotFoundError",
            },
        }
    }
