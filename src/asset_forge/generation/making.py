"""The first stages of a job: who makes its asset, from which prompt, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypedDict

import structlog

from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAssets, StagedFile
from asset_forge.clock import Clock
from asset_forge.database.models import Generation
from asset_forge.generation.choice import Choice
from asset_forge.generation.door import ProviderDoor
from asset_forge.generation.failures import LATER, THROTTLED, GenerationFailed, ProviderFailed
from asset_forge.generation.patience import patiently, storage_is_away
from asset_forge.generation.providers.base import (
    Expander,
    Provider,
    ProviderRequest,
    ProviderResult,
)
from asset_forge.generation.records import GenerationRecords
from asset_forge.generation.steps import FIRST_REVISION, Job, Move, Moved

FREE_PROVIDER: Final = "procedural"
"""The provider that sends nothing, costs nothing and is always there."""

_WAIT_SECONDS: Final = 30.0
"""How long a job waits for a provider that does not say for how long it wants to be left alone."""

_log = structlog.get_logger(__name__)


class Plan(TypedDict):
    """What the step `plan` leaves: who makes the asset, and whether its prompt is expanded."""

    provider: str
    expand: bool


class Made(TypedDict):
    """What the step `generate` leaves: where the bytes are staged, and what they are."""

    key: str
    size: int
    sha256: str
    file_type: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Making:
    """Plans, expands and generates.

    `longest_wait` is how long after its start a job may still be put off for a busy provider.
    """

    records: GenerationRecords
    choice: Choice
    expander: Expander | None
    door: ProviderDoor
    assets: GeneratedAssets
    clock: Clock
    longest_wait: timedelta

    def queue_of(self, row: Generation) -> str:
        """Name the provider whose queue a waiting job belongs on."""
        type_ = AssetType(row.type)
        try:
            name = row.provider or self._first(row).name
        except GenerationFailed:
            return FREE_PROVIDER  # where its plan tells what is wrong
        expander = self.expander
        if expander is not None and self._expands(row, name, type_):
            return expander.name
        return name

    async def plan(self, job: Job) -> Plan | str:
        """Decide who makes the asset, and note it in the row; a name alone for the first revision.

        Raises:
            GenerationFailed: Nobody here can.
        """
        row, type_ = job.row, AssetType(job.row.type)
        if row.provider is not None:
            provider = self.choice.provider(row.provider, type_)
        else:
            provider = self._first(row)
        await self.records.plan(row.id, provider.name, provider.model_for(type_) or "")
        if job.revision == FIRST_REVISION:
            return provider.name  # as the code of that revision reads it
        expander = self.expander
        return Plan(
            provider=provider.name,
            expand=self._expands(row, provider.name, type_)
            # Another queue's limit would not hold for the language model's provider.
            and expander is not None
            and expander.name == job.queue,
        )

    def _first(self, row: Generation) -> Provider:
        return self.choice.first(row.requested_provider, AssetType(row.type), row.options)

    def _expands(self, row: Generation, provider: str, type_: AssetType) -> bool:
        """Say whether a language model is still to expand the prompt: for makers that read it."""
        return (
            self.expander is not None
            and row.expanded_prompt is None
            and provider != FREE_PROVIDER
            and type_ not in (AssetType.DIALOGUE, AssetType.VOICE)
        )

    def prompt(self, row: Generation, provider: str) -> str:
        """Return what the asset is made from; the offline provider reads the user's own words."""
        return row.prompt if provider == FREE_PROVIDER else row.expanded_prompt or row.prompt

    async def expand(self, row: Generation) -> str:
        """Have a language model say more of the prompt; where it cannot, take it as it is."""
        assert self.expander is not None  # noqa: S101 - as the plan says
        try:
            prompt = await self.door.expand(self.expander, _request(row, row.prompt), run=row.runs)
        except GenerationFailed as failure:
            _log.warning(
                "the prompt could not be expanded, and is taken as it is",
                errorType=failure.type.value,
                reason=failure.message,
            )
            prompt = row.prompt
        await self.records.expand(row.id, prompt)
        return prompt

    async def generate(self, job: Job, name: str, prompt: str) -> Made:
        """Have a provider make the asset, and stage the file.

        Raises:
            GenerationFailed: As the provider raised it.
            Moved: The job goes on with another provider, or later.
        """
        row, type_ = job.row, AssetType(job.row.type)
        if job.queue != name and name != FREE_PROVIDER:
            # Its requests count against that provider's limit, which its own queue holds.
            raise Moved(Move(provider=name, delay_seconds=0.0))
        provider = self.choice.provider(name, type_)
        try:
            result = await self.door.generate(provider, _request(row, prompt), run=row.runs)
        except GenerationFailed as failure:
            move = self._move_after(row, name, failure)
            if move is None:
                raise
            _log.info(
                "the job goes on elsewhere or later",
                provider=move["provider"],
                delaySeconds=round(move["delay_seconds"], 3),
                errorType=failure.type.value,
            )
            raise Moved(move) from failure
        staged = await self._staged(row, provider, result)
        return Made(
            key=staged.key,
            size=staged.size,
            sha256=staged.sha256,
            file_type=result.file_type,
            media_type=result.media_type,
        )

    async def _staged(
        self, row: Generation, provider: Provider, result: ProviderResult
    ) -> StagedFile:
        content = result.content
        if isinstance(content, StagedFile):
            return content
        if provider.name == FREE_PROVIDER:
            return await self.assets.stage(row.id, content, run=row.runs)
        return await patiently(
            lambda: self.assets.stage(row.id, content, run=row.runs), storage_is_away
        )

    def _move_after(self, row: Generation, name: str, failure: GenerationFailed) -> Move | None:
        """Say where a job goes on after a failure: with another provider, later, or nowhere."""
        following = self.choice.after(
            name, row.requested_provider, AssetType(row.type), row.options, failure
        )
        if following is not None:
            return Move(provider=following.name, delay_seconds=0.0)
        if not isinstance(failure, ProviderFailed) or not _is_worth_waiting(failure):
            return None
        delay = failure.retry_after or _WAIT_SECONDS
        began = row.started_at or self.clock()
        if self.clock() + timedelta(seconds=delay) > began + self.longest_wait:
            return None
        return Move(provider=name, delay_seconds=delay)


def _is_worth_waiting(failure: ProviderFailed) -> bool:
    """Say whether a job is put off: for a provider that throttles, says when it is back, is left
    alone for now, or works on what is paid for. What is still refused after its repetitions fails.
    """
    if failure.type not in LATER:
        return False
    if failure.resumable:
        return True
    return failure.definite and (failure.type in THROTTLED or failure.retry_after is not None)


def _request(row: Generation, prompt: str) -> ProviderRequest:
    return ProviderRequest(row.id, AssetType(row.type), prompt, row.seed, row.options)
