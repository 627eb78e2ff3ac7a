"""A dialogue by a language model: one paid request, checked before it is kept."""

from __future__ import annotations

from typing import Final

import msgspec

from asset_forge.generation.providers.base import (
    Answer,
    Calls,
    Charged,
    ProviderRequest,
    ProviderResult,
)
from asset_forge.generation.providers.dialogue_document import (
    INSTRUCTIONS,
    answer_schema,
    read_dialogue,
)
from asset_forge.generation.providers.expansion import LanguageModel

_TOKENS: Final = 16_000


async def make_dialogue(
    model: LanguageModel, request: ProviderRequest, calls: Calls
) -> ProviderResult:
    """Have a dialogue written, in the form that the offline provider's have."""

    async def send() -> Answer:
        written = await model.ask(
            INSTRUCTIONS, request.prompt, most_tokens=_TOKENS, schema=answer_schema()
        )
        try:
            return Answer(read_dialogue(written.text), written.usage)
        except ValueError as error:
            raise Charged(error, written.usage) from error

    await model.open()
    dialogue = await calls.once("dialogue", send)
    content = msgspec.json.format(msgspec.json.encode(dialogue), indent=2)
    return ProviderResult(content, "json", "application/json")
