"""Requests for embeddings: counted as those of generations are, and held by the same limit."""

from __future__ import annotations

from typing import Final

from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import Prices
from asset_forge.generation.providers.base import Usage
from asset_forge.generation.spending import Spending, SpendLimitReached

_SETTLED_USD: Final = 0.0001
"""A search costs far less than a millionth of a dollar, the unit that a day's spending is kept in,
and shall not write to the database; a batch of assets comes to this much."""


class EmbeddingAccount:
    """Counts calls, seconds, tokens and dollars of one provider's model of embeddings.

    What they cost is added to the day by hundredths of a cent; a process that ends loses less.
    """

    def __init__(
        self,
        metrics: GenerationMetrics,
        prices: Prices,
        spending: Spending,
        *,
        provider: str,
        model: str,
    ) -> None:
        self._metrics = metrics
        self._prices = prices
        self._spending = spending
        self._provider = provider
        self._labels = (provider, model)
        self._owed_usd = 0.0

    async def refusal(self) -> str | None:
        """Say why nothing may be sent: the day's limit on spending; None where it may."""
        try:
            await self._spending.check()
        except SpendLimitReached as reached:
            return reached.message
        return None

    async def record(self, *, seconds: float, tokens: int, succeeded: bool) -> None:
        """Count one request."""
        status = "success" if succeeded else "failure"
        self._metrics.calls.labels(*self._labels, status).inc()
        self._metrics.latency.labels(*self._labels).observe(seconds)
        if not tokens:
            return
        usd = self._prices.cost(*self._labels, Usage(prompt_tokens=tokens))
        self._metrics.tokens.labels(*self._labels, "prompt").inc(tokens)
        self._metrics.cost.labels(*self._labels).inc(usd)
        self._owed_usd += usd
        if self._owed_usd >= _SETTLED_USD:
            await self._settle()

    async def _settle(self) -> None:
        usd, self._owed_usd = self._owed_usd, 0.0
        settled = False
        try:
            await self._spending.charge(self._provider, usd)
            settled = True
        finally:
            if not settled:  # also where the search that it was for waits no longer
                self._owed_usd += usd
