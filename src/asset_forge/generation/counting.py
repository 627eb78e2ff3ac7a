"""What one operation of a provider moves: metrics, log, trace and breadcrumbs."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import Prices
from asset_forge.generation.providers.base import Usage
from asset_forge.generation.steps import AddBreadcrumb
from asset_forge.observability.tracing import Span, current_exemplar

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class OperationCount:
    """The counts of one operation, under the provider and model that it was asked of."""

    metrics: GenerationMetrics
    prices: Prices
    add_breadcrumb: AddBreadcrumb
    provider: str
    model: str
    retries: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0

    def failed(self, failure: GenerationFailed) -> None:
        """Count a request that failed."""
        self.metrics.request_errors.labels(self.provider, failure.type.value).inc()
        self.add_breadcrumb(
            "provider request failed",
            {"provider": self.provider, "errorType": failure.type.value},
        )
        _log.warning(
            "provider request failed",
            provider=self.provider,
            model=self.model,
            errorType=failure.type.value,
            reason=failure.message,
        )

    def repeated(self) -> None:
        """Count a request that is sent again."""
        self.retries += 1
        self.metrics.retries.labels(self.provider).inc()

    def price(self, usage: Usage, model: str | None) -> float:
        """Return the price of what was used, in US dollars."""
        return self.prices.cost(self.provider, model or self.model, usage)

    def used(self, usage: Usage, model: str | None, usd: float) -> None:
        """Count what was used and what it cost."""
        model = model or self.model
        self.prompt_tokens += usage.prompt_tokens
        self.completion_tokens += usage.completion_tokens
        self.usd += usd
        tokens = self.metrics.tokens
        if usage.prompt_tokens:
            tokens.labels(self.provider, model, "prompt").inc(usage.prompt_tokens)
        if usage.completion_tokens:
            tokens.labels(self.provider, model, "completion").inc(usage.completion_tokens)
        if usd > 0:
            self.metrics.cost.labels(self.provider, model).inc(usd)

    def describe(self, call: Span, requests: int) -> None:
        """Set what is known at the end on the operation's span."""
        call.set("gen_ai.usage.input_tokens", self.prompt_tokens)
        call.set("gen_ai.usage.output_tokens", self.completion_tokens)
        call.set("asset_forge.requests", requests)
        call.set("asset_forge.cost_usd", round(self.usd, 6))

    def ended(self, error: Exception | None, seconds: float, requests: int) -> None:
        """Count the operation's end, after so many seconds and requests."""
        status = "success" if error is None else "failure"
        self.metrics.calls.labels(self.provider, self.model, status).inc()
        latency = self.metrics.latency.labels(self.provider, self.model)
        latency.observe(seconds, current_exemplar())
        details: dict[str, object] = {
            "provider": self.provider,
            "model": self.model,
            "outcome": status,
            "durationSeconds": round(seconds, 6),
            "requests": requests,
            "retries": self.retries,
            "costUsd": round(self.usd, 6),
        }
        if error is not None:
            kind = error.type if isinstance(error, GenerationFailed) else ErrorType.INTERNAL
            details["errorType"] = kind.value
        _log.info("provider call ended", **details)
        self.add_breadcrumb(
            f"provider call: {status}", {"provider": self.provider, "model": self.model}
        )
