"""The two metrics that every result feeds."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Protocol

from asset_forge.observability.health._check import Result

_logger = logging.getLogger(__name__)


class Gauge(Protocol):
    """A series that is set."""

    def set(self, value: float, /) -> None:
        """Set the value."""
        ...


class Histogram(Protocol):
    """A series that is observed into."""

    def observe(self, value: float, /) -> None:
        """Observe seconds."""
        ...


class GaugeFamily(Protocol):
    """A gauge with the one label `check`."""

    def labels(self, check: str, /) -> Gauge:
        """Give the series of a check."""
        ...


class HistogramFamily(Protocol):
    """A histogram with the one label `check`."""

    def labels(self, check: str, /) -> Histogram:
        """Give the series of a check."""
        ...


class HealthMetrics:
    """Writes results to the two families."""

    def __init__(self, status: GaugeFamily, duration: HistogramFamily) -> None:
        self._status = status
        self._duration = duration

    def record(self, results: Mapping[str, Result]) -> None:
        """Set the status and observe the duration of each check."""
        for name, result in results.items():
            self._status.labels(name).set(result.status.gauge_value)
            self._duration.labels(name).observe(result.seconds)
