"""The drills: which faults share a stack, since they do not disturb each other."""

from __future__ import annotations

from tests.drills.stage import SCALE, Act, Play

from asset_forge.simulation.traffic import PROCEDURAL, REMOTE, Ask, Pace

_LONG = Ask("music", "a calm village theme at dawn", options={"durationSeconds": 40})
_SONG = Ask("music", "a sea shanty", options={"durationSeconds": 60})
_QUICK = Ask("sound_effect", "a heavy wooden door creaks open", options={"durationSeconds": 0.2})
_TALK = PROCEDURAL[0]

_MOSTLY_MESHY = (*REMOTE, *REMOTE[:2] * 4)
"""While the others fail, more succeeds than the objective's page allows to fail."""

SLOW_BURNS = ("AvailabilityBudgetBurnSlow", "GenerationBudgetBurnSlow", "LatencyBudgetBurnSlow")
"""They look back over six hours and more, which are 18 minutes even in a drill."""

PLAYS = (
    Play(
        "spending",
        (Act(("spending-spree",), resolve_seconds=260, lasting=("AISpendLimitNear",)),),
        pace=None,
        scale=0.6 * SCALE,  # an hour has to pass, in which next to nothing happens
    ),
    Play(
        "two instances",
        (
            # Each scrape that fails within the alert's minute and a half begins that anew.
            Act(("rollout-halted",), arrive_seconds=300),
            Act(("crash-loop",), arrive_seconds=120),
            Act(("instance-killed",)),
            Act(("log-reader-hangs",), arrive_seconds=150),
        ),
        pace=None,
    ),
    Play(
        "causes without traffic",
        (
            Act(("volume-gone",)),
            Act(("pool-exhausted",)),
            Act(("database-down",)),
            Act(("scrape-hangs",)),
            Act(("another-program",)),
        ),
        pace=None,
    ),
    Play(
        "queue",
        (Act(("worker-frozen",), arrive_seconds=120), Act(("children-starved",), 300)),
        # Who asks waits for the asset: as many as this wait when two are made.
        pace=Pace(users=7, think_seconds=0.5, generate=0.4, asks=(_SONG, _QUICK)),
    ),
    Play(
        "providers",
        (
            # Each provider counts as failing until one that is asked for once in eight times works.
            Act(
                ("key-refused", "credit-gone", "provider-down"),
                arrive_seconds=200,
                resolve_seconds=300,
                lasting=SLOW_BURNS,
            ),
            # More has to fail than was made in the act before.
            Act(("every-provider-down",), 300, resolve_seconds=200, lasting=SLOW_BURNS),
            Act(("provider-throttles",), arrive_seconds=300, resolve_seconds=300),
        ),
        pace=Pace(users=4, think_seconds=0.4, generate=0.5, asks=_MOSTLY_MESHY),
        also=("AISpendHigh",),  # what an hour may cost is spent in three minutes
    ),
    Play(
        "generation",
        (
            Act(("children-killed",), 200, lasting=SLOW_BURNS),
            Act(("disk-full",), lasting=SLOW_BURNS),
        ),
        pace=Pace(users=6, think_seconds=0.4, generate=0.4, asks=(_LONG, _QUICK, _TALK)),
    ),
    Play(
        "pages",
        (
            Act(("database-locked", "store-broken"), in_turn=True, resolve_seconds=200),
            Act(("service-killed",)),
        ),
        pace=Pace(users=6, think_seconds=0.4),
    ),
    Play("slow lines", (Act(("database-slow",), 200), Act(("slow-lines",), resolve_seconds=200))),
    Play(
        "limits and sinks",
        (
            Act(
                (
                    *("event-loop-frozen", "descriptors-short", "memory-short", "disk-low"),
                    *("login-abuse", "cardinality-bomb", "foreign-file", "models-made-up"),
                    "trace-collector-hangs",
                )
            ),
        ),
    ),
)
"""The longest first, so that all end together when two run side by side."""
