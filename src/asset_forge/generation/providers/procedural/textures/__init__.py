"""Tileable PBR texture sets: a zip of PNGs for each prompt."""

from asset_forge.generation.providers.procedural.textures._archive import (
    TEXTURE_OPTIONS,
    make_texture_set,
)

__all__ = ["TEXTURE_OPTIONS", "make_texture_set"]
