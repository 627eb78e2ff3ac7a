"""Comparisons that hold while a fault lasts: the whole expression returns data only then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    """An expression, as the guide has it or as it was corrected, and the fault that makes it true.

    Its ranges are those of production; a drill evaluates it with ranges scaled as its rules are.
    """

    title: str
    fault: str
    expr: str


_P95 = "histogram_quantile(0.95, sum(rate({0}_bucket[5m])) by ({1}))"
_RESPONSES = "api_response_time_by_endpoint_seconds"

HELD_WHILE = (
    Held(
        "Slow endpoints (>1s p95)",
        "slow-lines",
        _P95.format(_RESPONSES, "le, endpoint") + " > 1",
    ),
    Held("High Latency", "slow-lines", _P95.format(_RESPONSES, "le") + " > 5"),
    Held(
        "Slow queries (>100ms p95)",
        "database-down",
        _P95.format("db_query_duration_seconds", "le, table") + " > 0.1",
    ),
    Held(
        "Connection pool exhaustion risk",
        "pool-exhausted",
        "sum by (instance) (db_connections_active) / sum by (instance) (db_connections_max) > 0.9",
    ),
    Held(
        "High Error Rate",
        "store-broken",
        'sum(rate(api_requests_by_endpoint_total{status_code=~"5.."}[5m]))'
        " / sum(rate(api_requests_by_endpoint_total[5m])) > 0.05",
    ),
    Held("Service down", "service-killed", 'up{job="asset-forge"} == 0'),
    Held(
        "Increased Error Rate",
        "children-killed",
        "sum(rate(asset_generation_errors_total[5m]))"
        ' / sum(rate(asset_generations_total{status=~"success|failure"}[5m])) > 0.1',
    ),
    Held("Low Disk Space", "disk-low", "storage_used_bytes / storage_total_bytes > 0.8"),
    Held(
        "High Memory Usage",
        "memory-short",
        "process_resident_memory_bytes / system_memory_total_bytes > 0.9",
    ),
    Held(
        "Series overflow (panel Telemetry Lost)",
        "models-made-up",
        "sum by (metric) (rate(metrics_series_overflow_total[5m]))",
    ),
    Held(
        "Collector errors (panel Telemetry Lost)",
        "foreign-file",
        "sum by (collector) (rate(metrics_collector_errors_total[5m])) > 0",
    ),
)
