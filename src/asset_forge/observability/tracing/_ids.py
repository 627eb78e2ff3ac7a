"""Random ids, made many at a time: asking the kernel for each costs more than a log line."""

from __future__ import annotations

import os
import random

__all__ = ["random_bits", "random_id"]

_BYTES = 16
_BLOCK = 256
"""Ids that one question to the kernel makes; 40 KB of them wait."""

# A generator of its own: whoever seeds the global one must not make ids come again.
_generator = random.Random()
_ids: list[str] = []
_take = _ids.pop


def _after_fork() -> None:
    _generator.seed()
    _ids.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)

random_bits = _generator.getrandbits
"""Returns an integer of this many random bits. Not for secrets."""


def random_id() -> str:
    """Return 128 random bits as 32 hexadecimal digits."""
    try:
        return _take()
    except IndexError:
        _ids.extend(os.urandom(_BYTES * _BLOCK).hex(" ", _BYTES).split())
        return _take()
