"""Works out the series of mirrors from those of their sources, at each reading."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Generator, Mapping, Sequence

from asset_forge.observability.metrics._declarations import (
    Declaration,
    HistogramDeclaration,
)
from asset_forge.observability.metrics._instrument import Exemplar
from asset_forge.observability.metrics._memory import Cell
from asset_forge.observability.metrics._plan import Foreign
from asset_forge.observability.metrics._rendering import Rows

_SLICE = 64
"""Series between two points where the event loop may do something else."""

Steps = Generator[None, None, Foreign | None]


def faults(declared: Mapping[str, Declaration]) -> list[str]:
    """List the mirrors that cannot work among these declarations."""
    found: list[str] = []
    for declaration in declared.values():
        mirror = declaration.mirror
        if mirror is None:
            continue
        lead = f"{declaration.name!r} mirrors {mirror.source!r}"
        source = declared.get(mirror.source)
        if not isinstance(source, HistogramDeclaration) or source.mirror is not None:
            found.append(f"{lead}, which has to be declared as a histogram of its own")
            continue
        missing = sorted(set(mirror.labels) - set(source.label_names))
        if missing:
            found.append(f"{lead}, which has no label {missing}; it has {source.label_names!r}")
        others = sorted(set(_bounds(declaration)) - set(source.buckets))
        if others:
            found.append(f"{lead}, which has no bucket {others}; it has {source.buckets!r}")
    return found


def reflect(declaration: Declaration, source: Rows, foreign: Foreign | None) -> Steps:
    """Return `foreign` with what the mirror shows of `source`; yields now and then."""
    shown = Foreign(declaration)
    if foreign is not None:
        shown.cleared = foreign.cleared
        shown.series.update((values, list(cells)) for values, cells in foreign.series.items())
    rows: dict[tuple[str, ...], list[list[float]]] = {}
    places = _places(declaration, source.declaration)
    slots = _slots(_bounds(declaration), _bounds(source.declaration))
    for count, (values, cells, exemplars) in enumerate(source):
        if count % _SLICE == 0:
            yield
        key = tuple(values[place] for place in places)
        rows.setdefault(key, []).append(source.columns(cells))
        if exemplars and declaration.width > 1:
            _keep_newest(shown.exemplars.setdefault(key, {}), dict(exemplars), slots)
    for count, (values, parts) in enumerate(rows.items()):
        if count % _SLICE == 0:
            yield
        row = [math.fsum(column) for column in zip(*parts, strict=True)]
        cell = Cell(memoryview(array("d", _reduce(row, slots, declaration.width))), 0)
        shown.series.setdefault(values, []).append(cell)
    return shown


def _places(declaration: Declaration, source: Declaration) -> list[int]:
    labels = declaration.mirror.labels if declaration.mirror else ()
    return [source.label_names.index(name) for name in labels]


def _bounds(declaration: Declaration) -> tuple[float, ...]:
    return declaration.buckets if isinstance(declaration, HistogramDeclaration) else ()


def _slots(own: Sequence[float], source: Sequence[float]) -> list[int]:
    """Return for each bucket of the source, `+Inf` included, the bucket that it belongs to."""
    return [*(bisect_left(own, bound) for bound in source), len(own)]


def _keep_newest(
    kept: dict[int, Exemplar], found: Mapping[int, Exemplar], slots: Sequence[int]
) -> None:
    """Take over the exemplars of a source, each into the mirror's bucket that its own belongs to.

    Place 1 of an exemplar is the first bucket.
    """
    for place, exemplar in found.items():
        into = 1 + slots[place - 1]
        known = kept.get(into)
        if known is None or known[2] < exemplar[2]:
            kept[into] = exemplar


def _reduce(row: Sequence[float], slots: Sequence[int], width: int) -> list[float]:
    """Return a histogram's row with the mirror's buckets, or its count alone for a counter."""
    total, *buckets = row
    if width == 1:
        return [sum(buckets)]
    reduced = [total, *([0.0] * (width - 1))]
    for slot, count in zip(slots, buckets, strict=True):
        reduced[1 + slot] += count
    return reduced
