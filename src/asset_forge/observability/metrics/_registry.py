"""The registry: the metrics of a process and of its group, behind one object."""

from __future__ import annotations

import contextlib
import logging
from collections import defaultdict
from collections.abc import Collection, Generator, Iterable
from pathlib import Path
from threading import Lock, get_ident
from typing import TypeVar

from asset_forge.observability.metrics import _fork, _negotiation
from asset_forge.observability.metrics._bridge import Bridged, bridge
from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Merge,
)
from asset_forge.observability.metrics._families import (
    AnyFamily,
    CounterFamily,
    GaugeFamily,
    HistogramFamily,
    InfoFamily,
)
from asset_forge.observability.metrics._group import Group
from asset_forge.observability.metrics._instrument import Context
from asset_forge.observability.metrics._memory import Cell, ProcessMemory
from asset_forge.observability.metrics._own import SelfCounts, complete
from asset_forge.observability.metrics._reader import Reader
from asset_forge.observability.metrics._reported import Collector
from asset_forge.observability.metrics._scraping import Scrape, Turns, answer, in_slices

_log = logging.getLogger("asset_forge.observability.metrics")

_END = b"# EOF\n"

F = TypeVar("F")


class Registry:
    """Every declared metric, its values in this process, and those of the group.

    With a `directory` the process joins the group of those that share it; without one, or when it
    cannot be used, values live in the memory of the process. `strict` raises faults of telemetry
    where they happen, which is for tests; otherwise they are counted in
    `telemetry_dropped_total{sink="metrics"}` and their callers go on.

    The thread that creates the registry uses instruments without a lock: create it in the thread of
    the event loop.
    """

    def __init__(
        self,
        declarations: Iterable[Declaration],
        *,
        directory: Path | None = None,
        strict: bool = False,
    ) -> None:
        self._lock = Lock()
        self._owner = get_ident()
        self._counts = SelfCounts(strict=strict)
        self._memory: Group | ProcessMemory = ProcessMemory()
        self._group: Group | None = None
        self._directory = directory
        declared = complete(declarations)
        problem = self._join(directory) if directory is not None else None
        self._families = {name: self._family(declaration) for name, declaration in declared.items()}
        self._counts.attach(self._families)
        self._reader = Reader(self._families, self._counts)
        self._reader.group = self._group
        self._collectors: dict[str, Bridged] = {}
        self._turns: defaultdict[str | None, Turns] = defaultdict(Turns)
        self._start_at_zero()
        if problem is not None:
            self._counts.collector_error("directory")
        _fork.watch(self)

    # Writing

    def counter(self, declaration: CounterDeclaration) -> CounterFamily:
        """Return the counter; raise `KeyError` if it was not declared."""
        return self._declared(declaration, CounterFamily)

    def gauge(self, declaration: GaugeDeclaration) -> GaugeFamily:
        """Return the gauge; raise `KeyError` if it was not declared."""
        return self._declared(declaration, GaugeFamily)

    def histogram(self, declaration: HistogramDeclaration) -> HistogramFamily:
        """Return the histogram; raise `KeyError` if it was not declared."""
        return self._declared(declaration, HistogramFamily)

    def info(self, declaration: InfoDeclaration, **labels: str) -> None:
        """State facts, such as a version, as labels of the constant 1; raise `KeyError` if it was
        not declared.
        """
        self._declared(declaration, InfoFamily).labels(**labels).set(1.0)

    def add_collector(self, name: str, collector: Collector, *, endpoint: str) -> None:
        """Serve what `collector` reports beside our own metrics; raise `ValueError` if the name is
        taken.

        It is a callable that returns samples, or has a `collect()` as those of `prometheus_client`
        do. Its faults cost its own lines and are counted in
        `metrics_collector_errors_total{collector}` under `name`.
        """
        if name in self._collectors:
            raise ValueError(
                f"a collector is named {name!r} already; its name tells its faults apart"
            )
        self._collectors[name] = Bridged(name, collector, endpoint)
        self._counts.expect(name)

    def fault(self, subject: str, error: Exception) -> None:
        """Take note of a fault of what sets our metrics: raised where strict, otherwise counted in
        `telemetry_dropped_total{sink="metrics"}` and logged.
        """
        self._counts.guard.fault(subject, error)

    def close(self) -> None:
        """Leave the group: counters stay with it, gauges that are summed go.

        Calling it again does nothing.
        """
        with self._lock:
            left, self._memory = self._group, ProcessMemory()
            self._group = self._reader.group = self._directory = None
        if left is not None:
            left.leave()

    def keep_place(self) -> None:
        """Take a place in the group where this process has none, with all its values: it could not
        join when it started, or somebody has removed its file or cut it. Series that the file had
        no room for are put into it when it has.

        Scrapes do so, and a process that is not scraped calls it now and then, from the thread that
        made the registry; from any other it does nothing. What is in the way is counted once, and
        tried again.
        """
        if self._directory is None or get_ident() != self._owner:
            return
        group = self._group
        lost = group is not None and group.is_lost()
        if group is not None and not lost:
            with self._lock:
                has_room = group.is_short and group.has_room_again()
                if has_room:
                    self._carry(private_only=True)
            group.faults.say()
            if has_room:
                _log.warning("metrics: %s has room for all series again", self._directory)
            return
        try:
            with self._lock:
                if self._group is None:
                    self._memory = self._group = Group(self._directory, wait_seconds=0.0)
                else:
                    self._group.rejoin()
                self._carry(private_only=False)
        except OSError as error:
            if lost and self._counts.guard.warn_once("lost", f"metrics: {error}"):
                self._counts.collector_error("directory")
            return
        self._reader.group = self._group
        if lost:
            self._counts.collector_error("directory")
        _log.warning("metrics: %s has a file of this process again", self._directory)

    def _carry(self, *, private_only: bool) -> None:
        for family in self._families.values():
            family.carry(private_only=private_only)

    # Reading

    async def scrape(
        self,
        *,
        endpoint: str | None,
        accept: str | None = None,
        accept_encoding: str | None = None,
        names: Collection[str] = (),
    ) -> Scrape:
        """Render the metrics of an endpoint (`None`: all) in the format and encoding that the
        reader prefers.

        `names` limits the answer to families that have one of these names. The event loop gets its
        turn often. Scrapes of one endpoint take turns, and equal ones that wait share an answer.
        """
        openmetrics = _negotiation.wants_openmetrics(accept)
        packed = _negotiation.wants_gzip(accept_encoding)

        async def work() -> Scrape:
            self.keep_place()
            pieces: list[bytes] = []
            await in_slices(self._reader.render(pieces, endpoint, names, openmetrics=openmetrics))
            taken = set(self._reader.names())
            for bridged in self._wanted(endpoint):
                with self._isolated(bridged):
                    found = await bridged.collect_aside()
                    await in_slices(bridge(pieces, found, taken, names, openmetrics=openmetrics))
            if openmetrics:
                pieces.append(_END)
            return await answer(pieces, openmetrics=openmetrics, packed=packed)

        return await self._turns[endpoint].take((openmetrics, packed, frozenset(names)), work)

    def render(
        self, *, endpoint: str | None = None, openmetrics: bool = False, names: Collection[str] = ()
    ) -> bytes:
        """Render at once, for tests and command lines; `scrape` is for servers."""
        self.keep_place()
        pieces: list[bytes] = []
        for _ in self._reader.render(pieces, endpoint, names, openmetrics=openmetrics):
            pass
        taken = set(self._reader.names())
        for bridged in self._wanted(endpoint):
            with self._isolated(bridged):
                found = bridged.collect()
                for _ in bridge(pieces, found, taken, names, openmetrics=openmetrics):
                    pass
        return b"".join((*pieces, _END if openmetrics else b""))

    def value(self, name: str, **labels: str) -> float | None:
        """Return the group's value of one sample, or `None` if there is no such series.

        `name` is a metric's, or a histogram's with `_count`, `_sum`, or `_bucket` (cumulative, with
        the label `le`).
        """
        self.keep_place()
        return self._reader.value(name, labels)

    # Forks: see `_fork`

    def hold(self) -> None:
        """Finish what is under way, begin nothing."""
        self._lock.acquire()

    def resume(self) -> None:
        """Go on, in the parent."""
        self._lock.release()

    def restart(self) -> None:
        """Start over at 0, in a child process, as a member of its own."""
        problem: OSError | None = None
        try:
            if self._group is not None:
                self._group.rejoin_after_fork()
        except OSError as error:
            self._group, self._memory, problem = None, ProcessMemory(), error
        self._reader.group = self._group
        for family in self._families.values():
            family.move()
        self._lock.release()
        self._start_at_zero()
        if problem is not None:  # not before the lock is free: whoever counts log lines needs it
            self._alone(str(problem))

    # The parts

    def _join(self, directory: Path) -> OSError | None:
        try:
            self._group = self._memory = Group(directory)
        except OSError as error:
            self._alone(f"{directory} cannot be used: {error}")
            return error
        return None

    def _alone(self, reason: str) -> None:
        self._counts.guard.warn_once(
            "directory", f"metrics of this process are seen by it alone: {reason}"
        )

    def _family(self, declaration: Declaration) -> AnyFamily:
        stamped = isinstance(declaration, GaugeDeclaration) and declaration.merge is not Merge.SUM
        bounds = declaration.buckets if isinstance(declaration, HistogramDeclaration) else ()
        context = Context(
            declaration.name, self._counts.guard, self._lock, self._owner, bounds, stamped=stamped
        )
        overflow = self._counts.overflow
        match declaration:
            case CounterDeclaration():
                return CounterFamily(declaration, context, self._allocate, overflow)
            case GaugeDeclaration():
                return GaugeFamily(declaration, context, self._allocate, overflow)
            case HistogramDeclaration():
                return HistogramFamily(declaration, context, self._allocate, overflow)
            case InfoDeclaration():
                return InfoFamily(declaration, context, self._allocate, overflow)
            case _:
                raise TypeError(f"{declaration!r}: declare a counter, gauge, histogram or info")

    def _allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        return self._memory.allocate(declaration, values)

    def _start_at_zero(self) -> None:
        for family in self._families.values():
            if isinstance(family, CounterFamily):
                for values in family.declaration.starting_series():
                    family.labels(*values)

    def _declared(self, declaration: Declaration, kind: type[F]) -> F:
        family = self._families.get(declaration.name)
        if family is None:
            raise KeyError(
                f"{declaration.name!r} is not declared in this registry; "
                "add its declaration to those it is made from"
            )
        if family.declaration != declaration or not isinstance(family, kind):
            raise KeyError(f"{declaration.name!r} is declared differently in this registry")
        return family

    def _wanted(self, endpoint: str | None) -> list[Bridged]:
        return [one for one in self._collectors.values() if endpoint in {None, one.endpoint}]

    @contextlib.contextmanager
    def _isolated(self, bridged: Bridged) -> Generator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - costs its own lines, counted, and said once
            self._counts.collector_error(bridged.name, error)
