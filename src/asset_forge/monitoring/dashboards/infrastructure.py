"""The dashboard of what the processes use, and what they depend on."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import Board
from asset_forge.monitoring.alerts.dependencies import (
    DATABASE_DOWN,
    DATABASE_POOL,
    DATABASE_SLOW,
    DEPENDENCY_UNHEALTHY,
    LOW_DISK_SPACE,
    STORAGE_FAILING,
)
from asset_forge.monitoring.alerts.runtime import DESCRIPTORS, EVENT_LOOP, HIGH_MEMORY
from asset_forge.monitoring.alerts.telemetry import (
    COLLECTOR_FAILING,
    SAMPLE_FAILING,
    SERIES_OVERFLOW,
    TELEMETRY_LOST,
)
from asset_forge.monitoring.dashboards._model import (
    ERRORS,
    SLOW_TRACES,
    Dashboard,
    Kind,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards._queries import INSTANCES, RATE, quantile

INFRASTRUCTURE: Final = Dashboard(
    Board.INFRASTRUCTURE,
    "What the processes use, and what they depend on.",
    (
        Panel(
            "CPU Usage",
            "Cores in use by the processes of each instance.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (instance) (rate(process_cpu_seconds_total{{{INSTANCES}}}{RATE}))",
                    "{{instance}}",
                ),
            ),
            (EVENT_LOOP, Board.OVERVIEW),
        ),
        Panel(
            "Memory Usage",
            "Heap, resident and available memory.",
            Unit.BYTES,
            (
                Query(
                    f"max by (instance) (process_resident_memory_bytes{{{INSTANCES}}})",
                    "{{instance}} resident",
                ),
                Query(
                    f"max by (instance) (python_heap_size_used_bytes{{{INSTANCES}}})",
                    "{{instance}} heap used",
                ),
                Query(
                    f"max by (instance) (python_heap_size_total_bytes{{{INSTANCES}}})",
                    "{{instance}} heap",
                ),
                Query(
                    f"max by (instance) (system_memory_available_bytes{{{INSTANCES}}})",
                    "{{instance}} available",
                ),
                Query(
                    f"max by (instance) (system_memory_total_bytes{{{INSTANCES}}})",
                    "{{instance}} system",
                ),
            ),
            (HIGH_MEMORY, Board.OVERVIEW),
        ),
        Panel(
            "Memory Use",
            "Share of the system's memory that is resident; HighMemoryUsage fires above 90 %.",
            Unit.RATIO,
            (
                Query(
                    f"max by (instance) (process_resident_memory_bytes{{{INSTANCES}}})"
                    f" / max by (instance) (system_memory_total_bytes{{{INSTANCES}}})",
                    "{{instance}}",
                ),
            ),
            (HIGH_MEMORY, Board.OVERVIEW),
            thresholds=(("red", 0.9),),
            maximum=1,
            kind=Kind.GAUGE,
        ),
        Panel(
            "Dependencies",
            "What each check says: 1 healthy, 0.5 degraded, 0 unhealthy.",
            Unit.NUMBER,
            (
                Query(
                    f"min by (instance, check) (health_check_status{{{INSTANCES}}})",
                    "{{instance}} {{check}}",
                ),
            ),
            (DATABASE_DOWN, DEPENDENCY_UNHEALTHY, Board.OVERVIEW),
            thresholds=(("red", 0.5), ("orange", 1)),
            good_above=True,
            maximum=1,
        ),
        Panel(
            "Slow Tables",
            "95 % of statements take less than this, by table; DatabaseSlow fires above 0.1 s.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, f"db_query_duration_seconds_bucket{{{INSTANCES}}}", "table"),
                    "{{table}}",
                ),
            ),
            (DATABASE_SLOW, Board.OVERVIEW, SLOW_TRACES),
            looks_back="5m",
            thresholds=(("orange", 0.1),),
        ),
        Panel(
            "Database Connections",
            "Connections in use, idle, and allowed.",
            Unit.NUMBER,
            (
                Query(f"sum(db_connections_active{{{INSTANCES}}})", "active"),
                Query(f"sum(db_connections_idle{{{INSTANCES}}})", "idle"),
                Query(f"sum(db_connections_max{{{INSTANCES}}})", "allowed"),
            ),
            (DATABASE_POOL, Board.OVERVIEW),
        ),
        Panel(
            "Database Pool Use",
            "Share of the allowed connections that is in use; "
            "DatabasePoolNearExhaustion fires above 90 %.",
            Unit.RATIO,
            (
                Query(
                    f"sum by (instance) (db_connections_active{{{INSTANCES}}})"
                    f" / sum by (instance) (db_connections_max{{{INSTANCES}}})",
                    "{{instance}}",
                ),
            ),
            (DATABASE_POOL, Board.OVERVIEW),
            thresholds=(("red", 0.9),),
            maximum=1,
        ),
        Panel(
            "Disk Space",
            "Bytes left on the data volume.",
            Unit.BYTES,
            (
                Query(
                    f'max by (instance) (storage_total_bytes{{{INSTANCES},context="system"}})'
                    f' - max by (instance) (storage_used_bytes{{{INSTANCES},context="system"}})',
                    "{{instance}} free",
                ),
            ),
            (LOW_DISK_SPACE, Board.GENERATION),
        ),
        Panel(
            "Disk Use",
            "Share of the data volume that is used; LowDiskSpace fires above 80 %.",
            Unit.RATIO,
            (
                Query(
                    f'max by (instance) (storage_used_bytes{{{INSTANCES},context="system"}})'
                    f' / max by (instance) (storage_total_bytes{{{INSTANCES},context="system"}})',
                    "{{instance}}",
                ),
            ),
            (LOW_DISK_SPACE, Board.GENERATION),
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
                    f"sum by (operation, code) (rate(storage_errors_total{{{INSTANCES}}}{RATE}))",
                    "{{operation}}: {{code}}",
                ),
            ),
            (STORAGE_FAILING, Board.GENERATION, ERRORS),
        ),
        Panel(
            "Searches by Meaning",
            "Searches per second that the vector database answered, or words in its stead.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (outcome) (rate(similarity_searches_total{{{INSTANCES}}}{RATE}))",
                    "{{outcome}}",
                ),
            ),
            (DEPENDENCY_UNHEALTHY, Board.OVERVIEW),
        ),
        Panel(
            "Network I/O",
            "Bytes of request and response bodies per second.",
            Unit.BYTES_PER_SECOND,
            (
                Query(f"sum(rate(http_request_size_bytes_sum{{{INSTANCES}}}{RATE}))", "requests"),
                Query(f"sum(rate(http_response_size_bytes_sum{{{INSTANCES}}}{RATE}))", "responses"),
            ),
            (Board.OVERVIEW,),
        ),
        Panel(
            "Event Loop Lag",
            "How late the event loop runs what is due; EventLoopStalled fires above 1 s.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.99, f"event_loop_lag_seconds_bucket{{{INSTANCES}}}", "instance"),
                    "{{instance}} p99",
                ),
                Query(
                    quantile(0.5, f"event_loop_lag_seconds_bucket{{{INSTANCES}}}", "instance"),
                    "{{instance}} p50",
                ),
            ),
            (EVENT_LOOP, Board.OVERVIEW, SLOW_TRACES),
            thresholds=(("orange", 0.1), ("red", 1)),
        ),
        Panel(
            "Open Files and Connections",
            "File descriptors against their limit, and HTTP connections.",
            Unit.NUMBER,
            (
                Query(
                    f"max by (instance) (process_open_fds{{{INSTANCES}}})",
                    "{{instance}} open files",
                ),
                Query(f"max by (instance) (process_max_fds{{{INSTANCES}}})", "{{instance}} limit"),
                Query(f"sum(http_active_connections{{{INSTANCES}}})", "connections"),
            ),
            (DESCRIPTORS, Board.OVERVIEW),
        ),
        Panel(
            "Telemetry Lost",
            "Items dropped, label values folded, collectors and samples failed, per second: all "
            "should be 0.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (sink) (rate(telemetry_dropped_total{{{INSTANCES}}}{RATE}))",
                    "lost: {{sink}}",
                ),
                Query(
                    f"sum by (metric) (rate(metrics_series_overflow_total{{{INSTANCES}}}{RATE}))",
                    "folded: {{metric}}",
                ),
                Query(
                    "sum by (collector) (rate("
                    f"metrics_collector_errors_total{{{INSTANCES}}}{RATE}))",
                    "collector: {{collector}}",
                ),
                Query(
                    f"sum by (sample) (rate(background_sample_errors_total{{{INSTANCES}}}{RATE}))",
                    "sample: {{sample}}",
                ),
            ),
            (TELEMETRY_LOST, SERIES_OVERFLOW, COLLECTOR_FAILING, SAMPLE_FAILING, Board.OVERVIEW),
        ),
    ),
)
