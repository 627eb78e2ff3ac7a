"""Is it there, is it ready, and how does it find its own parts?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._verdicts import Fine, Found, Severity, Unseen, Verdict

LIVE: Final = "/api/health/live"
READY: Final = "/api/health/ready"
DEEP: Final = "/api/health/deep"

_RUNBOOKS: Final = {
    "database": "DatabaseDown",
    "disk": "LowDiskSpace",
    "memory": "HighMemoryUsage",
    "externalAPIs": "ProviderFailing",
    "storage": "StorageFailing",
}
_ELSEWHERE: Final = ("disk", "memory", "externalAPIs", "storage")
"""Parts that other sections look at."""


def reachable(seen: Evidence) -> Iterator[Verdict]:
    """Whether the process answers its liveness probe."""
    live = seen.service.replies[LIVE]
    if live.status == 200:
        yield Fine(f"{seen.service.url} answers within {live.seconds * 1000:.0f} ms")
        return
    said = live.fault or f"answers {live.status}, which no Asset-Forge does"
    yield Found(
        "The service cannot be reached",
        "ServiceDown",
        (f"{seen.service.url}{LIVE} {said}",),
        severity="critical",
    )


def ready(seen: Evidence) -> Iterator[Verdict]:
    """Whether traffic may come."""
    reply, answer = seen.service.replies[READY], seen.service.ready
    if answer is None:
        yield Unseen(reply.fault or f"{READY} answers {reply.status}")
        return
    if answer.status == "ready":
        yield Fine(f"{READY} answers {reply.status}, ready")
        return
    failing = [name for name, holds in answer.checks.items() if not holds]
    checks = ", ".join(f"{name}={str(holds).lower()}" for name, holds in answer.checks.items())
    if "database" in failing:
        summary, runbook = "The service is not ready: its database does not work", "DatabaseDown"
    else:
        summary, runbook = "The service is not ready: it starts or drains", "InstanceDown"
    evidence = (f"{READY} answers {reply.status}: {answer.status}; {checks}",)
    yield Found(summary, runbook, evidence, severity="critical")


def parts(seen: Evidence) -> Iterator[Verdict]:
    """How the deep probe finds the database, Qdrant and whatever is checked besides."""
    known = seen.service.deep.checks if seen.service.deep is not None else None
    if known is None:
        yield hidden(seen)
        return
    for name in known:
        if name not in _ELSEWHERE:
            yield from part(seen, name)


def part(seen: Evidence, name: str) -> Iterator[Verdict]:
    """How the deep probe finds one part."""
    deep = seen.service.deep
    if deep is None or deep.checks is None:
        yield hidden(seen)
        return
    check = deep.checks.get(name)
    if check is None:
        return
    took = f" within {check.latency:.0f} ms" if check.latency is not None else ""
    if check.status == "healthy":
        yield Fine(f"{name} is healthy{took}")
        return
    details = ", ".join(f"{key}: {value}" for key, value in check.details.items())
    severity: Severity = "critical" if name == "database" else "warning"
    yield Found(
        f"{name} is {check.status}",
        _RUNBOOKS.get(name, "DependencyUnhealthy"),
        (f"{DEEP}: {name} is {check.status}{took}" + (f" ({details})" if details else ""),),
        severity,
    )


def hidden(seen: Evidence) -> Unseen:
    """Say why the parts are not to be seen."""
    reply = seen.service.replies.get(DEEP)
    if reply is None or not reply.status:
        return Unseen(f"{DEEP}: {reply.fault if reply else 'was not asked'}")
    return Unseen(
        f"{DEEP} keeps its details to itself (HEALTH_DETAILS); give an operator's token as --token"
    )
