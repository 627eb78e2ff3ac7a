"""The requests of one operation to one provider: claimed before they are sent, saved after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from asset_forge.assets import GeneratedAssets, StagedFile
from asset_forge.generation.claims import Claim, Claims
from asset_forge.generation.classification import Classifier
from asset_forge.generation.downloads import Downloads
from asset_forge.generation.failures import (
    ErrorType,
    GenerationCancelled,
    GenerationFailed,
    ProviderFailed,
)
from asset_forge.generation.patience import patiently, storage_is_away
from asset_forge.generation.providers import marks
from asset_forge.generation.providers.base import Answer, Content, Usage
from asset_forge.generation.retries import RetryPolicy
from asset_forge.generation.sending import Operation, Sender, Tally

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CallParts:
    """What calls work with."""

    claims: Claims
    assets: GeneratedAssets
    downloads: Downloads
    classify: Classifier
    retries: RetryPolicy
    random: Callable[[], float]
    is_cancelled: Callable[[str], Awaitable[bool]]


@dataclass(slots=True)
class ClaimedCalls:
    """The `Calls` of one operation."""

    operation: Operation
    parts: CallParts
    tally: Tally
    _sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        parts = self.parts
        self._sender = Sender(
            self.operation,
            parts.classify,
            parts.retries,
            parts.random,
            self.tally,
            parts.claims.charge,
        )

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._sender.requests

    async def once(self, purpose: str, send: Callable[[], Awaitable[Answer]]) -> Mapping[str, Any]:
        """Send a paid request whose answer is small, or return what it answered earlier."""
        earlier = await self._earlier(purpose)
        if earlier is not None and earlier.result is not None:
            return earlier.result
        answer = await self._paid(purpose, send)
        await self._save(purpose, dict(answer.value), answer.usage, answer.model)
        return answer.value

    async def content(self, purpose: str, send: Callable[[], Awaitable[Content]]) -> Content:
        """Send a paid request whose answer is a file, or return the file that it answered with."""
        earlier = await self._earlier(purpose)
        if earlier is not None and earlier.result is not None:
            kept = earlier.result
            data = await patiently(
                lambda: self.parts.assets.read_staged(kept["key"]), storage_is_away
            )
            return Content(data, kept["fileType"], kept["mediaType"])
        content = await self._paid(purpose, send)
        staged = await self._keep(purpose, content.data)
        result = {
            "key": staged.key,
            "size": staged.size,
            "sha256": staged.sha256,
            "fileType": content.file_type,
            "mediaType": content.media_type,
        }
        await self._save(purpose, result, content.usage, content.model)
        return content

    async def task(
        self,
        purpose: str,
        *,
        submit: Callable[[], Awaitable[str]],
        look: Callable[[str], Awaitable[Answer | None]],
        find: Callable[[datetime], Awaitable[list[str]]] | None = None,
        interval_seconds: float,
    ) -> Mapping[str, Any]:
        """Submit a paid task and poll for its end, or go on with the one submitted earlier."""
        claim = await self.parts.claims.find(self.operation.generation_id, self._name(purpose))
        if claim is not None and claim.result is not None:
            return claim.result
        if claim is not None and claim.task_id is not None:
            task_id = claim.task_id
        elif claim is not None:
            task_id = await self._found(purpose, claim.created_at, find, None)
        else:
            task_id = await self._submitted(purpose, submit, find)
        answer = await self._ended(purpose, task_id, look, interval_seconds)
        await self._save(purpose, dict(answer.value), answer.usage, answer.model)
        return answer.value

    async def read(self, purpose: str, send: Callable[[], Awaitable[T]]) -> T:
        """Send a free request that changes nothing; it is repeated also after it may have run."""
        return await self._sender.read(purpose, send)

    async def download(self, url: str, file_type: str) -> StagedFile:
        """Download a file into the storage, checked; no key is sent along."""
        operation = self.operation

        async def send() -> StagedFile:
            return await self.parts.downloads.fetch(
                url, file_type, generation_id=operation.generation_id, run=operation.run
            )

        return await patiently(lambda: self.read("download", send), storage_is_away)

    async def checkpoint(self) -> None:
        """End here if the job's owner asked for its end."""
        if await patiently(lambda: self.parts.is_cancelled(self.operation.generation_id)):
            raise GenerationCancelled

    async def count(self, usage: Usage) -> None:
        """Count what was consumed by no request."""
        self.tally.used(usage, None, 0.0)

    def _name(self, purpose: str) -> str:
        return f"{self.operation.provider}.{purpose}"

    async def _earlier(self, purpose: str) -> Claim | None:
        """Return what an earlier run left of a request that is done within one answer."""
        claim = await self.parts.claims.find(self.operation.generation_id, self._name(purpose))
        if claim is not None and claim.result is None:
            raise self._unknown()
        return claim

    async def _submitted(
        self,
        purpose: str,
        submit: Callable[[], Awaitable[str]],
        find: Callable[[datetime], Awaitable[list[str]]] | None,
    ) -> str:
        try:
            task_id = await self._paid(purpose, submit)
        except ProviderFailed as failure:
            claim = await self.parts.claims.find(self.operation.generation_id, self._name(purpose))
            if failure.definite or claim is None:
                raise
            return await self._found(purpose, claim.created_at, find, failure)
        await self.parts.claims.save_task(
            self.operation.generation_id, self._name(purpose), task_id
        )
        return task_id

    async def _found(
        self,
        purpose: str,
        since: datetime,
        find: Callable[[datetime], Awaitable[list[str]]] | None,
        failure: GenerationFailed | None,
    ) -> str:
        """Find the task of a request whose answer was lost, and save its id."""
        for wait in self.parts.retries.finds_seconds if find is not None else ():
            await asyncio.sleep(wait)
            assert find is not None  # noqa: S101 - as the line before says
            ids = await self.read("find", lambda: find(since))
            free = await self.parts.claims.unclaimed(self.operation.provider, ids)
            if free:
                await self.parts.claims.save_task(
                    self.operation.generation_id, self._name(purpose), free[0]
                )
                return free[0]
        raise failure or self._unknown()

    async def _ended(
        self,
        purpose: str,
        task_id: str,
        look: Callable[[str], Awaitable[Answer | None]],
        interval_seconds: float,
    ) -> Answer:
        while True:
            answer = await self.read(f"{purpose} status", lambda: look(task_id))
            if answer is not None:
                return answer
            await self.checkpoint()
            await self._sender.rest(interval_seconds)

    async def _paid(self, purpose: str, send: Callable[[], Awaitable[T]]) -> T:
        """Claim a request and send it; repeat it only while the provider has not executed it."""
        generation_id, name = self.operation.generation_id, self._name(purpose)
        attempt = 1
        while True:
            await self.checkpoint()
            claim = await self.parts.claims.take(generation_id, name, self.operation.provider)
            if not claim.taken:
                raise self._unknown()  # another run of the job is ahead of this one
            token = marks.claim.set(f"{generation_id}.{name}")
            try:
                return await self._sender.attempt(purpose, send, attempt)
            except GenerationFailed as failure:
                if not (isinstance(failure, ProviderFailed) and failure.definite):
                    raise self._ambiguous(failure) from failure
                await self.parts.claims.release(generation_id, name)
                await self._sender.pause(failure, attempt, free=False)
            finally:
                marks.claim.reset(token)
            attempt += 1

    async def _keep(self, purpose: str, data: bytes) -> StagedFile:
        """Put a paid file into the storage; it is offered for as long as patience lasts."""
        generation_id, name = self.operation.generation_id, self._name(purpose)
        return await patiently(
            lambda: self.parts.assets.stage(generation_id, data, claim=name), storage_is_away
        )

    async def _save(
        self, purpose: str, result: dict[str, Any], usage: Usage, model: str | None
    ) -> None:
        usd = self.tally.price(usage, model)
        first = await self.parts.claims.finish(
            self.operation.generation_id,
            self._name(purpose),
            self.operation.provider,
            result,
            usd,
        )
        if first:
            self.tally.used(usage, model, usd)

    def _ambiguous(self, failure: GenerationFailed) -> GenerationFailed:
        """Say of a failure after which nobody knows what the provider did that nobody knows."""
        if not isinstance(failure, ProviderFailed) or failure.type in _TELLING:
            return failure
        return ProviderFailed(
            ErrorType.OUTCOME_UNKNOWN,
            f"{failure.message}, after the request had been sent; it may have been executed and "
            "charged, so that it is not sent again",
            definite=False,
            status=failure.status,
        )

    def _unknown(self) -> GenerationFailed:
        return ProviderFailed(
            ErrorType.OUTCOME_UNKNOWN,
            f"The service was interrupted while it waited for {self.operation.provider}'s answer; "
            "the request may have been executed and charged, so that it is not sent again",
            definite=False,
        )


_TELLING: Final = frozenset({ErrorType.TIMEOUT, ErrorType.MALFORMED_RESPONSE})
"""What says enough by itself about a request whose result is lost."""
