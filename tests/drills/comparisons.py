"""Comparisons that hold while a fault lasts: the whole expression returns data only then."""

from __future__ import annotations

from dataclasses import dataclass

from tests.drills.guide_queries import GUIDE


@dataclass(frozen=True)
class Held:
    """An expression, and the fault that makes it return data.

    Its ranges are those of production; a drill evaluates it with ranges scaled as its rules are.
    """

    title: str
    fault: str
    expr: str


FAULT_OF = {
    "Error rate (5xx responses)": "store-broken",
    "Slow endpoints (>1s p95)": "slow-lines",
    "High Latency": "slow-lines",
    "Slow Response Times: endpoints": "slow-lines",
    "Slow queries (>100ms p95)": "database-slow",
    "Connection pool exhaustion risk": "pool-exhausted",
    "High Error Rate": "store-broken",
    "Database Down, which is the service down": "service-killed",
    "Increased Error Rate": "children-killed",
    "Low Disk Space": "disk-low",
    "High Memory Usage": "memory-short",
}
"""The guide's comparisons, by title; and one query of a histogram, which has no series of 5xx
before the first one, since histograms do not begin at 0."""

ONLY_THEN = (
    Held(
        "Infrastructure Health: Telemetry Lost, folded",
        "models-made-up",
        "sum by (metric) (rate(metrics_series_overflow_total[5m]))",
    ),
    Held(
        "Infrastructure Health: Telemetry Lost, collector",
        "foreign-file",
        "sum by (collector) (rate(metrics_collector_errors_total[5m]))",
    ),
)
"""Queries of panels whose series begin with the first such event, since their labels are open."""

HELD_WHILE = (
    *(Held(one.title, FAULT_OF[one.title], one.expr) for one in GUIDE if one.title in FAULT_OF),
    *ONLY_THEN,
    # Another fault raises the same alert for another metric.
    Held(
        "SeriesOverflow for invented verbs",
        "cardinality-bomb",
        'ALERTS{alertname="SeriesOverflow",alertstate="firing",metric="http_requests_total"}',
    ),
)
