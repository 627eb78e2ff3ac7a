"""The two metrics that every result feeds."""

from __future__ import annotations

from collections.abc import Mapping

from asset_forge.observability.health._check import Result
from asset_forge.observability.metrics import (
    GaugeDeclaration,
    GaugeFamily,
    HistogramDeclaration,
    HistogramFamily,
    Label,
    Merge,
)

HEALTH_CHECK_STATUS = GaugeDeclaration(
    "health_check_status",
    "Last result of a health check: 1 healthy, 0.5 degraded, 0 unhealthy; the worst process wins.",
    (Label("check"),),
    endpoint="business",
    merge=Merge.MIN,
)
HEALTH_CHECK_DURATION = HistogramDeclaration(
    "health_check_duration_seconds",
    "Time from the start of a health check's run to its result or its time limit.",
    (Label("check"),),
    endpoint="business",
    unit="seconds",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 2.5, 5.0),
)
DECLARATIONS = (HEALTH_CHECK_STATUS, HEALTH_CHECK_DURATION)


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
