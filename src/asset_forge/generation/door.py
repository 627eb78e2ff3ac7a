"""The one door to the providers: every operation asked of one is timed, counted and remembered."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from asset_forge.clock import Clock
from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.providers.base import Provider, ProviderRequest, ProviderResult
from asset_forge.observability.tracing import generation_attributes, span

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last operation of a provider ended; `error_type` is None after a success."""

    at: datetime
    error_type: ErrorType | None


class ProviderDoor:
    """Calls providers. Nothing else in the service does."""

    def __init__(self, metrics: GenerationMetrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock
        self._last: dict[str, Outcome] = {}

    @property
    def last_outcomes(self) -> Mapping[str, Outcome]:
        """The last outcome of each provider that was called since the start."""
        return self._last

    async def generate(self, provider: Provider, request: ProviderRequest) -> ProviderResult:
        """Ask a provider for an asset; count the call, its latency, its tokens and its failure.

        A call that is cancelled from within, as at a shutdown, is counted as neither.

        Raises:
            GenerationFailed: As the provider raised it.
        """
        model = provider.model_for(request.type) or "none"
        started = time.perf_counter()
        attributes = generation_attributes(provider.name, model=model)
        attributes["asset_forge.job.id"] = request.generation_id
        try:
            with span(f"generate_content {model}", "client", attributes, phase="ai") as call:
                result = await provider.generate(request)
                call.set("gen_ai.usage.input_tokens", result.usage.prompt_tokens)
                call.set("gen_ai.usage.output_tokens", result.usage.completion_tokens)
        except Exception as error:
            failure = error.type if isinstance(error, GenerationFailed) else ErrorType.INTERNAL
            self._count(provider.name, model, "failure", time.perf_counter() - started)
            self._last[provider.name] = Outcome(self._clock(), failure)
            raise
        self._count(provider.name, model, "success", time.perf_counter() - started)
        self._last[provider.name] = Outcome(self._clock(), None)
        tokens = self._metrics.tokens
        if result.usage.prompt_tokens:
            tokens.labels(provider.name, model, "prompt").inc(result.usage.prompt_tokens)
        if result.usage.completion_tokens:
            tokens.labels(provider.name, model, "completion").inc(result.usage.completion_tokens)
        return result

    def _count(self, provider: str, model: str, status: str, seconds: float) -> None:
        _log.info(
            "provider call ended",
            provider=provider,
            model=model,
            outcome=status,
            durationSeconds=round(seconds, 6),
        )
        self._metrics.calls.labels(provider, model, status).inc()
        self._metrics.latency.labels(provider, model).observe(seconds)
