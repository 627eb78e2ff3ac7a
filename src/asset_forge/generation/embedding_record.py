"""Requests for embeddings, counted as those of generations are."""

from __future__ import annotations

from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import Prices
from asset_forge.generation.providers.base import Usage


class EmbeddingRecord:
    """Counts calls, seconds, tokens and dollars of one provider's model of embeddings."""

    def __init__(
        self, metrics: GenerationMetrics, prices: Prices, *, provider: str, model: str
    ) -> None:
        self._metrics = metrics
        self._prices = prices
        self._labels = (provider, model)

    def __call__(self, *, seconds: float, tokens: int, succeeded: bool) -> None:
        """Count one request."""
        status = "success" if succeeded else "failure"
        self._metrics.calls.labels(*self._labels, status).inc()
        self._metrics.latency.labels(*self._labels).observe(seconds)
        if tokens:
            usd = self._prices.cost(*self._labels, Usage(prompt_tokens=tokens))
            self._metrics.tokens.labels(*self._labels, "prompt").inc(tokens)
            self._metrics.cost.labels(*self._labels).inc(usd)
