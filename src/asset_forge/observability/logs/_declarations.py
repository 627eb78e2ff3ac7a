"""The metrics that the logs emit."""

from __future__ import annotations

from typing import Protocol

from asset_forge.observability.metrics import CounterDeclaration, Label

from ._levels import LEVEL_NAMES

__all__ = ["LOG_MESSAGES", "Counter", "CounterFamily"]

LOG_MESSAGES = CounterDeclaration(
    "log_messages_total",
    "Log lines that passed their logger's level, whether or not the sink took them.",
    (Label("level", LEVEL_NAMES),),
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
