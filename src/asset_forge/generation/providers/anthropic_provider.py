"""Anthropic: dialogues, and the expansion of prompts.

Written from https://docs.claude.com/en/api/messages and
https://docs.claude.com/en/docs/build-with-claude/structured-outputs. What is asked twice is charged
twice: there are no idempotency keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from asset_forge.asset_types import AssetType
from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.providers.base import Calls, Charged, ProviderRequest, ProviderResult
from asset_forge.generation.providers.dialogues import make_dialogue
from asset_forge.generation.providers.expansion import Text
from asset_forge.generation.providers.sdk import open_client, token_usage

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic
    from anthropic.types import Message


class AnthropicProvider:
    """Writes dialogues with one Anthropic account; also a `LanguageModel`."""

    name = "anthropic"

    def __init__(self, key: str, *, base_url: str, model: str, request_seconds: float) -> None:
        self._key = key
        self._base_url = base_url
        self._request_seconds = request_seconds
        self._client: AsyncAnthropic | None = None
        self.model = model

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model that writes dialogues."""
        return self.model if type is AssetType.DIALOGUE else None

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse any option with a ValueError: there are none."""
        if options:
            raise ValueError(f"anthropic has no option {next(iter(options))!r} for a {type.value}")

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Write a dialogue."""
        return await make_dialogue(self, request, calls)

    async def open(self) -> None:
        """Load the SDK, which takes a while."""
        await self._opened()

    async def ask(
        self,
        instructions: str,
        prompt: str,
        *,
        most_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Text:
        """Ask the model by one message."""
        client = await self._opened()
        form: dict[str, Any] = {}
        if schema is not None:
            form["output_config"] = {"format": {"type": "json_schema", "schema": dict(schema)}}
        create: Any = client.messages.create  # its overloads know no arguments by name
        answer: Message = await create(
            model=self.model,
            system=instructions,
            messages=[{"role": "user", "content": prompt}],
            max_tokens=most_tokens,
            **form,
        )
        usage = token_usage(
            self.name,
            getattr(answer, "usage", None),
            "cache_creation_input_tokens",
            "cache_read_input_tokens",
        )
        try:
            return Text(_text_of(answer), usage)
        except (GenerationFailed, ValueError) as error:
            raise Charged(error, usage) from error
        except (AttributeError, TypeError) as error:  # the SDK does not check what it was answered
            lacking = ValueError(f"the answer lacks what it must have ({error})")
            raise Charged(lacking, usage) from error

    async def close(self) -> None:
        """Close the connections to Anthropic."""
        if self._client is not None:
            await self._client.close()

    async def _opened(self) -> AsyncAnthropic:
        if self._client is None:
            client: AsyncAnthropic = await open_client(
                "anthropic",
                "AsyncAnthropic",
                key=self._key,
                base_url=self._base_url,
                request_seconds=self._request_seconds,
            )
            if self._client is None:
                self._client = client
        return self._client


def _text_of(answer: Message) -> str:
    """Return what was written; raises where the model refused, or was cut off."""
    if answer.stop_reason == "refusal":
        raise GenerationFailed(ErrorType.CONTENT_REJECTED, "anthropic rejects the prompt")
    if answer.stop_reason != "end_turn":
        raise ValueError(f"the answer ended by {answer.stop_reason!r}")
    return "".join(part.text for part in answer.content if part.type == "text")
