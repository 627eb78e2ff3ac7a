"""A calm hour, in a twentieth of it: the demo's traffic, and what Prometheus has to say of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

import promql_parser
from tests.drills.checks import all_jobs_end
from tests.drills.comparisons import ONLY_THEN
from tests.drills.guide_queries import GUIDE
from tests.drills.stage import SCALE
from tests.drills.watching import Watcher

from asset_forge.simulation.panels import finite, panel_queries, panels_with_data
from asset_forge.simulation.programs import until
from asset_forge.simulation.prometheus import PrometheusApi
from asset_forge.simulation.providers import SimulatedProviders
from asset_forge.simulation.receivers import Message
from asset_forge.simulation.rehearsal import good_day
from asset_forge.simulation.stack import SPEED, Stack
from asset_forge.simulation.traffic import PROCEDURAL, REMOTE, Pace
from asset_forge.simulation.users import Users

CALM_SECONDS = 100.0
"""Longer than the longest time that an alert is pending, half an hour."""

MOVING_SECONDS = 60.0
OF_OPENAI = 'rate(ai_tokens_used_total{provider="openai",type="completion"}[5m])'
"""What a query of the guide is about; one ask in many is for it, and some of those are refused."""

ERRORS = "Error rate (5xx responses)"
"""The one query of the guide that returns nothing as long as all is well."""

COMPARED = {">", "<", ">=", "<=", "==", "!="}


@dataclass(frozen=True)
class Evaluated:
    """A query, and how many finite values the whole and its left side returned, with one."""

    title: str
    expr: str
    whole: int
    left: int
    value: float | None
    compares: bool


@dataclass
class Calm:
    """What was seen in the calm run."""

    panels: int = 0
    panels_without: list[str] = field(default_factory=list)
    firing: set[str] = field(default_factory=set)
    told: list[Message] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    refused: list[object] = field(default_factory=list)
    guide: list[Evaluated] = field(default_factory=list)
    ours: list[Evaluated] = field(default_factory=list)
    activity: str = ""
    starved: bool = False

    @property
    def disturbed(self) -> bool:
        """Whether it proves nothing, since the machine was starved when something was wrong."""
        wrong = self.firing - {"Watchdog"} or self.told or self.panels_without
        return self.starved and bool(wrong or self.odd)

    @property
    def odd(self) -> set[str]:
        """The queries that return nothing, or something, as none does with nothing wrong."""
        guide = {one.title for one in self.guide if not one.left} ^ {ERRORS}
        return guide | (self.ours_without ^ {one.title for one in ONLY_THEN})

    @property
    def ours_without(self) -> set[str]:
        """The panels' queries without data, as they are called without their labels' values."""
        without = (one.title for one in self.ours if not one.left)
        return {title.replace(": {{", " {{").partition(" {{")[0] for title in without}


def spend(home: Path, programs: tuple[str, str]) -> Calm:
    """Let the users work with nothing wrong, and ask everything at the end."""
    calm = _spend(home / "first", programs)
    return _spend(home / "again", programs) if calm.disturbed else calm


def _spend(home: Path, programs: tuple[str, str]) -> Calm:
    home.mkdir()
    calm = Calm()
    providers = SimulatedProviders(speed=SPEED, seed=3)
    with good_day(providers):
        stack = Stack(home, scale=SCALE, providers=providers)
        users = Users(stack.url, Pace(users=5, think_seconds=0.6, asks=(*PROCEDURAL, *REMOTE)))
        with stack.running(programs), Watcher(stack.prometheus).running() as watcher:
            with users.running():
                began = time.monotonic()
                wait_until(began + MOVING_SECONDS)
                calm.panels, calm.panels_without = panels_with_data(stack.prometheus)
                wait_until(began + CALM_SECONDS)
                until("OpenAI has answered", lambda: stack.prometheus.query(OF_OPENAI), 120)
                calm.guide = [evaluate(stack.prometheus, one.title, one.expr) for one in GUIDE]
                calm.ours = [
                    evaluate(
                        stack.prometheus,
                        f"{one.dashboard}: {one.panel}, {one.legend}",
                        one.expr,
                    )
                    for one in panel_queries()
                ]
                calm.firing = watcher.names("firing")
                calm.starved = watcher.starved
            messages = stack.receivers.messages()
            calm.told = [one for one in messages if one.service != "heartbeat"]
            calm.beats = [one.at_seconds for one in messages if one.service == "heartbeat"]
            calm.refused = list(stack.receivers.refused)
            calm.activity = users.activity.line()
            all_jobs_end(stack, users.activity.accepted)
    return calm


def wait_until(moment: float) -> None:
    """Let the users work until then: the traffic of that time is what is looked at."""
    while (left := moment - time.monotonic()) > 0:
        time.sleep(min(left, 1.0))


def evaluate(prometheus: PrometheusApi, title: str, expr: str) -> Evaluated:
    """Evaluate a query, and for a comparison its left side too."""
    whole = finite(prometheus.query(expr))
    left = whole
    parsed = promql_parser.parse(expr)
    compares = isinstance(parsed, promql_parser.BinaryExpr) and str(parsed.op) in COMPARED
    if compares:
        left = finite(prometheus.query(str(parsed.lhs)))
    found = left or whole
    value = found[0].value if found else None
    return Evaluated(title, expr, len(whole), len(left), value, compares)
