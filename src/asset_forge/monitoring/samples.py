"""An exposition in the text format 0.0.4, read strictly: a line that is none is a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

_LINE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)"
    r"(?:\{(?P<labels>.*)\})?"
    r"[ \t]+(?P<value>\S+)(?:[ \t]+-?\d+)?[ \t]*"
)
_LABEL = re.compile(
    r'[ \t]*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"(?P<value>(?:[^"\\]|\\[\\"n])*)"'
    r"[ \t]*(?:,|\Z)"
)
_ESCAPE = re.compile(r'\\([\\"n])')
_SHOWN_CHARACTERS = 100


class ExpositionError(ValueError):
    """A text that is no exposition; the message names the line."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: a series and its value."""

    name: str
    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of one exposition, by name."""

    by_name: Mapping[str, list[Sample]] = field(default_factory=dict[str, list[Sample]])

    def of(self, name: str, **labels: str) -> Iterator[Sample]:
        """Give the samples of a name that carry these labels."""
        for sample in self.by_name.get(name, ()):
            if all(sample.labels.get(label) == value for label, value in labels.items()):
                yield sample

    def value(self, name: str, **labels: str) -> float | None:
        """Return the value of the first such sample, or None."""
        return next((sample.value for sample in self.of(name, **labels)), None)

    def total(self, name: str, **labels: str) -> float:
        """Return the sum of such samples; 0 where there is none."""
        return sum(sample.value for sample in self.of(name, **labels))

    def sums(self, name: str, *by: str, **labels: str) -> dict[tuple[str, ...], float]:
        """Return the sums of such samples by the values of the labels `by`."""
        found: dict[tuple[str, ...], float] = {}
        for sample in self.of(name, **labels):
            key = tuple(sample.labels.get(label, "") for label in by)
            found[key] = found.get(key, 0.0) + sample.value
        return found


def read_samples(text: str) -> Samples:
    """Read an exposition; comments are skipped, timestamps dropped.

    Raises:
        ExpositionError: A line is neither a comment nor a sample.
    """
    by_name: dict[str, list[Sample]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip(" \t\r") or line.startswith("#"):
            continue
        sample = _sample(line.rstrip("\r"), number)
        by_name.setdefault(sample.name, []).append(sample)
    return Samples(by_name)


def _sample(line: str, number: int) -> Sample:
    match = _LINE.fullmatch(line)
    if match is None:
        raise _fault(line, number)
    try:
        # "NaN", "+Inf" and "-Inf" are among what float() reads; "1_0" is not among what is written.
        value = float(match["value"].replace("_", "?"))
    except ValueError:
        raise _fault(line, number) from None
    return Sample(match["name"], _labels(match["labels"] or "", line, number), value)


def _labels(text: str, line: str, number: int) -> dict[str, str]:
    labels: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _LABEL.match(text, at)
        if match is None:
            raise _fault(line, number)
        value = match["value"]
        labels[match["name"]] = _ESCAPE.sub(_unescaped, value) if "\\" in value else value
        at = match.end()
    return labels


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] == "n" else match[1]


def _fault(line: str, number: int) -> ExpositionError:
    return ExpositionError(f"line {number} is no sample: {line[:_SHOWN_CHARACTERS]!r}")
