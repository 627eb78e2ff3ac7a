"""For each alert the series in which it fires, and those in which it has to stay silent."""

from __future__ import annotations

from tests.unit.monitoring.cause_cases import CAUSES
from tests.unit.monitoring.histories import (
    DIES,
    FORGOTTEN,
    LONG_AGO,
    QUIET,
    RESET,
    RESTARTED,
    UP,
    Case,
    folded,
    one,
    up,
)
from tests.unit.monitoring.symptom_cases import BURN, SYMPTOMS

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
            QUIET: one("event_loop_lag_seconds_count", LONG_AGO)
            | one("event_loop_lag_seconds_bucket", "100+0x200", le="1.0"),
            RESET: one("event_loop_lag_seconds_count", RESTARTED)
            | one("event_loop_lag_seconds_bucket", "100+10x20 0+10x180", le="1.0"),
        },
    ),
    "FileDescriptorsNearLimit": Case(
        # One worker of four: over all together it is a third.
        one("process_open_fds_ratio", "0.1+0x8 0.95+0x100")
        | one("process_open_fds", "40+0x8 130+0x100")
        | one("process_max_fds", "400+0x200"),
        135,
        {"80 %": one("process_open_fds_ratio", "0.8+0x200")},
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
            QUIET: one(
                "login_failures_total", LONG_AGO, provider="local", reason="bad_credentials"
            ),
            RESET: one(
                "login_failures_total", FORGOTTEN, provider="local", reason="bad_credentials"
            ),
        },
    ),
}

TELEMETRY = {
    "ScrapeFailing": Case(
        up(DIES, UP),
        135,
        {"a scrape is missed": up("1+0x8 0+0x2 1+0x100", UP), "all is well": up(UP, UP)},
    ),
    "SeriesOverflow": Case(
        up(UP, UP) | folded("ai_api_calls_total", "_x80 1+0x200"),
        1200,
        {
            QUIET: up(UP, UP) | folded("http_requests_total", LONG_AGO),
            RESET: up(UP, UP) | folded("ai_api_calls_total", FORGOTTEN),
            "a scanner with a dozen odd verbs": up(UP, UP)
            | folded("http_requests_total", "_x80 1+1x11 12+0x100"),
            "one with sixty": up(UP, UP) | folded("http_requests_total", "_x80 60+0x100"),
        },
        {
            "a flood of made-up verbs": (
                up(UP, UP) | folded("http_requests_total", "0+0x80 70+70x100"),
                1230,
            ),
            "a flood that nothing came before": (
                up(UP, UP) | folded("http_requests_total", "_x80 500+0x100"),
                1200,
            ),
        },
    ),
    "TelemetryLost": Case(
        one("telemetry_dropped_total", "0+0x40 9+0x200", sink="log"),
        615,
        {
            QUIET: up(UP, UP) | one("telemetry_dropped_total", LONG_AGO, sink="log"),
            RESET: up(UP, UP) | one("telemetry_dropped_total", FORGOTTEN, sink="log"),
        },
    ),
    "CollectorFailing": Case(
        one("metrics_collector_errors_total", "_x40 1+1x200", collector="gc"),
        615,
        {
            QUIET: up(UP, UP) | one("metrics_collector_errors_total", LONG_AGO, collector="gc"),
            RESET: up(UP, UP) | one("metrics_collector_errors_total", FORGOTTEN, collector="gc"),
        },
    ),
    "BackgroundSampleFailing": Case(
        one("background_sample_errors_total", "0+0x40 1+0x200", sample="queue"),
        615,
        {
            QUIET: one("background_sample_errors_total", LONG_AGO, sample="queue"),
            RESET: one("background_sample_errors_total", FORGOTTEN, sample="queue"),
        },
    ),
    "Watchdog": Case({}, 0, {}),
}

CASES = SYMPTOMS | CAUSES | RUNTIME | TELEMETRY | BURN
