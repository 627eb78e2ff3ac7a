"""A metric that repeats what another one counts: an event is counted once, and read twice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mirror:
    """Where a counter or histogram has its counts from, beside what is counted in it directly.

    `source` names a histogram. A counter mirrors how often it was observed, a histogram its sum and
    buckets: its bounds are among those of the source. `labels` names for each label of the mirror,
    in order, the label of the source that it is taken from; what the mirror has no label for adds
    up.
    """

    source: str
    labels: tuple[str, ...]
