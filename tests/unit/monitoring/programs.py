"""The real programs that tests run against: found, or the test says why it is skipped."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def program(name: str) -> str:
    """Return the path of an installed program; without it skip, or fail where `CI=true`."""
    path = shutil.which(name)
    if path is not None:
        return path
    reason = f"{name} is not installed; where it can be, scripts/install-test-programs does it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(name: str, *arguments: str, directory: Path, expect: int = 0) -> str:
    """Run a program to its end, check its exit code, and return all that it printed."""
    done = subprocess.run(
        [program(name), *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    output = done.stdout + done.stderr
    assert done.returncode == expect, output
    return output


def library(name: str) -> Any:
    """Return a module that only the tests need; without it skip, or fail where `CI=true`."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        reason = f"the module {name} is not installed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
