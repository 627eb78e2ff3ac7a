"""The one place where a fault inside telemetry ends: counted, logged once, and raised only in
tests.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

_log = logging.getLogger("asset_forge.observability.metrics")

_LOGGED_LIMIT = 100
"""Distinct faults that get a log line of their own; the rest is only counted."""


class Guard:
    """Keeps telemetry faults away from callers.

    With `strict` a fault is raised where it happens, so that tests see it. Otherwise it is handed
    to `on_fault`, which counts it, and its first occurrence is logged as a warning.
    """

    def __init__(self, *, strict: bool, on_fault: Callable[[str], None]) -> None:
        self.strict = strict
        self._on_fault = on_fault
        self._logged: set[str] = set()

    def fault(self, subject: str, error: Exception) -> None:
        """Take note of `error`, which `subject` ran into."""
        if self.strict:
            raise error
        self._on_fault(subject)
        self.warn_once(subject, f"{subject}: {error}")

    def warn_once(self, key: str, message: str) -> None:
        """Log `message` as a warning unless a warning with `key` has been logged."""
        if key in self._logged or len(self._logged) >= _LOGGED_LIMIT:
            return
        self._logged.add(key)
        _log.warning(message)
