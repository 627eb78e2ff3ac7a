"""The offline provider: procedural assets, made in child processes, at no cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from asset_forge.asset_types import AUDIO_TYPES, MODEL_TYPES, AssetType
from asset_forge.generation.children import ChildDied, ChildProcesses, ChildTimedOut
from asset_forge.generation.failures import ErrorType, GenerationFailed
from asset_forge.generation.providers.base import Calls, ProviderRequest, ProviderResult, Usage

ATTEMPTS: Final = 3
"""How often a child may die over one asset before the job is given up as poisoned."""

PRELOAD: Final = (
    "asset_forge.generation.providers.procedural.models",
    "asset_forge.generation.providers.procedural.textures",
    "asset_forge.generation.providers.procedural.audio",
    "asset_forge.generation.providers.procedural.dialogue",
)
"""What children need loaded; the modules are heavy, and the server itself never imports them."""


class ProceduralProvider:
    """Makes every asset type from the prompt and the seed alone, the same bytes each time."""

    name = "procedural"

    def __init__(self, children: ChildProcesses) -> None:
        self._children = children

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the generator: one for models, textures, sound and text each."""
        if type in MODEL_TYPES:
            return "procedural-models"
        if type in AUDIO_TYPES:
            return "procedural-audio"
        return "procedural-textures" if type is AssetType.TEXTURE else "procedural-dialogue"

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse unknown options and values outside their ranges with a ValueError."""
        from asset_forge.generation.providers.procedural.options import check_options

        check_options(type, options)

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Make the asset in a child process; one that dies is tried again, three times in all."""
        arguments = (request.type.value, request.prompt, request.seed, dict(request.options))
        for _ in range(ATTEMPTS):
            try:
                content, usage = await self._children.run(make, *arguments)
            except ChildTimedOut as error:
                raise GenerationFailed(ErrorType.TIMEOUT, str(error)) from None
            except ChildDied:
                continue
            except ValueError as error:
                raise GenerationFailed(ErrorType.INVALID_REQUEST, str(error)) from None
            file_type, media_type = FORMATS[request.type]
            await calls.count(Usage(*usage))
            return ProviderResult(content, file_type, media_type)
        raise GenerationFailed(
            ErrorType.POISONED,
            f"The process that makes the asset died {ATTEMPTS} times over this request; change the "
            "prompt or the options",
            unexpected=True,
        )

    async def close(self) -> None:
        """Leave the children to who made them."""


_MODEL_FORMAT = ("glb", "model/gltf-binary")
_SOUND_FORMAT = ("wav", "audio/wav")
FORMATS: Final[Mapping[AssetType, tuple[str, str]]] = {
    **dict.fromkeys(MODEL_TYPES, _MODEL_FORMAT),
    **dict.fromkeys(AUDIO_TYPES, _SOUND_FORMAT),
    AssetType.TEXTURE: ("zip", "application/zip"),
    AssetType.DIALOGUE: ("json", "application/json"),
}
"""The file type and media type of each asset type."""


def make(
    type: str,  # noqa: A002
    prompt: str,
    seed: int,
    options: Mapping[str, object],
) -> tuple[bytes, tuple[int, int]]:
    """Make one asset; runs in a child process. Returns the file and (prompt, completion) tokens."""
    if type in MODEL_TYPES:
        from asset_forge.generation.providers.procedural.models import make_model

        return make_model(type, prompt, seed, options), (0, 0)
    if type == AssetType.TEXTURE:
        from asset_forge.generation.providers.procedural.textures import make_texture_set

        return make_texture_set(prompt, seed, options), (0, 0)
    if type in AUDIO_TYPES:
        from asset_forge.generation.providers.procedural import audio

        makers: dict[str, Callable[..., bytes]] = {
            AssetType.MUSIC: audio.make_music,
            AssetType.SOUND_EFFECT: audio.make_sound_effect,
            AssetType.VOICE: audio.make_voice,
        }
        return makers[type](prompt, seed, options), (0, 0)
    from asset_forge.generation.providers.procedural.dialogue import count_tokens, make_dialogue

    content = make_dialogue(prompt, seed, options)
    return content, (count_tokens(prompt), count_tokens(content.decode()))
