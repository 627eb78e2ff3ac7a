"""The families that generation, queue and providers move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asset_forge import catalog
from asset_forge.observability.metrics import (
    CounterFamily,
    GaugeFamily,
    HistogramFamily,
    Registry,
)


@dataclass(frozen=True, slots=True)
class GenerationMetrics:
    """The families that the pipeline and the provider door move."""

    generations: CounterFamily
    duration: HistogramFamily
    errors: CounterFamily
    in_progress: GaugeFamily
    queue_depth: GaugeFamily
    queue_oldest: GaugeFamily
    calls: CounterFamily
    latency: HistogramFamily
    tokens: CounterFamily
    cost: CounterFamily
    request_errors: CounterFamily
    retries: CounterFamily
    breakers: GaugeFamily

    @classmethod
    def of(cls, registry: Registry) -> GenerationMetrics:
        """Take the families from a registry that holds the catalog."""
        return cls(
            generations=registry.counter(catalog.GENERATIONS),
            duration=registry.histogram(catalog.GENERATION_DURATION),
            errors=registry.counter(catalog.GENERATION_ERRORS),
            in_progress=registry.gauge(catalog.IN_PROGRESS),
            queue_depth=registry.gauge(catalog.QUEUE_DEPTH),
            queue_oldest=registry.gauge(catalog.QUEUE_OLDEST),
            calls=registry.counter(catalog.AI_CALLS),
            latency=registry.histogram(catalog.AI_LATENCY),
            tokens=registry.counter(catalog.AI_TOKENS),
            cost=registry.counter(catalog.AI_COST),
            request_errors=registry.counter(catalog.AI_ERRORS),
            retries=registry.counter(catalog.AI_RETRIES),
            breakers=registry.gauge(catalog.AI_BREAKER),
        )

    def expect_calls(self, provider: str, models: Iterable[str | None]) -> None:
        """Let the calls of a provider that is configured start at 0, for each of its models: the
        catalog does not know them, and `increase()` would not see a first failure.
        """
        for model in filter(None, models):
            for status in ("success", "failure"):
                self.calls.labels(provider, model, status)
