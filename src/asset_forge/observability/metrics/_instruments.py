"""The instruments that code holds and calls: one labelled series each.

Several threads may call one instrument. A float in shared memory is read, changed and written back
in steps, so each series has a cell that only one thread (the registry's owner) writes, without a
lock, and from the first use by any other thread on a second cell that those share under the lock.
Readers add the two. This costs the owner the comparison of a thread id (35 ns) where a lock costs
150 ns, and does not depend on what the interpreter does between two bytecodes.
"""

from __future__ import annotations

import math
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from threading import Lock, get_ident

from asset_forge.observability.metrics._guard import Guard
from asset_forge.observability.metrics._memory import Cell

_LARGEST = sys.float_info.max
_EXEMPLAR_LIMIT = 128
"""Characters that OpenMetrics allows for the names and values of an exemplar's labels."""

Exemplar = tuple[Mapping[str, str], float, float]
"""Labels, the value observed, and when (Unix seconds)."""


class Context:
    """What the series of one metric share: lock, owner thread, guard, bounds."""

    __slots__ = ("bounds", "guard", "lock", "name", "owner", "stamped")

    def __init__(
        self,
        name: str,
        guard: Guard,
        lock: Lock,
        owner: int,
        bounds: tuple[float, ...],
        *,
        stamped: bool,
    ) -> None:
        self.name = name
        self.guard = guard
        self.lock = lock
        self.owner = owner
        self.bounds = bounds
        self.stamped = stamped


class Instrument:
    """One series: its own cell, and the cell that other threads share once they have used it."""

    __slots__ = (
        "_allocate",
        "_context",
        "_index",
        "_owner",
        "_shared",
        "_view",
        "cells",
        "exemplars",
    )

    def __init__(self, context: Context, allocate: Callable[[], Cell]) -> None:
        self._context = context
        self._allocate = allocate
        self._owner = context.owner
        self.exemplars: dict[int, Exemplar] | None = None
        self.move()

    def show(self) -> None:
        """Start over from 0 after `hide`. Needs the lock."""

    def hide(self) -> None:
        """Leave the exposition. Needs the lock."""

    def move(self) -> None:
        """Take fresh cells, all zero; the old ones belong to another process or are gone.

        Needs the lock.
        """
        cell = self._allocate()
        self._view, self._index = cell.view, cell.index
        self._shared: Cell | None = None
        self.cells: tuple[Cell, ...] = (cell,)
        """The cells whose values add up to this series in this process."""

    def _cell_of_other_threads(self) -> Cell:
        if self._shared is None:
            self._shared = self._allocate()
            self.cells = (*self.cells, self._shared)
        return self._shared

    def _keep_exemplar(self, place: int, labels: Mapping[str, str], value: float) -> None:
        if sum(len(key) + len(text) for key, text in labels.items()) > _EXEMPLAR_LIMIT:
            return
        if self.exemplars is None:
            self.exemplars = {}
        self.exemplars[place] = (dict(labels), value, time.time())


class Counter(Instrument):
    """A count that only rises."""

    __slots__ = ()

    def inc(self, amount: float = 1.0, exemplar: Mapping[str, str] | None = None) -> None:
        """Add `amount`, which is not negative and finite; `exemplar` are labels such as the trace
        id.
        """
        try:
            if not 0.0 <= amount <= _LARGEST:
                raise ValueError(f"inc({amount!r}): a counter takes finite amounts from 0 up")
            if get_ident() == self._owner:
                self._view[self._index] += amount
            else:
                with self._context.lock:
                    cell = self._cell_of_other_threads()
                    cell.view[cell.index] += amount
            if exemplar is not None:
                self._keep_exemplar(0, exemplar, amount)
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)


class Gauge(Instrument):
    """A value that goes up and down.

    `set` has to replace what every thread has written, so all threads share one cell under the
    lock.
    """

    __slots__ = ()

    def move(self) -> None:
        """Take a fresh cell; the old one belongs to another process."""
        super().move()
        self.show()

    def show(self) -> None:
        """Start over from 0: seen at once when processes are summed, otherwise once it is set."""
        self._view[self._index] = 0.0
        self._view[self._index + 1] = 0.0 if self._context.stamped else time.monotonic()

    def hide(self) -> None:
        """Leave the exposition; the moment stays, so that older values of other processes stay
        hidden too.
        """
        self._view[self._index + 1] = -time.monotonic()

    def set(self, value: float) -> None:
        """Replace the value."""
        try:
            with self._context.lock:
                self._view[self._index] = value
                self._view[self._index + 1] = time.monotonic()
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)

    def inc(self, value: float = 1.0) -> None:
        """Add `value`."""
        try:
            with self._context.lock:
                self._view[self._index] += value
                if self._context.stamped:
                    self._view[self._index + 1] = time.monotonic()
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)

    def dec(self, value: float = 1.0) -> None:
        """Subtract `value`."""
        self.inc(-value)


class Histogram(Instrument):
    """Observations counted into buckets.

    A cell holds the sum, then one slot for each bucket (not cumulative). The count is the sum of
    the slots, so that it can never disagree with the buckets.
    """

    __slots__ = ("_bounds",)

    def __init__(self, context: Context, allocate: Callable[[], Cell]) -> None:
        super().__init__(context, allocate)
        self._bounds = context.bounds

    def observe(self, value: float, exemplar: Mapping[str, str] | None = None) -> None:
        """Count `value` into its bucket.

        NaN and the infinities are refused, because one of them would spoil the sum for good. A
        negative value, which a clock stepping back produces, counts as 0.
        """
        try:
            if not 0.0 <= value <= _LARGEST:
                value = _not_negative(value)
            place = bisect_left(self._bounds, value) + 1
            if get_ident() == self._owner:
                view, index = self._view, self._index
                total = view[index] + value
                view[index + place] += 1.0
                view[index] = total
            else:
                with self._context.lock:
                    cell = self._cell_of_other_threads()
                    total = cell.view[cell.index] + value
                    cell.view[cell.index + place] += 1.0
                    cell.view[cell.index] = total
            if exemplar is not None:
                self._keep_exemplar(place, exemplar, value)
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)


def _not_negative(value: float) -> float:
    """Return 0 for a negative value; raise `ValueError` for one that is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"observe({value!r}): a histogram takes finite values")
    return max(value, 0.0)
