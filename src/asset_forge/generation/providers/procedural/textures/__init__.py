"""Tileable PBR texture sets: a zip of PNGs for each prompt."""

from asset_forge.generation.providers.procedural.textures._archive import (
    TEXTURE_OPTIONS,
    make_texture_set,
    to_png,
    zip_texture,
)
from asset_forge.generation.providers.procedural.textures._surface import normal_map, occlusion

__all__ = [
    "TEXTURE_OPTIONS",
    "make_texture_set",
    "normal_map",
    "occlusion",
    "to_png",
    "zip_texture",
]
