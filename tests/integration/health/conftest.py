"""Starts the service of these tests as a process of its own, and always ends it."""

from __future__ import annotations

import json
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

_SCRIPT = Path(__file__).with_name("served_app.py")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Served:
    """A running service and the lines that it has written."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", str(_SCRIPT), json.dumps(arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that a test can signal all of its processes at once
        )
        self.out: list[str] = []
        self.err: list[tuple[float, str]] = []
        self.url = ""
        self._readers = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_err, daemon=True),
        ]
        self._port: queue.Queue[int] = queue.Queue()
        for reader in self._readers:
            reader.start()

    def wait_started(self) -> None:
        self.url = f"http://127.0.0.1:{self._port.get(timeout=60)}"
        self.until(lambda: self.code("startup") == 200)

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("port "):
                self._port.put(int(line.split()[1]))
            self.out.append(line.rstrip("\n"))

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.err.append((time.monotonic(), line.rstrip("\n")))

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.out, self.err)
            time.sleep(0.01)

    def code(self, probe: str) -> int:
        """Ask a probe over a new connection; 0 where the connection is refused."""
        try:
            return httpx.get(
                f"{self.url}/api/health/{probe}", timeout=10, trust_env=False
            ).status_code
        except httpx.TransportError:
            return 0

    def refuses(self) -> bool:
        """Whether nobody listens any more; a connection that would only hang is none refused."""
        port = int(self.url.rpartition(":")[2])
        try:
            socket.create_connection(("127.0.0.1", port), timeout=10).close()
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:  # it was accepted as the listener closed
            return False
        return False

    def logged(self, text: str) -> list[str]:
        return [line for _, line in self.err if text in line]

    def end(self) -> int:
        """Wait for the end of the process and of what it wrote."""
        code = self.process.wait(timeout=60)
        for reader in self._readers:
            reader.join(timeout=60)
        return code

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.end()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Served]]:
    started: list[Served] = []

    def start(*, wait: bool = True, **arguments: Any) -> Served:
        served = Served({"data_dir": str(tmp_path), **arguments})
        started.append(served)
        if wait:
            served.wait_started()
        return served

    yield start
    for served in started:
        served.clean_up()
