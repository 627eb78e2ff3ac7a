"""High error rate: which endpoints fail, and with what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from asset_forge.clock import spoken
from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._questions import FAILED_REQUESTS, REQUESTS
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict

_SHOWN = 5


def failing_routes(seen: Evidence) -> Iterator[Verdict]:
    """Which endpoints answer 5xx, and how often."""
    failed, asked = seen.answers(FAILED_REQUESTS), seen.answers(REQUESTS)
    if failed is None or asked is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    by_route: dict[str, dict[str, float]] = {}
    for (route, status), count in failed[0].items():
        by_route.setdefault(route, {})[status] = count
    bad, total, when = sum(failed[0].values()), sum(asked[0].values()), failed[1]
    past = "Prometheus" not in when and seen.failed_within_an_hour("availability") is False
    if past or not _too_many(bad, total):
        recent = "; none of them within the last hour" if past and bad else ""
        yield Fine(f"{bad:,.0f} of {total:,.0f} requests failed {when}{recent}")
        return
    worst = sorted(by_route.items(), key=lambda item: -sum(item[1].values()))[:_SHOWN]
    yield Found(
        f"{bad / total:.1%} of the requests failed {when}",
        "HighErrorRate",
        tuple(_route(route, statuses, asked[0].get((route,), 0.0)) for route, statuses in worst),
        severity="critical",
    )


def _too_many(bad: float, total: float) -> bool:
    return bad > limits.ERROR_COUNT and total > 0 and bad / total > limits.ERROR_RATIO


def _route(route: str, statuses: dict[str, float], asked: float) -> str:
    counts = ", ".join(f"{count:,.0f}× {status}" for status, count in sorted(statuses.items()))
    return f"{route}: {counts} of {asked:,.0f}"


def captured_errors(seen: Evidence) -> Iterator[Verdict]:
    """Which grouped errors were seen lately."""
    groups = seen.service.errors
    if groups is None:
        yield Unseen(seen.service.withheld.get("/api/errors", "/api/errors did not answer"))
        return
    since = seen.now - timedelta(seconds=limits.RECENT_SECONDS)
    recent = [group for group in groups if group.last_seen >= since]
    lately = spoken(limits.RECENT_SECONDS)
    if not recent:
        yield Fine(f"{len(groups)} unresolved errors, none seen in the last {lately}")
        return
    yield Found(
        f"{len(recent)} unresolved errors were seen in the last {lately}",
        "HighErrorRate",
        tuple(
            f"{group.count}× {group.type}: {group.message[:120]} ({group.culprit}); "
            f"/api/errors/{group.fingerprint}"
            for group in recent[:_SHOWN]
        ),
    )


def error_lines(seen: Evidence) -> Iterator[Verdict]:
    """How many error lines were logged; the lines themselves are not served."""
    samples = seen.service.business
    if samples is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    lines = sum(samples.total("log_messages_total", level=level) for level in ("error", "critical"))
    more = "; read them with `grep ERROR` on its output" if lines else ""
    yield Fine(f"{lines:,.0f} error lines were logged {seen.since_start()}{more}")
