"""For each alert the series in which it fires, and those in which it has to stay silent.

A value `a+bxN` stands for N + 1 samples, 15 s apart, as promtool reads it; `_` is no sample.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Series = dict[str, str]


@dataclass(frozen=True)
class Case:
    """The condition becomes true at `true_at` seconds in `fires`, never in any of `silent`.

    `branches` are further histories in which it fires, each with its own seconds: one for each
    alternative that the expression has.
    """

    fires: Series
    true_at: int
    silent: dict[str, Series] = field(default_factory=dict)
    branches: dict[str, tuple[Series, int]] = field(default_factory=dict)


def up(system: str, business: str, instance: str = "a:1", job: str = "asset-forge") -> Series:
    """The two targets of one instance."""
    start = f'up{{job="{job}",instance="{instance}",metrics_path='
    return {f'{start}"/metrics"}}': system, f'{start}"/metrics/business"}}': business}


def requests(ok: str, failed: str, endpoint: str = "/api/assets", status: int = 500) -> Series:
    """Requests answered 200, and others answered with `status`."""
    start = f'api_requests_by_endpoint_total{{instance="a:1",endpoint="{endpoint}",method="GET"'
    return {f'{start},status_code="200"}}': ok, f'{start},status_code="{status}"}}': failed}


def times(one: str, five: str, every: str, endpoint: str = "/api/assets") -> Series:
    """Requests answered within 1 s, within 5 s, and all of them."""
    name = "api_response_time_by_endpoint_seconds"
    labels = f'instance="a:1",endpoint="{endpoint}",method="GET"'
    return {
        f'{name}_bucket{{{labels},le="1.0"}}': one,
        f'{name}_bucket{{{labels},le="5.0"}}': five,
        f'{name}_bucket{{{labels},le="10.0"}}': every,
        f'{name}_bucket{{{labels},le="+Inf"}}': every,
        f"{name}_count{{{labels}}}": every,
    }


def queries(fast: str, every: str) -> Series:
    """Statements on one table: those within 0.1 s, and all; the rest takes up to half a second."""
    labels = 'instance="a:1",operation="select",table="assets"'
    name = "db_query_duration_seconds"
    return {
        f'{name}_bucket{{{labels},le="0.1"}}': fast,
        f'{name}_bucket{{{labels},le="0.5"}}': every,
        f'{name}_bucket{{{labels},le="+Inf"}}': every,
        f"{name}_count{{{labels}}}": every,
    }


def probed(values: str, instance: str = "a:1") -> Series:
    """What a probe from outside finds, of the target that it asks."""
    return {f'probe_success{{job="asset-forge-probe",instance="{instance}"}}': values}


def ended(
    success: str, failure: str, cancelled: str = "0+0x200", job: str = "asset-forge"
) -> Series:
    """Generations that ended."""
    start = f'asset_generations_total{{job="{job}",instance="a:1",type="prop",status='
    return {
        f'{start}"success"}}': success,
        f'{start}"failure"}}': failure,
        f'{start}"cancelled"}}': cancelled,
    }


def errors(error_type: str, values: str) -> Series:
    """Generations that failed for one reason."""
    labels = f'instance="a:1",type="prop",error_type="{error_type}"'
    return {f"asset_generation_errors_total{{{labels}}}": values}


def refused(error_type: str, values: str) -> Series:
    """Requests that a provider refused for one reason."""
    return one("ai_api_errors_total", values, provider="openai", error_type=error_type)


def one(name: str, values: str, **labels: str) -> Series:
    """One series of an instance."""
    written = "".join(f',{label}="{value}"' for label, value in labels.items())
    return {f'{name}{{instance="a:1"{written}}}': values}


def ours(system: str, business: str, job: str = "asset-forge") -> Series:
    """What tells that the service answers the scrapes of a job, and no other program."""
    labels = f'job="{job}",instance="a:1",version="1",revision="x"'
    build = {f"asset_forge_build_info{{{labels}}}": system}
    return build | ended(business, business, business, job)


WORKERS = "asset-forge-worker"
RECORDED = {"slo_maintenance_active": "0+0x300"}
NOTHING = "0+0x200"
UP = "1+0x200"
DIES = "1+0x8 0+0x300"  # dead from 135 s on
RESTARTED = "100+10x20 0+10x180"  # a counter that begins again at 0

SYMPTOMS = {
    "ServiceDown": Case(
        up(DIES, DIES) | up(DIES, DIES, "b:1") | up(UP, UP, "w:1", WORKERS),
        135,
        {
            "one instance is left": up(DIES, DIES) | up(UP, UP, "b:1"),
            "one path is left": up(DIES, UP),
            "a probe from outside succeeds": up(DIES, DIES) | up(DIES, DIES, "b:1") | probed(UP),
            "a scrape is missed": up("1+0x8 0+0x2 1+0x100", "1+0x8 0+0x2 1+0x100"),
        },
    ),
    "InstanceDown": Case(
        up(DIES, DIES) | up(UP, UP, "b:1"),
        135,
        {
            "one path is left": up(DIES, UP),
            "it is gone from the targets": up("1+0x8 stale", "1+0x8 stale"),
            "its own probe succeeds": up(DIES, DIES) | up(UP, UP, "b:1") | probed(UP),
        },
        {
            "another one answers its probe": (
                up(DIES, DIES) | up(UP, UP, "b:1") | probed(DIES) | probed(UP, "b:1"),
                135,
            ),
            "a worker, which is never probed": (
                up(UP, UP) | probed(UP) | up(DIES, DIES, "w:1", WORKERS),
                135,
            ),
        },
    ),
    "HighErrorRate": Case(
        requests("0+30x40 1200+28x200", "0+0x40 0+2x200"),
        840,
        {
            "no traffic": requests(NOTHING, NOTHING),
            "no series at all": {},
            "4 %": requests("0+96x200", "0+4x200"),
            "one failure in a quiet hour": requests("0+0x40 1+0x200", "0+0x40 1+0x200"),
            "a counter reset": requests(RESTARTED, "5+0x20 0+0x180"),
            "a draining probe": requests(NOTHING, "0+5x200", "/api/health/ready", 503),
            "client errors": requests("0+1x200", "0+50x200", status=404),
            "5 minutes less one evaluation": requests("0+10x200", "0+0x40 0+10x3 30+0x150"),
        },
    ),
    "HighLatency": Case(
        times("0+10x40 400+0x200", "0+10x40 400+0x200", "0+10x240"),
        630,
        {
            "no traffic": times(NOTHING, NOTHING, NOTHING),
            "slow, but within 5 s": times(NOTHING, "0+10x200", "0+10x200"),
            "one slow request in a quiet hour": times(NOTHING, NOTHING, "0+0x40 1+0x150"),
            "an event stream": times(NOTHING, NOTHING, "0+10x200", "/api/generation/{id}/events"),
            "a counter reset": times(RESTARTED, RESTARTED, RESTARTED),
        },
    ),
    "GenerationQueueStalled": Case(
        one("generation_queue_oldest_seconds", "0+15x200")
        | ended(NOTHING, NOTHING, cancelled="0+1x200"),
        615,
        {
            "work goes on": one("generation_queue_oldest_seconds", "0+15x200")
            | ended("0+1x200", NOTHING),
            "all fail, which has an alert of its own": one(
                "generation_queue_oldest_seconds", "0+15x200"
            )
            | ended(NOTHING, "0+1x200"),
            "an empty queue": one("generation_queue_oldest_seconds", NOTHING)
            | ended(NOTHING, NOTHING),
        },
    ),
    "GenerationQueueSlow": Case(
        one("generation_queue_oldest_seconds", "0+0x40 0+15x200"),
        930,
        {"4 minutes": one("generation_queue_oldest_seconds", "240+0x200")},
    ),
    "MetricsAbsent": Case(
        up("1+0x8 stale", "1+0x8 stale") | ours("1+0x8 stale", "0+0x8 stale") | RECORDED,
        135,
        {
            "all is there": up(UP, UP) | ours(UP, NOTHING) | RECORDED,
            "the service is down, which has an alert of its own": up(DIES, DIES)
            | ours("1+0x8 stale", "0+0x8 stale")
            | RECORDED,
            "one path is down, which has an alert of its own": up(UP, DIES)
            | ours(UP, "0+0x8 stale")
            | RECORDED,
            "one of two instances is another program": up(UP, UP)
            | up(UP, UP, "b:1")
            | ours(UP, NOTHING)
            | RECORDED,
        },
        {
            "no business metrics": (
                up(UP, UP) | ours(UP, "0+0x8 stale") | RECORDED,
                135,
            ),
            "no business metrics but those of a worker": (
                up(UP, UP)
                | up(UP, UP, "w:1", WORKERS)
                | ours(UP, "0+0x8 stale")
                | ours(UP, NOTHING, WORKERS)
                | RECORDED,
                135,
            ),
            "no system metrics but those of a worker": (
                up(UP, UP)
                | up(UP, UP, "w:1", WORKERS)
                | ours("1+0x8 stale", NOTHING)
                | ours(UP, NOTHING, WORKERS)
                | RECORDED,
                135,
            ),
            "no targets but workers": (
                up("1+0x8 stale", "1+0x8 stale")
                | up(UP, UP, "w:1", WORKERS)
                | ours("1+0x8 stale", "0+0x8 stale")
                | ours(UP, NOTHING, WORKERS)
                | RECORDED,
                135,
            ),
            "no recording rules": (
                up(UP, UP) | ours(UP, NOTHING) | {"slo_maintenance_active": "0+0x8 stale"},
                135,
            ),
        },
    ),
    "HighGenerationFailureRate": Case(
        ended("0+4x40 160+4x200", "0+0x40 0+1x200") | errors("timeout", "0+0x40 0+1x200"),
        750,
        {
            "no generations": ended(NOTHING, NOTHING) | errors("timeout", NOTHING),
            "9 %": ended("0+91x200", "0+9x200") | errors("timeout", "0+9x200"),
            "one failure": ended("0+0x200", "0+0x40 1+0x200") | errors("timeout", "0+0x40 1+0x200"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x200") | errors("timeout", NOTHING),
            "a counter reset": ended(RESTARTED, "9+0x20 0+0x180")
            | errors("timeout", "9+0x20 0+0x180"),
        },
    ),
}

CAUSES = {
    "DatabaseDown": Case(
        one("health_check_status", DIES, check="database"),
        135,
        {
            "another check": one("health_check_status", DIES, check="qdrant"),
            "degraded": one("health_check_status", "0.5+0x100", check="database"),
        },
    ),
    "DependencyUnhealthy": Case(
        one("health_check_status", DIES, check="qdrant"),
        135,
        {
            "the database, which has an alert of its own": one(
                "health_check_status", DIES, check="database"
            ),
            "degraded": one("health_check_status", "0.5+0x100", check="qdrant"),
        },
    ),
    "DatabasePoolNearExhaustion": Case(
        one("db_connections_active", "2+0x8 19+0x100") | one("db_connections_max", "20+0x200"),
        135,
        {
            "18 of 20": one("db_connections_active", "18+0x100")
            | one("db_connections_max", "20+0x200"),
            "19 of 40 in two processes": one("db_connections_active", "19+0x100")
            | one("db_connections_max", "40+0x200"),
        },
    ),
    "LowDiskSpace": Case(
        one("storage_used_bytes", "50+0x8 81+0x100", context="system")
        | one("storage_total_bytes", "100+0x200", context="system"),
        135,
        {
            "80 %": one("storage_used_bytes", "80+0x200", context="system")
            | one("storage_total_bytes", "100+0x200", context="system"),
            "a quota is used up": one("storage_used_bytes", "100+0x200", context="user")
            | one("storage_total_bytes", "100+0x200", context="user"),
        },
    ),
    "DatabaseSlow": Case(
        queries("0+10x40 400+0x200", "0+10x240"),
        630,
        {
            "fast": queries("0+10x200", "0+10x200"),
            "few": queries(NOTHING, "0+1x200"),
            "one in a hundred": queries("0+99x200", "0+100x200"),
            "no traffic": queries(NOTHING, NOTHING),
        },
    ),
    "StorageFailing": Case(
        one("storage_errors_total", "0+0x40 0+1x200", operation="check", code="denied"),
        645,
        {
            "one error": one("storage_errors_total", "0+0x40 1+0x200", operation="put", code="io"),
            "one error every four minutes": one(
                "storage_errors_total",
                " ".join(f"{n}+0x15" for n in range(12)),
                operation="put",
                code="timeout",
            ),
            "a burst that passes": one(
                "storage_errors_total", "0+0x40 0+5x4 20+0x150", operation="get", code="throttled"
            ),
            "a counter reset": one(
                "storage_errors_total", "9+0x20 0+0x180", operation="put", code="full"
            ),
        },
    ),
    "ProviderFailing": Case(
        one("ai_api_calls_total", "0+9x240", provider="meshy", model="m", status="success")
        | one(
            "ai_api_calls_total", "0+0x40 0+1x200", provider="meshy", model="m", status="failure"
        ),
        765,
        {
            "4 %": one(
                "ai_api_calls_total", "0+96x200", provider="meshy", model="m", status="success"
            )
            | one("ai_api_calls_total", "0+4x200", provider="meshy", model="m", status="failure"),
            "no calls": one(
                "ai_api_calls_total", NOTHING, provider="meshy", model="m", status="failure"
            )
            | one("ai_circuit_breaker_state", NOTHING, provider="meshy"),
        },
    ),
    "ProviderCredentialsRejected": Case(
        refused("authentication", "0+0x40 1+0x200"),
        615,
        {"another error": refused("timeout", "0+1x200")},
    ),
    "ProviderOutOfCredit": Case(
        refused("quota_exhausted", "0+0x40 1+0x200"),
        615,
        {"throttled only": refused("rate_limited", "0+1x200")},
    ),
    "AISpendHigh": Case(
        up("1+0x400", "1+0x400")
        | one("ai_cost_usd_total", "_x260 25+0x200", provider="openai", model="gpt"),
        3900,
        {
            "19 dollars": up("1+0x400", "1+0x400")
            | one("ai_cost_usd_total", "0+0x40 19+0x200", provider="openai", model="gpt"),
            "spent before Prometheus began": up("1+0x400", "1+0x400")
            | one("ai_cost_usd_total", "900+0x400", provider="openai", model="gpt"),
            "a restart": one("ai_cost_usd_total", "5+0x40 0+0x200", provider="openai", model="gpt"),
        },
    ),
    "AISpendLimitNear": Case(
        one("ai_spend_day_usd", "80+0x40 91+0x200") | one("ai_spend_day_limit_usd", "100+0x240"),
        615,
        {
            "half of it": one("ai_spend_day_usd", "50+0x200")
            | one("ai_spend_day_limit_usd", "100+0x200"),
            "no limit": one("ai_spend_day_usd", "5000+0x200"),
        },
    ),
    "PoisonedGeneration": Case(
        errors("poisoned", "0+0x40 1+0x200"), 615, {"another error": errors("internal", "0+1x200")}
    ),
}

RUNTIME = {
    "HighMemoryUsage": Case(
        one("process_resident_memory_bytes", "50+0x8 91+0x100")
        | one("system_memory_total_bytes", "100+0x200"),
        135,
        {
            "90 %": one("process_resident_memory_bytes", "90+0x200")
            | one("system_memory_total_bytes", "100+0x200")
        },
    ),
    "EventLoopStalled": Case(
        one("event_loop_lag_seconds_count", "0+30x240")
        | one("event_loop_lag_seconds_bucket", "0+30x40 1229+30x200", le="1.0"),
        615,
        {
            "late, but within 1 s": one("event_loop_lag_seconds_count", "0+30x200")
            | one("event_loop_lag_seconds_bucket", "0+30x200", le="1.0"),
            "a restart": one("event_loop_lag_seconds_count", RESTARTED)
            | one("event_loop_lag_seconds_bucket", RESTARTED, le="1.0"),
        },
    ),
    "FileDescriptorsNearLimit": Case(
        one("process_open_fds", "10+0x8 90+0x100") | one("process_max_fds", "100+0x200"),
        135,
        {"80 %": one("process_open_fds", "80+0x200") | one("process_max_fds", "100+0x200")},
    ),
    "CrashLooping": Case(
        one("process_start_time_seconds", "1+0x8 2+0x8 3+0x8 4+0x100"),
        405,
        {
            "a rollout and a restart": one("process_start_time_seconds", "1+0x8 2+0x8 3+0x200"),
        },
    ),
    "VersionSkew": Case(
        {
            'asset_forge_build_info{instance="a:1",version="1",revision="x"}': "1+0x300",
            'asset_forge_build_info{instance="b:1",version="2",revision="y"}': "_x8 1+0x300",
        },
        120,
        {
            "one version on two instances": {
                'asset_forge_build_info{instance="a:1",version="1",revision="x"}': "1+0x300",
                'asset_forge_build_info{instance="b:1",version="1",revision="x"}': "1+0x300",
            },
            "a rollout of 20 minutes": {
                'asset_forge_build_info{instance="a:1",version="1",revision="x"}': "1+0x80 stale",
                'asset_forge_build_info{instance="b:1",version="2",revision="y"}': "1+0x300",
            },
        },
    ),
    "LoginAbuse": Case(
        one("login_failures_total", "0+0x40 0+60x200", provider="local", reason="bad_credentials"),
        645,
        {
            "15 a minute": one(
                "login_failures_total", "0+3.75x200", provider="local", reason="bad_credentials"
            ),
            "a database that is down": one(
                "login_failures_total", "0+60x200", provider="local", reason="other"
            ),
            "somebody who forgot a password": one(
                "login_failures_total", "0+0x40 9+0x200", provider="local", reason="bad_credentials"
            ),
        },
    ),
}

TELEMETRY = {
    "ScrapeFailing": Case(
        up(DIES, UP), 135, {"a scrape is missed": up("1+0x8 0+0x2 1+0x100", UP), "none": {}}
    ),
    "SeriesOverflow": Case(
        up(UP, UP)
        | one("metrics_series_overflow_total", "_x80 1+0x200", metric="http_requests_total"),
        1200,
        {
            "before Prometheus began": up(UP, UP)
            | one("metrics_series_overflow_total", "7+0x400", metric="http_requests_total"),
            "none": {},
        },
    ),
    "TelemetryLost": Case(
        one("telemetry_dropped_total", "0+0x40 9+0x200", sink="log"),
        615,
        {
            "none": one("telemetry_dropped_total", NOTHING, sink="log"),
            "a restart": one("telemetry_dropped_total", "0+0x20 0+0x100", sink="log"),
        },
    ),
    "CollectorFailing": Case(
        one("metrics_collector_errors_total", "_x40 1+1x200", collector="gc"),
        615,
        {"none": {}},
    ),
    "BackgroundSampleFailing": Case(
        one("background_sample_errors_total", "0+0x40 1+0x200", sample="queue"),
        615,
        {"none": one("background_sample_errors_total", NOTHING, sample="queue")},
    ),
    "Watchdog": Case({}, 0, {}),
}

BURN = {
    "AvailabilityBudgetBurn": Case(
        requests("0+100x240 24100+0x200", "0+0x240 0+100x200"),
        3660,  # by the six-hour window, of which there is but an hour
        {
            "no traffic": requests(NOTHING, NOTHING),
            "0.5 %": requests("0+199x400", "0+1x400"),
            "a failure a minute, nine of them": requests(
                "0+0x400", "0+0x20 1+0x3 2+0x3 3+0x3 4+0x3 5+0x3 6+0x3 7+0x3 8+0x3 9+0x300"
            ),
            "a counter reset": requests(RESTARTED, "50+0x20 0+0x180"),
            "a draining probe": requests("0+9x200", "0+9x200", "/api/health/ready", 503),
        },
    ),
    "AvailabilityBudgetBurnSlow": Case(
        requests("0+199x400", "0+1x400"),
        180,
        {"no traffic": requests(NOTHING, NOTHING), "0.05 %": requests("0+1999x400", "0+1x400")},
    ),
    "LatencyBudgetBurn": Case(
        times("0+10x400", "0+20x400", "0+20x400"),
        45,
        {
            "no traffic": times(NOTHING, NOTHING, NOTHING),
            "10 %": times("0+90x400", "0+100x400", "0+100x400"),
            "an event stream": times(NOTHING, NOTHING, "0+10x200", "/api/generation/{id}/events"),
            "a counter reset": times(RESTARTED, RESTARTED, RESTARTED),
        },
    ),
    "LatencyBudgetBurnSlow": Case(
        times("0+90x400", "0+100x400", "0+100x400"),
        45,
        {
            "no traffic": times(NOTHING, NOTHING, NOTHING),
            "4 %": times("0+96x400", "0+100x400", "0+100x400"),
        },
    ),
    "GenerationBudgetBurn": Case(
        ended(NOTHING, "0+1x400"),
        105,
        {
            "no generations": ended(NOTHING, NOTHING),
            "half fail": ended("0+5x400", "0+5x400"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x400"),
            "four failures": ended(NOTHING, "0+1x4 4+0x300"),
        },
    ),
    "GenerationBudgetBurnSlow": Case(
        ended("0+5x400", "0+5x400"),
        45,
        {
            "no generations": ended(NOTHING, NOTHING),
            "9 %": ended("0+91x400", "0+9x400"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x400"),
        },
    ),
}

CASES = SYMPTOMS | CAUSES | RUNTIME | TELEMETRY | BURN
