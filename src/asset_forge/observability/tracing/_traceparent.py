"""The `traceparent` header of W3C Trace Context, level 1: read strictly, written plainly."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Traceparent", "format_traceparent", "parse_traceparent"]

_PATTERN = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_LIMIT = 256
_NO_TRACE = "0" * 32
_NO_SPAN = "0" * 16


class Traceparent(NamedTuple):
    """Who called: ``trace_id`` is 32 hexadecimal digits, ``span_id`` the number of the caller's
    span.
    """

    trace_id: str
    span_id: int
    sampled: bool


def parse_traceparent(text: str) -> Traceparent | None:
    """Read a header; ``None`` for what the recommendation calls invalid.

    A higher version may carry more fields behind the four, version 00 may not; version ff, the
    trace id 0 and the span id 0 are invalid.
    """
    match = _PATTERN.fullmatch(text) if len(text) <= _LIMIT else None
    if match is None:
        return None
    version, trace_id, span_id, flags, more = match.groups()
    if version == "ff" or (version == "00" and more) or trace_id == _NO_TRACE:
        return None
    return None if span_id == _NO_SPAN else Traceparent(trace_id, int(span_id, 16), _is_odd(flags))


def format_traceparent(trace_id: str, span_id: int, *, sampled: bool) -> str:
    """Write a header of version 00."""
    return f"00-{trace_id}-{span_id:016x}-{'01' if sampled else '00'}"


def _is_odd(flags: str) -> bool:
    return bool(int(flags, 16) & 1)
