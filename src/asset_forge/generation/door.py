"""The one door to the providers: every operation asked of one is timed, counted and remembered.

An operation is one asset, or one prompt expanded, however many requests it takes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import structlog

from asset_forge.assets import GeneratedAssets
from asset_forge.clock import Clock
from asset_forge.generation.breaker import CircuitBreaker, State
from asset_forge.generation.calls import CallParts, ClaimedCalls
from asset_forge.generation.claims import Claims
from asset_forge.generation.classification import Classifier
from asset_forge.generation.counting import OperationCount
from asset_forge.generation.downloads import Downloads
from asset_forge.generation.failures import (
    PROVIDER_FAULTS,
    ErrorType,
    GenerationCancelled,
    GenerationFailed,
)
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import Prices
from asset_forge.generation.providers.base import (
    Calls,
    Expander,
    Provider,
    ProviderRequest,
    ProviderResult,
)
from asset_forge.generation.retries import RetryPolicy
from asset_forge.generation.sending import Operation
from asset_forge.generation.spending import Spending
from asset_forge.generation.steps import AddBreadcrumb
from asset_forge.observability.tracing import AttributeValue, generation_attributes, span

T = TypeVar("T")

_FREE = "procedural"
"""The provider that sends nothing and costs nothing."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last operation of a provider ended; `error_type` is None after a success."""

    at: datetime
    error_type: ErrorType | None

    @property
    def is_providers_fault(self) -> bool:
        """Whether it says that something is wrong with the provider, and not with a request."""
        return self.error_type in PROVIDER_FAULTS


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits, in seconds: of one request, of all of an operation, of an open breaker."""

    request_seconds: float = 180.0
    operation_seconds: float = 900.0
    breaker_seconds: float = 30.0
    retries: RetryPolicy = field(default_factory=RetryPolicy)


@dataclass(frozen=True, slots=True)
class DoorParts:
    """What the door works with. `redact` strikes secrets out of what vendors say."""

    metrics: GenerationMetrics
    clock: Clock
    claims: Claims
    spending: Spending
    prices: Prices
    assets: GeneratedAssets
    downloads: Downloads
    redact: Callable[[str], str]
    is_cancelled: Callable[[str], Awaitable[bool]]
    add_breadcrumb: AddBreadcrumb


class ProviderDoor:
    """Calls providers. Nothing else in the service does."""

    def __init__(
        self,
        parts: DoorParts,
        providers: tuple[str, ...],
        limits: Limits,
        *,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._parts = parts
        self._limits = limits
        self._random = random
        self._last: dict[str, Outcome] = {}
        self.breakers: Mapping[str, CircuitBreaker] = {
            name: CircuitBreaker(
                name, open_seconds=limits.breaker_seconds, on_change=self._breaker_teller(name)
            )
            for name in providers
            if name != _FREE
        }
        for name in self.breakers:
            parts.metrics.breakers.labels(name).set(State.CLOSED.value)

    @property
    def last_outcomes(self) -> Mapping[str, Outcome]:
        """The last outcome of each provider that was called since the start."""
        return self._last

    async def generate(
        self, provider: Provider, request: ProviderRequest, *, run: int
    ) -> ProviderResult:
        """Ask a provider for an asset, as the job's run of this number.

        Raises:
            GenerationFailed: As the provider raised it, or since it is left alone for a while.
            GenerationCancelled: The job's owner asked for its end.
        """
        model = provider.model_for(request.type) or "none"
        attributes = generation_attributes(provider.name, model=model)
        return await self._operate(
            (provider.name, model, "generate_content"),
            request.generation_id,
            run,
            attributes,
            lambda calls: provider.generate(request, calls),
        )

    async def expand(self, expander: Expander, request: ProviderRequest, *, run: int) -> str:
        """Ask a language model for a longer prompt; raises what `generate` does."""
        attributes = generation_attributes(expander.name, model=expander.model, operation="chat")
        return await self._operate(
            (expander.name, expander.model, "chat"),
            request.generation_id,
            run,
            attributes,
            lambda calls: expander.expand(request, calls),
        )

    async def close(self) -> None:
        """Close the connections for downloads."""
        await self._parts.downloads.close()

    async def _operate(
        self,
        what: tuple[str, str, str],
        generation_id: str,
        run: int,
        attributes: dict[str, AttributeValue],
        work: Callable[[Calls], Awaitable[T]],
    ) -> T:
        """Do one operation; count its end, unless it is cancelled or was never begun."""
        name, model, operation = what
        breaker = self.breakers.get(name)
        if name != _FREE:
            await self._parts.spending.check()
        if breaker is not None:
            breaker.admit()
        attributes["asset_forge.job.id"] = generation_id
        count = OperationCount(
            self._parts.metrics, self._parts.prices, self._parts.add_breadcrumb, name, model
        )
        calls = self._calls(Operation(
            generation_id,
            run,
            name,
            self._limits.request_seconds,
            self._limits.operation_seconds,
        ), count)  # fmt: skip
        started = time.perf_counter()
        try:
            with span(f"{operation} {model}", "client", attributes, phase="ai") as call:
                try:
                    result = await work(calls)
                finally:
                    count.describe(call, calls.requests)
        except BaseException as error:
            seconds = time.perf_counter() - started
            self._ended(name, breaker, error)
            if isinstance(error, Exception) and not isinstance(error, GenerationCancelled):
                count.ended(error, seconds, calls.requests)
            raise
        if breaker is not None:
            breaker.succeeded()
        self._last[name] = Outcome(self._parts.clock(), None)
        count.ended(None, time.perf_counter() - started, calls.requests)
        return result

    def _calls(self, operation: Operation, count: OperationCount) -> ClaimedCalls:
        parts = self._parts
        return ClaimedCalls(
            operation,
            CallParts(
                claims=parts.claims,
                assets=parts.assets,
                downloads=parts.downloads,
                classify=Classifier(operation.provider, redact=parts.redact, now=parts.clock),
                retries=self._limits.retries,
                random=self._random,
                is_cancelled=parts.is_cancelled,
            ),
            count,
        )

    def _ended(self, name: str, breaker: CircuitBreaker | None, error: BaseException) -> None:
        if isinstance(error, GenerationFailed):
            self._last[name] = Outcome(self._parts.clock(), error.type)
            if breaker is not None:
                breaker.failed(error)
        elif breaker is not None:
            breaker.left()

    def _breaker_teller(self, name: str) -> Callable[[State, ErrorType | None], None]:
        def tell(state: State, reason: ErrorType | None) -> None:
            self._parts.metrics.breakers.labels(name).set(state.value)
            cause = reason.value if reason else ""
            _log.warning(
                f"the circuit breaker of {name} is {state.name.lower()}",
                provider=name,
                state=state.name.lower(),
                errorType=cause,
            )
            self._parts.add_breadcrumb(
                f"breaker {state.name.lower()}", {"provider": name, "errorType": cause}
            )

        return tell
