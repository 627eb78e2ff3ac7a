"""What kinds of asset there are: one closed set for requests, records, pipelines and metrics."""

from __future__ import annotations

import enum
from typing import Final


class AssetType(enum.StrEnum):
    """What an asset is used as in a game; its file may be of several formats."""

    CHARACTER = "character"
    ENVIRONMENT = "environment"
    PROP = "prop"
    ITEM = "item"
    WEAPON = "weapon"
    ARMOR = "armor"
    BUILDING = "building"
    TEXTURE = "texture"
    MUSIC = "music"
    SOUND_EFFECT = "sound_effect"
    VOICE = "voice"
    DIALOGUE = "dialogue"


MODEL_TYPES: Final = frozenset(
    {
        AssetType.CHARACTER,
        AssetType.ENVIRONMENT,
        AssetType.PROP,
        AssetType.ITEM,
        AssetType.WEAPON,
        AssetType.ARMOR,
        AssetType.BUILDING,
    }
)
"""Three-dimensional models."""

IMAGE_TYPES: Final = frozenset({AssetType.TEXTURE})
"""Images."""

AUDIO_TYPES: Final = frozenset({AssetType.MUSIC, AssetType.SOUND_EFFECT, AssetType.VOICE})
"""Sound."""

TEXT_TYPES: Final = frozenset({AssetType.DIALOGUE})
"""Written text."""
