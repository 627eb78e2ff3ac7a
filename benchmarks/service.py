"""The service itself: what being observed costs its own route, a storm of scrapes, its start."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
from benchmarks.load import SERVER_CORE, Server, free_port, serving, wrk
from benchmarks.pairs import Pairs
from benchmarks.requests_per_second import Cost, measure

SCRAPERS = 20
_READY_SECONDS = 60.0
_STARTS = 9


def compare(rounds: int, seconds: int = 1) -> list[Cost]:
    """Measure `GET /api/assets/{id}` with metrics alone and with everything on, beside it bare.

    The servers are started again and again: from one start to the next the same program is faster
    or slower by several percent, as its memory happens to lie, which no number of rounds evens out.
    """
    starts = min(_STARTS, rounds)
    costs = _compare_once(rounds // starts, seconds)
    for _ in range(1, starts):
        for cost, again in zip(costs, _compare_once(rounds // starts, seconds), strict=True):
            cost.per_second.extend(again.per_second)
            cost.cpu_seconds.extend(again.cpu_seconds)
    return costs


def _compare_once(rounds: int, seconds: int) -> list[Cost]:
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        servers: dict[str, Server] = {}
        paths: dict[str, str] = {}
        for variant in ("bare", "metrics", "everything"):
            server = stack.enter_context(
                serving("benchmarks.service_server", variant, str(home / variant))
            )
            servers[variant], paths[variant] = server, _path_of_an_asset(server)
        return measure("Asset-Forge", servers, paths, rounds, seconds)


@dataclass(frozen=True, slots=True)
class Storm:
    """The p99 of other requests, in seconds, while nobody scrapes and while many do."""

    p99_seconds: Pairs
    scrapes_per_second: float


def storm(rounds: int, seconds: int = 2) -> Storm:
    """Measure how `GET /api/assets/{id}` fares while 12,000 lines are scraped by twenty at once,
    each again after a second.
    """
    found = Pairs([], [])
    scraped = 0.0
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as home,
        serving("benchmarks.service_server", "large", home) as server,
    ):
        path = _path_of_an_asset(server)
        server.load(path)
        for turn in range(rounds):
            for stormy in (False, True)[:: -1 if turn % 2 else 1]:
                scrapers = _scrapers(server, seconds + 1) if stormy else None
                p99 = server.load(path, seconds=seconds).p99_seconds
                (found.measured if stormy else found.reference).append(p99)
                if scrapers is not None:
                    output, _ = scrapers.communicate(timeout=60)
                    requests, micros = map(int, output.splitlines()[-1].split())
                    scraped += requests / (micros / 1e6) / rounds
    return Storm(found, scraped)


def start_seconds(rounds: int) -> list[float]:
    """Start `asset-forge serve` on an empty directory, and take the time until it is ready."""
    return [_start_once() for _ in range(rounds)]


def _start_once() -> float:
    program = Path(sys.executable).with_name("asset-forge")
    with tempfile.TemporaryDirectory(prefix="bench-") as home, contextlib.ExitStack() as stack:
        port = free_port()
        variables = {"PORT": str(port), "ASSET_FORGE_DATA_DIR": home, "DRAIN_SECONDS": "0"}
        log = stack.enter_context(Path(home, "output").open("wb"))
        began = time.perf_counter()
        process = subprocess.Popen(
            [program, "serve"], env={**os.environ, **variables}, stdout=log, stderr=log
        )
        os.sched_setaffinity(process.pid, {SERVER_CORE})
        try:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    answer = httpx.get(f"http://127.0.0.1:{port}/api/health/ready", timeout=5)
                    if answer.status_code == 200:
                        return time.perf_counter() - began
                if process.poll() is not None or time.perf_counter() - began > _READY_SECONDS:
                    raise RuntimeError(f"not ready:\n{Path(home, 'output').read_text()}")
                time.sleep(0.01)
        finally:
            process.terminate()
            process.wait(30)


def _path_of_an_asset(server: Server) -> str:
    files = {"file": ("note.json", b'{"a": 1}', "application/json")}
    fields = {"type": "dialogue", "name": "A note"}
    answer = httpx.post(f"{server.url}/api/assets", files=files, data=fields, timeout=30)
    answer.raise_for_status()
    return f"/api/assets/{answer.json()['id']}"


def _scrapers(server: Server, seconds: int) -> subprocess.Popen[str]:
    arguments = [f"-c{SCRAPERS}", "-t1", f"-d{seconds}s", "-s", "benchmarks/scrapers.lua"]
    return subprocess.Popen(
        [wrk(), *arguments, f"{server.url}/metrics"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
