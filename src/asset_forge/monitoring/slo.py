"""Objectives, and what follows from them: recorded ratios, burn-rate alerts, time to page.

An objective is declared once. The events per second of its last minute are recorded, with those
of maintenance windows left out; a longer window is a sum over the recorded ones, so that no
rule reads a raw month. A burn rate of 1 spends exactly the budget within the objective's window.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from asset_forge.monitoring._durations import seconds
from asset_forge.monitoring._model import RuleError, Severity
from asset_forge.monitoring.samples import Samples
from asset_forge.monitoring.series import Series

BASE_WINDOW = "1m"
"""The window of the recorded rates that all longer windows are summed from."""

STEP = "15s"
"""How often they are recorded; the scrape interval too."""


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """Fire when the budget burns `factor` times too fast over both windows."""

    severity: Severity
    factor: float
    long: str
    short: str


WINDOWS = (
    BurnWindow(Severity.CRITICAL, 14.4, "1h", "5m"),
    BurnWindow(Severity.CRITICAL, 6.0, "6h", "30m"),
    BurnWindow(Severity.WARNING, 3.0, "1d", "2h"),
    BurnWindow(Severity.WARNING, 1.0, "3d", "6h"),
)
"""2 % of a 30-day budget in an hour, 5 % in six; then 10 % in a day or in three."""

LONGEST_SHORT_STEP = "6h"
"""Windows beyond it are summed every two minutes only."""


@dataclass(frozen=True, slots=True)
class Events:
    """How many events there were, and how many of them were bad."""

    bad: float
    total: float


@dataclass(frozen=True, slots=True)
class Objective:
    """What share of the `total` events must be good, and over which window.

    Either the `good` events are declared or the `bad` ones, whichever the service counts.
    `replaced` gives, by factor, the error ratio to use where factor × budget is 1 or more, which
    no ratio ever exceeds. Nothing fires before `minimum_failures` within the long window.
    """

    name: str
    title: str
    ratio: float
    total: Series
    minimum_failures: int
    good: Series | None = None
    bad: Series | None = None
    window: str = "30d"
    replaced: dict[float, float] = field(default_factory=dict[float, float])

    def __post_init__(self) -> None:
        faults = objective_faults(self)
        if faults:
            raise RuleError(f"objective {self.name!r}: {'; '.join(faults)}")

    @property
    def budget(self) -> float:
        """The share of events that may fail."""
        return round(1 - self.ratio, 12)

    @property
    def events_rate(self) -> str:
        """PromQL of events per second over the base window, one series without labels."""
        return self.total.rate(BASE_WINDOW)

    @property
    def errors_rate(self) -> str:
        """PromQL of bad events per second; 0 where there are events and no bad one was counted."""
        if self.bad is not None:
            return f"({self.bad.rate(BASE_WINDOW)} or 0 * {self.events_rate})"
        assert self.good is not None  # noqa: S101 - checked at construction
        return f"({self.events_rate} - {self.good.rate(BASE_WINDOW)})"

    def count(self, samples: Samples) -> Events:
        """Count the events of a scrape, since the counters began."""
        total = self.total.count(samples)
        if self.bad is not None:
            return Events(bad=self.bad.count(samples), total=total)
        good = self.good.count(samples) if self.good is not None else total
        return Events(bad=total - good, total=total)

    def threshold(self, window: BurnWindow) -> float:
        """Return the error ratio above which `window` fires."""
        return self.replaced.get(window.factor, round(window.factor * self.budget, 12))


def objective_faults(objective: Objective) -> list[str]:
    """List what keeps an objective's alerts from ever firing, or from meaning anything."""
    faults: list[str] = []
    if not 0 < objective.ratio < 1:
        return [f"ratio {objective.ratio}: must lie between 0 and 1, as 0.999"]
    if (objective.good is None) == (objective.bad is None):
        faults.append("declare either its good events or its bad ones")
    if objective.minimum_failures < 1:
        faults.append(f"minimum_failures {objective.minimum_failures}: at least 1")
    faults.extend(
        f"replaced names the factor {factor:g}, which no window has"
        for factor in objective.replaced
        if factor not in {window.factor for window in WINDOWS}
    )
    for window in WINDOWS:
        threshold = objective.threshold(window)
        if threshold >= 1:
            faults.append(
                f"{window.factor:g} × {objective.budget:.2%} = {threshold:.0%}: an error ratio "
                f"never exceeds 100 %; give a ratio below 1 as replaced[{window.factor:g}]"
            )
        elif threshold < objective.budget:
            faults.append(
                f"threshold {threshold:g} of the factor {window.factor:g} lies within the budget "
                f"of {objective.budget:g}"
            )
    for one, other in itertools.pairwise(WINDOWS):
        if not objective.threshold(one) > objective.threshold(other):
            faults.append(
                f"the factor {one.factor:g} fires at a lower error ratio than {other.factor:g}"
            )
    return faults


def time_to_fire(
    objective: Objective,
    window: BurnWindow,
    error_ratio: float,
    *,
    events_per_second: float = math.inf,
) -> float:
    """Return the seconds from the first error to the alert; infinite where it never fires.

    Errors are `error_ratio` of a steady traffic with a history that is longer than the window and
    without errors. Recorded rates ramp up over the base window b, so that after t seconds they
    sum up to t² ÷ 2b seconds' worth of errors within the ramp and to t - b ÷ 2 after it. The
    answer is exact up to a scrape and an evaluation (30 s).
    """
    threshold = objective.threshold(window)
    if error_ratio <= threshold:
        return math.inf
    worth = max(seconds(window.long), seconds(window.short)) * threshold / error_ratio
    if math.isfinite(events_per_second):
        worth = max(worth, objective.minimum_failures / (error_ratio * events_per_second))
    base = seconds(BASE_WINDOW)
    return math.sqrt(2 * base * worth) if worth < base / 2 else worth + base / 2


def time_to_page(
    objective: Objective, error_ratio: float, *, events_per_second: float = math.inf
) -> float:
    """Return the seconds until the first page at a steady error ratio; infinite for never."""
    return min(
        time_to_fire(objective, window, error_ratio, events_per_second=events_per_second)
        for window in WINDOWS
        if window.severity is Severity.CRITICAL
    )
