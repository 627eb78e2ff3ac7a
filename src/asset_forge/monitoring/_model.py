"""What alerts, recording rules and runbooks are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

SERVICE = "asset-forge"
"""The scrape job, and the `service` label of every alert."""

WORKERS = f"{SERVICE}-worker"
"""The scrape job of workers that share no `METRICS_DIR` with a server, as on machines of their own.

A job apart, so that workers which go on do not hide that nobody answers requests any more.
"""

EVERY_JOB = f'job=~"{SERVICE}|{WORKERS}"'
"""Selects the targets of both jobs."""

_NAME = re.compile(r"[A-Z][A-Za-z0-9]+\Z")
_LIMIT = re.compile(r"(?P<operator>>=?) (?P<number>\d+(?:\.\d+)?)(?!\S)")


class Severity(StrEnum):
    """Who hears of an alert: a person at once, a team in working hours, a machine."""

    CRITICAL = "critical"
    WARNING = "warning"
    NONE = "none"


class Symptom(StrEnum):
    """What users feel, or that nobody would see it; the pages of one symptom are one incident."""

    SERVICE = "service"
    AVAILABILITY = "availability"
    LATENCY = "latency"
    GENERATION = "generation"
    MONITORING = "monitoring"


class Board(StrEnum):
    """The uids of the dashboards."""

    OVERVIEW = "asset-forge-overview"
    GENERATION = "asset-forge-generation"
    INFRASTRUCTURE = "asset-forge-infrastructure"
    SLO = "asset-forge-slo"
    AI_COST = "asset-forge-ai-cost"


class RuleError(ValueError):
    """A rule that cannot work; the text names the rule, the fault and the fix."""


@dataclass(frozen=True, slots=True)
class Runbook:
    """What the page behind an alert says; Markdown, `look` and `mend` one step an entry."""

    meaning: str
    users: str
    look: tuple[str, ...]
    mend: tuple[str, ...]
    over: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: when it fires, whom it reaches, what it says and which pages silence it.

    `expr` is PromQL in which `seconds(10m)` stands for a number of seconds; `hold` is how long
    it must be true (`""`: at once). A page has a `symptom`; `silenced_by` names the symptoms whose
    page makes this alert no news.
    """

    name: str
    severity: Severity
    expr: str
    hold: str
    summary: str
    description: str
    board: Board
    runbook: Runbook
    symptom: Symptom | None = None
    silenced_by: tuple[Symptom, ...] = ()

    def __post_init__(self) -> None:
        faults: list[str] = []
        if not _NAME.match(self.name):
            faults.append("its name must be in CapWords")
        if (self.severity is Severity.CRITICAL) != (self.symptom is not None):
            faults.append("a page, and only a page, names the symptom that it stands for")
        if self.symptom in self.silenced_by:
            faults.append(f"it would silence itself through {self.symptom!r}")
        if "$value" not in self.description and self.severity is not Severity.NONE:
            faults.append("its description must carry the measured {{ $value }}")
        if "humanizePercentage" in self.description:
            faults.extend(_share_faults(self.expr))
        if faults:
            raise RuleError(f"alert {self.name!r}: {'; '.join(faults)}")


def _share_faults(expr: str) -> Iterator[str]:
    """Name a limit that no share exceeds; the first comparison is that of the alert's value."""
    limit = _LIMIT.search(expr)
    if limit is None:
        return
    number = float(limit["number"])
    if number > 1 or (number == 1 and limit["operator"] == ">"):
        yield f"its value is a share, and no share is {limit[0]}: write 0.05 for 5 %"


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording rule: the series `record` with `labels` becomes the value of `expr`."""

    record: str
    expr: str
    labels: tuple[tuple[str, str], ...] = ()
