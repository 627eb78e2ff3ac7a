"""Limits events by fingerprint; what is left out is counted."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

__all__ = ["EventLimit"]

_MAX_FINGERPRINTS = (
    2_000  # the least recently seen goes first; it may then send its events of a minute again
)


class EventLimit:
    """Admits at most ``events`` in any ``seconds`` for each fingerprint."""

    def __init__(self, events: int, seconds: float) -> None:
        self._events = events
        self._seconds = seconds
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, tuple[deque[float], int]] = OrderedDict()

    def admit(self, fingerprint: str, now: float) -> int | None:
        """How many occurrences were left out since the last one admitted, or ``None`` if this one
        is left out too.
        """
        with self._lock:
            times, left_out = self._seen.pop(fingerprint, (deque(maxlen=self._events), 0))
            full = len(times) == self._events and now - times[0] < self._seconds
            if not full:
                times.append(now)
            self._seen[fingerprint] = (times, left_out + 1 if full else 0)
            if len(self._seen) > _MAX_FINGERPRINTS:
                self._seen.popitem(last=False)
            return None if full else left_out

    def leave_out(self, fingerprint: str, count: int) -> None:
        """Count one that was admitted, and the ``count`` that it brought, as left out after all."""
        with self._lock:
            if (seen := self._seen.get(fingerprint)) is not None:
                self._seen[fingerprint] = (seen[0], seen[1] + 1 + count)
