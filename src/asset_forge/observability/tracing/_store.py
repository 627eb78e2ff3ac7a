"""The last traces that were kept, in memory, to be looked at without anything installed."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from ._data import SpanData, SpanReader
from ._trace import Span, Trace
from ._views import KeptTrace, SpanView, TraceDetails, TracePage, TraceSummary, page

__all__ = ["CAPACITY", "TraceStore"]

CAPACITY: Final = 300
MAX_SPANS_PER_TRACE: Final = 2_000
"""A job of many steps adds to its trace again and again; this ends it."""


class _Entry:
    __slots__ = ("late", "lost", "number", "parts", "spans")

    def __init__(self, number: int) -> None:
        self.number = number
        self.parts: list[Trace] = []
        self.late: list[tuple[Trace, Span]] = []
        self.spans = 0
        self.lost = 0


class TraceStore:
    """Keeps the newest ``capacity`` traces; the oldest makes room.

    Traces that are neither failed nor took ``slow_seconds`` make room first, until they fill less
    than half of it, so that ordinary traffic does not sweep away the ones that somebody looks for.
    The parts of a trace (a request, each step of the job that it started) come together by their
    trace id. What is held is what the spans noted; it is redacted when it is read. All methods may
    be called from any thread. ``clock_ns`` returns nanoseconds since the epoch.
    """

    def __init__(
        self,
        reader: SpanReader,
        *,
        capacity: int = CAPACITY,
        slow_seconds: float = 1.0,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        if capacity < 1:
            raise ValueError(f"capacity {capacity}: a store of traces holds at least 1")
        self._reader = reader
        self._capacity = capacity
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._ordinary: OrderedDict[str, None] = OrderedDict()
        self._slow_seconds = slow_seconds
        self._number = 0
        self._lock = threading.Lock()
        self._clock_ns = clock_ns

    def add(self, part: Trace) -> int:
        """Keep a part that has ended; returns how many of its spans were over the limits."""
        with self._lock:
            entry = self._entries.get(part.trace_id)
            if entry is None:
                self._number = max(self._clock_ns(), self._number + 1)
                entry = self._entries[part.trace_id] = _Entry(self._number)
                self._ordinary[part.trace_id] = None
            if part.error_type or part.ended_at - part.started_at >= self._slow_seconds:
                self._ordinary.pop(part.trace_id, None)
            if len(self._entries) > self._capacity:
                self._make_room()
            size = 1 + len(part.spans or ())
            lost = part.lost
            if entry.spans + size > MAX_SPANS_PER_TRACE:
                lost += size
            else:
                entry.spans += size
                entry.parts.append(part)
            entry.lost += lost
            return lost

    def add_late(self, part: Trace, span: Span) -> int:
        """Keep a span that ended after its request, if its trace is still here; returns how many
        were over the limits.
        """
        with self._lock:
            entry = self._entries.get(part.trace_id)
            if entry is None:
                return 0
            if entry.spans < MAX_SPANS_PER_TRACE:
                entry.spans += 1
                entry.late.append((part, span))
                return 0
            entry.lost += 1
            return 1

    def list(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        min_seconds: float = 0.0,
        errors_only: bool = False,
        route: str | None = None,
    ) -> TracePage:
        """A page of traces that lasted at least ``min_seconds``, failed, or belong to ``route``.

        ``cursor`` is the ``next_cursor`` of the page before. Raises `ValueError` for a cursor or
        limit that is none.
        """
        return page(self.kept(), limit, cursor, min_seconds, errors_only=errors_only, route=route)

    def kept(self) -> Sequence[KeptTrace]:
        """All traces that are held, the newest first."""
        with self._lock:
            entries = [*reversed(self._entries.values())]
        found = ((entry, self._summary(entry)) for entry in entries)
        return [
            KeptTrace(entry.number, _routes(entry), summary)
            for entry, summary in found
            if summary is not None
        ]

    def get(self, trace_id: str) -> TraceDetails | None:
        """One trace with all its spans, or None if it was not kept or has made room."""
        with self._lock:
            entry = self._entries.get(trace_id.lower())
        summary = None if entry is None else self._summary(entry)
        if entry is None or summary is None:
            return None
        spans = sorted(self._spans(entry), key=lambda span: span.started_ns)
        return TraceDetails(
            trace=summary,
            spans=[_view(span, spans[0].started_ns) for span in spans],
            lost_spans=entry.lost,
        )

    def __len__(self) -> int:
        return len(self._entries)

    def _make_room(self) -> None:
        ordinary = len(self._ordinary) > self._capacity // 2
        oldest = next(iter(self._ordinary if ordinary else self._entries))
        self._ordinary.pop(oldest, None)
        del self._entries[oldest]

    def _spans(self, entry: _Entry) -> list[SpanData]:
        found: list[SpanData] = []
        for part in tuple(entry.parts):
            found += self._reader.read(part)
        found += [self._reader.read_one(part, span) for part, span in tuple(entry.late)]
        return found

    def _summary(self, entry: _Entry) -> TraceSummary | None:
        parts = tuple(entry.parts)
        if not parts:
            return None
        first = min(parts, key=lambda part: part.started_at + part.wall_offset)
        root = self._reader.read_one(first, first)
        route = root.attributes.get("http.route")
        status = root.attributes.get("http.response.status_code")
        return TraceSummary(
            trace_id=first.trace_id,
            name=root.name,
            route=route if isinstance(route, str) else None,
            status=status if isinstance(status, int) else None,
            error=any(part.error_type for part in parts),
            started_at=datetime.fromtimestamp(first.started_at + first.wall_offset, UTC),
            duration_seconds=_seconds(parts),
            span_count=entry.spans,
        )


def _routes(entry: _Entry) -> list[str]:
    routes = (part.attributes.get("http.route") for part in tuple(entry.parts))
    return [route for route in routes if isinstance(route, str)]


def _seconds(parts: tuple[Trace, ...]) -> float:
    start = min(part.started_at + part.wall_offset for part in parts)
    return max(part.ended_at + part.wall_offset for part in parts) - start


def _view(span: SpanData, origin: int) -> SpanView:
    return SpanView(
        span_id=f"{span.span_id:016x}",
        parent_span_id=f"{span.parent_id:016x}" if span.parent_id else None,
        name=span.name,
        kind=span.kind,
        start_seconds=(span.started_ns - origin) / 1e9,
        duration_seconds=max(0, span.ended_ns - span.started_ns) / 1e9,
        attributes={
            key: value if isinstance(value, str | bool | int | float) else list(value)
            for key, value in span.attributes.items()
        },
        error=span.error_type or None,
        error_message=span.error_message or None,
    )
