"""Instruments and scrapes, ours and those of `prometheus_client`, and log lines."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Block = Callable[[], float]

UPDATES = 20_000
LINES = 20_000
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
LINES_OF_A_SERIES = len(BOUNDS) + 3
MEMBERS = 4


def _registry(directory: Path | None, series: int = 0) -> Any:
    from asset_forge.observability.metrics import (
        CounterDeclaration,
        HistogramDeclaration,
        Label,
        Registry,
    )

    labels = (Label("method"), Label("path"))
    count = CounterDeclaration("requests_total", "Requests.", labels)
    time_ = HistogramDeclaration(
        "seconds", "Time.", labels, buckets=BOUNDS, series_limit=max(series, 1)
    )
    registry = Registry([count, time_], directory=directory)
    for number in range(series):
        registry.histogram(time_).labels("GET", f"/api/things/{number}").observe(0.03)
    return registry, registry.counter(count), registry.histogram(time_)


def _theirs(series: int = 0) -> Any:
    from prometheus_client import Counter, Histogram

    labels = ["method", "path"]
    count = Counter("requests_total", "Requests.", labels)
    time_ = Histogram("seconds", "Time.", labels, buckets=BOUNDS)
    for number in range(series):
        time_.labels("GET", f"/api/things/{number}").observe(0.03)
    return count, time_


def _updates(count: Any, time_: Any) -> Block:
    def block() -> float:
        began = time.process_time()
        for _ in range(UPDATES):
            count.labels("GET", "/api/things").inc()
            time_.labels("GET", "/api/things").observe(0.03)
        return (time.process_time() - began) / UPDATES

    return block


def _our_updates(directory: Path) -> Block:
    _, count, time_ = _registry(directory)
    return _updates(count, time_)


def _their_updates(_: Path) -> Block:
    return _updates(*_theirs())


def _our_scrape(lines: int, encoding: str = "identity") -> Callable[[Path], Block]:
    def make(directory: Path) -> Block:
        registry, *_ = _registry(directory, lines // LINES_OF_A_SERIES)
        return _scraping(registry, lines, encoding)

    return make


def _scraping(registry: Any, lines: int, encoding: str = "identity") -> Block:
    loop = asyncio.new_event_loop()

    def block() -> float:
        began = time.process_time()
        scrape = loop.run_until_complete(registry.scrape(endpoint=None, accept_encoding=encoding))
        spent = time.process_time() - began
        if encoding == "identity" and scrape.body.count(b"\n") < lines * 0.9:
            raise RuntimeError(f"fewer than {lines} lines")
        return spent

    return block


def _our_hold(lines: int) -> Callable[[Path], Block]:
    """Measure the longest time for which a scrape keeps others from the event loop.

    It is CPU time of the thread: what the machine gives to other processes meanwhile is not ours.
    """

    def make(directory: Path) -> Block:
        registry, *_ = _registry(directory, lines // LINES_OF_A_SERIES)
        loop = asyncio.new_event_loop()

        async def longest() -> float:
            scrape = asyncio.ensure_future(registry.scrape(endpoint=None))
            gap, last = 0.0, time.thread_time()
            while not scrape.done():
                await asyncio.sleep(0)
                now = time.thread_time()
                gap, last = max(gap, now - last), now
            return gap

        return lambda: loop.run_until_complete(longest())

    return make


def _their_scrape(lines: int) -> Callable[[Path], Block]:
    def make(_: Path) -> Block:
        from prometheus_client import REGISTRY, generate_latest

        _theirs(lines // LINES_OF_A_SERIES)
        return _rendering(lambda: generate_latest(REGISTRY), lines)

    return make


def _rendering(render: Callable[[], bytes], lines: int) -> Block:
    def block() -> float:
        began = time.process_time()
        body = render()
        spent = time.process_time() - began
        if body.count(b"\n") < lines * 0.9:
            raise RuntimeError(f"fewer than {lines} lines")
        return spent

    return block


_MEMBER = """
import sys
from pathlib import Path
from benchmarks import blocks_of_metrics as made
kept = made.{maker}
print("ready", flush=True)
sys.stdin.read()
"""


def _members(maker: str) -> list[subprocess.Popen[str]]:
    """Start the other members of a group; they end with this process, which holds their input."""
    members = [
        subprocess.Popen(
            [sys.executable, "-c", _MEMBER.format(maker=maker)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(MEMBERS - 1)
    ]
    for member in members:
        if member.stdout is None or member.stdout.readline() != "ready\n":
            raise RuntimeError("a member of the group did not start")
    return members


def _our_group(lines: int) -> Callable[[Path], Block]:
    series = lines // LINES_OF_A_SERIES

    def make(directory: Path) -> Block:
        registry, *_ = _registry(directory, series)
        kept = _members(f"_registry(Path({str(directory)!r}), {series})")
        scrape = _scraping(registry, lines)
        return lambda: scrape() if kept else 0.0

    return make


def _their_group(lines: int) -> Callable[[Path], Block]:
    series = lines // LINES_OF_A_SERIES

    def make(_: Path) -> Block:
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        _theirs(series)
        kept = _members(f"_theirs({series})")

        def render() -> bytes:
            registry = CollectorRegistry()
            MultiProcessCollector(registry)
            return generate_latest(registry) if kept else b""

        return _rendering(render, lines)

    return make


def _our_log_line(directory: Path) -> Block:
    import structlog

    from asset_forge.observability.logs import configure_logging
    from asset_forge.observability.redaction import Redactor

    file = os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    configure_logging(level="info", redactor=Redactor(), fd=file)
    log = structlog.get_logger("asset_forge.bench").bind()

    def block() -> float:
        began = time.thread_time()
        for number in range(LINES):
            log.info("generation finished", asset_type="prop", seconds=12.5, number=number)
        return (time.thread_time() - began) / LINES

    return block


def _their_log_line(directory: Path) -> Block:
    """The standard library's logging with a formatter that writes the same fields as JSON."""
    import json

    class Lines(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            fields = {"level": record.levelname, "time": record.created, "msg": record.msg}
            return json.dumps({**fields, **record.__dict__["fields"]})

    log = logging.getLogger("bench")
    handler = logging.FileHandler(directory / "log")
    handler.setFormatter(Lines())
    log.addHandler(handler)
    log.setLevel("INFO")
    log.propagate = False

    def block() -> float:
        began = time.thread_time()
        for number in range(LINES):
            fields = {"asset_type": "prop", "seconds": 12.5, "number": number}
            log.info("generation finished", extra={"fields": fields})
        return (time.thread_time() - began) / LINES

    return block


def _pairs() -> Iterator[tuple[str, Callable[[Path], Block]]]:
    yield "update ours", _our_updates
    yield "update prometheus_client", _their_updates
    yield "update prometheus_client multiprocess", _their_updates
    for lines in (12_000, 132_000):
        yield f"scrape {lines} ours", _our_scrape(lines)
        yield f"scrape {lines} ours gzip", _our_scrape(lines, "gzip")
        yield f"scrape {lines} prometheus_client", _their_scrape(lines)
    yield "hold 132000 ours", _our_hold(132_000)
    yield "scrape group ours", _our_group(11_000)
    yield "scrape group prometheus_client multiprocess", _their_group(11_000)
    yield "log line ours", _our_log_line
    yield "log line logging", _their_log_line


BLOCKS = dict(_pairs())
