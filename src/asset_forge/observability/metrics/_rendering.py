"""From cells to text: merges what several processes hold of a series, and writes a metric piece by
piece.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from asset_forge.observability.metrics._declarations import (
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Merge,
)
from asset_forge.observability.metrics._exposition import (
    declaration_head,
    number,
    template,
    with_exemplars,
)
from asset_forge.observability.metrics._instrument import Exemplar, Instrument
from asset_forge.observability.metrics._memory import Cell
from asset_forge.observability.metrics._plan import Foreign

_SLICE = 48
"""Series between two points where the event loop may do something else: about 0.3 ms."""


class Rows:
    """The series of one metric, those of this process and of others."""

    def __init__(
        self,
        declaration: Declaration,
        own: Sequence[tuple[tuple[str, ...], Instrument]],
        cleared: Cell | None,
        foreign: Foreign | None,
    ) -> None:
        self.declaration = declaration
        self._own = own
        self._foreign = foreign
        self._merge = _merge_of(declaration)
        marks = [cleared] if cleared else []
        marks.extend(foreign.cleared if foreign else ())
        self._cleared = max((cell.view[cell.index + 1] for cell in marks), default=0.0)

    def __iter__(
        self,
    ) -> Iterator[tuple[tuple[str, ...], Sequence[Cell], Mapping[int, Exemplar] | None]]:
        others = dict(self._foreign.series) if self._foreign else {}
        mirrored = self._foreign.exemplars if self._foreign else {}
        for values, child in self._own:
            cells: Sequence[Cell] = child.cells
            if others and values in others:
                cells = (*cells, *others.pop(values))
            yield values, cells, child.exemplars or mirrored.get(values)
        for values, cells in others.items():
            yield values, cells, mirrored.get(values)

    def scalar(self, cells: Sequence[Cell]) -> float | None:
        """Return the value of a counter, gauge or info; `None` if there is none to show."""
        if self._merge is None:
            return _total([cell.view[cell.index] for cell in cells])
        samples = [(cell.view[cell.index + 1], cell.view[cell.index]) for cell in cells]
        if self._merge is Merge.NEWEST:
            stamp, value = max(samples, key=_age)
            return value if stamp > 0.0 and stamp >= self._cleared else None
        shown = [value for stamp, value in samples if stamp > 0.0]
        if not shown:
            return None
        match self._merge:
            case Merge.MIN:
                return min(shown)
            case Merge.MAX:
                return max(shown)
            case _:
                return _total(shown)

    def columns(self, cells: Sequence[Cell]) -> list[float]:
        """Return the sum of a histogram and its buckets, not cumulative."""
        width = self.declaration.width
        first, *rest = cells
        row = first.read(width)
        if not rest:
            return row
        columns = zip(row, *(cell.read(width) for cell in rest), strict=True)
        return [math.fsum(column) for column in columns]

    def sample(self, cells: Sequence[Cell], ending: str, upper: str | None) -> float | None:
        """Return one value of a series: of a histogram the one that `ending` (and `upper`, of a
        bucket) names.
        """
        if not isinstance(self.declaration, HistogramDeclaration):
            return self.scalar(cells)
        total, *buckets = self.columns(cells)
        if ending == "_sum":
            return total
        if ending == "_count":
            return sum(buckets)
        try:
            place = (*self.declaration.buckets, math.inf).index(float(upper or ""))
        except ValueError:
            return None
        return sum(buckets[: place + 1])


class Writer:
    """Writes one metric; keeps the text of its series, in which only the numbers change."""

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        self._bounds = declaration.buckets if isinstance(declaration, HistogramDeclaration) else ()
        self._templates: dict[tuple[str, ...], str] = {}

    def write(self, rows: Rows, *, openmetrics: bool) -> Iterator[str]:
        """Yield the text piece by piece."""
        pieces = [declaration_head(self.declaration, openmetrics=openmetrics)]
        templates = self._templates
        known = 0
        for known, (values, cells, exemplars) in enumerate(rows, start=1):
            text = templates.get(values)
            if text is None:
                text = templates[values] = template(self.declaration, self._bounds, values)
            line = self._histogram(text, rows, cells) if self._bounds else _line(text, rows, cells)
            if openmetrics and line and exemplars:
                line = with_exemplars(line, dict(exemplars), first=1 if self._bounds else 0)
            pieces.append(line)
            if known % _SLICE == 0:
                yield "".join(pieces)
                pieces = []
        yield "".join(pieces)
        if len(templates) > 2 * known + _SLICE:
            templates.clear()

    def _histogram(self, text: str, rows: Rows, cells: Sequence[Cell]) -> str:
        total, *buckets = rows.columns(cells)
        counts = list(accumulate(buckets))
        return text % (*counts, number(total), counts[-1])


def _line(text: str, rows: Rows, cells: Sequence[Cell]) -> str:
    value = rows.scalar(cells)
    return "" if value is None else text % number(value)


def _total(parts: Sequence[float]) -> float:
    """Add without rounding on the way, so that the order of members and their folding make no
    difference.
    """
    if len(parts) == 1:
        return parts[0]
    try:
        return math.fsum(parts)
    except (OverflowError, ValueError):  # beyond a float's range, or both infinities among gauges
        return sum(parts)


def _age(sample: tuple[float, float]) -> float:
    return abs(sample[0])


def _merge_of(declaration: Declaration) -> Merge | None:
    if isinstance(declaration, GaugeDeclaration):
        return declaration.merge
    return Merge.MAX if isinstance(declaration, InfoDeclaration) else None
