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

from asset_forge.observability.metrics._declarations import LABEL_NAME
from asset_forge.observability.metrics._guard import TelemetryGuard
from asset_forge.observability.metrics._memory import Cell

_NOBODY = 0
"""No thread has this id: every thread of such a series takes the lock."""

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
        guard: TelemetryGuard,
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
        self._owner = _NOBODY if context.stamped else context.owner
        self.move()

    def show(self) -> None:
        """Start over from 0 after `hide`, unless it has been set since. Needs the lock."""

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
        self.exemplars: dict[int, Exemplar] | None = None

    def carry(self, width: int, *, private_only: bool) -> None:
        """Move with all values into fresh cells, because the file of the old ones is gone; or only
        what is in private ones, because there is room for it now.

        Needs the lock, and the owner, who uses its cell without one.
        """
        for cell in self.cells:
            if cell.private or not private_only:
                cell.move(self._allocate(), width)
        self._view, self._index = self.cells[0].view, self.cells[0].index

    def _cell_of_other_threads(self) -> Cell:
        if self._shared is None:
            self._shared = self._allocate()
            self.cells = (*self.cells, self._shared)
        return self._shared

    def _keep_exemplar(self, place: int, labels: Mapping[str, str], value: float) -> None:
        if not all(LABEL_NAME.match(name) for name in labels):
            raise ValueError(f"exemplar {dict(labels)!r}: its names are letters, digits and _")
        if sum(len(key) + len(text) for key, text in labels.items()) > _EXEMPLAR_LIMIT:
            return
        if self.exemplars is None:
            self.exemplars = {}
        # What UTF-8 cannot carry becomes a question mark, as in labels.
        told = {name: text.encode("utf-8", "replace").decode() for name, text in labels.items()}
        self.exemplars[place] = (told, value, time.time())


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

    With `Merge.SUM` its cells add up, as those of a counter do; `set` by another thread cannot
    touch what the owner is counting, so that it takes the owner's part away in a third cell. With
    the other merges the newest `set` counts, so all threads share one cell under the lock.
    """

    __slots__ = ("_offset",)

    def move(self) -> None:
        """Take a fresh cell; the old one belongs to another process."""
        super().move()
        self._offset: Cell | None = None
        self.show()

    def show(self) -> None:
        """Start over from 0: seen at once when processes are summed, otherwise once it is set.

        One that somebody has kept over `hide`, and set, is seen already.
        """
        if self._view[self._index + 1] <= 0.0:
            self._place(0.0, 0.0 if self._context.stamped else time.monotonic())

    def hide(self) -> None:
        """Leave the exposition; the moment stays, so that older values of other processes stay
        hidden too.
        """
        moment = time.monotonic()
        for cell in self.cells:
            cell.view[cell.index + 1] = -moment

    def set(self, value: float) -> None:
        """Replace the value."""
        try:
            with self._context.lock:
                if self._context.stamped or get_ident() == self._owner:
                    self._place(value, time.monotonic())
                else:
                    self._replace(value, time.monotonic())
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)

    def inc(self, value: float = 1.0) -> None:
        """Add `value`."""
        try:
            if get_ident() == self._owner:
                self._view[self._index] += value
                return
            with self._context.lock:
                if self._context.stamped:
                    self._view[self._index] += value
                    self._view[self._index + 1] = time.monotonic()
                else:
                    cell = self._cell_of_other_threads()
                    cell.view[cell.index] += value
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)

    def dec(self, value: float = 1.0) -> None:
        """Subtract `value`."""
        self.inc(-value)

    def _place(self, value: float, moment: float) -> None:
        """Put the whole value into the first cell. Needs the lock, and the owner or no owner."""
        for cell in self.cells[1:]:
            cell.view[cell.index] = 0.0
            cell.view[cell.index + 1] = moment
        self._view[self._index] = value
        self._view[self._index + 1] = moment

    def _replace(self, value: float, moment: float) -> None:
        """Make `value` the sum of the cells without touching the owner's, which may be changing.

        The owner's part is taken away exactly, so that the sum is exactly `value`. Needs the lock.
        """
        shared = self._cell_of_other_threads()
        own = self._view[self._index]
        if not math.isfinite(own):  # nothing can be taken away from it, nor be lost in it
            own = self._view[self._index] = 0.0
        if own and self._offset is None:
            self._offset = self._allocate()
            self.cells = (*self.cells, self._offset)
        if self._offset is not None:
            self._offset.view[self._offset.index] = -own
        shared.view[shared.index] = value
        for cell in self.cells:
            cell.view[cell.index + 1] = moment

    def _cell_of_other_threads(self) -> Cell:
        known = self._shared
        cell = super()._cell_of_other_threads()
        if known is None:
            cell.view[cell.index + 1] = self._view[self._index + 1]
        return cell


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

    def observe_both(
        self,
        value: float,
        other: Histogram,
        others_value: float,
        ended: Gauge,
        exemplar: Mapping[str, str] | None = None,
    ) -> None:
        """Count `value` here, with `exemplar`, `others_value` in `other`, and one less in `ended`:
        the same as by three calls, for less where all belong to one registry and none has to look
        twice.
        """
        owner = self._owner
        try:
            if (
                get_ident() != owner
                or other._owner != owner
                or ended._owner != owner
                or not 0.0 <= value <= _LARGEST
                or not 0.0 <= others_value <= _LARGEST
            ):
                ended.dec()
                self.observe(value, exemplar)
                other.observe(others_value)
                return
            ended._view[ended._index] -= 1.0
            place = bisect_left(self._bounds, value) + 1
            view, index = self._view, self._index
            total = view[index] + value
            view[index + place] += 1.0
            view[index] = total
            view, index = other._view, other._index
            total = view[index] + others_value
            view[index + bisect_left(other._bounds, others_value) + 1] += 1.0
            view[index] = total
            if exemplar is not None:
                self._keep_exemplar(place, exemplar, value)
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._context.guard.fault(self._context.name, error)


def _not_negative(value: float) -> float:
    """Return 0 for a negative value; raise `ValueError` for one that is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"observe({value!r}): a histogram takes finite values")
    return max(value, 0.0)
