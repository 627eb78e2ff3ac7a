"""Slow response times: endpoints, tables, providers, and what blocks the event loop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from asset_forge.clock import spoken
from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._questions import (
    LOOP_LAGS,
    PROVIDER_SECONDS,
    ROUTE_SECONDS,
    SHORT_LOOP_LAGS,
    TABLE_SECONDS,
    Answers,
    Quantile,
)
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict

_SHOWN = 5


def slow_routes(seen: Evidence) -> Iterator[Verdict]:
    """Which endpoints take more than a second at the 95th percentile."""
    yield from _slow(
        seen, ROUTE_SECONDS, limits.SLOW_ROUTE_SECONDS, "endpoints", "HighLatency",
        past=seen.failed_within_an_hour("latency") is False,
    )  # fmt: skip


def slow_tables(seen: Evidence) -> Iterator[Verdict]:
    """Which tables take more than 100 ms at the 95th percentile."""
    yield from _slow(seen, TABLE_SECONDS, limits.SLOW_TABLE_SECONDS, "tables", "DatabaseSlow")


def slow_providers(seen: Evidence) -> Iterator[Verdict]:
    """Which AI providers take more than two minutes at the 95th percentile."""
    yield from _slow(
        seen, PROVIDER_SECONDS, limits.SLOW_PROVIDER_SECONDS, "providers", "ProviderFailing"
    )


def _slow(
    seen: Evidence, question: Quantile, limit: float, what: str, runbook: str, *, past: bool = False
) -> Iterator[Verdict]:
    asked = seen.answers(question)
    if asked is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    answers, when = asked
    slow = {key: value for key, value in answers.items() if value > limit}
    if not slow or (past and "Prometheus" not in when):
        worst = max(answers.values(), default=0.0)
        later = "; none of it within the last hour" if slow else ""
        yield Fine(f"{what}: the slowest 95th percentile is {worst:.3g} s {when}{later}")
        return
    yield Found(
        f"{len(slow)} {what} take more than {limit:g} s at the 95th percentile {when}",
        runbook,
        tuple(f"{' '.join(key)}: {value:.3g} s" for key, value in _worst(slow)),
    )


def _worst(answers: Answers) -> list[tuple[tuple[str, ...], float]]:
    return sorted(answers.items(), key=lambda item: -item[1])[:_SHOWN]


def slow_requests(seen: Evidence) -> Iterator[Verdict]:
    """Which requests of more than 5 s were traced lately."""
    if seen.service.traces is None:
        yield Unseen(seen.service.withheld.get("/api/traces", "/api/traces did not answer"))
        return
    since = seen.now - timedelta(seconds=limits.RECENT_SECONDS)
    lately = spoken(limits.RECENT_SECONDS)
    slow = [one for one in seen.service.traces if one.started_at >= since and one.route]
    if not slow:
        yield Fine(f"no request of more than 5 s was traced in the last {lately}")
        return
    yield Found(
        f"{len(slow)} requests of more than 5 s were traced in the last {lately}",
        "HighLatency",
        tuple(
            f"{one.name}: {one.duration_seconds:.1f} s; /api/traces/{one.trace_id}"
            for one in slow[:_SHOWN]
        ),
    )


def loop_lag(seen: Evidence) -> Iterator[Verdict]:
    """Whether the event loop was blocked for more than a second."""
    every, short = seen.answers(LOOP_LAGS), seen.answers(SHORT_LOOP_LAGS)
    if every is None or short is None:
        yield Unseen(seen.service.withheld.get("/metrics", "no metrics were seen"))
        return
    late = sum(every[0].values()) - sum(short[0].values())
    if late < 1:
        yield Fine(f"the event loop was never late by more than 1 s {every[1]}")
        return
    yield Found(
        f"The event loop was late by more than 1 s {late:,.0f} times {every[1]}",
        "EventLoopStalled",
        ("the watchdog has logged the stack that blocks: `grep 'event loop'` on the output",),
    )
