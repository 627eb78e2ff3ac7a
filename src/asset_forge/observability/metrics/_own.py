"""What a registry counts about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import get_ident

from asset_forge.observability.metrics import _mirroring
from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    DeclarationError,
    Label,
)
from asset_forge.observability.metrics._families import AnyFamily, CounterFamily
from asset_forge.observability.metrics._guard import TelemetryGuard

_SINK = "metrics"

OVERFLOWS = CounterDeclaration(
    "metrics_series_overflow_total",
    "Uses of a metric with label values that were folded into another series.",
    (Label("metric"),),
    endpoint="business",
)
COLLECTOR_ERRORS = CounterDeclaration(
    "metrics_collector_errors_total",
    "Faults while metrics were collected: a collector that failed, a file that could not be read.",
    (Label("collector"),),
    endpoint="business",
)
DROPPED = CounterDeclaration(
    "telemetry_dropped_total",
    "Telemetry that was lost, by the sink that lost it.",
    (Label("sink"),),
    endpoint="business",
    initial=((_SINK,),),
)
SELF_DECLARATIONS: tuple[CounterDeclaration, ...] = (OVERFLOWS, COLLECTOR_ERRORS, DROPPED)
"""A registry adds those that its declarations lack; declare one yourself to change its help or
endpoint.
"""


def complete(declarations: Iterable[Declaration]) -> dict[str, Declaration]:
    """Return the declarations by name, with those of `SELF_DECLARATIONS`; raise `DeclarationError`
    on clashes.
    """
    found: dict[str, Declaration] = {}
    faults: list[str] = []
    for declaration in declarations:
        known = found.setdefault(declaration.name, declaration)
        if known != declaration:
            faults.append(f"{declaration.name!r} is declared twice, and differently")
    for declaration in SELF_DECLARATIONS:
        known = found.setdefault(declaration.name, declaration)
        if (known.kind, known.label_names) != (declaration.kind, declaration.label_names):
            faults.append(
                f"{declaration.name!r} is the registry's: "
                f"a counter with the labels {declaration.label_names!r}"
            )
    faults.extend(_missing_values(found))
    faults.extend(_sample_clashes(found.values()))
    faults.extend(_mirroring.faults(found))
    if faults:
        raise DeclarationError("The set of declarations", faults)
    return found


def _missing_values(declared: Mapping[str, Declaration]) -> list[str]:
    """List what the registry counts in counters of its own whose closed sets lack it."""
    counted = {
        DROPPED.name: {_SINK},
        OVERFLOWS.name: set(declared),
        COLLECTOR_ERRORS.name: {"member", "directory", *declared},
    }
    faults: list[str] = []
    for name, needed in counted.items():
        for label in declared[name].labels:
            missing = needed - set(label.values) if label.values is not None else set[str]()
            if missing:
                lead = f"{name!r}: the registry counts in it, and its label {label.name!r} lacks"
                listed = ", ".join(map(repr, sorted(missing)))
                faults.append(f"{lead} {listed}; add them, or leave the label open")
    return faults


def _sample_clashes(declarations: Iterable[Declaration]) -> list[str]:
    """List the names under which two metrics would write samples or describe themselves."""
    owners: dict[str, str] = {}
    faults: list[str] = []
    for declaration in declarations:
        for name in sorted(declaration.sample_names | {declaration.family_name}):
            owner = owners.setdefault(name, declaration.name)
            if owner != declaration.name:
                faults.append(f"{declaration.name!r} and {owner!r} both write {name!r}")
    return faults


class SelfCounts:
    """Counts overflows, collector errors and dropped telemetry in the registry's own metrics."""

    def __init__(self, *, strict: bool) -> None:
        self.guard = TelemetryGuard(strict=strict, on_fault=self._dropped)
        self._families: Mapping[str, AnyFamily] = {}
        self._counting: set[tuple[int, str]] = set()

    def attach(self, families: Mapping[str, AnyFamily]) -> None:
        """Count in these families from now on."""
        self._families = families

    def overflow(self, metric: str, count: int = 1) -> None:
        """Count uses of `metric` that were folded into another series."""
        self._count(OVERFLOWS.name, metric, count)

    def collector_error(
        self, collector: str, error: Exception | None = None, count: int = 1
    ) -> None:
        """Count faults of a collector, of a member's file (`member`) or of the group's directory
        (`directory`).
        """
        self._count(COLLECTOR_ERRORS.name, collector, count)
        if error is not None:
            message = f"metrics of {collector!r} are left out of a scrape: {error!r}"
            self.guard.warn_once(f"collector {collector}", message)

    def expect(self, collector: str) -> None:
        """Let the faults of a collector start at 0, so that `increase()` sees the first."""
        family = self._families.get(COLLECTOR_ERRORS.name)
        if isinstance(family, CounterFamily):
            family.labels(collector)

    def _dropped(self, subject: str) -> None:
        self._count(DROPPED.name, _SINK, 1)

    def _count(self, name: str, value: str, count: int) -> None:
        """Count, unless that is what this thread is at: a fault of the counting is not counted."""
        family = self._families.get(name)
        place = (get_ident(), name)
        if place in self._counting or not isinstance(family, CounterFamily):
            return
        self._counting.add(place)
        try:
            family.labels(value).inc(count)
        finally:
            self._counting.discard(place)
