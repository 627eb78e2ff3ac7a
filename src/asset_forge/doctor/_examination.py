"""The sections of the examination, and its report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

import msgspec

from asset_forge.clock import rfc3339
from asset_forge.doctor import (
    _alerting,
    _deployment,
    _disk,
    _errors,
    _generations,
    _health,
    _memory,
    _metrics,
    _objectives,
    _slow,
)
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._verdicts import Check, Fine, Found, Severity, Verdict

SECTIONS: Final[dict[str, tuple[Check, ...]]] = {
    "Health": (_health.reachable, _health.ready, _health.parts),
    "High error rate": (_errors.failing_routes, _errors.captured_errors, _errors.error_lines),
    "Slow response times": (
        _slow.slow_routes,
        _slow.slow_tables,
        _slow.slow_providers,
        _slow.slow_requests,
        _slow.loop_lag,
    ),
    "Memory leaks": (
        _memory.resident_memory,
        _memory.memory_part,
        _memory.memory_growth,
        _memory.database_pool,
        _memory.descriptors,
    ),
    "Disk space": (_disk.volume, _disk.disk_part, _disk.storage_part, _disk.storage_errors),
    "Generations": (
        _generations.queue,
        _generations.failed_generations,
        _generations.poisoned,
        _generations.providers,
        _generations.refused_providers,
        _generations.resting_providers,
        _generations.spending,
        _generations.provider_part,
    ),
    "Metrics": (
        _metrics.exposed,
        _metrics.moving,
        _metrics.overflows,
        _metrics.dropped,
        _metrics.collectors,
        _metrics.samples,
    ),
    "Prometheus": (
        _alerting.answers,
        _alerting.scraped,
        _alerting.labels,
        _alerting.rules,
        _alerting.delivery,
        _alerting.retention,
        _alerting.clocks,
        _alerting.firing,
    ),
    "Objectives": (_objectives.budgets, _objectives.source),
    "Deployment": (_deployment.versions, _deployment.connections),
}
"""What is looked at: the guide's troubleshooting sections, and what they take for granted."""

RUNBOOKS: Final = "docs/runbooks"


class Result(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one check said. `runbook` is the path of the page that helps with a finding."""

    section: str
    check: str
    outcome: Literal["ok", "finding", "unseen"]
    severity: Severity | None = None
    summary: str
    evidence: list[str] = []
    runbook: str | None = None


class Report(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The whole examination; `healthy` says that nothing was found, as far as could be seen."""

    url: str
    prometheus: str | None
    examined_at: str
    reachable: bool
    healthy: bool
    results: list[Result]

    @property
    def findings(self) -> list[Result]:
        """What is wrong, the critical first."""
        found = [one for one in self.results if one.outcome == "finding"]
        return sorted(found, key=lambda one: one.severity != "critical")


def examine(seen: Evidence) -> Report:
    """Let every check look at the evidence.

    Where the service is not reached, only Prometheus is looked at besides.
    """
    reached = seen.service.replies[_health.LIVE].status == 200
    results: list[Result] = []
    for section, checks in SECTIONS.items():
        if reached or section == "Prometheus":
            results += _section(section, checks, seen)
        elif section == "Health":
            results += _section(section, (_health.reachable,), seen)
    return Report(
        url=seen.service.url,
        prometheus=seen.monitoring.url if seen.monitoring is not None else None,
        examined_at=rfc3339(seen.now),
        reachable=reached,
        healthy=all(one.outcome != "finding" for one in results),
        results=results,
    )


def _section(section: str, checks: tuple[Check, ...], seen: Evidence) -> Iterator[Result]:
    for check in checks:
        for verdict in check(seen):
            yield _result(section, check.__name__, verdict)


def _result(section: str, check: str, verdict: Verdict) -> Result:
    match verdict:
        case Found():
            return Result(
                section=section,
                check=check,
                outcome="finding",
                severity=verdict.severity,
                summary=verdict.summary,
                evidence=[line for line in verdict.evidence if line],
                runbook=f"{RUNBOOKS}/{verdict.runbook}.md",
            )
        case Fine():
            return Result(section=section, check=check, outcome="ok", summary=verdict.summary)
        case _:
            return Result(section=section, check=check, outcome="unseen", summary=verdict.summary)
