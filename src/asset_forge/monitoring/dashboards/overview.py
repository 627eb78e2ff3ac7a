"""The dashboard that the service is looked at with first: what users get."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring._model import EVERY_JOB, Board
from asset_forge.monitoring.alerts.dependencies import (
    DATABASE_DOWN,
    DATABASE_SLOW,
    DEPENDENCY_UNHEALTHY,
)
from asset_forge.monitoring.alerts.runtime import CRASH_LOOPING, LOGIN_ABUSE, VERSION_SKEW
from asset_forge.monitoring.alerts.service import (
    HIGH_ERROR_RATE,
    HIGH_GENERATION_FAILURE_RATE,
    HIGH_LATENCY,
    INSTANCE_DOWN,
    METRICS_ABSENT,
    SERVICE_DOWN,
)
from asset_forge.monitoring.alerts.telemetry import SAMPLE_FAILING, SCRAPE_FAILING
from asset_forge.monitoring.dashboards._model import (
    ERRORS,
    FAILED_TRACES,
    SLOW_TRACES,
    TRACES,
    TRACES_OF_ENDPOINT,
    Dashboard,
    Kind,
    Panel,
    Query,
    Unit,
)
from asset_forge.monitoring.dashboards._queries import INSTANCES, RATE, quantile
from asset_forge.monitoring.objectives import ANSWERED_AT_ONCE, USER_TRAFFIC

_REQUESTS: Final = f"api_requests_by_endpoint_total{{{INSTANCES}}}"
_FAILED: Final = f'api_requests_by_endpoint_total{{{INSTANCES},status_code=~"5.."}}'
_OF_USERS: Final = f"api_requests_by_endpoint_total{{{INSTANCES},{USER_TRAFFIC}}}"
_FAILED_USERS: Final = (
    f'api_requests_by_endpoint_total{{{INSTANCES},{USER_TRAFFIC},status_code=~"5.."}}'
)
_GENERATIONS: Final = f"asset_generations_total{{{INSTANCES}}}"
_BUCKETS: Final = f"api_response_time_by_endpoint_seconds_bucket{{{INSTANCES}}}"
_ANSWERED: Final = f"api_response_time_by_endpoint_seconds_bucket{{{INSTANCES},{ANSWERED_AT_ONCE}}}"

OVERVIEW: Final = Dashboard(
    Board.OVERVIEW,
    "What users get.",
    (
        Panel(
            "Request Rate",
            "Requests answered per second, all endpoints.",
            Unit.REQUESTS,
            (Query(f"sum(rate({_REQUESTS}{RATE}))", "all"),),
            (SERVICE_DOWN, METRICS_ABSENT, HIGH_ERROR_RATE, Board.INFRASTRUCTURE, TRACES),
            width=8,
        ),
        Panel(
            "Error Rate",
            "Share of users' requests answered with 5xx; HighErrorRate fires above 5 %. Beside it "
            "that of all requests, with probes and scrapes.",
            Unit.RATIO,
            (
                Query(
                    f"sum(rate({_FAILED_USERS}{RATE})) / sum(rate({_OF_USERS}{RATE}))",
                    "users' 5xx",
                ),
                Query(f"sum(rate({_FAILED}{RATE})) / sum(rate({_REQUESTS}{RATE}))", "all 5xx"),
            ),
            (HIGH_ERROR_RATE, Board.SLO, ERRORS, FAILED_TRACES),
            looks_back="5m",
            thresholds=(("orange", 0.01), ("red", 0.05)),
            width=8,
        ),
        Panel(
            "P95 Latency",
            "95 % of users' requests are answered within this time; HighLatency fires above 5 s. "
            "Beside it that of all requests, with probes, scrapes and event streams.",
            Unit.SECONDS,
            (
                Query(quantile(0.95, _ANSWERED), "users' p95", exemplar=True),
                Query(quantile(0.5, _ANSWERED), "users' p50"),
                Query(quantile(0.95, _BUCKETS), "all p95"),
            ),
            (HIGH_LATENCY, Board.SLO, SLOW_TRACES),
            looks_back="5m",
            thresholds=(("orange", 1), ("red", 5)),
            width=8,
        ),
        Panel(
            "Active Sessions",
            "Sessions that have neither expired nor been signed out.",
            Unit.NUMBER,
            (Query(f"max(user_active_sessions{{{INSTANCES}}})", "sessions"),),
            (SAMPLE_FAILING, Board.INFRASTRUCTURE),
            kind=Kind.STAT,
            width=6,
        ),
        Panel(
            "Instances",
            "Instances whose scrapes succeed: servers, and workers on machines of their own.",
            Unit.NUMBER,
            (
                Query(
                    f"sum by (job) (max by (job, instance) (up{{{EVERY_JOB},{INSTANCES}}}))",
                    "{{job}}",
                ),
            ),
            (
                SERVICE_DOWN,
                INSTANCE_DOWN,
                METRICS_ABSENT,
                SCRAPE_FAILING,
                CRASH_LOOPING,
                VERSION_SKEW,
                Board.INFRASTRUCTURE,
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
                    f"sum by (type, status) (rate({_GENERATIONS}{RATE})) > 0",
                    "{{type}} {{status}}",
                ),
            ),
            (HIGH_GENERATION_FAILURE_RATE, Board.GENERATION, ERRORS),
        ),
        Panel(
            "Database Health",
            "95 % of statements take less than this, by operation.",
            Unit.SECONDS,
            (
                Query(
                    quantile(0.95, f"db_query_duration_seconds_bucket{{{INSTANCES}}}", "operation"),
                    "{{operation}}",
                ),
            ),
            (DATABASE_SLOW, Board.INFRASTRUCTURE, SLOW_TRACES),
            thresholds=(("orange", 0.1),),
        ),
        Panel(
            "Health Checks",
            "1 healthy, 0.5 degraded, 0 unhealthy; the worst instance.",
            Unit.NUMBER,
            (Query(f"min by (check) (health_check_status{{{INSTANCES}}})", "{{check}}"),),
            (DEPENDENCY_UNHEALTHY, DATABASE_DOWN, Board.INFRASTRUCTURE),
            thresholds=(("red", 0.5), ("orange", 1)),
            good_above=True,
            maximum=1,
            kind=Kind.STAT,
        ),
        Panel(
            "Top Endpoints",
            "The ten endpoints with most requests.",
            Unit.REQUESTS,
            (Query(f"topk(10, sum by (endpoint) (rate({_REQUESTS}{RATE})))", "{{endpoint}}"),),
            (HIGH_ERROR_RATE, Board.SLO, TRACES),
            series_links=(TRACES_OF_ENDPOINT,),
        ),
        Panel(
            "Logins",
            "Logins that succeeded by provider, and those refused by reason, per second.",
            Unit.OPERATIONS,
            (
                Query(
                    f"sum by (provider) (rate(user_logins_total{{{INSTANCES}}}{RATE}))",
                    "{{provider}}",
                ),
                Query(
                    f"sum by (reason) (rate(login_failures_total{{{INSTANCES}}}{RATE})) > 0",
                    "refused: {{reason}}",
                ),
            ),
            (LOGIN_ABUSE, Board.INFRASTRUCTURE),
        ),
    ),
)
