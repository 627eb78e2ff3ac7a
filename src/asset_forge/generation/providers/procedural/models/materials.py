"""Materials of models: which surface, in which color, as the images that glTF asks for."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from asset_forge.generation.providers.procedural.noise import Noise
from asset_forge.generation.providers.procedural.textures._catalog import RECIPES
from asset_forge.generation.providers.procedural.textures._surface import (
    Color,
    Look,
    Surface,
    normal_map,
    occlusion,
    to_bytes,
    weather,
)
from asset_forge.generation.providers.procedural.words import random_for


@dataclass(frozen=True, slots=True)
class Material:
    """A surface by name in a color; equal materials share a primitive and its images."""

    surface: str
    color: Color
    accent: Color
    age: float
    wear: tuple[str, ...]
    meters: float
    emission: float = 0.0

    @property
    def name(self) -> str:
        """A name for artists, such as ``wood-8a5f3a``."""
        return f"{self.surface}-{''.join(f'{round(c * 255):02x}' for c in self.color)}"


@dataclass(frozen=True, slots=True)
class Images:
    """A material's encoded images; ``emissive`` is None where nothing glows."""

    base_color: bytes
    metallic_roughness: bytes
    normal: bytes
    emissive: bytes | None


def images_of(material: Material, prompt: str, seed: int, size: int) -> Images:
    """Draw a material's images at a size in pixels. Occlusion sits in red, as glTF allows."""
    recipe = RECIPES[material.surface]
    noise = Noise(random_for(prompt, seed, f"material/{material.surface}"), size)
    look = Look(material.color, material.accent, material.age, material.wear)
    surface: Surface = weather(recipe.make(look, noise), look, noise)
    packed = np.stack([occlusion(surface.height), surface.roughness, surface.metallic], -1)
    glow = surface.emission if material.emission > 0 else None
    return Images(
        _jpeg(to_bytes(surface.albedo), 88),
        _jpeg(to_bytes(packed), 85),
        _jpeg(to_bytes(normal_map(surface.height, surface.depth * 2)), 88),
        None if glow is None else _jpeg(to_bytes(glow), 85),
    )


def size_for(share: float, asked: int) -> int:
    """Texture width for a material by its share of the model's area: small parts need less."""
    steps: Sequence[tuple[float, int]] = ((0.22, 1), (0.05, 2), (0.0, 4))
    return max(64, asked // next(divisor for least, divisor in steps if share >= least))


def _jpeg(pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], quality: int) -> bytes:
    out = io.BytesIO()
    # Full chroma resolution: normals and packed channels are data, not a picture.
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0)
    return out.getvalue()
