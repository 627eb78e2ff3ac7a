"""`Budgets`: the objectives of a running service, from Prometheus or from its own counters."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from asset_forge.clock import Clock, rfc3339
from asset_forge.monitoring._maintenance import Maintenance, read_maintenance
from asset_forge.monitoring._model import RuleError
from asset_forge.monitoring.budgets._history import History
from asset_forge.monitoring.budgets._recorded import read_recorded
from asset_forge.monitoring.budgets._report import BudgetReport, objective_report
from asset_forge.monitoring.objectives import OBJECTIVES
from asset_forge.monitoring.prometheus_api import Prometheus, PrometheusError
from asset_forge.monitoring.samples import read_samples
from asset_forge.observability.metrics import Registry

_COUNTED: Final = sorted(
    {one.name for o in OBJECTIVES for one in (o.total, o.good, o.bad) if one is not None}
)

_log = logging.getLogger(__name__)


class DeclaredMaintenance:
    """The maintenance windows of a file, which is read again whenever it changes.

    A file that cannot be used costs its changes: the last windows stay, and a log line says why.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._windows: tuple[Maintenance, ...] = ()

    def windows(self) -> Sequence[Maintenance]:
        """Return the declared windows."""
        if self._path is None:
            return ()
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            seen = (0, 0)
        if seen != self._seen:
            self._seen = seen
            try:
                self._windows = read_maintenance(self._path)
            except RuleError as error:
                _log.error("declared maintenance stays as it was: %s", error)
        return self._windows


class Budgets:
    """The error budgets of the service's objectives.

    With a Prometheus they are what it has recorded of all instances; without one, or while it does
    not answer, what the group of processes has counted since this process began to look.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        clock: Clock,
        prometheus: Prometheus | None = None,
        maintenance: DeclaredMaintenance | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._prometheus = prometheus
        self._maintenance = maintenance or DeclaredMaintenance(None)
        self._history = History(OBJECTIVES, clock=clock, monotonic=monotonic)

    async def sample(self) -> None:
        """Read the own counters; to be called every few seconds, first before any request."""
        scrape = await self._registry.scrape(endpoint="business", names=_COUNTED)
        samples = await asyncio.to_thread(read_samples, scrape.body.decode())
        self._history.record(samples, self._maintenance.windows())

    async def report(self) -> BudgetReport:
        """Work out the budgets as they are now."""
        if self._prometheus is None:
            return await self._own("PROMETHEUS_URL is not set. ")
        try:
            recorded = await read_recorded(self._prometheus, OBJECTIVES)
        except PrometheusError as error:
            return await self._own(f"{error}. ")
        return BudgetReport(
            source="prometheus",
            note=f"Recorded by Prometheus at {self._prometheus.shown} from all instances that it "
            "scrapes; observedSeconds says how much of a window it has seen.",
            measured_at=rfc3339(self._clock()),
            maintenance_active=recorded.maintenance_active,
            objectives=[objective_report(one, recorded.measured[one.name]) for one in OBJECTIVES],
        )

    async def close(self) -> None:
        """Close the connections to Prometheus."""
        if self._prometheus is not None:
            await self._prometheus.close()

    async def _own(self, reason: str) -> BudgetReport:
        await self.sample()
        now, measured = self._clock(), self._history.measured()
        return BudgetReport(
            source="process",
            note=f"{reason}These are this group's own counters since {_since(self._history)}, in "
            "which every process that shares its METRICS_DIR counts, and no other instance.",
            measured_at=rfc3339(now),
            maintenance_active=any(
                one.start <= now < one.end for one in self._maintenance.windows()
            ),
            objectives=[objective_report(one, measured[one.name]) for one in OBJECTIVES],
        )


def _since(history: History) -> str:
    since: datetime | None = history.since
    return "now" if since is None else rfc3339(since)
