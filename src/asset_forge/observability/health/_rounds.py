"""Rounds of checks: all side by side, one round at a time, shared by every probe that asks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asset_forge.observability.health._check import Check, Result, Status
from asset_forge.observability.health._metrics import HealthMetrics
from asset_forge.observability.health._patience import wait_patiently
from asset_forge.observability.health._runner import CheckRunner

_logger = logging.getLogger(__name__)

_PROBE_SECONDS = 3.0
"""The readiness probe's `timeoutSeconds`."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often rounds run, and how long a probe may wait for one (all seconds).

    A round older than `stale_after_seconds` (the event loop was stuck, or no background round runs)
    is not shown: the probe waits for a new one, at most `budget_seconds` of the time in which the
    event loop runs, which lies inside the 3 s that an orchestrator gives a probe. After a first
    failed round the next one follows in `confirm_seconds`; `failures_to_unready` failed rounds in
    a row make a replica not ready.
    """

    interval_seconds: float = 5.0
    confirm_seconds: float = 1.0
    stale_after_seconds: float = 10.0
    budget_seconds: float = 2.5
    failures_to_unready: int = 2

    def __post_init__(self) -> None:
        """Refuse a pace at which probes could not be answered; ValueError lists every fault."""
        faults = [
            f"{title} is {value}; it must be more than 0 seconds"
            for title, value in (
                ("interval_seconds", self.interval_seconds),
                ("confirm_seconds", self.confirm_seconds),
            )
            if not value > 0
        ]
        if not self.stale_after_seconds >= 0:
            faults.append(
                f"stale_after_seconds is {self.stale_after_seconds}; it must not be negative"
            )
        if not 0 < self.budget_seconds < _PROBE_SECONDS:
            faults.append(
                f"budget_seconds is {self.budget_seconds}; it must lie between 0 and "
                f"{_PROBE_SECONDS:g}, when the probe gives up"
            )
        if self.failures_to_unready < 1:
            faults.append(
                f"failures_to_unready is {self.failures_to_unready}; it must be 1 or more"
            )
        if faults:
            raise ValueError("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Round:
    """The results of one round, by check name.

    `failures` counts each check's failed rounds in a row up to this one; a check that has never
    succeeded counts as failed often enough.
    """

    results: Mapping[str, Result]
    failures: Mapping[str, int]
    seconds: float
    finished: float
    finished_at: datetime


class Rounds:
    """The latest round, kept fresh in the background and joined, never doubled, by probes."""

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        pace: Pace,
        metrics: HealthMetrics | None,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._runners = [CheckRunner(check, clock=clock) for check in checks]
        self._pace = pace
        self._metrics = metrics
        self._clock = clock
        self._now = now
        self._latest: Round | None = None
        self._under_way: asyncio.Task[None] | None = None

    @property
    def latest(self) -> Round | None:
        """The last finished round, however old."""
        return self._latest

    async def current(self) -> Round | None:
        """Give a fresh round, waiting patiently for one at most the probe's budget.

        None (or the last, stale round) comes back only when the event loop was too busy to finish
        a round in that time.
        """
        if self._is_stale():
            await wait_patiently(self._join(), self._pace.budget_seconds)
        return self._latest

    @contextlib.asynccontextmanager
    async def in_background(self) -> AsyncGenerator[None]:
        """Keep the latest round fresh while the block runs; no round outlasts it."""
        keeper = asyncio.create_task(self._keep_fresh(), name="health-rounds")
        try:
            yield
        finally:
            tasks = [keeper] if self._under_way is None else [keeper, self._under_way]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _is_stale(self) -> bool:
        latest = self._latest
        return latest is None or self._clock() - latest.finished > self._pace.stale_after_seconds

    def _join(self) -> asyncio.Task[None]:
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._round(), name="health-round")
        return self._under_way

    async def _keep_fresh(self) -> None:
        while True:
            await asyncio.wait({self._join()})
            await asyncio.sleep(self._pause_seconds())

    def _pause_seconds(self) -> float:
        """Ask again soon where one more failure would decide about readiness."""
        if self._latest is None:
            return self._pace.confirm_seconds
        for runner in self._runners:
            count = self._latest.failures[runner.check.name]
            if runner.check.required and 0 < count < self._pace.failures_to_unready:
                return self._pace.confirm_seconds
        return self._pace.interval_seconds

    async def _round(self) -> None:
        began = self._clock()
        found = await asyncio.gather(*(runner.run() for runner in self._runners))
        results = {
            runner.check.name: result for runner, result in zip(self._runners, found, strict=True)
        }
        finished = self._clock()
        previous = self._latest
        self._latest = Round(
            results,
            {name: self._failures(name, result, previous) for name, result in results.items()},
            finished - began,
            finished,
            self._now(),
        )
        self._log_changes(previous, results)
        if self._metrics is not None:
            self._metrics.record(results)

    def _failures(self, name: str, result: Result, previous: Round | None) -> int:
        if result.status is not Status.UNHEALTHY:
            return 0
        if previous is None:
            return self._pace.failures_to_unready
        return previous.failures[name] + 1

    def _log_changes(self, previous: Round | None, results: Mapping[str, Result]) -> None:
        for name, result in results.items():
            before = previous.results[name].status if previous is not None else Status.HEALTHY
            if result.status is before:
                continue
            level = logging.INFO if result.status is Status.HEALTHY else logging.WARNING
            error = result.details.get("error", "")
            _logger.log(level, "health check %s: %s -> %s %s", name, before, result.status, error)
