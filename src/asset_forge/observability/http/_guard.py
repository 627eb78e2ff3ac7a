"""The one place where faults of the measurement end."""

from __future__ import annotations

import logging
from collections import Counter as Tally

from asset_forge.observability.http._declarations import FAULTS
from asset_forge.observability.metrics import Registry

_logger = logging.getLogger("asset_forge.observability.http")


class TelemetryGuard:
    """Keeps faults of telemetry away from requests: counts each, and logs the 1st, 2nd, 4th, 8th …
    of a kind.

    With `strict=True`, as in tests, it raises them instead.
    """

    def __init__(self, registry: Registry, *, strict: bool = False) -> None:
        self._faults = registry.counter(FAULTS)
        self._strict = strict
        self._seen: Tally[tuple[str, str]] = Tally()

    def caught(self, source: str, error: Exception) -> None:
        """Account for a fault.

        `source` is one of `FAULT_SOURCES`. Raises the fault when strict.
        """
        if self._strict:
            raise error
        kind = (source, type(error).__name__)
        self._seen[kind] += 1
        seen = self._seen[kind]
        if seen & (seen - 1) == 0:
            _logger.error(
                "telemetry fault in %s (number %d of its kind)", source, seen, exc_info=error
            )
        try:
            self._faults.labels(source).inc()
        except Exception as broken:
            if seen & (seen - 1) == 0:
                _logger.error("the fault could not be counted either", exc_info=broken)
