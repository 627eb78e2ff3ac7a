"""Reads the metrics of a process and of its group: as text, or one value."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping
from typing import TypeVar

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._exposition import claims
from asset_forge.observability.metrics._families import AnyFamily
from asset_forge.observability.metrics._group import Group
from asset_forge.observability.metrics._mirroring import reflect
from asset_forge.observability.metrics._own import SelfCounts
from asset_forge.observability.metrics._plan import Foreign, Plan
from asset_forge.observability.metrics._rendering import Rows, Writer

T = TypeVar("T")


class Reader:
    """Works through the metrics in small steps; each `yield` is a point where others may have their
    turn.
    """

    def __init__(self, families: Mapping[str, AnyFamily], counts: SelfCounts) -> None:
        self.group: Group | None = None
        self._families = families
        self._declarations = {name: family.declaration for name, family in families.items()}
        self._counts = counts
        self._writers: dict[str, Writer] = {}

    def refresh(self) -> Iterator[None]:
        """Look at the other members of the group, and count what went wrong there."""
        group = self.group
        if group is None:
            return
        yield from group.refresh(self._declarations)
        while group.faults:
            subject, count = group.faults.popitem()
            self._counts.collector_error(subject, count=count)
        while group.overflowed:
            metric, count = group.overflowed.popitem()
            self._counts.overflow(metric, count)

    def render(
        self,
        pieces: list[bytes],
        endpoint: str | None,
        names: Collection[str],
        *,
        openmetrics: bool,
    ) -> Generator[None]:
        """Append the text of the wanted metrics to `pieces`; one that fails costs its own lines and
        is counted.
        """
        yield from self.refresh()
        plan = self.group.plan if self.group else Plan({})
        for declaration, own, foreign in self._metrics(plan):
            if endpoint not in {None, declaration.endpoint}:
                continue
            if (
                names
                and declaration.sample_names.isdisjoint(names)
                and declaration.family_name not in names
            ):
                continue
            written: list[bytes] = []
            try:
                rows = yield from self._rows(declaration, own, foreign)
                for text in self._writer(declaration).write(rows, openmetrics=openmetrics):
                    written.append(text.encode("utf-8"))
                    yield
            except Exception as error:  # noqa: BLE001 - counted, and said once
                self._counts.collector_error(declaration.name, error)
            else:
                pieces.extend(written)

    def value(self, name: str, labels: Mapping[str, str]) -> float | None:
        """Return the group's value of one sample, or `None`."""
        for _ in self.refresh():
            pass
        plan = self.group.plan if self.group else Plan({})
        for declaration, own, foreign in self._metrics(plan):
            if name not in declaration.sample_names:
                continue
            rest = dict(labels)
            upper = rest.pop("le", None) if name == f"{declaration.name}_bucket" else None
            if rest.keys() != set(declaration.label_names):
                return None
            wanted = tuple(rest[label] for label in declaration.label_names)
            rows = _finish(self._rows(declaration, own, foreign))
            for values, cells, _ in rows:
                if values == wanted:
                    return rows.sample(cells, name.removeprefix(declaration.name), upper)
        return None

    def names(self) -> frozenset[str]:
        """Return the names that the metrics that `render` writes have, and their samples."""
        plan = self.group.plan if self.group else Plan({})
        found = (claims(one.family_name, one.kind) for one, _, _ in self._metrics(plan))
        return frozenset[str]().union(*found)

    def _metrics(
        self, plan: Plan
    ) -> Iterator[tuple[Declaration, AnyFamily | None, Foreign | None]]:
        for name, family in self._families.items():
            yield family.declaration, family, plan.families.get(name)
        for name, foreign in plan.families.items():
            if name not in self._families:
                yield foreign.declaration, None, foreign

    def _rows(
        self, declaration: Declaration, own: AnyFamily | None, foreign: Foreign | None
    ) -> Generator[None, None, Rows]:
        """Return the series of a metric; yields now and then."""
        mirror = declaration.mirror
        if mirror is not None:
            plan = self.group.plan if self.group else Plan({})
            family, others = self._families.get(mirror.source), plan.families.get(mirror.source)
            source = family.declaration if family else others and others.declaration
            if source is not None:
                shown = yield from self._rows(source, family, others)
                foreign = yield from reflect(declaration, shown, foreign)
        return Rows(declaration, own.series() if own else [], own.cleared if own else None, foreign)

    def _writer(self, declaration: Declaration) -> Writer:
        writer = self._writers.get(declaration.name)
        if writer is None or writer.declaration != declaration:
            writer = self._writers[declaration.name] = Writer(declaration)
        return writer


def _finish(steps: Generator[None, None, T]) -> T:
    """Run to the end, and return what that gives."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
