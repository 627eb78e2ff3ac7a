"""The one place where a fault inside telemetry ends: counted, logged, and raised only in tests."""

from __future__ import annotations

import logging
from collections import Counter as Tally
from collections.abc import Callable

_log = logging.getLogger("asset_forge.observability.metrics")

_LOGGED_LIMIT = 100
"""Distinct faults that get log lines of their own; the rest is only counted."""


class TelemetryGuard:
    """Keeps telemetry faults away from what is measured.

    With `strict` a fault is raised where it happens, so that tests see it. Otherwise it is handed
    to `on_fault`, which counts it under its subject, and logged: its first occurrence as a warning
    or, `with_traceback`, the 1st, 2nd, 4th, 8th … of a kind as an error.
    """

    def __init__(
        self, *, strict: bool, on_fault: Callable[[str], None], with_traceback: bool = False
    ) -> None:
        self._strict = strict
        self._on_fault = on_fault
        self._with_traceback = with_traceback
        self._seen: Tally[str] = Tally()

    def fault(self, subject: str, error: Exception) -> None:
        """Take note of `error`, which `subject` ran into. Raises it when strict."""
        if self._strict:
            raise error
        if self._with_traceback:
            number = self._count(f"{subject} {type(error).__name__}")
            if number & (number - 1) == 0:
                text = "telemetry fault in %s (number %d of its kind)"
                _log.error(text, subject, number, exc_info=error)
        else:
            self.warn_once(subject, f"{subject}: {error}")
        try:
            self._on_fault(subject)
        except Exception as broken:  # noqa: BLE001 - there is nobody else to tell
            self.warn_once("counting", f"a fault could not be counted: {broken!r}")

    def warn_once(self, key: str, message: str) -> bool:
        """Log `message` as a warning unless a warning with `key` has been logged; say whether it
        was.
        """
        first = self._count(key) == 1
        if first:
            _log.warning(message)
        return first

    def _count(self, kind: str) -> int:
        """Return how often `kind` was seen, this time included."""
        if kind not in self._seen and len(self._seen) >= _LOGGED_LIMIT:
            return 3  # past the limit: neither the first nor a power of two, so not logged
        self._seen[kind] += 1
        return self._seen[kind]
