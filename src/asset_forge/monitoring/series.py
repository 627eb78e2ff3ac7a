"""Selections of series, declared once: written as PromQL for rules, summed over a scrape here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from asset_forge.monitoring.samples import Sample, Samples


@dataclass(frozen=True, slots=True)
class Matcher:
    """A condition on one label, as PromQL writes it; patterns match the whole value.

    The patterns in use are the same to RE2 and to Python.
    """

    label: str
    operator: Literal["=", "!=", "=~", "!~"]
    value: str

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"')
        return f'{self.label}{self.operator}"{value}"'

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Say whether a series with these labels is meant; a label that is not there is empty."""
        value = labels.get(self.label, "")
        equal = (
            value == self.value
            if self.operator in ("=", "!=")
            else re.fullmatch(self.value, value) is not None
        )
        return equal != self.operator.startswith("!")


@dataclass(frozen=True, slots=True)
class Series:
    """The series of a counter that all matchers hold for; their sum is a number of events."""

    name: str
    matchers: tuple[Matcher, ...] = ()

    def __str__(self) -> str:
        conditions = ",".join(map(str, self.matchers))
        return f"{self.name}{{{conditions}}}" if conditions else self.name

    def rate(self, window: str) -> str:
        """Return PromQL of these events per second, all in one series."""
        return f"sum(rate({self}[{window}]))"

    def samples(self, scrape: Samples) -> Iterator[Sample]:
        """Give these series as they are in a scrape."""
        for sample in scrape.of(self.name):
            if all(matcher.holds(sample.labels) for matcher in self.matchers):
                yield sample

    def count(self, scrape: Samples) -> float:
        """Return the number of these events in a scrape."""
        return sum(sample.value for sample in self.samples(scrape))
