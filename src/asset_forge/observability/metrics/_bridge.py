"""Metrics that others collect: callables of ours, and the collectors of `prometheus_client` by
their shape.

Nothing of `prometheus_client` is imported. A collector runs in a thread of its own, so that a slow
one does not hold the event loop, and may take `COLLECTOR_SECONDS`; while one is still running it is
not started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, cast

from asset_forge.observability.metrics._exposition import bound, head, label_pairs, number

COLLECTOR_SECONDS = 2.0
"""How long a collector may take before it counts as broken."""

_TEXT_KINDS = {"unknown": "untyped", "stateset": "gauge", "gaugehistogram": "untyped"}


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


@dataclass(slots=True)
class Bridged:
    """A collector that has been added to a registry."""

    name: str
    collector: Collector
    endpoint: str
    running: threading.Thread | None = None

    def collect(self) -> list[Sample | ForeignFamily]:
        """Run the collector to its end, in this thread."""
        collect = getattr(self.collector, "collect", self.collector)
        return list(cast("Callable[[], Iterable[Sample | ForeignFamily]]", collect)())

    async def collect_aside(self) -> list[Sample | ForeignFamily]:
        """Run the collector in a thread of its own. Raises what it raises, or `TimeoutError`."""
        if self.running is not None and self.running.is_alive():
            raise TimeoutError("it is still busy with an earlier scrape")
        loop = asyncio.get_running_loop()
        result: asyncio.Future[list[Sample | ForeignFamily]] = loop.create_future()

        def hand_over(found: list[Sample | ForeignFamily] | None, error: Exception | None) -> None:
            if result.done():
                return
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(found or [])

        def run() -> None:
            found: list[Sample | ForeignFamily] | None = None
            failure: Exception | None = None
            try:
                found = self.collect()
            except Exception as error:  # noqa: BLE001 - handed to the scrape
                failure = error
            self.running = None  # first: with the answer, the next scrape may begin
            with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile
                loop.call_soon_threadsafe(hand_over, found, failure)

        self.running = threading.Thread(
            target=run, name=f"metrics-collector-{self.name}", daemon=True
        )
        self.running.start()
        async with asyncio.timeout(COLLECTOR_SECONDS):
            return await result


def bridge(
    found: Iterable[Sample | ForeignFamily],
    taken: set[str],
    names: Collection[str],
    *,
    openmetrics: bool,
) -> bytes:
    """Write what a collector reported, limited to `names` if there are any, and add its families to
    `taken`.

    Raises `ValueError` if it reports a family that is there already: a reader would refuse the
    whole answer.
    """
    written: list[str] = []
    groups = families(found)
    clashes = sorted({family[0] for family in groups} & taken)
    if clashes:
        raise ValueError(f"it reports {clashes}, which others have reported")
    for family in groups:
        sample_names = {family[0], *(sample.name for sample in family[4])}
        if not names or not sample_names.isdisjoint(names):
            asked = any(name.endswith("_created") for name in names)
            written.append(write(family, openmetrics=openmetrics, created=asked))
    taken.update(family[0] for family in groups)
    return "".join(written).encode("utf-8")


def families(
    found: Iterable[Sample | ForeignFamily],
) -> list[tuple[str, str, str, str, list[ForeignSample]]]:
    """Group what a collector reported into families: name, kind, help, unit, samples."""
    grouped: dict[str, tuple[str, str, str, str, list[ForeignSample]]] = {}
    for one in found:
        if isinstance(one, Sample):
            name = one.name.removesuffix("_total") if one.kind == "counter" else one.name
            family = grouped.setdefault(name, (name, one.kind, one.help, "", []))
            family[4].append(cast("ForeignSample", one))
        elif one.name in grouped:
            raise ValueError(f"it reports {one.name!r} twice")
        else:
            grouped[one.name] = (one.name, one.type, one.documentation, one.unit, list(one.samples))
    return list(grouped.values())


def write(
    family: tuple[str, str, str, str, list[ForeignSample]], *, openmetrics: bool, created: bool
) -> str:
    """Write a family of a collector; `_created` samples only if `created`."""
    name, kind, documentation, unit, samples = family
    shown_kind = kind if openmetrics else _TEXT_KINDS.get(kind, kind)
    lines = [head(name, shown_kind, documentation, unit, openmetrics=openmetrics)]
    for sample in samples:
        if sample.name.endswith("_created") and kind != "gauge" and not created:
            continue
        values = [
            bound(float(value)) if label == "le" else str(value).encode("utf-8", "replace").decode()
            for label, value in sample.labels.items()
        ]
        pairs = label_pairs(list(sample.labels), values)
        braced = f"{{{pairs}}}" if pairs else ""
        when = _when(sample, openmetrics=openmetrics)
        lines.append(f"{sample.name}{braced} {number(float(sample.value))}{when}\n")
    return "".join(lines)


def _when(sample: object, *, openmetrics: bool) -> str:
    """Write a sample's own timestamp: seconds in OpenMetrics, milliseconds in the text format."""
    timestamp = getattr(sample, "timestamp", None)
    if timestamp is None:
        return ""
    seconds = float(timestamp)
    return f" {seconds:.3f}" if openmetrics else f" {int(seconds * 1000)}"
