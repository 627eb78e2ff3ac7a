"""The metrics that error tracking emits, and the one for what any telemetry sink lost."""

from __future__ import annotations

from typing import Literal, Protocol, get_args

from asset_forge.observability.metrics import CounterDeclaration, Label

__all__ = [
    "ERRORS_CAPTURED",
    "SEVERITIES",
    "TELEMETRY_DROPPED",
    "Counter",
    "CounterFamily",
    "Severity",
]

Severity = Literal["critical", "error", "warning"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)

ERRORS_CAPTURED = CounterDeclaration(
    "errors_captured_total",
    "Errors captured, each once, whether or not the limit a minute left their event out.",
    (Label("severity", SEVERITIES),),
    endpoint="business",
)

TELEMETRY_DROPPED = CounterDeclaration(
    "telemetry_dropped_total",
    "Lines, events and spans that a slow, full or failing sink lost, "
    "and values that a metric refused.",
    (Label("sink", ("log", "errors", "sentry", "traces", "metrics")),),
    endpoint="business",
)


class Counter(Protocol):
    """What is needed of one series."""

    def inc(self, amount: float = 1, /) -> None:
        """Add ``amount``."""


class CounterFamily(Protocol):
    """What is needed of a counter of the metrics registry."""

    def labels(self, *values: str) -> Counter:
        """The series of these label values."""
        ...
