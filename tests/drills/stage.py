"""Plays drills: faults into the running service, alerts out of the real Alertmanager, and back."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from tests.drills.checks import BY_NAME, all_jobs_end, check_links
from tests.drills.comparisons import HELD_WHILE, Held
from tests.drills.watching import OF_A_STARVED_MACHINE, Watcher

from asset_forge.monitoring import Severity
from asset_forge.monitoring._burn_rules import BURN_ALERTS
from asset_forge.monitoring._durations import scaled_expression
from asset_forge.simulation.faults import FAULTS, Fault
from asset_forge.simulation.programs import NotWithin, until
from asset_forge.simulation.receivers import Message
from asset_forge.simulation.stack import Preparation, Stack
from asset_forge.simulation.traffic import Pace
from asset_forge.simulation.users import Users

_Result = TypeVar("_Result")

SCALE = 0.05
"""Minutes become three seconds: fast, and slow enough for a machine that is busy with others."""

LOOKING_BACK = {alert.name for alert in BURN_ALERTS}
"""What has failed in an act before counts in theirs too, so that one more failure may be enough."""

UNSCALED = ("DatabaseSlow",)
"""It leaves tables alone that are asked 45 times in five minutes at most; in a drill's 15 seconds
that is twice, and one slow query is a slow table."""

CALM_SECONDS = 6.0
LIGHT = Pace(users=3, think_seconds=0.6)


@dataclass(frozen=True)
class Act:
    """Faults that are injected together, and what has to arrive.

    `lasting` are alerts whose windows are longer than a drill: nobody waits for their resolution.
    With `in_turn` each fault is injected once the alerts of the one before have arrived.
    """

    faults: tuple[str, ...]
    arrive_seconds: float = 90.0
    resolve_seconds: float = 150.0
    lasting: tuple[str, ...] = ()
    in_turn: bool = False

    @property
    def kinds(self) -> list[type[Fault]]:
        return [FAULTS[name] for name in self.faults]

    def names(self, which: str) -> set[str]:
        """The alerts of all the faults: `alerts`, `silenced` or `also`."""
        return {name for kind in self.kinds for name in getattr(kind, which)}


@dataclass(frozen=True)
class Play:
    """Acts on one stack, one after the other, with users (None: without).

    `scale` multiplies the durations of the alerts; what an act may take is given for `SCALE`.
    `also` may arrive in any act, and is no fault's.
    """

    name: str
    acts: tuple[Act, ...]
    pace: Pace | None = LIGHT
    scale: float = SCALE
    also: tuple[str, ...] = ()


@dataclass
class Report:
    """What a play has shown: a line for each alert, and the comparisons that held."""

    lines: list[str] = field(default_factory=list)
    held: list[tuple[Held, str]] = field(default_factory=list)
    arrived: set[str] = field(default_factory=set)


def perform(play: Play, home: Path, programs: tuple[str, str]) -> Report:
    """Play it, and check everything on the way.

    What goes wrong while the machine is starved proves nothing: it is played again, at half the
    pace.

    Raises:
        AssertionError: Something was not as it has to be, or did not come about in time.
    """
    try:
        return _play(play, home / "first", programs, play.scale)
    except _Starved as starved:
        report = _play(play, home / "again", programs, 2 * play.scale)
        report.lines.append(f"  (the second time; at first, starved of CPU: {starved.__cause__})")
        return report


class _Starved(Exception):
    """A play failed on a machine that had far more to do than it can, or stood still."""


def _play(play: Play, home: Path, programs: tuple[str, str], scale: float) -> Report:
    home.mkdir()
    faults = {name: FAULTS[name]() for act in play.acts for name in act.faults}
    report = Report()
    with contextlib.ExitStack() as context:
        preparation = Preparation()
        for fault in faults.values():
            context.callback(fault.close)
            preparation |= fault.prepare(home)
        stack = Stack(home, scale=scale, preparation=preparation)
        context.enter_context(stack.running(programs))
        watcher = context.enter_context(Watcher(stack.prometheus).running())
        try:
            _acts(play, stack, watcher, faults, report)
        except Exception as error:
            if watcher.starved and scale == play.scale:
                raise _Starved from error
            raise
    return report


def _acts(
    play: Play, stack: Stack, watcher: Watcher, faults: Mapping[str, Fault], report: Report
) -> None:
    users = Users(stack.url, play.pace) if play.pace is not None else None
    with users.running() if users else contextlib.nullcontext():
        time_to_settle(stack)
        earlier = {*UNSCALED, *play.also, *spent_at_the_start(stack)}
        for act in play.acts:
            own = [faults[name] for name in act.faults]
            _Performance(stack, watcher, act, own, earlier).go(report)
            earlier |= act.names("silenced") | act.names("also")
            earlier |= act.names("alerts") & LOOKING_BACK
    assert not stack.receivers.refused, list(stack.receivers.refused)
    if users is not None:
        all_jobs_end(stack, users.activity.accepted)


def time_to_settle(stack: Stack) -> None:
    """Wait until Prometheus has a history that the shortest windows fit in, and nothing is up, nor
    about to be."""
    history = int(CALM_SECONDS * stack.scale / SCALE)
    until(
        "a history of calm",
        lambda: (
            stack.prometheus.query(f"count_over_time(up[{history}s]) > 5")
            and not raised(stack) - {"Watchdog"}
        ),
        120,
    )


def spent_at_the_start(stack: Stack) -> set[str]:
    """Name the ticket that one more slow request may set off, where sign-ins at the start were."""
    slow = 'slo:error_ratio:over_6h{slo="latency"} > 0'
    return {"LatencyBudgetBurnSlow"} if stack.prometheus.query(slow) else set()


def raised(stack: Stack) -> set[str]:
    """Name what is pending or firing."""
    return {alert.name for alert in stack.prometheus.alerts()}


class _Performance:
    """One act."""

    def __init__(
        self,
        stack: Stack,
        watcher: Watcher,
        act: Act,
        faults: Sequence[Fault],
        earlier: set[str],
    ) -> None:
        self.earlier = earlier
        self.stack = stack
        self.watcher = watcher
        self.act = act
        self.faults = faults
        self.expected = act.names("alerts")
        self.began = self.began_unix = 0.0
        self.told_at: dict[str, float] = {}

    def go(self, report: Report) -> None:
        self._quiet()
        self.watcher.forget()
        self.began = time.monotonic()
        self.began_unix = time.time()
        try:
            waiting: set[str] = set()
            for fault in self.faults:
                fault.inject(self.stack)
                waiting |= set(fault.alerts)
                if self.act.in_turn:
                    self._arrive(waiting, report)
            self._arrive(waiting, report)
            self._silenced_fire()
            self._hold_comparisons(report)
        finally:
            healed = time.monotonic()
            for fault in self.faults:
                fault.heal(self.stack)
        for name in sorted(self.expected - set(self.act.lasting)):
            # An act before may have ended with the same alert, whose end may come in this one.
            since = self.told_at[name]
            message = self._wait(name, "resolved", self.act.resolve_seconds, since)
            report.lines.append(
                f"  {name:<28} resolution {message.at_seconds - healed:5.1f} s after its end"
            )
        self._nothing_else(report)

    def _quiet(self) -> None:
        """Wait until nothing fires any more, or is about to, that an act before has set off and
        this one is to."""
        until(
            f"{', '.join(sorted(self.expected))} quiet before the act",
            lambda: not self.expected & raised(self.stack),
            self.act.resolve_seconds * self.stack.scale / SCALE,
        )

    def _arrive(self, names: set[str], report: Report) -> None:
        while names:
            self._arrives(names.pop(), report)

    def _silenced_fire(self) -> None:
        """Let the fault last until what its page silences fires too."""
        for name in sorted(self.act.names("silenced")):
            until(
                f"{name} fires, of which nobody is to be told",
                lambda name=name: self.watcher.first(name, "firing"),
                self.act.arrive_seconds * self.stack.scale / SCALE,
            )

    def _arrives(self, name: str, report: Report) -> None:
        alert = BY_NAME[name]
        fired = self._until(
            f"{name} fires",
            lambda: self.watcher.first(name, "firing") and self._first(name, "firing"),
            self.act.arrive_seconds,
        )
        # What was told before is of an act before.
        message = self._wait(name, "firing", self.act.arrive_seconds, fired)
        pending = self._first(name, "pending")
        if alert.hold:
            assert pending is not None, f"{name} was never seen pending"
            assert pending < fired, f"{name} fired before it was pending"
        right = "pagerduty" if alert.severity is Severity.CRITICAL else "slack"
        assert message.service == right, f"{name} arrived at {message.service}"
        check_links(message, name)
        pended = f"{pending - self.began:5.1f}" if pending is not None else "    -"
        report.arrived.add(name)
        self.told_at[name] = message.at_seconds
        report.lines.append(
            f"  {name:<28} pending {pended} s, firing {fired - self.began:5.1f} s, "
            f"{message.service} {message.at_seconds - self.began:5.1f} s"
        )

    def _first(self, name: str, state: str) -> float | None:
        """Return when it was first so in this act, by Prometheus's own record: whoever only looks
        now and then may miss a state of three seconds."""
        selector = f'ALERTS{{alertname="{name}",alertstate="{state}"}}'
        passed = time.time() - self.began_unix
        moments = self.stack.prometheus.moments(selector, passed)
        return self.began + moments[0] - self.began_unix if moments else None

    def _wait(self, name: str, state: str, seconds: float, since: float) -> Message:
        other = "firing" if state == "resolved" else ""

        def look() -> Message | None:
            for message in self._messages():
                if message.at_seconds > since and name in message.alerts(state) - message.alerts(
                    other
                ):
                    return message
            return None

        return self._until(f"{name} arrives, {state}", look, seconds)

    def _until(self, what: str, look: Callable[[], _Result | None], seconds: float) -> _Result:
        try:
            return until(what, look, seconds * self.stack.scale / SCALE)
        except NotWithin as error:
            states = {alert.name: alert.state for alert in self.stack.prometheus.alerts()}
            raise AssertionError(f"{error}; raised: {states}; told: {self._story()}") from None

    def _messages(self) -> list[Message]:
        return [
            message
            for message in self.stack.receivers.messages()
            if message.at_seconds >= self.began and message.service != "heartbeat"
        ]

    def _story(self) -> list[str]:
        """What was told to whom, and when in the act."""
        return [
            f"{one.at_seconds - self.began:.1f} s {one.service} "
            f"{'resolved' if one.resolved else 'firing'} {sorted(one.alerts('firing'))}"
            for one in self._messages()
        ]

    def _hold_comparisons(self, report: Report) -> None:
        """Evaluate the whole comparisons, which hold while the fault lasts."""
        for held in HELD_WHILE:
            if held.fault in self.act.faults:
                expression = scaled_expression(held.expr, self.stack.scale)
                samples = until(
                    f"{held.title} holds while {held.fault} lasts: {expression}",
                    lambda expression=expression: self.stack.prometheus.query(expression),
                    30,
                )
                report.held.append((held, f"{len(samples)} series, {samples[0].value:g}"))

    def _nothing_else(self, report: Report) -> None:
        """No message about anything else, and one incident for each page."""
        allowed = self.expected | self.act.names("silenced") | self.act.names("also")
        allowed |= self.earlier
        if self.watcher.starved:
            allowed |= OF_A_STARVED_MACHINE
        for message in self._messages():
            assert message.alerts() <= allowed, f"arrived too, in {message.title}: {message.text}"
        self._one_incident_for_each_page()
        early = self._told_before_the_page_ended()
        assert not early & self.act.names("silenced"), (
            f"{early} arrived beside their page: {self._story()}"
        )
        for name in sorted(self.act.names("silenced")):
            assert name in self.watcher.names("firing"), f"{name} did not fire"
            report.lines.append(f"  {name:<28} fired, and was silenced by the page")

    def _one_incident_for_each_page(self) -> None:
        """Each symptom is one incident, however many alerts tell of it; `also` may name pages."""
        incidents: dict[str | None, set[str]] = {}
        for message in self._messages():
            if message.service == "pagerduty":
                for name in message.alerts():
                    incidents.setdefault(BY_NAME[name].symptom, set()).add(message.incident)
        pages = {BY_NAME[name].symptom for name in self.expected} - {None}
        others = self.act.names("also") | self.earlier
        possible = pages | {BY_NAME[name].symptom for name in others}
        assert pages <= incidents.keys() <= possible, f"{incidents} for {pages}"
        assert all(len(keys) == 1 for keys in incidents.values()), incidents

    def _told_before_the_page_ended(self) -> set[str]:
        """A page's own ticket may come before it: its limit is lower, and as long as a service is
        younger than its windows, they all look at the same time. It may also come as soon as the
        page fires no more, which PagerDuty is told a moment later. What an act before has set off
        is no news."""
        told: set[str] = set()
        own_tickets = {f"{name}Slow" for name in self.expected}
        pages = [name for name in self.expected if BY_NAME[name].severity is Severity.CRITICAL]
        ended = max((self.watcher.last(name, "firing") or 0.0 for name in pages), default=math.inf)
        for message in self._messages():
            if message.at_seconds > ended:
                break
            if message.service == "pagerduty":
                own_tickets -= {f"{name}Slow" for name in message.alerts("firing")}
            told |= message.alerts() - own_tickets
        return told - self.expected - self.earlier
