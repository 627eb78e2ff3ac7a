"""The instruments that code holds and calls: one labelled series each."""

from __future__ import annotations

import math
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from threading import get_ident
from typing import Protocol

from asset_forge.observability.metrics._instrument import NOBODY, Context, Instrument
from asset_forge.observability.metrics._memory import Cell

_LARGEST = sys.float_info.max


class JoinedWrite(Protocol):
    """What `Histogram.joined` returns."""

    def __call__(
        self, value: float, others_value: float, exemplar: Mapping[str, str] | None = None, /
    ) -> None:
        """Count one of each."""
        ...


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

    def joined(self, other: Histogram, ended: Gauge) -> JoinedWrite:
        """Return a function of a value, one of `other` and an exemplar, which counts them, and one
        less in `ended`: the same as by three calls, for less than half.

        The values of `other` are finite and not negative; all three belong to one registry.
        """
        owner = self._owner if self._owner == other._owner == ended._owner else NOBODY
        bounds, others_bounds = self._bounds, other._bounds
        # What ends in the first bucket, as most does, needs no search. An integer is compared with
        # an integer: with a float it would take as long as the search.
        first, others_first = bounds[0], int(others_bounds[0])
        view = others_view = ended_view = self._view
        at = others_at = ended_at = 0

        def follow() -> None:
            nonlocal view, at, others_view, others_at, ended_view, ended_at
            view, at = self._view, self._index
            others_view, others_at = other._view, other._index
            ended_view, ended_at = ended._view, ended._index

        def write(
            value: float, others_value: float, exemplar: Mapping[str, str] | None = None
        ) -> None:
            try:
                if get_ident() != owner or not 0.0 <= value <= _LARGEST:
                    ended.dec()
                    self.observe(value, exemplar)
                    other.observe(others_value)
                    return
                ended_view[ended_at] -= 1.0
                place = 1 if value <= first else bisect_left(bounds, value) + 1
                view[at + place] += 1.0
                view[at] += value
                others_place = 1
                if others_value > others_first:
                    others_place += bisect_left(others_bounds, float(others_value))
                others_view[others_at + others_place] += 1.0
                others_view[others_at] += others_value
                if exemplar is not None:
                    self._keep_exemplar(place, exemplar, value)
            except Exception as error:  # noqa: BLE001 - the guard decides
                self._context.guard.fault(self._context.name, error)

        with self._context.lock:
            for one in (self, other, ended):
                if one._followers is None:
                    one._followers = []
                one._followers.append(follow)
            follow()
        return write


def _not_negative(value: float) -> float:
    """Return 0 for a negative value; raise `ValueError` for one that is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"observe({value!r}): a histogram takes finite values")
    return max(value, 0.0)
