"""Begins and ends traces, and decides which of them are kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Protocol

from asset_forge.observability import context

from ._ids import random_id
from ._store import TraceStore
from ._trace import AttributeValue, Span, SpanKind, Trace, position
from ._traceparent import Traceparent, parse_traceparent

__all__ = ["TraceSink", "Tracer"]

_LOW_DIGITS = 16  # what OpenTelemetry's own ratio sampler looks at, so that all agree
_ABOVE_ALL = "g"


class TraceSink(Protocol):
    """Where kept traces go beside the store."""

    def put(self, part: Trace, spans: list[Span] | None = None) -> None:
        """Take a part of a trace with all its spans, or only ``spans``; never waits, never
        raises.
        """
        ...

    def close(self, timeout: float) -> None:
        """Send what is waiting for up to ``timeout`` seconds."""
        ...


class Tracer:
    """Traces requests and steps of jobs: notes the spans of all, keeps those that matter.

    Kept is what was sampled at its head (``sample_ratio``, or as the caller's `traceparent` says),
    what failed, and what took ``slow_seconds`` or longer. ``clock`` returns seconds and only rises,
    and has to be the one that requests are measured with; ``wall_clock`` returns seconds since the
    epoch; ``on_lost`` is told how many spans of kept traces were over the limits.

    Raises `ValueError` for a ratio outside 0 to 1.
    """

    def __init__(
        self,
        store: TraceStore,
        *,
        exporter: TraceSink | None = None,
        on_lost: Callable[[int], None] | None = None,
        sample_ratio: float = 0.1,
        follow_caller: bool = True,
        slow_seconds: float = 1.0,
        clock: Callable[[], float] = time.perf_counter,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        if not 0.0 <= sample_ratio <= 1.0:
            raise ValueError(f"sample_ratio {sample_ratio}: choose a share from 0 to 1")
        self._store = store
        self._exporter = exporter
        self._on_lost = on_lost
        bound = round(sample_ratio * 16**_LOW_DIGITS)
        # Compared as text: ids are made as text, and most are never needed as a number.
        self._bound = f"{bound:016x}" if bound < 16**_LOW_DIGITS else _ABOVE_ALL
        self._follow_caller = follow_caller
        self.slow_seconds = slow_seconds
        self.now = clock
        self._wall_clock = wall_clock

    @property
    def store(self) -> TraceStore:
        """The traces in memory."""
        return self._store

    def begin(self, parent: Traceparent | None, kind: SpanKind, started_at: float) -> Trace:
        """Open a trace, or a part of the caller's, for the rest of this context; end it with
        :meth:`end`.
        """
        if parent is None:
            trace_id, parent_id = random_id(), 0
            sampled = trace_id[_LOW_DIGITS:] < self._bound
        else:
            trace_id, parent_id, sampled = parent
            if not self._follow_caller:
                sampled = trace_id[_LOW_DIGITS:] < self._bound
        trace = Trace(trace_id, 0, parent_id, sampled, kind, started_at, self.now)
        position.set(trace)
        return trace

    def end(self, trace: Trace, ended_at: float, *, keep: bool = False) -> bool:
        """Close a trace, and keep it if it was sampled or ``keep`` says so; returns whether it was
        kept. Ending it again changes nothing.
        """
        if trace.kept is None:
            trace.ended_at = ended_at
            trace.kept = keep or trace.sampled
            if trace.kept:
                self._keep(trace)
            else:
                trace.spans = None  # they refer to the trace: let go of both now
        return trace.kept

    def keep_late(self, trace: Trace, error: BaseException) -> None:
        """Mark a trace as failed that has ended, and keep it after all."""
        trace.fail(error)
        if trace.kept is False:
            trace.kept = True
            self._keep(trace)

    @contextmanager
    def continue_trace(
        self,
        traceparent: str | None,
        name: str,
        kind: SpanKind = "consumer",
        attributes: Mapping[str, AttributeValue] | None = None,
        *,
        slow_seconds: float | None = None,
    ) -> Generator[Trace]:
        """Go on with a trace that began elsewhere, for instance in the request that queued a job.

        ``traceparent`` is what :func:`current_traceparent` said there; without a valid one a trace
        begins here. The block is a span of it, kept under the same rules as a request; ``None``
        for ``slow_seconds`` keeps nothing for its length alone. Logs inside carry the trace's id.
        """
        before = position.get()
        parent = parse_traceparent(traceparent) if traceparent else None
        trace = self.begin(parent, kind, self.now())
        trace.name = name
        if attributes is not None:
            trace.attributes = attributes
        try:
            with context.scope(trace_id=trace.trace_id):
                yield trace
        except Exception as error:
            trace.fail(error)
            raise
        finally:
            position.set(before)
            ended_at = self.now()
            slow = slow_seconds is not None and ended_at - trace.started_at >= slow_seconds
            self.end(trace, ended_at, keep=slow or bool(trace.error_type))

    def close(self, timeout: float = 2.0) -> None:
        """Send what waits for the exporter, for up to ``timeout`` seconds; the rest is counted as
        lost.
        """
        if self._exporter is not None:
            self._exporter.close(timeout)

    def _keep(self, trace: Trace) -> None:
        trace.wall_offset = self._wall_clock() - self.now()
        trace.on_late = self._late
        trace.settle()
        self._lose(self._store.add(trace))
        if self._exporter is not None:
            self._exporter.put(trace)

    def _late(self, trace: Trace, span: Span) -> None:
        _ = span.id  # made here, as in `Trace.settle`
        self._lose(self._store.add_late(trace, span))
        if self._exporter is not None:
            self._exporter.put(trace, [span])

    def _lose(self, spans: int) -> None:
        if spans and self._on_lost is not None:
            self._on_lost(spans)
