"""Which cells of other processes belong to which series, worked out once for each change of the
group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from asset_forge.observability.metrics._declarations import (
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
)
from asset_forge.observability.metrics._fold import survives
from asset_forge.observability.metrics._instrument import Exemplar
from asset_forge.observability.metrics._layout import understand
from asset_forge.observability.metrics._memory import Cell
from asset_forge.observability.metrics._peers import Series

_SLICE = 256


@dataclass(slots=True)
class Foreign:
    """What other processes hold of one metric."""

    declaration: Declaration
    series: dict[tuple[str, ...], list[Cell]] = field(
        default_factory=dict[tuple[str, ...], list[Cell]]
    )
    cleared: list[Cell] = field(default_factory=list[Cell])
    exemplars: dict[tuple[str, ...], dict[int, Exemplar]] = field(
        default_factory=dict[tuple[str, ...], dict[int, Exemplar]]
    )
    """Those that a mirror has from its source. Other processes keep theirs to themselves."""


class Plan:
    """The metrics of other processes by name; a metric that differs from this process's own is left
    out.
    """

    def __init__(self, local: Mapping[str, Declaration]) -> None:
        self.families: dict[str, Foreign] = {}
        self.conflicts: set[str] = set()
        self._local = local
        self._described: dict[bytes, Foreign | None] = {}

    def add(self, series: Iterable[Series], *, living: bool) -> Iterator[None]:
        """Add the series of one member; yields now and then."""
        for count, one in enumerate(series):
            if count % _SLICE == 0:
                yield
            family = self._family(one.description)
            if family is None or one.width != family.declaration.width:
                continue
            if not living and not survives(family.declaration):
                continue
            if one.values is None:
                family.cleared.append(one)
            elif len(one.values) == len(family.declaration.labels):
                family.series.setdefault(one.values, []).append(one)

    def _family(self, description: bytes) -> Foreign | None:
        if description not in self._described:
            self._described[description] = self._understood(description)
        return self._described[description]

    def _understood(self, description: bytes) -> Foreign | None:
        try:
            theirs = understand(description)
        except ValueError as error:
            self.conflicts.add(f"a declaration ({error})")
            return None
        known = self.families.get(theirs.name)
        ours = known.declaration if known else self._local.get(theirs.name, theirs)
        if _shape(ours) != _shape(theirs):
            self.conflicts.add(theirs.name)
            return None
        return self.families.setdefault(theirs.name, Foreign(ours))


def _shape(declaration: Declaration) -> tuple[object, ...]:
    """Return what has to be equal for values to be added up."""
    merge = declaration.merge if isinstance(declaration, GaugeDeclaration) else None
    bounds = declaration.buckets if isinstance(declaration, HistogramDeclaration) else None
    bounds = bounds and tuple(map(float, bounds))
    return declaration.kind, declaration.label_names, merge, bounds, declaration.mirror
