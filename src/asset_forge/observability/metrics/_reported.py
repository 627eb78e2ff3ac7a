"""What a collector reports: its shape, and whether a reader could make sense of it.

A reader refuses a whole answer for one line that it does not understand, so everything that a
report says is checked, by the rules of https://prometheus.io/docs/specs/om/open_metrics_spec/.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from asset_forge.observability.metrics._declarations import METRIC_NAME, Label
from asset_forge.observability.metrics._exposition import SUFFIXES, bound, exemplar_text


@dataclass(frozen=True, slots=True)
class Sample:
    """One value that a collector reports; samples of one `name` follow each other.

    `kind` is counter or gauge.
    """

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    help: str = ""
    kind: str = "gauge"


class ForeignSample(Protocol):
    """A sample as `prometheus_client` has it."""

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def value(self) -> float: ...


class ForeignFamily(Protocol):
    """A metric family as `prometheus_client` has it."""

    @property
    def name(self) -> str: ...
    @property
    def documentation(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def samples(self) -> Sequence[ForeignSample]: ...


class ForeignCollector(Protocol):
    """A collector as `prometheus_client` has it."""

    def collect(self) -> Iterable[ForeignFamily]:
        """Return the families."""
        ...


Collector = Callable[[], Iterable[Sample | ForeignFamily]] | ForeignCollector

_OWN_KINDS = ("counter", "gauge")
_WHOLE = ("_bucket", "_count", "_gcount")
_NEVER_FALLING = ("_total", "_sum", *_WHOLE)
_EXEMPLARS = {"counter": "_total", "histogram": "_bucket", "gaugehistogram": "_bucket"}
_APART = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}
"""The label that tells apart the samples of one point of a family."""

_EXEMPLAR_LIMIT = 128
"""Characters that OpenMetrics allows for the names and values of an exemplar's labels."""

_LATEST = 1e12
"""Seconds; beyond it a timestamp is no time, and its milliseconds leave 64 bits in some readers."""


@dataclass(slots=True)
class Row:
    """One sample that has been checked; `point` is what it shares with those that belong to it."""

    suffix: str
    labels: Mapping[str, str]
    value: float
    when: float | None
    exemplar: str
    series: frozenset[tuple[str, str]]
    point: frozenset[tuple[str, str]]


@dataclass(slots=True)
class Reported:
    """A family as a collector reported it."""

    name: str
    kind: str
    help: str
    unit: str
    samples: list[ForeignSample | Sample]

    def check(self) -> None:
        """Raise `ValueError` unless the family itself can be written; its samples are another
        matter.
        """
        if not METRIC_NAME.match(self.name):
            raise ValueError(f"it reports the name {self.name!r}, which is none")
        if self.kind not in SUFFIXES:
            raise ValueError(f"{self.name}: there is no kind {self.kind!r}")

    def is_among(self, names: Collection[str]) -> bool:
        """Say whether one of its samples, or the family, has one of these names."""
        return self.name in names or any(sample.name in names for sample in self.samples)

    def row(self, sample: ForeignSample | Sample) -> Row:
        """Return a sample as it is to be written; raise `ValueError` if it cannot be."""
        suffix = sample.name.removeprefix(self.name)
        if suffix not in SUFFIXES[self.kind] or f"{self.name}{suffix}" != sample.name:
            raise ValueError(f"{self.name}: no sample of a {self.kind} is named {sample.name!r}")
        apart = _APART.get(self.kind) if suffix in {"", "_bucket"} else None
        labels = {name: _label(name, value, apart) for name, value in sample.labels.items()}
        value = float(sample.value)
        self._check_value(suffix, labels, value)
        when = _moment(getattr(sample, "timestamp", None))
        exemplar = _exemplar(sample) if _EXEMPLARS.get(self.kind) == suffix else ""
        series = frozenset(labels.items())
        return Row(
            suffix, labels, value, when, exemplar, series, self._point(labels, series, apart)
        )

    def check_point(self, rows: Sequence[Row]) -> None:
        """Raise `ValueError` if samples that belong together do not fit each other."""
        if len(rows) > 1 and any(row.when != rows[0].when for row in rows):
            raise ValueError(f"{self.name}: samples that belong together have several timestamps")
        if self.kind in {"histogram", "gaugehistogram"}:
            _check_buckets(self.name, rows)

    def _point(
        self, labels: Mapping[str, str], series: frozenset[tuple[str, str]], apart: str | None
    ) -> frozenset[tuple[str, str]]:
        if self.kind == "info":
            return frozenset()
        if self.kind == "stateset":
            apart = self.name
        if apart is None or apart not in labels:
            return series
        return series - {(apart, labels[apart])}

    def _check_value(self, suffix: str, labels: Mapping[str, str], value: float) -> None:
        what = f"{self.name}{suffix} has the value {value}"
        if suffix in _NEVER_FALLING and not value >= 0.0:
            raise ValueError(f"{what}: a count is a number from 0 up")
        if suffix in _WHOLE and not value.is_integer():
            raise ValueError(f"{what}: a count of observations is a whole number")
        if suffix == "_gsum" and math.isnan(value):
            raise ValueError(f"{what}: a sum is a number")
        match self.kind:
            case "info" if value != 1.0:
                raise ValueError(f"{what}: an info has the value 1")
            case "stateset" if value not in {0.0, 1.0} or self.name not in labels:
                raise ValueError(f"{what}: a state is 0 or 1, and named by the label {self.name!r}")
            case "summary" if suffix == "":
                if not 0.0 <= float(labels.get("quantile", "-1")) <= 1.0 or value < 0.0:
                    raise ValueError(f"{what}: a quantile is from 0 to 1, and its value from 0 up")
            case "histogram" | "gaugehistogram" if suffix == "_bucket":
                if labels.get("le", "NaN") == "NaN":
                    raise ValueError(f"{what}: a bucket has its bound in the label 'le'")
            case _:
                pass


def gather(found: Iterable[Sample | ForeignFamily]) -> list[Reported]:
    """Group what a collector reported into families."""
    grouped: dict[str, Reported] = {}
    for one in found:
        if isinstance(one, Sample):
            if one.kind not in _OWN_KINDS:
                raise ValueError(f"{one.name}: a sample is a counter or gauge, no {one.kind!r}")
            name = one.name.removesuffix("_total") if one.kind == "counter" else one.name
            family = grouped.setdefault(name, Reported(name, one.kind, one.help, "", []))
            family.samples.append(one)
        elif one.name in grouped:
            raise ValueError(f"it reports {one.name!r} twice")
        else:
            kind = "unknown" if one.type == "untyped" else one.type
            unit = "" if kind in {"info", "stateset"} else one.unit
            grouped[one.name] = Reported(one.name, kind, one.documentation, unit, list(one.samples))
    return list(grouped.values())


@lru_cache(maxsize=1024)
def _check_label(name: str) -> None:
    faults = Label(name).faults()
    if faults:
        raise ValueError(faults[0])


def _label(name: str, value: object, apart: str | None) -> str:
    """Return a label's value as it is to be written, a bound as Prometheus stores it."""
    _check_label(name)
    if name == apart:
        return bound(float(str(value)))
    text = value if isinstance(value, str) else str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _moment(timestamp: object) -> float | None:
    """Return a timestamp in seconds, exact to the millisecond."""
    if timestamp is None:
        return None
    seconds = float(timestamp)  # pyright: ignore[reportArgumentType] - raises if it is no number
    if not 0.0 <= seconds < _LATEST:
        raise ValueError(f"a timestamp is in seconds since 1970, not {timestamp!r}")
    return round(seconds, 3)


def _exemplar(sample: object) -> str:
    """Return the text of the exemplar that a sample of `prometheus_client` may have."""
    exemplar: object = getattr(sample, "exemplar", None)
    if exemplar is None:
        return ""
    found: Mapping[str, object] = getattr(exemplar, "labels", {})
    labels = {name: _label(name, value, None) for name, value in found.items()}
    if sum(len(name) + len(value) for name, value in labels.items()) > _EXEMPLAR_LIMIT:
        raise ValueError(f"an exemplar has up to {_EXEMPLAR_LIMIT} characters, not {labels!r}")
    value = float(getattr(exemplar, "value", math.nan))
    return exemplar_text(labels, value, _moment(getattr(exemplar, "timestamp", None)))


def _check_buckets(name: str, rows: Sequence[Row]) -> None:
    """Raise `ValueError` unless these rows are one complete histogram."""
    buckets = [(float(row.labels["le"]), row.value) for row in rows if row.suffix == "_bucket"]
    rest = {row.suffix: row.value for row in rows if row.suffix != "_bucket"}
    count = rest.get("_count", rest.get("_gcount"))
    total = rest.get("_sum", rest.get("_gsum"))
    for (low, fewer), (high, more) in itertools.pairwise(buckets):
        if low >= high or fewer > more:
            raise ValueError(f"{name}: the buckets rise, and what they count does")
    if not buckets or buckets[-1][0] != math.inf:
        raise ValueError(f"{name}: a histogram has a bucket for le='+Inf'")
    if (count is None) != (total is None) or (count is not None and count != buckets[-1][1]):
        raise ValueError(f"{name}: a histogram has a sum, and a count that is its last bucket")
    negative = buckets[0][0] < 0.0
    if total is not None and ("_sum" in rest if negative else total < 0.0):
        raise ValueError(f"{name}: a sum of values of both signs is no count")
