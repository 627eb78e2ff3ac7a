"""What the settings say of providers: which there are, in which order, and how many at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from pydantic import SecretStr

from asset_forge.asset_types import MODEL_TYPES, AssetType
from asset_forge.generation.children import ChildProcesses
from asset_forge.generation.engine import QueueLimits
from asset_forge.generation.making import FREE_PROVIDER
from asset_forge.generation.providers.base import Expander, Provider
from asset_forge.generation.providers.expansion import LanguageModel, PromptExpansion
from asset_forge.settings import Environment, Settings

_LOCAL_POLL_SECONDS: Final = 0.2
_REMOTE_POLL_SECONDS: Final = 1.0

_ORDERS: Final[Mapping[AssetType, tuple[str, ...]]] = {
    **dict.fromkeys(MODEL_TYPES, ("meshy",)),
    AssetType.TEXTURE: ("openai",),
    AssetType.MUSIC: ("elevenlabs",),
    AssetType.SOUND_EFFECT: ("elevenlabs",),
    AssetType.VOICE: ("elevenlabs",),
    AssetType.DIALOGUE: ("anthropic", "openai"),
}


def remote_providers(settings: Settings, children: ChildProcesses) -> dict[str, Provider]:
    """Build the adapters of the providers whose keys are set.

    Each is imported only here: a service without its key never loads it.
    """
    providers: dict[str, Provider] = {}
    # The door logs each operation and each failed request; a line for every look at a task is none.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    if settings.meshy_api_key is not None:
        from asset_forge.generation.providers.meshy_provider import MeshyProvider

        providers["meshy"] = MeshyProvider(
            settings.meshy_api_key.get_secret_value(),
            base_url=settings.meshy_base_url,
            model=settings.meshy_model,
            poll_seconds=settings.meshy_poll_seconds,
            request_seconds=settings.provider_request_seconds,
        )
    if settings.openai_api_key is not None:
        from asset_forge.generation.providers.openai_provider import OpenAIProvider

        providers["openai"] = OpenAIProvider(
            settings.openai_api_key.get_secret_value(),
            base_url=settings.openai_base_url,
            image_model=settings.openai_image_model,
            text_model=settings.openai_text_model,
            request_seconds=settings.provider_request_seconds,
            children=children,
        )
    if settings.anthropic_api_key is not None:
        from asset_forge.generation.providers.anthropic_provider import AnthropicProvider

        providers["anthropic"] = AnthropicProvider(
            settings.anthropic_api_key.get_secret_value(),
            base_url=settings.anthropic_base_url,
            model=settings.anthropic_model,
            request_seconds=settings.provider_request_seconds,
        )
    if settings.elevenlabs_api_key is not None:
        providers["elevenlabs"] = _elevenlabs(settings, settings.elevenlabs_api_key)
    return providers


def _elevenlabs(settings: Settings, key: SecretStr) -> Provider:
    from asset_forge.generation.providers.elevenlabs_provider import (
        ElevenLabsModels,
        ElevenLabsProvider,
    )

    return ElevenLabsProvider(
        key.get_secret_value(),
        base_url=settings.elevenlabs_base_url,
        models=ElevenLabsModels(
            voice=settings.elevenlabs_voice_model,
            sound_effect=settings.elevenlabs_sound_effect_model,
            music=settings.elevenlabs_music_model,
            voice_id=settings.elevenlabs_voice_id,
            sample_rate=settings.elevenlabs_sample_rate,
        ),
        request_seconds=settings.provider_request_seconds,
    )


def prompt_expander(settings: Settings, providers: Mapping[str, Provider]) -> Expander | None:
    """Build the language model that expands prompts, where one is configured and wanted."""
    wanted = settings.prompt_expansion
    names = ("anthropic", "openai") if wanted == "auto" else (wanted,)
    for name in names:
        if isinstance(model := providers.get(name), LanguageModel):
            return PromptExpansion(model)
    return None


def provider_orders(settings: Settings, remote: bool) -> dict[AssetType, tuple[str, ...]]:
    """Return for each asset type the providers that `auto` tries, in order.

    The offline one is the last where that is allowed; `remote` says whether there is another.
    """
    given: dict[AssetType, tuple[str, ...]] = {
        **dict.fromkeys(MODEL_TYPES, settings.providers_models),
        AssetType.TEXTURE: settings.providers_texture,
        AssetType.MUSIC: settings.providers_music,
        AssetType.SOUND_EFFECT: settings.providers_sound_effect,
        AssetType.VOICE: settings.providers_voice,
        AssetType.DIALOGUE: settings.providers_dialogue,
    }
    allowed = settings.procedural_fallback
    if allowed is None:
        serious = settings.environment in (Environment.PRODUCTION, Environment.STAGING)
        allowed = not (remote and serious)
    orders: dict[AssetType, tuple[str, ...]] = {}
    for type_, built_in in _ORDERS.items():
        order = given[type_] or built_in
        if allowed and FREE_PROVIDER not in order:
            order = (*order, FREE_PROVIDER)
        orders[type_] = order
    return orders


def queue_limits(settings: Settings, providers: Mapping[str, Provider]) -> dict[str, QueueLimits]:
    """Return how many jobs of each provider run at once."""
    in_all = {
        "meshy": settings.meshy_concurrency,
        "openai": settings.openai_concurrency,
        "anthropic": settings.anthropic_concurrency,
        "elevenlabs": settings.elevenlabs_concurrency,
    }
    # A remote provider's jobs do next to nothing here but wait, so that one process may run all.
    limits = {
        name: QueueLimits(in_all[name], in_all[name], _REMOTE_POLL_SECONDS)
        for name in providers
        if name in in_all
    }
    limits[FREE_PROVIDER] = QueueLimits(settings.job_concurrency, None, _LOCAL_POLL_SECONDS)
    return limits
