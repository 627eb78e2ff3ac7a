"""Sends kept traces by OTLP from a thread of its own: a request never waits for a collector."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from ._data import SpanData, SpanReader
from ._trace import Span, Trace

__all__ = ["SpanTransport", "TraceExporter"]

QUEUE_SPANS: Final = 2_048
BATCH_SPANS: Final = 512
DELAY_SECONDS: Final = 5.0


class SpanTransport(Protocol):
    """Carries a batch of spans away."""

    def send(self, spans: Sequence[SpanData]) -> bool:
        """Send a batch; may block for a bounded time. Returns whether it was taken."""
        ...

    def close(self) -> None:
        """Give up waiting between attempts, and close connections."""
        ...


class TraceExporter:
    """A bounded queue of kept traces and the thread that hands them to ``transport``.

    At most ``queue_spans`` spans wait, for at most ``delay_seconds``, and go in batches of about
    ``batch_spans``. What finds the queue full, what the transport does not take, and what is left
    at the end is told to ``on_lost``, as a number of spans. Redaction happens in the thread.
    """

    def __init__(
        self,
        transport: SpanTransport,
        reader: SpanReader,
        *,
        on_lost: Callable[[int], None],
        queue_spans: int = QUEUE_SPANS,
        batch_spans: int = BATCH_SPANS,
        delay_seconds: float = DELAY_SECONDS,
    ) -> None:
        if not 1 <= batch_spans <= queue_spans:
            raise ValueError(
                f"batch_spans {batch_spans}, queue_spans {queue_spans}: choose 1 or more,"
                " and batches that fit the queue"
            )
        self._transport = transport
        self._reader = reader
        self._on_lost = on_lost
        self._queue_spans = queue_spans
        self._batch_spans = batch_spans
        self._delay_seconds = delay_seconds
        self._reset()
        reference = weakref.ref(self)

        def after_fork() -> None:
            exporter = reference()
            if exporter is not None:
                exporter._reset()

        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=after_fork)

    def _reset(self) -> None:
        """Start empty: at first, and in a forked child, where the thread is gone."""
        self._changed = threading.Condition()
        self._waiting: deque[tuple[Trace, list[Span] | None, int]] = deque()
        self._spans = 0
        self._in_flight = 0
        self._hurry = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def put(self, part: Trace, spans: list[Span] | None = None) -> None:
        """Queue a part of a trace with all its spans, or only ``spans``; never waits."""
        size = len(spans) if spans is not None else 1 + len(part.spans or ())
        with self._changed:
            fits = self._spans + size <= self._queue_spans and not self._closing
            if fits:
                self._waiting.append((part, spans, size))
                self._spans += size
                if self._thread is None:
                    self._start()
                if self._spans >= self._batch_spans:
                    self._changed.notify_all()
        if not fits:
            self._on_lost(size)

    def flush(self, timeout: float) -> bool:
        """Wait up to ``timeout`` seconds until all that is queued is sent or lost; False if some
        is left.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            while self._spans or self._in_flight:
                left = deadline - time.monotonic()
                if left <= 0 or self._thread is None:
                    break
                self._changed.wait(left)
            self._hurry = False
            return not (self._spans or self._in_flight)

    def close(self, timeout: float = 2.0) -> None:
        """Send what is queued for up to ``timeout`` seconds, then count the rest as lost. A second
        call does nothing.
        """
        with self._changed:
            if self._closing:
                return
        self.flush(timeout)
        with self._changed:
            self._closing = True
            left = self._spans + self._in_flight
            self._waiting.clear()
            self._spans = 0
            self._changed.notify_all()
        if left:
            self._on_lost(left)
        self._transport.close()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="trace-exporter", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the interpreter is shutting down: no thread can start any more
            self._thread = None

    def _run(self) -> None:
        while (batch := self._next()) is not None:
            taken = self._send(batch)
            with self._changed:
                lost = 0 if taken or self._closing else self._in_flight  # close() counts its own
                self._in_flight = 0
                self._changed.notify_all()
            if lost:
                self._on_lost(lost)

    def _next(self) -> list[tuple[Trace, list[Span] | None, int]] | None:
        """Wait for a batch, or until the oldest has waited long enough; None at the end."""
        with self._changed:
            deadline = 0.0
            while not self._closing:
                if self._spans and not deadline:
                    deadline = time.monotonic() + self._delay_seconds
                left = deadline - time.monotonic()
                if self._spans and (self._hurry or self._spans >= self._batch_spans or left <= 0):
                    break
                self._changed.wait(left if self._spans else self._delay_seconds)
            if self._closing:
                return None
            batch: list[tuple[Trace, list[Span] | None, int]] = []
            while self._waiting and self._in_flight < self._batch_spans:
                one = self._waiting.popleft()
                batch.append(one)
                self._in_flight += one[2]
            self._spans -= self._in_flight
            return batch

    def _send(self, batch: list[tuple[Trace, list[Span] | None, int]]) -> bool:
        try:
            data: list[SpanData] = []
            for part, spans, _ in batch:
                if spans is None:
                    data += self._reader.read(part)
                else:
                    data += [self._reader.read_one(part, span) for span in spans]
            return self._transport.send(data)
        except Exception:  # noqa: BLE001 - the loss is counted; nobody above could do more
            return False
