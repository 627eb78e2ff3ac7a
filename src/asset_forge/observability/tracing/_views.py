"""Traces as they are shown, and pages of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from ._trace import SpanKind

__all__ = ["KeptTrace", "SpanView", "TraceDetails", "TracePage", "TraceSummary", "page"]

MAX_PAGE: Final = 200


class SpanView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One span; ``start_seconds`` counts from the start of the trace. ``error`` is None unless it
    failed.
    """

    span_id: str
    parent_span_id: str | None
    name: str
    kind: SpanKind
    start_seconds: float
    duration_seconds: float
    attributes: dict[str, object]
    error: str | None
    error_message: str | None


class TraceSummary(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A trace in a list. ``name`` and ``route`` are those of its first part; the duration is from
    its first start to its last end, as far as this process has seen it.
    """

    trace_id: str
    name: str
    route: str | None
    status: int | None
    error: bool
    started_at: datetime
    duration_seconds: float
    span_count: int


class TraceDetails(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A trace with its spans in the order of their starts; ``lost_spans`` were over the limits,
    ``silent_processes`` did not say in time what they have of it.
    """

    trace: TraceSummary
    spans: list[SpanView]
    lost_spans: int
    silent_processes: int = 0


class TracePage(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Traces, the newest first; ``next_cursor`` is None on the last page. Those of
    ``silent_processes``, which did not answer in time, are missing.
    """

    items: list[TraceSummary]
    next_cursor: str | None
    silent_processes: int = 0


class KeptTrace(msgspec.Struct, frozen=True):
    """A trace in the order of keeping: ``number`` is nanoseconds since the epoch, each used once
    in a process. ``routes`` are those of all its parts.
    """

    number: int
    routes: list[str]
    summary: TraceSummary


def page(
    kept: Sequence[KeptTrace],
    limit: int,
    cursor: str | None,
    min_seconds: float,
    *,
    errors_only: bool,
    route: str | None,
) -> TracePage:
    """Choose a page of traces, which come with the newest first; as `TraceStore.list`."""
    if not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"limit {limit}: choose 1 to {MAX_PAGE}")
    before = _number(cursor)
    chosen = [
        one
        for one in kept
        if one.number < before
        and one.summary.duration_seconds >= min_seconds
        and (one.summary.error or not errors_only)
        and (route is None or route in one.routes)
    ][: limit + 1]
    more = len(chosen) > limit
    return TracePage(
        items=[one.summary for one in chosen[:limit]],
        next_cursor=str(chosen[limit - 1].number) if more else None,
    )


def _number(cursor: str | None) -> float:
    if cursor is None:
        return float("inf")
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 20):
        raise ValueError(f"cursor {cursor[:40]!r}: give the nextCursor of the page before")
    return int(cursor)
