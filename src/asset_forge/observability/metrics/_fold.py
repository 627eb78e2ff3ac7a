"""What becomes of the values of members that have died: their sum, and the newest of the sampled
gauges.
"""

from __future__ import annotations

import json
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from asset_forge.observability.metrics._declarations import (
    OVERFLOW,
    Declaration,
    GaugeDeclaration,
    InfoDeclaration,
    Merge,
)
from asset_forge.observability.metrics._layout import (
    Kind,
    encode,
    header,
    key,
    open_labels,
    understand,
)
from asset_forge.observability.metrics._peers import Series

_SLICE = 128
"""Series between two points where the event loop may do something else."""

Key = tuple[bytes, tuple[str, ...] | None]


def survives(declaration: Declaration) -> bool:
    """Say whether values of this metric outlive the process that wrote them."""
    if isinstance(declaration, GaugeDeclaration):
        return declaration.merge is Merge.NEWEST
    return not isinstance(declaration, InfoDeclaration)


def exact_sum(parts: Sequence[float]) -> tuple[float, float]:
    """Return the rounded sum, and what rounding took from it.

    Both are kept, so that a total does not change by a rounding error when a member is folded in: a
    counter that goes down by its last bit is a restart to Prometheus, and counts twice.
    """
    high = math.fsum(parts)
    return high, math.fsum((*parts, -high)) if math.isfinite(high) else 0.0


class Folder:
    """Collects the series of the dead and writes them as one file."""

    def __init__(self) -> None:
        # The values of each series, one member's after the other's: arrays, because the garbage
        # collector would have to go through a list for every series of every member.
        self._parts: dict[Key, array[float]] = {}
        self._declarations: dict[bytes, Declaration | None] = {}
        self._sizes: dict[str, int] = defaultdict(int)
        self.overflowed: dict[str, int] = defaultdict(int)

    def take(self, series: Iterable[Series]) -> Iterator[None]:
        """Add a member's series; yields now and then."""
        for count, one in enumerate(series):
            if count % _SLICE == 0:
                yield
            declaration = self._declaration(one.description)
            if declaration is None or not survives(declaration) or one.width != declaration.width:
                continue
            place = (one.description, self._bounded(one, declaration))
            self._parts.setdefault(place, array("d")).frombytes(one.window(one.width).cast("B"))

    def write(self, absorbed: Sequence[str]) -> Iterator[bytes]:
        """Yield the file piece by piece, using up what was taken; `absorbed` are the members whose
        values are in it.
        """
        yield header("0" * 32)
        yield encode(Kind.ABSORBED, json.dumps(list(absorbed)).encode(), 0)[0]
        positions: dict[bytes, int] = {}
        for place in list(self._parts):
            (description, values), parts = place, self._parts.pop(place)
            declaration = self._declaration(description)
            if declaration is None:
                continue
            if description not in positions:
                positions[description] = len(positions)
                yield encode(Kind.DECLARATION, description, 0)[0]
            label, width = key(positions[description], values), declaration.width
            for row in _merged(parts, width, newest=isinstance(declaration, GaugeDeclaration)):
                yield encode(Kind.SERIES, label, width, row.tobytes())[0]

    def _declaration(self, description: bytes) -> Declaration | None:
        if description not in self._declarations:
            try:
                self._declarations[description] = understand(description)
            except ValueError:
                self._declarations[description] = None
        return self._declarations[description]

    def _bounded(self, one: Series, declaration: Declaration) -> tuple[str, ...] | None:
        """Return the label values, or those of the overflow series past the limit."""
        if one.values is None or (one.description, one.values) in self._parts:
            return one.values
        is_open = open_labels(one.description)
        overflow = tuple(
            OVERFLOW if free else value for value, free in zip(one.values, is_open, strict=True)
        )
        if overflow == one.values and any(is_open):
            return one.values
        if self._sizes[declaration.name] >= declaration.series_limit:
            self.overflowed[declaration.name] += 1
            return overflow
        self._sizes[declaration.name] += 1
        return one.values


def _merged(parts: array[float], width: int, *, newest: bool) -> list[array[float]]:
    if len(parts) == width:
        return [parts]
    if newest:
        start = max(range(0, len(parts), width), key=lambda start: abs(parts[start + 1]))
        return [parts[start : start + width]]
    sums = [exact_sum(parts[column::width]) for column in range(width)]
    rows = [array("d", (high for high, _ in sums))]
    if any(low for _, low in sums):
        rows.append(array("d", (low for _, low in sums)))
    return rows
