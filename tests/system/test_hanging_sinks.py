"""Sentry, the OTLP endpoint and standard output hang at once: nobody notices, every loss counts."""

from __future__ import annotations

import fcntl
import itertools
import os
import shlex
import socket
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.served import Server, ServerFactory, until
from tests.system.scrapes import Scrape

SCRIPT = Path(__file__).with_name("planted_server.py")
DROPPED = "telemetry_dropped_total"
FAILURES = 150
OTHERS = 300


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"


class FullPipe:
    """A pipe that holds all that it can, and that nobody reads until the end."""

    def __init__(self) -> None:
        self._reader, self.writer = os.pipe()
        size = fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, 65_536)
        self._filler = os.write(self.writer, b"#" * size)

    def read_lines(self) -> list[bytes]:
        """Read what was written since, once nobody writes any more."""
        os.close(self.writer)
        with os.fdopen(self._reader, "rb") as reader:
            return reader.read()[self._filler :].splitlines()


def words(count: int) -> list[str]:
    """Return different words: a number in their place would make the failures one."""
    letters = itertools.product(string.ascii_lowercase, repeat=3)
    return ["".join(three) for three in itertools.islice(letters, count)]


def requests(scrape: Scrape) -> float:
    """Count the requests of all but the witness, who is only scraped."""
    return sum(
        value
        for (name, labels), value in scrape.samples.items()
        if name == "http_requests_total" and not dict(labels)["path"].startswith("/metrics")
    )


def stored_errors(server: Server) -> list[int]:
    """Return how often each error was seen."""
    counts: list[int] = []
    cursor = ""
    while True:
        page = server.get(f"/api/errors?limit=100{cursor}")
        counts += [group["count"] for group in page["items"]]
        if page["nextCursor"] is None:
            return counts
        cursor = f"&cursor={page['nextCursor']}"


def test_with_all_sinks_hanging_requests_are_answered_and_every_loss_is_counted(
    serve: ServerFactory, silent: str
) -> None:
    # A second process of the group keeps the counters when the first has ended.
    witness = serve({"RUN_JOBS": "false", "LOG_LEVEL": "critical"})
    business, system = witness.scrape(), witness.scrape("/metrics")
    pipe = FullPipe()
    command = f"exec {shlex.join([sys.executable, str(SCRIPT)])} >/proc/{os.getpid()}/fd/"
    hanging = serve(
        {
            "RUN_JOBS": "false",
            "LOG_LEVEL": "debug",
            "SENTRY_DSN": f"http://key@{silent}/1",
            "SENTRY_IN_DEVELOPMENT": "true",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{silent}",
            "OTEL_TRACES_SAMPLER": "always_on",
            "OTEL_BSP_MAX_QUEUE_SIZE": "100",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50",
        },
        command=("sh", "-c", f"{command}{pipe.writer}"),
    )
    with hanging.client() as client:
        failed = [client.get(f"/fail?{word}").status_code for word in words(FAILURES)]
        found = [client.get("/nothing").status_code for _ in range(OTHERS)]
    assert (set(failed), set(found)) == ({500}, {404})
    until(
        "losses are counted while it runs", lambda: sinks_that_lost(witness) >= {"sentry", "traces"}
    )
    assert hanging.stop() == 0  # with code 1 it would not have ended in its grace period

    after, system_after = witness.scrape(), witness.scrape("/metrics")
    lost = {
        sink: after.total(DROPPED, sink=sink) - business.total(DROPPED, sink=sink)
        for sink in ("sentry", "errors", "traces", "log")
    }
    captured = after.total("errors_captured_total") - business.total("errors_captured_total")
    assert (captured, lost["sentry"], lost["errors"]) == (FAILURES, FAILURES, 0)
    assert stored_errors(witness) == [1] * FAILURES
    # Each of these requests asks no database: its trace is one span.
    assert lost["traces"] == requests(system_after) - requests(system)
    lines = after.total("log_messages_total") - business.total("log_messages_total")
    assert lines > FAILURES + OTHERS
    assert lost["log"] + len(pipe.read_lines()) == lines


def sinks_that_lost(server: Server) -> set[str]:
    scrape = server.scrape()
    return {sink for sink in ("sentry", "traces", "log") if scrape.total(DROPPED, sink=sink)}
