"""What is asked of Prometheus, or else of the service's own counters since their start.

A question is declared once: Prometheus answers it over a window, a single scrape since the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from asset_forge.monitoring.alerts import rising
from asset_forge.monitoring.objectives import AVAILABILITY, GENERATION, LATENCY
from asset_forge.monitoring.samples import Samples
from asset_forge.monitoring.series import Matcher, Series

Answers = dict[tuple[str, ...], float]
"""Values by those of the labels that were asked for."""


@dataclass(frozen=True, slots=True)
class Increase:
    """How many events of a counter there were, by some of its labels."""

    series: Series
    by: tuple[str, ...]
    window: str
    system: bool = False
    """Whether `/metrics` has it, and not `/metrics/business`."""

    def promql(self) -> str:
        """Return the question for Prometheus."""
        return rising(str(self.series), ", ".join(self.by), self.window)

    def of(self, samples: Samples) -> Answers:
        """Answer it from a scrape."""
        found: Answers = {}
        for sample in self.series.samples(samples):
            key = tuple(sample.labels.get(label, "") for label in self.by)
            found[key] = found.get(key, 0.0) + sample.value
        return {key: value for key, value in found.items() if value > 0}


@dataclass(frozen=True, slots=True)
class Quantile:
    """The 95th percentile of a histogram, by some of its labels.

    `minimum` is how many observations it takes: of a few, the percentile is the slowest alone.
    """

    buckets: Series
    by: tuple[str, ...]
    window: str
    minimum: int = 10
    system: bool = False

    def promql(self) -> str:
        """Return the question for Prometheus."""
        by = ", ".join(self.by)
        every = Series(self.buckets.name, (*self.buckets.matchers, Matcher("le", "=", "+Inf")))
        return (
            f"histogram_quantile({QUANTILE:g}, sum by (le, {by}) "
            f"(rate({self.buckets}[{self.window}])))\n"
            f"  and sum by ({by}) (increase({every}[{self.window}])) >= {self.minimum}"
        )

    def of(self, samples: Samples) -> Answers:
        """Answer it from a scrape."""
        groups: dict[tuple[str, ...], dict[float, float]] = {}
        for sample in self.buckets.samples(samples):
            key = tuple(sample.labels.get(label, "") for label in self.by)
            edges = groups.setdefault(key, {})
            edge = float(sample.labels["le"])
            edges[edge] = edges.get(edge, 0.0) + sample.value
        return {
            key: quantile(QUANTILE, edges)
            for key, edges in groups.items()
            if max(edges.values()) >= self.minimum
        }


QUANTILE: Final = 0.95


def quantile(wanted: float, edges: dict[float, float]) -> float:
    """Estimate a quantile from cumulative counts by upper edge, as Prometheus does.

    Within a bucket values are taken to lie evenly; beyond the last finite edge it is that edge.
    """
    ordered = sorted(edges.items())
    rank = wanted * ordered[-1][1]
    below, lower = 0.0, 0.0
    for edge, count in ordered:
        if count >= rank:
            if edge == float("inf"):
                return lower
            return (
                lower + (edge - lower) * (rank - below) / (count - below) if count > below else edge
            )
        below, lower = count, edge
    return lower


def _business(name: str, *by: str, window: str) -> Increase:
    return Increase(Series(name), by, window)


assert AVAILABILITY.bad is not None  # noqa: S101 - declared so
assert GENERATION.bad is not None  # noqa: S101 - declared so

REQUESTS: Final = Increase(AVAILABILITY.total, ("endpoint",), "5m")
FAILED_REQUESTS: Final = Increase(AVAILABILITY.bad, ("endpoint", "status_code"), "5m")
ROUTE_SECONDS: Final = Quantile(
    Series("api_response_time_by_endpoint_seconds_bucket", LATENCY.total.matchers),
    ("endpoint",),
    "5m",
)
TABLE_SECONDS: Final = Quantile(
    Series("db_query_duration_seconds_bucket"), ("table",), "5m", minimum=50
)
PROVIDER_SECONDS: Final = Quantile(
    Series("ai_api_latency_seconds_bucket"), ("provider",), "15m", minimum=3
)
LOOP_LAGS: Final = Increase(Series("event_loop_lag_seconds_count"), (), "5m", system=True)
SHORT_LOOP_LAGS: Final = Increase(
    Series("event_loop_lag_seconds_bucket", (Matcher("le", "=", "1.0"),)), (), "5m", system=True
)
ENDED_GENERATIONS: Final = Increase(GENERATION.total, ("type",), "30m")
FAILED_GENERATIONS: Final = Increase(GENERATION.bad, ("type",), "30m")
GENERATION_ERRORS: Final = _business("asset_generation_errors_total", "error_type", window="30m")
PROVIDER_CALLS: Final = _business("ai_api_calls_total", "provider", window="15m")
FAILED_PROVIDER_CALLS: Final = Increase(
    Series("ai_api_calls_total", (Matcher("status", "=", "failure"),)), ("provider",), "15m"
)
PROVIDER_ERRORS: Final = _business("ai_api_errors_total", "provider", "error_type", window="15m")
STORAGE_ERRORS: Final = _business("storage_errors_total", "code", window="10m")
OVERFLOWS: Final = _business("metrics_series_overflow_total", "metric", window="15m")
DROPPED: Final = _business("telemetry_dropped_total", "sink", window="10m")
COLLECTOR_ERRORS: Final = _business("metrics_collector_errors_total", "collector", window="10m")
SAMPLE_ERRORS: Final = _business("background_sample_errors_total", "sample", window="10m")

QUESTIONS: Final = (
    REQUESTS,
    FAILED_REQUESTS,
    ROUTE_SECONDS,
    TABLE_SECONDS,
    PROVIDER_SECONDS,
    LOOP_LAGS,
    SHORT_LOOP_LAGS,
    ENDED_GENERATIONS,
    FAILED_GENERATIONS,
    GENERATION_ERRORS,
    PROVIDER_CALLS,
    FAILED_PROVIDER_CALLS,
    PROVIDER_ERRORS,
    STORAGE_ERRORS,
    OVERFLOWS,
    DROPPED,
    COLLECTOR_ERRORS,
    SAMPLE_ERRORS,
)
Question = Increase | Quantile

# What only Prometheus knows: the fleet, its own configuration, the course of time.
FLEET_VERSIONS: Final = "count by (version, revision) (asset_forge_build_info)"
FLEET_CONNECTIONS: Final = "sum(db_connections_max)"
RENAMED: Final = (
    "count by (job) (api_requests_by_endpoint_total"
    '{exported_endpoint!=""} or http_requests_total{exported_path!=""})'
)
JOBS: Final = "count by (job) (asset_forge_build_info)"
MEMORY_TOMORROW: Final = (
    "max by (instance) (predict_linear(process_resident_memory_bytes[6h], 86400) "
    "and process_resident_memory_bytes offset 2h) "
    "/ max by (instance) (system_memory_total_bytes)"
)
FLEET_QUESTIONS: Final = (FLEET_VERSIONS, FLEET_CONNECTIONS, RENAMED, JOBS, MEMORY_TOMORROW)
