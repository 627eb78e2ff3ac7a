from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

Result = TypeVar("Result")
Program = Callable[[str], str]


class Fleet(Protocol):
    """Starts the application of `fleet.py`, and returns its port."""

    def __call__(self, *, workers: int = 1, lines: int = 0) -> int: ...


def until(what: str, condition: Callable[[], Result | None], seconds: float = 60.0) -> Result:
    """Wait until a condition returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(0.02)
    return found


@pytest.fixture
def program() -> Program:
    """Find a program; without it the test is skipped, or has failed where CI=true."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            message = f"{name} is not installed; Debian's package prometheus has it"
            pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
        return path

    return find


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """Start fleets for one test, and end them with it."""
    with contextlib.ExitStack() as stack:

        def start(*, workers: int = 1, lines: int = 0) -> int:
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            listener.listen(512)
            file = Path(__file__).with_name("fleet.py")
            process = subprocess.Popen(
                [
                    sys.executable,
                    file,
                    str(listener.fileno()),
                    str(workers),
                    tmp_path / "metrics",
                    str(lines),
                ],
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )
            stack.callback(_end, process)
            port: int = listener.getsockname()[1]
            listener.close()
            return port

        yield start


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
