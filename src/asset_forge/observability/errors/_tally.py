"""What was seen of one fault and is not written yet."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from ._model import Occurrence

__all__ = ["Sample", "Tally"]

_encode = msgspec.json.Encoder().encode


@dataclass(slots=True, eq=False)
class Sample:
    """One event as JSON, and how many occurrences its process left out before it."""

    fingerprint: str
    seen_at: float
    event: bytes
    left_out: int = 0
    handed_out: bool = False  # to those who wait for the decision, before there was one


@dataclass(slots=True)
class Tally:
    """The newest occurrence of a fault, how many there were, since when, and some events."""

    newest: Occurrence
    count: int
    first_seen: float
    samples: list[Sample] = field(default_factory=list[Sample])

    def add(self, occurrence: Occurrence, max_samples: int) -> None:
        """Count one more; of the samples the last ``max_samples`` stay."""
        self.count += 1
        if occurrence.seen_at >= self.newest.seen_at:
            self.newest = occurrence
        if occurrence.event is not None:
            self.samples.append(sample_of(occurrence, occurrence.event))
            del self.samples[:-max_samples]

    def merge(self, older: Tally, max_samples: int) -> None:
        """Add what was seen before."""
        self.count += older.count
        self.first_seen = min(self.first_seen, older.first_seen)
        self.samples[:0] = older.samples
        del self.samples[:-max_samples]


def sample_of(occurrence: Occurrence, event: object) -> Sample:
    """The occurrence's event, in the form in which it waits and is kept."""
    return Sample(occurrence.fingerprint, occurrence.seen_at, _encode(event), occurrence.left_out)
