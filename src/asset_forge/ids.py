"""Identifiers: UUID version 7 as text, so that ids sort by the time they were made."""

from __future__ import annotations

import re
import secrets
import threading
import time
import uuid

_PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_lock = threading.Lock()
_last_tick = 0


def new_id() -> str:
    """Return a new UUIDv7 as 36 characters of lower-case text (RFC 9562, section 5.7).

    Ids made by one process always increase: the 12 bits behind the millisecond hold its
    fraction (method 3 of section 6.2), and a clock that stands still or steps back is passed by
    counting on from the last id.
    """
    global _last_tick
    tick = time.time_ns() * 4096 // 1_000_000
    with _lock:
        tick = max(tick, _last_tick + 1)
        _last_tick = tick
    milliseconds, fraction = divmod(tick, 4096)
    value = (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | fraction << 64
    value |= 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def is_id(text: str) -> bool:
    """Say whether a text has the form of an id made by `new_id`."""
    return _PATTERN.fullmatch(text) is not None
