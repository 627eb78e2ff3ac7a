"""Servers on one core, the load generator on another, loopback between them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, CLIENT_CORE = (sorted(os.sched_getaffinity(0)) * 2)[:2]
"""Where servers and where clients run; the same core if there is only one, and the report says so.
"""

_SCRIPT = Path(__file__).with_name("wrk.lua")
_START_SECONDS = 60.0


def stay_on_client_core() -> None:
    """Pin this process, and with it all that it starts from here on."""
    os.sched_setaffinity(0, {CLIENT_CORE})


class Missing(RuntimeError):
    """A program that the benchmark needs is not there."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a burst of requests found, and the CPU time that the server spent on it."""

    requests: int
    seconds: float
    p50_seconds: float
    p99_seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds

    @property
    def cpu_per_request(self) -> float:
        """CPU time of a request, in seconds."""
        return self.cpu_seconds / self.requests


class Server:
    """A process that serves on a port of its own, pinned to `SERVER_CORE`."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def rest(self) -> None:
        """Stop: an idle server works in the background, on the core of the one that is measured."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Go on after `rest`."""
        self.process.send_signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        """CPU time of the process so far, from its clock (clock_getcpuclockid of Linux)."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def load(self, path: str, *, seconds: int = 1, connections: int = 32) -> Load:
        """Ask for `path` as fast as it answers; raises `RuntimeError` if an answer is an error."""
        before = self.cpu_seconds()
        arguments = ["-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(_SCRIPT)]
        ran = subprocess.run(
            [wrk(), *arguments, self.url + path],
            check=True,
            capture_output=True,
            text=True,
            timeout=seconds + 30,
        )
        spent = self.cpu_seconds() - before
        requests, micros, p50, p99, errors = map(int, ran.stdout.splitlines()[-1].split())
        if errors or not requests:
            raise RuntimeError(f"{path}: {errors} errors among {requests} answers\n{ran.stdout}")
        return Load(requests, micros / 1e6, p50 / 1e6, p99 / 1e6, spent)


@contextlib.contextmanager
def serving(
    module: str, *arguments: str, variables: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start `python -m module port-descriptor arguments…` and wait until it answers `/`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        port: int = listener.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-m", module, str(listener.fileno()), *arguments],
            pass_fds=[listener.fileno()],
            env={**os.environ, **(variables or {})},
            cwd=Path(__file__).parent.parent,
        )
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    server = Server(process, port)
    try:
        _wait(server)
        yield server
    finally:
        server.wake()
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(server: Server) -> None:
    """Wait for the first answer: the socket listens already, so that one attempt is enough."""
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=_START_SECONDS) as client:
        client.sendall(request)
        if not client.recv(1):
            raise RuntimeError(f"the server on port {server.port} ended while it started")


def wrk() -> str:
    """Return the load generator; raises `Missing`."""
    program = shutil.which("wrk")
    if program is None:
        raise Missing("wrk generates the load and is not installed: on Debian, apt-get install wrk")
    return program
