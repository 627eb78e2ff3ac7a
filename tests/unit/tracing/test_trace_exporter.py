"""The exporter's queue: bounded, never in the way, and honest about what it lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import pytest

from asset_forge.observability.redaction import Redactor
from asset_forge.observability.tracing import SpanData, SpanReader, Trace, TraceExporter

READER = SpanReader(Redactor())


class Collected:
    """A transport that keeps what it gets; waits for `gate` if that is closed."""

    def __init__(self, *, takes: bool = True) -> None:
        self.spans: list[SpanData] = []
        self.takes = takes
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.closed = False

    def send(self, spans: Sequence[SpanData]) -> bool:
        self.entered.set()
        self.gate.wait(10)
        self.spans += spans
        return self.takes

    def close(self) -> None:
        self.closed = True


def part(number: int = 1) -> Trace:
    trace = Trace(f"{number:032x}", 5, 0, True, "server", 1.0, lambda: 0.0)
    trace.name = "work"
    trace.ended_at, trace.wall_offset, trace.kept = 2.0, 1e9, True
    return trace


def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def test_what_is_put_arrives_when_flushed() -> None:
    transport, lost = Collected(), [0]
    exporter = TraceExporter(transport, READER, on_lost=lost.append)
    for number in range(1, 11):
        exporter.put(part(number))
    assert exporter.flush(10)
    assert [int(one.trace_id, 16) for one in transport.spans] == list(range(1, 11))
    exporter.close()
    assert (lost, transport.closed) == ([0], True)


def test_a_full_batch_goes_without_waiting_for_the_delay() -> None:
    transport = Collected()
    exporter = TraceExporter(
        transport, READER, on_lost=lambda _: None, batch_spans=3, delay_seconds=1_000
    )
    for number in range(1, 4):
        exporter.put(part(number))
    until(lambda: len(transport.spans) == 3, "the batch goes")
    exporter.close()


def test_a_lone_span_goes_after_the_delay() -> None:
    transport = Collected()
    exporter = TraceExporter(transport, READER, on_lost=lambda _: None, delay_seconds=0.01)
    exporter.put(part())
    until(lambda: len(transport.spans) == 1, "the span goes")
    exporter.close()


def test_a_transport_that_hangs_fills_the_queue_and_the_rest_is_counted() -> None:
    transport, lost = Collected(), []
    transport.gate.clear()
    exporter = TraceExporter(transport, READER, on_lost=lost.append, queue_spans=10, batch_spans=2)
    exporter.put(part())
    exporter.put(part())
    assert transport.entered.wait(10)
    for _ in range(25):
        exporter.put(part())
    assert sum(lost) == 15
    started = time.monotonic()
    exporter.close(timeout=0.1)
    assert time.monotonic() - started < 5
    assert sum(lost) == 27
    transport.gate.set()
    exporter.put(part())
    assert sum(lost) == 28


def test_a_batch_that_is_refused_is_counted_once() -> None:
    transport, lost = Collected(takes=False), []
    exporter = TraceExporter(transport, READER, on_lost=lost.append)
    exporter.put(part())
    exporter.put(part())
    exporter.flush(10)
    until(lambda: sum(lost) == 2, "the loss is counted")
    exporter.close()
    exporter.close()
    assert sum(lost) == 2


def test_a_transport_that_raises_loses_its_batch_and_no_other() -> None:
    lost: list[int] = []

    class Broken(Collected):
        def send(self, spans: Sequence[SpanData]) -> bool:
            if not self.entered.is_set():
                self.entered.set()
                raise OSError("broken")
            return super().send(spans)

    transport = Broken()
    exporter = TraceExporter(transport, READER, on_lost=lost.append)
    exporter.put(part(1))
    exporter.flush(10)
    until(lambda: sum(lost) == 1, "the loss is counted")
    exporter.put(part(2))
    assert exporter.flush(10)
    assert [int(one.trace_id, 16) for one in transport.spans] == [2]
    exporter.close()


@pytest.mark.parametrize(("batch", "queue"), [(0, 1), (2, 1)])
def test_a_batch_that_cannot_be_is_refused(batch: int, queue: int) -> None:
    with pytest.raises(ValueError, match="batches that fit the queue"):
        TraceExporter(
            Collected(), READER, on_lost=lambda _: None, batch_spans=batch, queue_spans=queue
        )
