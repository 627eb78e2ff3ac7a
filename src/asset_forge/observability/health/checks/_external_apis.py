"""The remote providers: what is configured, and how the last real calls went. Never calls out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from asset_forge.observability.health._check import Check, Finding, Status


@dataclass(frozen=True, slots=True)
class LastOutcome:
    """How the last call to a provider ended, and whether that is the provider's failure."""

    outcome: str
    failed: bool


def _nothing_seen() -> Mapping[str, LastOutcome]:
    return {}


def external_apis(
    configured: Mapping[str, bool],
    *,
    last_outcomes: Callable[[], Mapping[str, LastOutcome]] = _nothing_seen,
    timeout_seconds: float = 1.0,
) -> Check:
    """Build the check `externalAPIs`.

    Degraded when the last call seen to a configured provider failed. Outcomes of providers that
    are not configured are left out; `count` counts the configured ones.
    """
    known = dict(configured)

    async def run() -> Finding:
        seen = {name: last for name, last in last_outcomes().items() if known.get(name)}
        details: dict[str, object] = {"configured": known, "count": sum(known.values())}
        if seen:
            details["lastOutcomes"] = {name: last.outcome for name, last in seen.items()}
        failed = any(last.failed for last in seen.values())
        return Finding(Status.DEGRADED if failed else Status.HEALTHY, details)

    return Check(
        name="externalAPIs", run=run, timeout_seconds=timeout_seconds, reports_latency=False
    )
