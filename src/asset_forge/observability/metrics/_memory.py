"""Where the values of the series live: the interface, and the memory of one process."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Protocol, cast

from asset_forge.observability.metrics._declarations import Declaration


@dataclass(slots=True)
class Cell:
    """The values of one series in one place: `width` doubles of `view`, from `index` on."""

    view: memoryview[float]
    index: int
    private: bool = False
    """Whether only this process can see the values, and none of its group."""

    def read(self, width: int) -> list[float]:
        """Return the first `width` values."""
        return cast("list[float]", self.window(width).tolist())

    def window(self, width: int) -> memoryview[float]:
        """Return the first `width` values where they are."""
        return self.view[self.index : self.index + width]

    def move(self, fresh: Cell, width: int) -> None:
        """Become `fresh`, with the `width` values of now."""
        fresh.window(width)[:] = self.window(width)
        self.view, self.index, self.private = fresh.view, fresh.index, fresh.private


class Memory(Protocol):
    """Gives out cells, all zero."""

    def allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        """Return a cell of `declaration.width` doubles for the label values; `None` is for a mark
        of the metric.
        """
        ...


class ProcessMemory:
    """Values that only this process sees."""

    def allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        """Return a cell of its own for each call."""
        return Cell(memoryview(array("d", bytes(8 * declaration.width))), 0, private=True)
