"""Error budgets: what an objective's events of a window mean, as operators and programs read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from asset_forge.monitoring._durations import seconds
from asset_forge.monitoring.slo import WINDOWS, BurnWindow, Events, Objective

Source = Literal["prometheus", "process"]
State = Literal["met", "burning", "spent", "no_data"]


@dataclass(frozen=True, slots=True)
class Window:
    """What happened within a window: bad events, and their share; None without events."""

    failures: float
    error_ratio: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """One objective as measured: its own window, and the windows of its alerts by their names.

    `observed_seconds` says how much of the objective's window there are measurements of.
    """

    events: Events
    observed_seconds: float
    windows: Mapping[str, Window]


class EventCounts(msgspec.Struct, frozen=True, rename="camel"):
    """Events within the objective's window; Prometheus extrapolates, so that they may be broken."""

    good: float
    bad: float
    total: float


class ErrorBudget(msgspec.Struct, frozen=True, rename="camel"):
    """What may fail, and what is left of it: negative once more has failed.

    `share` is of all events. `remaining` is of the budget, 1 for all of it; null without events.
    `remaining_minutes` is the time for which everything may fail.
    """

    share: float
    remaining: float | None
    remaining_events: float | None
    remaining_minutes: float | None


class BurnRate(msgspec.Struct, frozen=True, rename="camel"):
    """How fast a window spends: a rate of 1 spends the budget in exactly the objective's window."""

    window: str
    error_ratio: float | None
    burn_rate: float | None
    failures: float


class BurnAlert(msgspec.Struct, frozen=True, rename="camel"):
    """A condition of the objective's alerts: both windows above the limit, with failures enough."""

    severity: Literal["critical", "warning"]
    factor: float
    long_window: str
    short_window: str
    error_ratio_limit: float
    minimum_failures: int
    firing: bool


class ObjectiveReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One objective: its target, its events, what is left of its budget, how fast that burns.

    `state` is `spent` once nothing of the budget is left, else `burning` while an alert's condition
    holds, else `met`; `no_data` without events.
    """

    name: str
    title: str
    target: float
    window: str
    observed_seconds: float
    events: EventCounts
    ratio: float | None
    error_budget: ErrorBudget
    burn_rates: list[BurnRate]
    alerts: list[BurnAlert]
    state: State


class BudgetReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The objectives, and where their figures come from.

    `source` is `prometheus` (the recorded ratios of all instances) or `process` (the counters of
    the group of processes that answers). `note` says so in words, with the time that it covers.
    """

    source: Source
    note: str
    measured_at: str
    maintenance_active: bool
    objectives: list[ObjectiveReport]


BURN_WINDOWS: Final = tuple(
    sorted({name for one in WINDOWS for name in (one.long, one.short)}, key=seconds)
)
"""The windows of the alerts, shortest first."""

_DIGITS: Final = 6


def objective_report(objective: Objective, measured: Measured) -> ObjectiveReport:
    """Work out what the measured events mean for an objective."""
    events = measured.events
    ratio = None if events.total <= 0 else 1 - events.bad / events.total
    budget = _budget(objective, events)
    alerts = [_alert(objective, window, measured.windows) for window in WINDOWS]
    return ObjectiveReport(
        name=objective.name,
        title=objective.title,
        target=objective.ratio,
        window=objective.window,
        observed_seconds=_rounded(measured.observed_seconds),
        events=EventCounts(
            good=_rounded(events.total - events.bad),
            bad=_rounded(events.bad),
            total=_rounded(events.total),
        ),
        ratio=_known(ratio),
        error_budget=budget,
        burn_rates=[_burn(objective, name, measured.windows) for name in BURN_WINDOWS],
        alerts=alerts,
        state=_state(budget, alerts),
    )


def _budget(objective: Objective, events: Events) -> ErrorBudget:
    share = objective.budget
    if events.total <= 0:
        return ErrorBudget(share, None, None, None)
    remaining = 1 - events.bad / events.total / share
    minutes = seconds(objective.window) / 60 * share
    return ErrorBudget(
        share=share,
        remaining=_rounded(remaining),
        remaining_events=_rounded(events.total * share - events.bad),
        remaining_minutes=_rounded(remaining * minutes),
    )


def _burn(objective: Objective, name: str, windows: Mapping[str, Window]) -> BurnRate:
    window = windows.get(name, Window(0.0, None))
    rate = None if window.error_ratio is None else window.error_ratio / objective.budget
    return BurnRate(name, _known(window.error_ratio), _known(rate), _rounded(window.failures))


def _alert(objective: Objective, burn: BurnWindow, windows: Mapping[str, Window]) -> BurnAlert:
    limit = objective.threshold(burn)
    pair = [windows.get(name, Window(0.0, None)) for name in (burn.long, burn.short)]
    return BurnAlert(
        severity="critical" if burn.severity == "critical" else "warning",
        factor=burn.factor,
        long_window=burn.long,
        short_window=burn.short,
        error_ratio_limit=limit,
        minimum_failures=objective.minimum_failures,
        firing=pair[0].failures >= objective.minimum_failures
        and all(one.error_ratio is not None and one.error_ratio > limit for one in pair),
    )


def _state(budget: ErrorBudget, alerts: Sequence[BurnAlert]) -> State:
    if budget.remaining is None:
        return "no_data"
    if budget.remaining <= 0:
        return "spent"
    return "burning" if any(alert.firing for alert in alerts) else "met"


def _rounded(value: float) -> float:
    """Cut off what floating point adds, and the sign of zero."""
    return round(value, _DIGITS) + 0.0


def _known(value: float | None) -> float | None:
    return None if value is None else _rounded(value)
