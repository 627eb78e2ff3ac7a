"""The dashboards that the service is looked at with first: overview and infrastructure."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import Board
from asset_forge.monitoring.dashboards._model import Dashboard, Kind, Panel, Query, Unit

_I: Final = 'instance=~"$instance"'
_R: Final = "[$__rate_interval]"
_REQUESTS: Final = f"api_requests_by_endpoint_total{{{_I}}}"
_FAILED: Final = f'api_requests_by_endpoint_total{{{_I},status_code=~"5.."}}'
_BUCKETS: Final = f"api_response_time_by_endpoint_seconds_bucket{{{_I}}}"


def quantile(share: float, buckets: str, *by: str) -> str:
    """Return the PromQL of a quantile of a histogram, by labels."""
    labels = ", ".join(("le", *by))
    return f"histogram_quantile({share:g}, sum by ({labels}) (rate({buckets}{_R})))"


OVERVIEW: Final = Dashboard(
    Board.OVERVIEW,
    "Asset-Forge Overview",
    "What users get.",
    (
        Panel(
            "Request Rate",
            "Requests answered per second, all endpoints.",
            Unit.REQUESTS,
            (Query(f"sum(rate({_REQUESTS}{_R}))", "all"),),
            width=8,
        ),
        Panel(
            "Error Rate",
            "Share of requests answered with 5xx; HighErrorRate fires above 5 %.",
            Unit.RATIO,
            (Query(f"sum(rate({_FAILED}{_R})) / sum(rate({_REQUESTS}{_R}))", "5xx"),),
            thresholds=(("orange", 0.01), ("red", 0.05)),
            width=8,
        ),
        Panel(
            "P95 Latency",
            "95 % of requests are answered within this time; HighLatency fires above 5 s.",
            Unit.SECONDS,
            (
                Query(quantile(0.95, _BUCKETS), "p95", exemplar=True),
                Query(quantile(0.5, _BUCKETS), "p50"),
            ),
            thresholds=(("orange", 1), ("red", 5)),
            width=8,
        ),
        Panel(
            "Active Sessions",
            "Sessions that have neither expired nor been signed out.",
            Unit.NUMBER,
            (Query(f"max(user_active_sessions{{{_I}}})", "sessions"),),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Instances",
            "Instances whose scrapes succeed.",
            Unit.NUMBER,
            (
                Query(
                    f'count(max by (instance) (up{{job="asset-forge",{_I}}}) == 1) or vector(0)',
                    "up",
                ),
            ),
            thresholds=(("red", 1),),
            good_above=True,
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Asset Generations",
            "Generations that ended per second, by type and how.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (type, status) (rate(asset_generations_total{{{_I}}}{_R})) > 0",
                    "{{type}} {{status}}",
                ),
            ),
        ),
        Panel(
            "Database Health",
            "95 % of statements take less than this, by operation.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, f"db_query_duration_seconds_bucket{{{_I}}}", "operation"),
                    "{{operation}}",
                ),
            ),
            thresholds=(("orange", 0.1),),
        ),
        Panel(
            "Health Checks",
            "1 healthy, 0.5 degraded, 0 unhealthy; the worst instance.",
            Unit.NUMBER,
            (Query(f"min by (check) (health_check_status{{{_I}}})", "{{check}}"),),
            thresholds=(("red", 0.5), ("orange", 1)),
            good_above=True,
            maximum=1,
            kind=Kind.STAT,
        ),
        Panel(
            "Top Endpoints",
            "The ten endpoints with most requests.",
            Unit.REQUESTS,
            (Query(f"topk(10, sum by (endpoint) (rate({_REQUESTS}{_R})))", "{{endpoint}}"),),
        ),
        Panel(
            "Logins",
            "Logins that succeeded by provider, and those refused by reason, per second.",
            Unit.OPERATIONS,
            (
                Query(f"sum by (provider) (rate(user_logins_total{{{_I}}}{_R}))", "{{provider}}"),
                Query(
                    f"sum by (reason) (rate(login_failures_total{{{_I}}}{_R})) > 0",
                    "refused: {{reason}}",
                ),
            ),
        ),
    ),
)

INFRASTRUCTURE: Final = Dashboard(
    Board.INFRASTRUCTURE,
    "Infrastructure Health",
    "What the processes use, and what they depend on.",
    (
        Panel(
            "CPU Usage",
            "Cores in use by the processes of each instance.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (instance) (rate(process_cpu_seconds_total{{{_I}}}{_R}))",
                    "{{instance}}",
                ),
            ),
        ),
        Panel(
            "Memory Usage",
            "Heap, resident and available memory; HighMemoryUsage fires at 90 % of the system's.",
            Unit.BYTES,
            (
                Query(
                    f"max by (instance) (process_resident_memory_bytes{{{_I}}})",
                    "{{instance}} resident",
                ),
                Query(
                    f"max by (instance) (python_heap_size_used_bytes{{{_I}}})",
                    "{{instance}} heap used",
                ),
                Query(
                    f"max by (instance) (python_heap_size_total_bytes{{{_I}}})",
                    "{{instance}} heap",
                ),
                Query(
                    f"max by (instance) (system_memory_available_bytes{{{_I}}})",
                    "{{instance}} available",
                ),
                Query(
                    f"max by (instance) (system_memory_total_bytes{{{_I}}})",
                    "{{instance}} system",
                ),
            ),
        ),
        Panel(
            "Database Connections",
            "Connections in use, idle, and allowed.",
            Unit.NUMBER,
            (
                Query(f"sum(db_connections_active{{{_I}}})", "active"),
                Query(f"sum(db_connections_idle{{{_I}}})", "idle"),
                Query(f"sum(db_connections_max{{{_I}}})", "allowed"),
            ),
        ),
        Panel(
            "Database Pool Use",
            "Share of the allowed connections that is in use; the alert fires above 90 %.",
            Unit.RATIO,
            (
                Query(
                    f"sum by (instance) (db_connections_active{{{_I}}})"
                    f" / sum by (instance) (db_connections_max{{{_I}}})",
                    "{{instance}}",
                ),
            ),
            thresholds=(("red", 0.9),),
            maximum=1,
        ),
        Panel(
            "Disk Space",
            "Bytes left on the data volume.",
            Unit.BYTES,
            (
                Query(
                    f'max by (instance) (storage_total_bytes{{{_I},context="system"}})'
                    f' - max by (instance) (storage_used_bytes{{{_I},context="system"}})',
                    "{{instance}} free",
                ),
            ),
        ),
        Panel(
            "Disk Use",
            "Share of the data volume that is used; LowDiskSpace fires above 80 %.",
            Unit.RATIO,
            (
                Query(
                    f'max by (instance) (storage_used_bytes{{{_I},context="system"}})'
                    f' / max by (instance) (storage_total_bytes{{{_I},context="system"}})',
                    "{{instance}}",
                ),
            ),
            thresholds=(("red", 0.8),),
            maximum=1,
            kind=Kind.GAUGE,
        ),
        Panel(
            "Storage Errors",
            "File operations that the storage did not do, per second, by cause: all should be 0.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (operation, code) (rate(storage_errors_total{{{_I}}}{_R}))",
                    "{{operation}}: {{code}}",
                ),
            ),
        ),
        Panel(
            "Searches by Meaning",
            "Searches per second that the vector database answered, or words in its stead.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (outcome) (rate(similarity_searches_total{{{_I}}}{_R}))", "{{outcome}}"
                ),
            ),
        ),
        Panel(
            "Network I/O",
            "Bytes of request and response bodies per second.",
            Unit.BYTES_PER_SECOND,
            (
                Query(f"sum(rate(http_request_size_bytes_sum{{{_I}}}{_R}))", "requests"),
                Query(f"sum(rate(http_response_size_bytes_sum{{{_I}}}{_R}))", "responses"),
            ),
        ),
        Panel(
            "Event Loop Lag",
            "How late the event loop runs what is due; EventLoopStalled fires above 1 s.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.99, f"event_loop_lag_seconds_bucket{{{_I}}}", "instance"),
                    "{{instance}} p99",
                ),
                Query(
                    quantile(0.5, f"event_loop_lag_seconds_bucket{{{_I}}}", "instance"),
                    "{{instance}} p50",
                ),
            ),
            thresholds=(("orange", 0.1), ("red", 1)),
        ),
        Panel(
            "Open Files and Connections",
            "File descriptors against their limit, and HTTP connections.",
            Unit.NUMBER,
            (
                Query(f"max by (instance) (process_open_fds{{{_I}}})", "{{instance}} open files"),
                Query(f"max by (instance) (process_max_fds{{{_I}}})", "{{instance}} limit"),
                Query(f"sum(http_active_connections{{{_I}}})", "connections"),
            ),
        ),
        Panel(
            "Telemetry Lost",
            "Items dropped, label values folded, collectors failed, per second: all should be 0.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (sink) (rate(telemetry_dropped_total{{{_I}}}{_R}))", "lost: {{sink}}"
                ),
                Query(
                    f"sum by (metric) (rate(metrics_series_overflow_total{{{_I}}}{_R}))",
                    "folded: {{metric}}",
                ),
                Query(
                    f"sum by (collector) (rate(metrics_collector_errors_total{{{_I}}}{_R}))",
                    "collector: {{collector}}",
                ),
            ),
        ),
    ),
)
