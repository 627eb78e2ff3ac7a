"""Language models: what they are asked, and the expansion of a short prompt by one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, runtime_checkable

from asset_forge.asset_types import AssetType
from asset_forge.generation.providers.base import Answer, Calls, Charged, ProviderRequest, Usage
from asset_forge.generation.providers.prompts import readable, shortened

EXPANDED_CHARACTERS: Final = 600
"""The longest expanded prompt: what Meshy takes, and more than the 60 words that are asked for."""

_INSTRUCTIONS: Final = (
    "You rewrite prompts for a program that makes game assets. Describe the one asset that the "
    "prompt asks for so that its {aspects} are clear, in at most 60 words of plain English. Keep "
    "everything that the prompt says, contradict nothing, add no second object, no scene and no "
    "style that does not fit it. Answer with the new prompt alone."
)
_ASPECTS: Final[Mapping[AssetType, str]] = {
    AssetType.TEXTURE: "material, pattern, colors, wear and finish",
    AssetType.MUSIC: "mood, tempo, instruments and course",
    AssetType.SOUND_EFFECT: "source, force, material, length and surroundings",
}
_OF_MODELS: Final = "shape, proportions, materials, colors and wear"
_TOKENS: Final = 4000
"""Far more than 60 words: models that reason count their thoughts in."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a language model wrote, and what that consumed."""

    text: str
    usage: Usage


@runtime_checkable
class LanguageModel(Protocol):
    """Asks a language model by one request, which it does not repeat."""

    @property
    def name(self) -> str:
        """The provider's name, as in the `provider` label."""
        ...

    @property
    def model(self) -> str:
        """The model that is asked."""
        ...

    async def open(self) -> None:
        """Load what asking takes: that may take seconds, which are no part of a request's time."""
        ...

    async def ask(
        self,
        instructions: str,
        prompt: str,
        *,
        most_tokens: int,
        schema: Mapping[str, Any] | None = None,
    ) -> Text:
        """Return what the model writes, as JSON by the schema where one is given.

        Raises:
            Charged: The model refuses, or its answer is cut off or lacks what it must have.
        """
        ...


class PromptExpansion:
    """An `Expander` that asks a language model."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The language model's provider."""
        return self._model.name

    @property
    def model(self) -> str:
        """The language model."""
        return self._model.model

    async def expand(self, request: ProviderRequest, calls: Calls) -> str:
        """Return the prompt that the asset shall be made from."""
        instructions = _INSTRUCTIONS.format(aspects=_ASPECTS.get(request.type, _OF_MODELS))

        async def send() -> Answer:
            answer = await self._model.ask(instructions, request.prompt, most_tokens=_TOKENS)
            expanded = shortened(readable(answer.text), EXPANDED_CHARACTERS)
            if not expanded:
                raise Charged(ValueError("the expanded prompt is empty"), answer.usage)
            return Answer({"prompt": expanded}, answer.usage)

        await self._model.open()
        return str((await calls.once("expansion", send))["prompt"])
