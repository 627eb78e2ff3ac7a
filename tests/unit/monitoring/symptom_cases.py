"""In which histories the alerts of symptoms and objectives fire, and in which they must not."""

from __future__ import annotations

from tests.unit.monitoring.histories import (
    DIES,
    FORGOTTEN,
    LONG_AGO,
    NOTHING,
    QUIET,
    RECORDED,
    RESET,
    RESTARTED,
    UP,
    WORKERS,
    Case,
    ended,
    errors,
    one,
    ours,
    probed,
    requests,
    times,
    up,
)

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
            QUIET: requests(LONG_AGO, LONG_AGO),
            "no series at all": {},
            "4 %": requests("0+96x200", "0+4x200"),
            "one failure in a quiet hour": requests("0+0x40 1+0x200", "0+0x40 1+0x200"),
            RESET: requests(RESTARTED, FORGOTTEN),
            "a draining probe": requests(NOTHING, "0+5x200", "/api/health/ready", 503),
            "client errors": requests("0+1x200", "0+50x200", status=404),
            "5 minutes less one evaluation": requests("0+10x200", "0+0x40 0+10x3 30+0x150"),
        },
    ),
    "HighLatency": Case(
        times("0+10x40 400+0x200", "0+10x40 400+0x200", "0+10x240"),
        630,
        {
            QUIET: times("100+0x200", "100+0x200", LONG_AGO),
            "slow, but within 5 s": times(NOTHING, "0+10x200", "0+10x200"),
            "one slow request in a quiet hour": times(NOTHING, NOTHING, "0+0x40 1+0x150"),
            "an event stream": times(NOTHING, NOTHING, "0+10x200", "/api/generation/{id}/events"),
            RESET: times("100+10x20 0+10x180", "100+10x20 0+10x180", RESTARTED),
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
            QUIET: one("generation_queue_oldest_seconds", NOTHING) | ended(LONG_AGO, LONG_AGO),
            RESET: one("generation_queue_oldest_seconds", "0+15x200")
            | ended("900+1x60 0+1x140", NOTHING),
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
            QUIET: ended(LONG_AGO, LONG_AGO) | errors("timeout", LONG_AGO),
            "9 %": ended("0+91x200", "0+9x200") | errors("timeout", "0+9x200"),
            "one failure": ended("0+0x200", "0+0x40 1+0x200") | errors("timeout", "0+0x40 1+0x200"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x200") | errors("timeout", NOTHING),
            RESET: ended(RESTARTED, FORGOTTEN) | errors("timeout", FORGOTTEN),
        },
    ),
}

BURN = {
    "AvailabilityBudgetBurn": Case(
        requests("0+100x240 24100+0x200", "0+0x240 0+100x200"),
        3660,  # by the six-hour window, of which there is but an hour
        {
            QUIET: requests(LONG_AGO, LONG_AGO),
            "0.5 %": requests("0+199x400", "0+1x400"),
            "a failure a minute, nine of them": requests(
                "0+0x400", "0+0x20 1+0x3 2+0x3 3+0x3 4+0x3 5+0x3 6+0x3 7+0x3 8+0x3 9+0x300"
            ),
            RESET: requests(RESTARTED, FORGOTTEN),
            "a draining probe": requests("0+9x200", "0+9x200", "/api/health/ready", 503),
        },
    ),
    "AvailabilityBudgetBurnSlow": Case(
        requests("0+199x400", "0+1x400"),
        180,
        {
            QUIET: requests(LONG_AGO, LONG_AGO),
            RESET: requests(RESTARTED, FORGOTTEN),
            "0.05 %": requests("0+1999x400", "0+1x400"),
        },
    ),
    "LatencyBudgetBurn": Case(
        times("0+10x400", "0+20x400", "0+20x400"),
        45,
        {
            QUIET: times("100+0x200", LONG_AGO, LONG_AGO),
            "10 %": times("0+90x400", "0+100x400", "0+100x400"),
            "an event stream": times(NOTHING, NOTHING, "0+10x200", "/api/generation/{id}/events"),
            RESET: times("100+10x20 0+10x180", RESTARTED, RESTARTED),
        },
    ),
    "LatencyBudgetBurnSlow": Case(
        times("0+90x400", "0+100x400", "0+100x400"),
        45,
        {
            QUIET: times("100+0x200", LONG_AGO, LONG_AGO),
            RESET: times("100+10x20 0+10x180", RESTARTED, RESTARTED),
            "4 %": times("0+96x400", "0+100x400", "0+100x400"),
        },
    ),
    "GenerationBudgetBurn": Case(
        ended(NOTHING, "0+1x400"),
        105,
        {
            QUIET: ended("10+0x200", LONG_AGO),
            RESET: ended("10+5x20 0+5x180", FORGOTTEN),
            "half fail": ended("0+5x400", "0+5x400"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x400"),
            "four failures": ended(NOTHING, "0+1x4 4+0x300"),
        },
    ),
    "GenerationBudgetBurnSlow": Case(
        ended("0+5x400", "0+5x400"),
        45,
        {
            QUIET: ended("10+0x200", LONG_AGO),
            RESET: ended("10+5x20 0+5x180", FORGOTTEN),
            "9 %": ended("0+91x400", "0+9x400"),
            "all are canceled": ended(NOTHING, NOTHING, "0+5x400"),
        },
    ),
}
