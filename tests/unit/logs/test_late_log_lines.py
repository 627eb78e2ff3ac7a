"""Lines whose fields are made in the writer's thread: order, ids, losses, faults."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
import structlog

from asset_forge.observability import context
from asset_forge.observability.logs import LogSystem, configure_logging
from asset_forge.observability.redaction import Json

log = structlog.get_logger("asset_forge.test_late")


class Count:
    def __init__(self) -> None:
        self.value = 0.0
        self.lock = threading.Lock()

    def inc(self, amount: float = 1, /) -> None:
        with self.lock:
            self.value += amount

    def labels(self, *values: str) -> Count:
        assert values
        return self


def _numbered(number: int, _: context.Scope) -> dict[str, Json]:
    return {"number": number}


def late(system: LogSystem, number: int) -> None:
    system.later("asset_forge.late", "late", _numbered)("info", number)


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_lines_keep_their_order_whether_they_are_made_at_once_or_later(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    system = configure_logging(fd=fd)
    for number in range(0, 1_000, 2):
        log.info("at once", number=number)
        late(system, number + 1)
    system.close(20)
    os.close(fd)

    assert [line["number"] for line in lines_of(tmp_path / "log")] == list(range(1_000))


def test_a_late_line_has_the_ids_and_the_time_of_the_moment_it_tells_of(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    times = iter([1_000.0, 2_000.0, 3_000.0])
    system = configure_logging(fd=fd, clock=lambda: next(times))
    with context.scope(request_id="r", trace_id="t", user_id="u"):
        late(system, 1)
    with context.scope(request_id="other"):
        late(system, 2)
    system.close(20)
    os.close(fd)

    first, second = lines_of(tmp_path / "log")
    assert (first["requestId"], first["traceId"], first["userId"]) == ("r", "t", "u")
    assert (first["time"], second["time"]) == (1_000_000, 2_000_000)
    assert second["requestId"] == "other"


def test_each_late_line_that_finds_the_queue_full_is_counted_and_told_of() -> None:
    reader, writer = os.pipe()
    dropped = Count()
    system = configure_logging(fd=writer, dropped=dropped, max_lines=200)
    for number in range(3_000):
        late(system, number)
    lost = dropped.value
    chunks: list[bytes] = []

    def drain() -> None:
        while chunk := os.read(reader, 65_536):
            chunks.append(chunk)

    thread = threading.Thread(target=drain, daemon=True)
    thread.start()
    assert system.flush(20)
    late(system, 3_000)
    system.close(20)
    os.close(writer)
    thread.join(20)
    os.close(reader)

    lines = [json.loads(line) for line in b"".join(chunks).splitlines()]
    reported = sum(line["lost"] for line in lines if line["msg"] == "log lines were lost")
    taken = [line["number"] for line in lines if line["msg"] == "late"]
    assert lost > 1_000
    assert reported == lost == dropped.value
    assert len(taken) + lost == 3_001
    assert taken == sorted(taken)


def test_late_lines_of_many_threads_are_written_or_counted_while_the_log_closes() -> None:
    reader, writer = os.pipe()
    dropped = Count()
    system = configure_logging(fd=writer, dropped=dropped, max_lines=10_000)
    chunks: list[bytes] = []

    def drain() -> None:
        while chunk := os.read(reader, 65_536):
            chunks.append(chunk)

    def storm() -> None:
        for number in range(2_000):
            late(system, number)

    threads = [threading.Thread(target=storm) for _ in range(3)]
    thread = threading.Thread(target=drain, daemon=True)
    for one in (thread, *threads):
        one.start()
    system.close(20)
    for one in threads:
        one.join(30)
    os.close(writer)
    thread.join(20)
    os.close(reader)

    written = b"".join(chunks).count(b"\n")
    assert written + dropped.value == 6_000


def test_a_late_line_after_the_end_is_counted_as_lost(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    dropped = Count()
    system = configure_logging(fd=fd, dropped=dropped)
    system.close()
    late(system, 1)
    os.close(fd)

    assert dropped.value == 1


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_late_line_that_cannot_be_made_says_so(tmp_path: Path, style: str) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    system = configure_logging(fd=fd, style=style)  # type: ignore[arg-type]

    def broken(_: None, __: context.Scope) -> dict[str, Json]:
        raise LookupError

    system.later("asset_forge.late", "late", broken)("info", None)
    system.close(20)
    os.close(fd)

    text = (tmp_path / "log").read_text()
    assert "log line could not be rendered" in text
    assert "LookupError" in text
