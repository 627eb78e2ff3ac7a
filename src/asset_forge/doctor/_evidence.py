"""What the doctor has seen, collected once; the checks look at nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from asset_forge.clock import spoken
from asset_forge.doctor._questions import Answers, Question
from asset_forge.monitoring import SERVICE, WORKERS
from asset_forge.monitoring.budgets import BudgetReport
from asset_forge.monitoring.prometheus_api import Point
from asset_forge.monitoring.samples import Samples


@dataclass(frozen=True, slots=True)
class Reply:
    """What a path answered; `status` is 0 and `fault` says why where nothing did."""

    status: int = 0
    body: bytes = b""
    fault: str = ""
    seconds: float = 0.0


class Ready(msgspec.Struct):
    """The readiness probe's answer."""

    status: str
    checks: dict[str, bool] = {}


class DeepCheck(msgspec.Struct):
    """One part in the deep probe's answer."""

    status: str
    latency: float | None = None
    details: dict[str, object] = {}


class Deep(msgspec.Struct):
    """The deep probe's answer; `checks` is None where its details are not for the caller."""

    status: str
    checks: dict[str, DeepCheck] | None = None


class ErrorGroup(msgspec.Struct, rename="camel"):
    """What is looked at of a group of captured errors."""

    fingerprint: str
    type: str
    message: str
    culprit: str
    severity: str
    count: int
    last_seen: datetime


class TraceLine(msgspec.Struct, rename="camel"):
    """What is looked at of a kept trace."""

    trace_id: str
    name: str
    route: str | None
    started_at: datetime
    duration_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What the service says. None is what it did not tell; `withheld` says why, by path.

    `clock_offset` is its clock less the doctor's, in seconds, within ± `clock_doubt`.
    `moved` says whether its request counters rose by the doctor's own requests.
    """

    url: str
    replies: Mapping[str, Reply]
    withheld: Mapping[str, str] = field(default_factory=dict[str, str])
    ready: Ready | None = None
    deep: Deep | None = None
    system: Samples | None = None
    business: Samples | None = None
    errors: list[ErrorGroup] | None = None
    traces: list[TraceLine] | None = None
    objectives: BudgetReport | None = None
    moved: bool | None = None
    clock_offset: float | None = None
    clock_doubt: float = 0.0


class Target(msgspec.Struct, rename="camel"):
    """A scrape target of Prometheus."""

    labels: dict[str, str]
    scrape_url: str
    health: str
    last_error: str = ""


class Rule(msgspec.Struct, rename="camel"):
    """A rule that Prometheus has loaded."""

    name: str
    type: str
    health: str
    last_error: str = ""


class FiringAlert(msgspec.Struct, rename="camel"):
    """An alert that is pending or firing."""

    labels: dict[str, str]
    state: str
    annotations: dict[str, str] = {}
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """What Prometheus says; `fault` is why it says nothing."""

    url: str
    fault: str = ""
    targets: list[Target] = field(default_factory=list[Target])
    rules: list[Rule] = field(default_factory=list[Rule])
    alerts: list[FiringAlert] = field(default_factory=list[FiringAlert])
    alertmanagers: int = 0
    retention: str = ""
    answers: Mapping[Question, Answers] = field(default_factory=dict[Question, Answers])
    fleet: Mapping[str, list[Point]] = field(default_factory=dict[str, list[Point]])
    clock_offset: float | None = None
    clock_doubt: float = 0.0

    @property
    def own_targets(self) -> list[Target]:
        """The targets of the service's jobs."""
        jobs = (SERVICE, WORKERS)
        return [target for target in self.targets if target.labels.get("job") in jobs]

    @property
    def sees(self) -> bool:
        """Whether its figures are the service's: a business scrape succeeds."""
        return any(
            target.health == "up" and target.labels.get("metrics_path") == "/metrics/business"
            for target in self.own_targets
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the Postgres server of `DATABASE_URL` says; `fault` is why it says nothing."""

    fault: str = ""
    max_connections: int = 0
    reserved: int = 0
    in_use: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that was collected. `monitoring` and `server` are None where none was named.

    `pool_size` and `jobs_pool_size` are the connections that one process may open.
    """

    service: Service
    now: datetime
    monitoring: Monitoring | None = None
    server: Server | None = None
    version: str = ""
    pool_size: int = 20
    jobs_pool_size: int = 5

    def answers(self, question: Question) -> tuple[Answers, str] | None:
        """Answer a question, with the words for the time that the answer covers; None if unseen.

        Prometheus knows it of all instances and for now; without it the service's counters know it
        of this group and since its start.
        """
        if self.monitoring is not None and self.monitoring.sees:
            found = self.monitoring.answers.get(question)
            if found is not None:
                return found, f"in the last {question.window} (Prometheus)"
        samples = self.service.system if question.system else self.service.business
        return None if samples is None else (question.of(samples), self.since_start())

    def since_start(self) -> str:
        """Say for how long the service's counters have counted."""
        started = self.service.system and self.service.system.value("process_start_time_seconds")
        if not started:
            return "since the start"
        return f"since the start {spoken(self.now.timestamp() - started)} ago"

    def failed_within_an_hour(self, objective: str) -> bool | None:
        """Say whether an event of an objective failed lately; None where nobody tells."""
        report = self.service.objectives
        found = [one for one in report.objectives if one.name == objective] if report else []
        if not found:
            return None
        return any(rate.window == "1h" and rate.failures > 0 for rate in found[0].burn_rates)
