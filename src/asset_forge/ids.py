"""Identifiers: UUID version 7 as text, so that ids sort by the time they were made."""

from __future__ import annotations

import re
import secrets
import threading
import time
import uuid

_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class _Ticks:
    """Time in 1/4096 ms, always increasing."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> int:
        now = time.time_ns() * 4096 // 1_000_000
        with self._lock:
            self._last = max(now, self._last + 1)
            return self._last


_ticks = _Ticks()


def new_id() -> str:
    """Return a new UUIDv7 as 36 characters of lower-case text (RFC 9562, section 5.7).

    Ids made by one process always increase: the 12 bits behind the millisecond hold its
    fraction (method 3 of section 6.2), and a clock that stands still or steps back is passed by
    counting on from the last id.
    """
    milliseconds, fraction = divmod(_ticks.next(), 4096)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Say whether a text has the form of an id made by `new_id`."""
    return _PATTERN.fullmatch(text) is not None
