"""Two things measured in turn, so that what the machine does meanwhile falls on both."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pairs:
    """Measurements of a thing and of its reference, taken in pairs next to each other."""

    reference: list[float]
    measured: list[float]

    @property
    def value(self) -> float:
        """The median of what was measured."""
        return statistics.median(self.measured)

    @property
    def against(self) -> float:
        """The median of the reference."""
        return statistics.median(self.reference)

    @property
    def ratio(self) -> float:
        """The median of the ratios, pair by pair."""
        return statistics.median(self._ratios())

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles of the ratios."""
        ratios = sorted(self._ratios())
        return ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]

    @property
    def difference(self) -> float:
        """The median of the differences, pair by pair."""
        pairs = zip(self.measured, self.reference, strict=True)
        return statistics.median(own - other for own, other in pairs)

    def extend(self, more: Pairs) -> None:
        """Add the pairs of another run."""
        self.reference.extend(more.reference)
        self.measured.extend(more.measured)

    def _ratios(self) -> list[float]:
        pairs = zip(self.measured, self.reference, strict=True)
        return [own / other for own, other in pairs]


def alternate(reference: Callable[[], float], measured: Callable[[], float], rounds: int) -> Pairs:
    """Measure both `rounds` times; each goes first every other time."""
    found = Pairs([], [])
    for turn in range(rounds):
        if turn % 2:
            found.measured.append(measured())
            found.reference.append(reference())
        else:
            found.reference.append(reference())
            found.measured.append(measured())
    return found
