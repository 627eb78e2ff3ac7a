"""One request of an operation after another: timed, classified, counted, repeated where right."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from asset_forge import faults
from asset_forge.generation.classification import Classifier
from asset_forge.generation.failures import (
    LATER,
    ErrorType,
    GenerationCancelled,
    GenerationFailed,
    ProviderFailed,
)
from asset_forge.generation.providers.base import Charged, Usage
from asset_forge.generation.retries import RetryPolicy
from asset_forge.observability.tracing import span

T = TypeVar("T")


class Tally(Protocol):
    """Counts what happens; the door gives one to each operation."""

    def failed(self, failure: GenerationFailed) -> None:
        """Count a request that failed."""
        ...

    def repeated(self) -> None:
        """Count a request that is sent again."""
        ...

    def price(self, usage: Usage, model: str | None) -> float:
        """Return the price of what was used, in US dollars."""
        ...

    def used(self, usage: Usage, model: str | None, usd: float) -> None:
        """Count what was used and what it cost."""
        ...


@dataclass(frozen=True, slots=True)
class Operation:
    """What a set of calls belongs to; times in seconds."""

    generation_id: str
    run: int
    provider: str
    request_seconds: float
    total_seconds: float


@dataclass(slots=True)
class Sender:
    """Sends the requests of one operation, which together may take `total_seconds`.

    `charge` adds a cost in US dollars to the day of the operation's provider.
    """

    operation: Operation
    classify: Classifier
    retries: RetryPolicy
    random: Callable[[], float]
    tally: Tally
    charge: Callable[[str, float], Awaitable[None]]
    requests: int = 0
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.operation.total_seconds

    async def read(self, purpose: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send a free request that changes nothing; it is repeated also after it may have run."""
        attempt = 1
        while True:
            try:
                return await self.attempt(purpose, send, attempt)
            except GenerationFailed as failure:
                await self.pause(failure, attempt, free=True)
            attempt += 1

    async def attempt(self, purpose: str, send: Callable[[], Awaitable[T]], attempt: int) -> T:
        """Send one request within its time limit; raise what it fails with as its type."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise self._too_late()
        attributes = {"asset_forge.request.purpose": purpose}
        self.requests += 1
        with span(f"request {purpose}", "client", attributes) as call:
            if attempt > 1:
                call.set("http.request.resend_count", attempt - 1)
            try:
                async with asyncio.timeout(min(self.operation.request_seconds, left)):
                    return await send()
            except (GenerationCancelled, faults.Fault):
                raise  # of this service
            except Exception as error:
                reason = await self._counted(error)
                failure = self.classify(reason)
                if failure.type is ErrorType.TIMEOUT and time.monotonic() >= self._deadline:
                    failure = self._too_late()
                if isinstance(failure, ProviderFailed) and failure.status is not None:
                    call.set("http.response.status_code", failure.status)
                call.set("error.type", failure.type.value)
                self.tally.failed(failure)
                if failure is error:
                    raise
                if failure is reason:
                    raise failure from None
                raise failure from error

    async def _counted(self, error: Exception) -> Exception:
        """Count what an answer cost that cannot be used; return what is wrong with it."""
        if not isinstance(error, Charged):
            return error
        usd = self.tally.price(error.usage, None)
        await self.charge(self.operation.provider, usd)
        self.tally.used(error.usage, None, usd)
        return error.reason

    async def pause(self, failure: GenerationFailed, attempt: int, *, free: bool) -> None:
        """Wait before a request is sent again; raise the failure where it shall not be."""
        wait = self.retries.wait(failure, attempt, free=free, random=self.random)
        if wait is None and free and isinstance(failure, ProviderFailed):
            failure.resumable = failure.type in LATER
        if wait is None or time.monotonic() + wait > self._deadline:
            raise failure
        self.tally.repeated()
        await asyncio.sleep(wait)

    async def rest(self, seconds: float) -> None:
        """Wait between two looks at a task.

        Raises:
            ProviderFailed: There is no time left for another.
        """
        if time.monotonic() + seconds > self._deadline:
            raise self._too_late()
        await asyncio.sleep(seconds)

    def _too_late(self) -> GenerationFailed:
        return ProviderFailed(
            ErrorType.TIMEOUT,
            f"{self.operation.provider} took longer than {self.operation.total_seconds:g} seconds, "
            "the limit for all requests of an operation",
            definite=False,
        )
