"""What becomes of the values of members that have died: their sum, and the newest of the sampled
gauges.
"""

from __future__ import annotations

import json
import math
import struct
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

_SLICE = 256
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
        self._parts: dict[Key, list[list[float]]] = defaultdict(list)
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
            self._parts[place].append(one.cell.read(one.width))

    def write(self, absorbed: Sequence[str]) -> Iterator[bytes]:
        """Yield the file piece by piece; `absorbed` are the members whose values are in it."""
        yield header("0" * 32)
        yield encode(Kind.ABSORBED, json.dumps(list(absorbed)).encode(), 0)[0]
        positions: dict[bytes, int] = {}
        for (description, values), parts in self._parts.items():
            if description not in positions:
                positions[description] = len(positions)
                yield encode(Kind.DECLARATION, description, 0)[0]
            declaration = self._declaration(description)
            label = key(positions[description], values)
            for row in _merged(parts, newest=isinstance(declaration, GaugeDeclaration)):
                yield encode(Kind.SERIES, label, len(row), struct.pack(f"={len(row)}d", *row))[0]

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


def _merged(parts: list[list[float]], *, newest: bool) -> list[list[float]]:
    if len(parts) == 1:
        return parts
    if newest:
        return [max(parts, key=lambda part: abs(part[1]))]
    sums = [exact_sum(column) for column in zip(*parts, strict=True)]
    rows = [[high for high, _ in sums]]
    if any(low for _, low in sums):
        rows.append([low for _, low in sums])
    return rows
