"""The models that are taken by default are ones that the vendors' SDKs and price lists know."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from asset_forge.generation.prices import load_prices
from asset_forge.generation.providers.base import Usage
from asset_forge.settings import Settings

DEFAULTS = {name: field.default for name, field in Settings.model_fields.items()}


def literals(alias: Any) -> set[str]:
    """Return the texts of a literal type, which may be a part of a union."""
    found: set[str] = set()
    for part in get_args(alias):
        found |= {part} if isinstance(part, str) else literals(part)
    return found


def test_openai_knows_the_models() -> None:
    from openai.types import ChatModel, ImageModel

    assert DEFAULTS["openai_image_model"] in literals(ImageModel)
    assert DEFAULTS["openai_text_model"] in literals(ChatModel)


def test_anthropic_knows_the_model_and_announces_no_end_of_it() -> None:
    from anthropic.resources.messages.messages import DEPRECATED_MODELS
    from anthropic.types import Model

    assert DEFAULTS["anthropic_model"] in literals(Model)
    assert DEFAULTS["anthropic_model"] not in DEPRECATED_MODELS


def test_elevenlabs_knows_the_models() -> None:
    from elevenlabs.types import MusicModelId, SfxModelId

    assert DEFAULTS["elevenlabs_music_model"] in literals(MusicModelId)
    assert DEFAULTS["elevenlabs_sound_effect_model"] in literals(SfxModelId)


@pytest.mark.parametrize(
    ("provider", "setting", "usage"),
    [
        ("meshy", "meshy_model", Usage(credits=20)),
        ("openai", "openai_image_model", Usage(100, 1000)),
        ("openai", "openai_image_model", Usage(images=1)),
        ("openai", "openai_text_model", Usage(100, 1000)),
        ("anthropic", "anthropic_model", Usage(100, 1000)),
        ("elevenlabs", "elevenlabs_voice_model", Usage(characters=100)),
        ("elevenlabs", "elevenlabs_sound_effect_model", Usage(characters=100)),
        ("elevenlabs", "elevenlabs_sound_effect_model", Usage(seconds=2)),
        ("elevenlabs", "elevenlabs_music_model", Usage(seconds=20)),
    ],
)
def test_each_has_a_price(provider: str, setting: str, usage: Usage) -> None:
    assert 0 < load_prices(None).cost(provider, DEFAULTS[setting], usage) < 1
