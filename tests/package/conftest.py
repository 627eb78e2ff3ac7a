"""The wheel of this checkout, and an empty environment that it is installed into."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_QUIET = ("--quiet", "--disable-pip-version-check", "--retries", "10")


def _run(*command: str | Path) -> None:
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{' '.join(map(str, command))}\n{ran.stdout}{ran.stderr}"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    built = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "pip", "wheel", *_QUIET, "--no-deps", "--wheel-dir", built, ROOT)
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the locked server dependencies and the wheel; returns the environment's programs."""
    home = tmp_path_factory.mktemp("empty-environment")
    _run(sys.executable, "-m", "venv", home)
    pip = (home / "bin" / "python", "-m", "pip")
    locked = ROOT / "requirements" / "server.txt"
    _run(*pip, "install", *_QUIET, "--require-hashes", "--requirement", locked)
    _run(*pip, "install", *_QUIET, "--no-deps", wheel)
    _run(*pip, "check", "--disable-pip-version-check")
    return home / "bin"
