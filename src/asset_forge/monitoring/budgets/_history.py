"""What the service's own counters did over time, kept small: exact now, coarser further back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asset_forge.monitoring._durations import seconds
from asset_forge.monitoring._maintenance import Maintenance
from asset_forge.monitoring.budgets._report import BURN_WINDOWS, Measured, Window
from asset_forge.monitoring.samples import Samples
from asset_forge.monitoring.slo import Events, Objective

STEP_SECONDS: Final = 15.0
"""How often the counters are read, as Prometheus would."""

TIERS: Final = ((STEP_SECONDS, "6h"), (120.0, "3d"), (3600.0, "30d"))
"""Points are kept at these steps for so long: 1,440 + 2,160 + 720 of them."""


@dataclass(frozen=True, slots=True)
class _Point:
    at: float
    counts: tuple[Events, ...]


class _Tier:
    """The points of one step; the oldest that is kept lies outside of the span."""

    def __init__(self, step_seconds: float, span: str) -> None:
        self.span_seconds = seconds(span)
        self._step_seconds = step_seconds
        self._points: deque[_Point] = deque(maxlen=round(self.span_seconds / step_seconds) + 2)

    def add(self, point: _Point) -> None:
        """Keep a point, if the last one is a step ago."""
        if not self._points or point.at - self._points[-1].at >= self._step_seconds:
            self._points.append(point)

    def before(self, at: float) -> _Point:
        """Return the newest point that is not after a time, or the oldest of all."""
        found = self._points[0]
        for point in self._points:
            if point.at > at:
                break
            found = point
        return found


class History:
    """The events of each objective since the first reading, those of declared maintenance left out.

    `clock` gives the time that maintenance is declared in; `monotonic`, in seconds, measures
    windows. Nothing is known of the time before the first reading: a window that reaches further
    back is as long as what is known.
    """

    def __init__(
        self,
        objectives: Sequence[Objective],
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._objectives = tuple(objectives)
        self._clock = clock
        self._monotonic = monotonic
        self._tiers = tuple(_Tier(*tier) for tier in TIERS)
        self._raw: tuple[Events, ...] = ()
        self._last: _Point | None = None
        self._read_at: datetime | None = None
        self._began_at = 0.0
        self.since: datetime | None = None

    def record(self, samples: Samples, maintenance: Sequence[Maintenance]) -> None:
        """Take the counters as they are now; what came since the last reading counts as one step.

        A step that a maintenance window touches counts nothing.
        """
        now, moment = self._monotonic(), self._clock()
        raw = tuple(objective.count(samples) for objective in self._objectives)
        if self._last is None or self._read_at is None:
            self.since, self._began_at = moment, now
            counts = tuple(Events(0.0, 0.0) for _ in raw)
        elif any(one.start <= moment and self._read_at < one.end for one in maintenance):
            counts = self._last.counts
        else:
            steps = zip(self._last.counts, self._raw, raw, strict=True)
            counts = tuple(_risen(known, before, after) for known, before, after in steps)
        self._raw, self._read_at = raw, moment
        self._last = _Point(now, counts)
        for tier in self._tiers:
            tier.add(self._last)

    def measured(self) -> Mapping[str, Measured]:
        """Return what is known of each objective, by its name.

        Raises:
            RuntimeError: Nothing was recorded yet.
        """
        now = self._last
        if now is None:
            raise RuntimeError("nothing was recorded yet; record a reading first")
        names = {*BURN_WINDOWS, *(objective.window for objective in self._objectives)}
        before = {name: self._before(now.at - seconds(name), seconds(name)) for name in names}
        found: dict[str, Measured] = {}
        for index, objective in enumerate(self._objectives):
            events = {name: _between(before[name], now, index) for name in names}
            found[objective.name] = Measured(
                events=events[objective.window],
                observed_seconds=min(seconds(objective.window), now.at - self._began_at),
                windows={name: _window(events[name]) for name in BURN_WINDOWS},
            )
        return found

    def _before(self, at: float, window_seconds: float) -> _Point:
        """Return the point at the begin of a window, of the finest steps that reach so far."""
        fitting = (tier for tier in self._tiers if tier.span_seconds >= window_seconds)
        return next(fitting, self._tiers[-1]).before(at)


def _between(old: _Point, new: _Point, index: int) -> Events:
    before, after = old.counts[index], new.counts[index]
    return Events(bad=after.bad - before.bad, total=after.total - before.total)


def _risen(known: Events, before: Events, after: Events) -> Events:
    """Add what came since; counters that fell have begun anew."""
    if after.total < before.total:
        before = Events(0.0, 0.0)
    return Events(
        bad=known.bad + max(0.0, after.bad - before.bad),
        total=known.total + after.total - before.total,
    )


def _window(events: Events) -> Window:
    return Window(events.bad, events.bad / events.total if events.total > 0 else None)
