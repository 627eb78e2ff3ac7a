"""What a metric is, said once: name, help, unit, labels, allowed values, buckets, limits, merge."""

from __future__ import annotations

import enum
import itertools
import math
import re
from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

from asset_forge.observability.metrics._mirror import Mirror

OVERFLOW = "__overflow__"
OTHER = "other"

SERIES_LIMIT = 1000
"""How many label sets a metric holds unless its declaration says otherwise."""

ZERO_LIMIT = 512
"""How many combinations of closed labels a counter starts at 0; beyond it, say `initial`."""

UNITS = frozenset(
    ("seconds", "bytes", "ratio", "usd", "celsius", "meters", "grams", "joules", "volts", "amperes")
)
"""Units that a metric has because its name ends in one, before what its kind adds."""

METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")
_RESERVED_SUFFIXES = ("_bucket", "_count", "_sum", "_created", "_total", "_info")


class DeclarationError(ValueError):
    """A declaration that cannot work; the text lists every fault of it, one a line."""

    def __init__(self, subject: str, faults: list[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"{subject} is not usable:\n" + "\n".join(f"- {fault}" for fault in faults)
        )


class Merge(enum.Enum):
    """How the values of several processes become one.

    `SUM` adds the living processes, `NEWEST` takes the sample that was set last (also from a
    process that has died since), `MIN` and `MAX` take the extreme of the living processes. Counters
    and histograms always add up, over the living and the dead.
    """

    SUM = "sum"
    NEWEST = "newest"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Label:
    """A label and the values that it may have; `values=None` leaves it open, bounded by the series
    limit.
    """

    name: str
    values: tuple[str, ...] | None = None

    def faults(self) -> list[str]:
        """List what is wrong with the name and the values."""
        found: list[str] = []
        if not LABEL_NAME.match(self.name):
            found.append(f"label {self.name!r}: a label name matches [a-zA-Z_][a-zA-Z0-9_]*")
        elif self.name.startswith("__"):
            found.append(
                f"label {self.name!r}: names with two leading underscores belong to Prometheus"
            )
        if self.values is None:
            return found
        if not self.values:
            found.append(
                f"label {self.name!r}: a closed set needs a value; None leaves the label open"
            )
        if len(set(self.values)) != len(self.values):
            found.append(f"label {self.name!r}: a value is listed twice in {self.values!r}")
        return found


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the four kinds of metric have in common; declare one of the subclasses.

    `unit` is taken from the name where that ends in one of `UNITS`.
    """

    name: str
    help: str
    labels: tuple[Label, ...] = ()
    _: KW_ONLY
    endpoint: str = "system"
    unit: str = ""
    series_limit: int = SERIES_LIMIT
    mirror: Mirror | None = None

    kind: ClassVar[str] = ""
    reserved_labels: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        before, _, ending = self.family_name.rpartition("_")
        if not self.unit and before and ending in UNITS and self.kind != "info":
            object.__setattr__(self, "unit", ending)
        faults = self.faults()
        if faults:
            raise DeclarationError(f"{type(self).__name__} {self.name!r}", faults)

    def faults(self) -> list[str]:
        """List everything that is wrong with this declaration."""
        found = list(itertools.chain.from_iterable(label.faults() for label in self.labels))
        if not METRIC_NAME.match(self.name):
            found.append(f"name {self.name!r}: a metric name matches [a-zA-Z_:][a-zA-Z0-9_:]*")
        if not self.help.strip():
            found.append("help: say in a sentence what is measured")
        if not self.endpoint:
            found.append("endpoint: name the scrape endpoint that serves it, such as 'system'")
        if self.series_limit < 1:
            found.append(f"series_limit {self.series_limit}: at least 1")
        names = self.label_names
        if len(set(names)) != len(names):
            found.append(f"labels: a name is declared twice in {names!r}")
        found.extend(
            f"label {name!r}: belongs to the exposition of a {self.kind}"
            for name in names
            if name in self.reserved_labels
        )
        if self.unit and not self.family_name.endswith(f"_{self.unit}"):
            found.append(f"unit {self.unit!r}: the name {self.name!r} has to end in its unit")
        if self.mirror and self.kind not in {"counter", "histogram"}:
            found.append(f"mirror: only counters and histograms mirror another, no {self.kind}")
        elif self.mirror and len(self.mirror.labels) != len(names):
            found.append(f"mirror: name a label of {self.mirror.source!r} for each of {names!r}")
        return found

    @property
    def label_names(self) -> tuple[str, ...]:
        """The label names, in the order that `labels()` takes values."""
        return tuple(label.name for label in self.labels)

    @property
    def family_name(self) -> str:
        """The name without the suffix that the kind adds to its samples."""
        return self.name

    @property
    def sample_names(self) -> frozenset[str]:
        """The names that its samples have."""
        return frozenset((self.name,))

    @property
    def width(self) -> int:
        """How many 8-byte values one series takes."""
        return 1


@dataclass(frozen=True, slots=True)
class CounterDeclaration(Declaration):
    """A count that only rises; the name ends in `_total`.

    `start_at_zero=None` starts every combination at 0 when all labels are closed and there are no
    more than `ZERO_LIMIT` combinations. `initial` names combinations that start at 0, beside those
    or instead of them.
    """

    _: KW_ONLY
    start_at_zero: bool | None = None
    initial: tuple[tuple[str, ...], ...] = ()

    kind: ClassVar[str] = "counter"

    def faults(self) -> list[str]:
        """List everything that is wrong with this declaration."""
        found = Declaration.faults(self)
        if not self.name.endswith("_total") or self.name == "_total":
            found.append(f"name {self.name!r}: a counter's name ends in '_total'")
        size = self._combinations()
        if self.start_at_zero and size is None:
            found.append("start_at_zero: needs labels whose values are all declared")
        if self.start_at_zero and size is not None and size > self.series_limit:
            found.append(
                f"start_at_zero: {size} combinations exceed the series limit {self.series_limit}"
            )
        found.extend(
            f"initial {values!r}: {len(self.labels)} label values are needed"
            for values in self.initial
            if len(values) != len(self.labels)
        )
        found.extend(
            f"initial {values!r}: {value!r} is not among the values of label {label.name!r}"
            for values in self.initial
            for label, value in zip(self.labels, values, strict=False)
            if label.values is not None and value not in label.values
        )
        return found

    def _combinations(self) -> int | None:
        sizes = [len(label.values) for label in self.labels if label.values is not None]
        return math.prod(sizes) if len(sizes) == len(self.labels) else None

    @property
    def family_name(self) -> str:
        """The name without `_total`, as OpenMetrics calls the family."""
        return self.name.removesuffix("_total")

    def starting_series(self) -> tuple[tuple[str, ...], ...]:
        """Return the label sets that exist with the value 0 from the start."""
        size = self._combinations()
        wanted = self.start_at_zero
        if wanted is None:
            wanted = size is not None and size <= min(ZERO_LIMIT, self.series_limit)
        if not wanted:
            return self.initial
        closed = [label.values or () for label in self.labels]
        return (*itertools.product(*closed), *self.initial)


@dataclass(frozen=True, slots=True)
class GaugeDeclaration(Declaration):
    """A value that goes up and down; `merge` says what several processes make of it."""

    _: KW_ONLY
    merge: Merge = Merge.SUM

    kind: ClassVar[str] = "gauge"

    def faults(self) -> list[str]:
        """List everything that is wrong with this declaration."""
        return [*Declaration.faults(self), *_suffix_faults(self)]

    @property
    def width(self) -> int:
        """How many 8-byte values one series takes: value, and when it was set."""
        return 2


@dataclass(frozen=True, slots=True)
class HistogramDeclaration(Declaration):
    """Observations counted into buckets; `buckets` are the finite upper bounds, rising, `+Inf` is
    added.
    """

    _: KW_ONLY
    buckets: tuple[float, ...]

    kind: ClassVar[str] = "histogram"
    reserved_labels: ClassVar[frozenset[str]] = frozenset({"le"})

    def faults(self) -> list[str]:
        """List everything that is wrong with this declaration."""
        found = [*Declaration.faults(self), *_suffix_faults(self)]
        bounds = self.buckets
        if not bounds:
            found.append("buckets: at least one upper bound is needed")
        if not all(math.isfinite(bound) for bound in bounds):
            found.append(f"buckets {bounds!r}: finite numbers only; +Inf is added by itself")
        elif bounds and bounds[0] < 0:
            found.append(
                f"buckets {bounds!r}: from 0 up; a sum of values of both signs is no count"
            )
        elif any(low >= high for low, high in itertools.pairwise(bounds)):
            found.append(f"buckets {bounds!r}: every bound is greater than the one before it")
        return found

    @property
    def sample_names(self) -> frozenset[str]:
        """The names that its samples have."""
        return frozenset(f"{self.name}{ending}" for ending in ("_bucket", "_sum", "_count"))

    @property
    def width(self) -> int:
        """How many 8-byte values one series takes: the sum, each bucket, and `+Inf`."""
        return len(self.buckets) + 2


@dataclass(frozen=True, slots=True)
class InfoDeclaration(Declaration):
    """Facts as labels on the constant 1, such as a version; the name ends in `_info`."""

    kind: ClassVar[str] = "info"

    @property
    def width(self) -> int:
        """How many 8-byte values one series takes: value, and when it was set."""
        return 2

    def faults(self) -> list[str]:
        """List everything that is wrong with this declaration."""
        found = Declaration.faults(self)
        if not self.name.endswith("_info") or self.name == "_info":
            found.append(f"name {self.name!r}: an info's name ends in '_info'")
        return found

    @property
    def family_name(self) -> str:
        """The name without `_info`, as OpenMetrics calls the family."""
        return self.name.removesuffix("_info")


def _suffix_faults(declaration: Declaration) -> list[str]:
    return [
        f"name {declaration.name!r}: the ending {suffix!r} belongs to another kind of sample"
        for suffix in _RESERVED_SUFFIXES
        if declaration.name.endswith(suffix)
    ]
