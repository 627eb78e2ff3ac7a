"""Evidence of a healthy service, from a registry with the real catalog; cases change one thing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from asset_forge import catalog
from asset_forge.doctor._evidence import (
    Deep,
    DeepCheck,
    Evidence,
    FiringAlert,
    Monitoring,
    Ready,
    Reply,
    Rule,
    Service,
    Target,
)
from asset_forge.doctor._health import DEEP, LIVE, READY
from asset_forge.doctor._questions import (
    FLEET_CONNECTIONS,
    FLEET_VERSIONS,
    JOBS,
    MEMORY_TOMORROW,
    QUESTIONS,
    RENAMED,
)
from asset_forge.monitoring import ALERTS, OBJECTIVES, recorded_names
from asset_forge.monitoring.budgets import BudgetReport
from asset_forge.monitoring.budgets._report import BURN_WINDOWS, Measured, Window, objective_report
from asset_forge.monitoring.prometheus_api import Point
from asset_forge.monitoring.samples import Samples, read_samples
from asset_forge.monitoring.slo import Events
from asset_forge.observability.metrics import Registry
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "http://127.0.0.1:3004"
GIB = 1 << 30
_RUNTIME = {one.name: one for one in RUNTIME_DECLARATIONS}
_HEALTHY = {
    "process_start_time_seconds": (NOW - timedelta(hours=3)).timestamp(),
    "process_resident_memory_bytes": 0.2 * GIB,
    "system_memory_total_bytes": 2 * GIB,
    "python_heap_size_used_bytes": 0.1 * GIB,
    "python_heap_size_total_bytes": 0.15 * GIB,
    "process_open_fds": 30,
    "process_max_fds": 1024,
    "process_open_fds_ratio": 0.03,
}


def registry() -> Registry:
    """A registry that holds what a healthy service has measured."""
    made = Registry(catalog.DECLARATIONS, strict=True)
    made.info(catalog.BUILD_INFO, version="1.0.0", revision="", python_version="3.11")
    for name, value in _HEALTHY.items():
        gauge(made, name, value)
    made.gauge(catalog.STORAGE_USED).labels("system").set(10 * GIB)
    made.gauge(catalog.STORAGE_TOTAL).labels("system").set(100 * GIB)
    made.gauge(catalog.CONNECTIONS_MAX).labels().set(20)
    made.gauge(catalog.CONNECTIONS_ACTIVE).labels().set(2)
    made.gauge(catalog.QUEUE_OLDEST).labels().set(4)
    requests(made, "/api/assets", 200, 100, 0.02)
    made.counter(catalog.GENERATIONS).labels("prop", "success").inc(10)
    made.counter(catalog.AI_CALLS).labels("procedural", "v1", "success").inc(10)
    return made


def gauge(made: Registry, name: str, value: float) -> None:
    """Set a gauge of the runtime."""
    declaration = _RUNTIME[name]
    made.gauge(declaration).labels().set(value)  # type: ignore[arg-type]


def requests(made: Registry, route: str, status: int, count: int, seconds: float) -> None:
    """Count requests of a route, in the metric that all others of requests are derived from."""
    duration = next(
        one for one in catalog.DECLARATIONS if one.name == "http_request_duration_seconds"
    )
    series = made.histogram(duration).labels("GET", route, str(status))  # type: ignore[arg-type]
    for _ in range(count):
        series.observe(seconds)


def scrape(made: Registry, endpoint: str) -> Samples:
    """What a path would serve."""
    return read_samples(made.render(endpoint=endpoint).decode())


def budgets(**failed: Events) -> BudgetReport:
    """A report in which the named objectives had these events, all within the last 5 minutes."""
    reports = []
    for one in OBJECTIVES:
        events = failed.get(one.name, Events(0, 1000))
        window = Window(events.bad, events.bad / events.total if events.total else None)
        windows = dict.fromkeys(BURN_WINDOWS, window)
        reports.append(objective_report(one, Measured(events, 7200, windows)))
    return BudgetReport(
        source="process",
        note="PROMETHEUS_URL is not set. …",
        measured_at="",
        maintenance_active=False,
        objectives=reports,
    )


def deep(**changed: DeepCheck) -> Deep:
    """The deep probe's answer, with some parts changed."""
    names = ("database", "qdrant", "disk", "memory", "externalAPIs")
    return Deep("healthy", {name: DeepCheck("healthy") for name in names} | changed)


def service(change: Callable[[Registry], None] | None = None, **changed: object) -> Service:
    """A healthy service, its registry and its answers changed."""
    made = registry()
    if change is not None:
        change(made)
    replies = {path: Reply(200) for path in (LIVE, READY, DEEP, "/metrics", "/metrics/business")}
    whole: dict[str, object] = {
        "url": URL,
        "replies": replies,
        "ready": Ready("ready", {"database": True, "qdrant": True}),
        "deep": deep(),
        "system": scrape(made, "system"),
        "business": scrape(made, "business"),
        "errors": [],
        "traces": [],
        "objectives": budgets(),
        "moved": True,
        "clock_offset": 0.1,
        "clock_doubt": 0.01,
    }
    return Service(**(whole | changed))  # type: ignore[arg-type]


def seen(
    change: Callable[[Registry], None] | None = None,
    *,
    monitoring: Monitoring | None = None,
    **changed: object,
) -> Evidence:
    """Evidence of a service that is healthy but for what is changed."""
    return Evidence(
        service=service(change, **changed), now=NOW, monitoring=monitoring, version="1.0.0"
    )


def point(value: float, **labels: str) -> Point:
    """A series of an answer."""
    return Point(labels, (NOW.timestamp(), str(value)))


def target(path: str, *, health: str = "up", **labels: str) -> Target:
    """A scrape target of the service's job."""
    own = {"job": "asset-forge", "instance": "127.0.0.1:3004", "metrics_path": path}
    error = "connection refused" if health == "down" else ""
    return Target(own | labels, f"{URL}{path}", health, error)


def monitoring(**changed: object) -> Monitoring:
    """A Prometheus that has nothing to complain of."""
    whole: dict[str, object] = {
        "url": "http://127.0.0.1:9090",
        "targets": [target("/metrics"), target("/metrics/business")],
        "rules": [
            *(Rule(alert.name, "alerting", "ok") for alert in ALERTS),
            *(Rule(name, "recording", "ok") for name in recorded_names()),
        ],
        "alerts": [FiringAlert({"alertname": "Watchdog", "severity": "none"}, "firing")],
        "alertmanagers": 1,
        "retention": "40d",
        "answers": {question: {} for question in QUESTIONS},
        "fleet": {
            FLEET_VERSIONS: [point(1, version="1.0.0", revision="")],
            FLEET_CONNECTIONS: [point(20)],
            RENAMED: [],
            JOBS: [point(1, job="asset-forge")],
            MEMORY_TOMORROW: [point(0.2, instance="127.0.0.1:3004")],
        },
        "clock_offset": 0.0,
        "clock_doubt": 0.01,
    }
    return Monitoring(**(whole | changed))  # type: ignore[arg-type]


def fleet(**changed: list[Point]) -> dict[str, list[Point]]:
    """The answers that only Prometheus has, some changed by the names of their questions."""
    known = {
        "versions": FLEET_VERSIONS,
        "connections": FLEET_CONNECTIONS,
        "renamed": RENAMED,
        "jobs": JOBS,
        "memory": MEMORY_TOMORROW,
    }
    return dict(monitoring().fleet) | {known[name]: points for name, points in changed.items()}
