"""A metric with its labels: finds the series of a set of label values, and limits how many there
are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from asset_forge.observability.metrics._declarations import (
    OTHER,
    OVERFLOW,
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Merge,
)
from asset_forge.observability.metrics._instrument import Context, Instrument
from asset_forge.observability.metrics._instruments import (
    Counter,
    Gauge,
    Histogram,
)
from asset_forge.observability.metrics._memory import Cell

LABEL_BYTES_LIMIT = 24_000
"""The label values of one series, in UTF-8 and together; a longer set goes to the overflow series.
"""

D = TypeVar("D", bound=Declaration)
I = TypeVar("I", bound=Instrument)  # noqa: E741


class LabelError(ValueError):
    """Label values that do not belong to the metric."""


class Family(Generic[D, I]):
    """All series of one metric. `labels()` hands out the instrument of one of them."""

    __slots__ = (
        "_allocate",
        "_children",
        "_closed",
        "_context",
        "_hidden",
        "_on_overflow",
        "_overflow",
        "cleared",
        "declaration",
    )

    _make: type[I]

    def __init__(
        self,
        declaration: D,
        context: Context,
        allocate: Callable[[Declaration, tuple[str, ...] | None], Cell],
        on_overflow: Callable[[str], None],
    ) -> None:
        self.declaration = declaration
        self._context = context
        self._allocate = allocate
        self._on_overflow = on_overflow
        self._children: dict[tuple[str, ...], I] = {}
        self._hidden: dict[tuple[str, ...], I] = {}
        self.cleared: Cell | None = None
        self._closed = tuple(
            None if label.values is None else frozenset((*label.values, OVERFLOW))
            for label in declaration.labels
        )
        self._overflow = tuple(
            OTHER if label.values is not None and OTHER in label.values else OVERFLOW
            for label in declaration.labels
        )

    def labels(self, *values: str, **named: str) -> I:
        """Return the series of these label values, by position or by name; without labels, the only
        one.

        A value outside a closed set becomes `other` if the set has it, otherwise `__overflow__`;
        past the series limit all open labels become `__overflow__`. Both are counted in
        `metrics_series_overflow_total`.
        """
        try:
            return self._children[values]
        except (KeyError, TypeError):
            return self._find(values, named)

    def folded(self) -> None:
        """Count a use for which the caller has put `other` in place of a label value itself."""
        self._on_overflow(self.declaration.name)

    def series(self) -> list[tuple[tuple[str, ...], I]]:
        """List the series of this process with their label values, also the hidden ones."""
        return [*self._children.items(), *self._hidden.items()]

    def move(self) -> None:
        """Take fresh cells for every series, all zero. Needs the lock."""
        self.cleared = None
        for _, child in self.series():
            child.move()

    def carry(self, *, private_only: bool = False) -> None:
        """Move every series with its values into fresh cells, or only those in private cells.

        Needs the lock and the owner.
        """
        for _, child in self.series():
            child.carry(self.declaration.width, private_only=private_only)
        if self.cleared is not None and (self.cleared.private or not private_only):
            self.cleared.move(self._allocate(self.declaration, None), self.declaration.width)

    def _find(self, values: tuple[str, ...], named: dict[str, str]) -> I:
        try:
            exact, folded = self._fold(self._ordered(values, named))
        except LabelError as error:
            self._context.guard.fault(self.declaration.name, error)
            exact, folded = self._overflow, True
        if folded:
            self._on_overflow(self.declaration.name)
        child = self._children.get(exact)
        return child if child is not None else self._create(exact)

    def _ordered(self, values: tuple[str, ...], named: dict[str, str]) -> tuple[str, ...]:
        names = self.declaration.label_names
        if named:
            if values or named.keys() != set(names):
                raise LabelError(
                    f"{self.declaration.name}: labels {sorted(named)} given"
                    f"{' beside values by position' if values else ''}, {list(names)} needed"
                )
            values = tuple(named[name] for name in names)
        if len(values) != len(names):
            raise LabelError(
                f"{self.declaration.name}: {len(values)} label values given, "
                f"{len(names)} needed: {list(names)}"
            )
        return tuple(_clean(value) for value in values)

    def _fold(self, values: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        allowed = tuple(
            value if closed is None or value in closed else instead
            for value, closed, instead in zip(values, self._closed, self._overflow, strict=True)
        )
        if allowed in self._children or allowed in self._hidden:
            return allowed, allowed != values
        full = len(self._children) + len(self._hidden) >= self.declaration.series_limit
        if full or sum(len(value.encode()) for value in allowed) > LABEL_BYTES_LIMIT:
            allowed = tuple(
                OVERFLOW if closed is None else value
                for value, closed in zip(allowed, self._closed, strict=True)
            )
        return allowed, allowed != values

    def _create(self, values: tuple[str, ...]) -> I:
        with self._context.lock:
            child = self._children.get(values)
            if child is None and values in self._hidden:
                child = self._hidden.pop(values)
                child.show()
                self._children[values] = child
            elif child is None:
                child = self._make(self._context, lambda: self._allocate(self.declaration, values))
                self._children[values] = child
            return child


class CounterFamily(Family[CounterDeclaration, Counter]):
    """All series of a counter."""

    __slots__ = ()
    _make = Counter


class HistogramFamily(Family[HistogramDeclaration, Histogram]):
    """All series of a histogram."""

    __slots__ = ()
    _make = Histogram


class InfoFamily(Family[InfoDeclaration, Gauge]):
    """The series of an info: the value 1."""

    __slots__ = ()
    _make = Gauge


class GaugeFamily(Family[GaugeDeclaration, Gauge]):
    """All series of a gauge; those of things that have vanished can be removed."""

    __slots__ = ()
    _make = Gauge

    def remove(self, *values: str) -> None:
        """Take the series of these label values out of the exposition until it is used again."""
        values = self._ordered(values, {})
        if self.declaration.merge is Merge.NEWEST:
            self.labels(*values)
        with self._context.lock:
            self._hide(values)

    def clear(self) -> None:
        """Take every series out of the exposition until it is used again.

        With `Merge.NEWEST` this goes for what other processes set before, too.
        """
        with self._context.lock:
            if self.declaration.merge is Merge.NEWEST:
                if self.cleared is None:
                    self.cleared = self._allocate(self.declaration, None)
                self.cleared.view[self.cleared.index + 1] = time.monotonic()
            for values, _ in self.series():
                self._hide(values)

    def _hide(self, values: tuple[str, ...]) -> None:
        child = self._children.pop(values, None) or self._hidden.get(values)
        if child is not None:
            child.hide()
            self._hidden[values] = child


def _clean(value: str) -> str:
    """Return `value` as text that UTF-8 can carry; a lone surrogate becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode("utf-8")


AnyFamily = CounterFamily | GaugeFamily | HistogramFamily | InfoFamily
