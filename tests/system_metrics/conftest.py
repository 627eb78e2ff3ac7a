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
from typing import Any, Protocol, TypeVar

import httpx
import pytest
from tests.ports import free_port

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


class Prometheus(Protocol):
    """Starts a Prometheus with these scrape configurations, and returns a client of its API."""

    def __call__(self, scrape_configs: str) -> httpx.Client: ...


@pytest.fixture
def start_prometheus(tmp_path: Path, program: Program) -> Iterator[Prometheus]:
    """Start a Prometheus that scrapes every second and keeps exemplars; end it with the test."""
    with contextlib.ExitStack() as stack:

        def start(scrape_configs: str) -> httpx.Client:
            config, log = tmp_path / "prometheus.yml", tmp_path / "prometheus.log"
            config.write_text(f"global: {{scrape_interval: 1s}}\nscrape_configs:\n{scrape_configs}")
            port = free_port()
            output = stack.enter_context(log.open("wb"))
            process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={config}",
                    f"--storage.tsdb.path={tmp_path / 'data'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--enable-feature=exemplar-storage",
                ],
                stdout=output,
                stderr=output,
            )
            stack.callback(process.wait, 30)
            stack.callback(process.terminate)
            address = f"http://127.0.0.1:{port}"
            client = httpx.Client(base_url=address, timeout=60, trust_env=False)
            stack.enter_context(client)

            def scraped() -> bool:
                assert process.poll() is None, log.read_text()
                try:
                    return len(query(client, "up == 1")) == scrape_configs.count("job_name")
                except httpx.TransportError:
                    return False

            until("Prometheus has scraped every job", scraped)
            return client

        yield start


def query(client: httpx.Client, expression: str) -> list[dict[str, Any]]:
    """Return what Prometheus says to an expression, nothing while it is not ready."""
    answer = client.get("/api/v1/query", params={"query": expression})
    return answer.json()["data"]["result"] if answer.status_code == 200 else []


def exemplars(client: httpx.Client, selector: str) -> dict[str, dict[str, str]]:
    """Return the labels of the newest exemplar that is stored for each bucket of a histogram."""
    now = time.time()
    parameters = {"query": selector, "start": now - 600, "end": now + 60}
    answer = client.get("/api/v1/query_exemplars", params=parameters)
    return {
        one["seriesLabels"]["le"]: one["exemplars"][-1]["labels"] for one in answer.json()["data"]
    }


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
