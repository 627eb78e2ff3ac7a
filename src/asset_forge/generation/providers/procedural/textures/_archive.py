"""From a prompt to the zip of PNGs that is a texture's file."""

import colorsys
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Final

import numpy as np
from PIL import Image

from asset_forge import __version__
from asset_forge.generation.providers.procedural.noise import Field, Noise
from asset_forge.generation.providers.procedural.options import TEXTURE_OPTIONS, read_options
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
from asset_forge.generation.providers.procedural.words import Reading, random_for, read_prompt

# Prompt families whose surface has another name, and words that ask for a kin of the family.
_SURFACES: Final = {"metal": "plates"}
_KIN: Final = {
    "roof": ("thatch", ("thatch", "thatched", "straw")),
    "stone": ("blocks", ("block", "castle", "wall", "dungeon")),
    "brick": ("blocks", ("stone", "block", "castle", "granite", "sandstone", "dungeon")),
    "metal": ("metal", ("brushed", "polished", "smooth", "plain", "sheet")),
    "leather": ("fur", ("fur", "furry")),
    "planks": ("wood", ("grain", "plain", "smooth")),
}

# ZIP's earliest date: a real one would make the bytes differ from run to run.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def make_texture_set(prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A zip of ``albedo.png``, ``normal.png`` (+Y up), ``roughness.png`` and more, all tileable.

    Besides those there are ``metallic.png``, ``height.png``, ``ao.png``, ``emissive.png`` where
    the surface glows, and ``material.json``. Raises ``ValueError`` for an option that is unknown
    or out of range.
    """
    size = read_options(TEXTURE_OPTIONS, options)["textureSize"]
    reading = read_prompt(prompt)
    name = surface_name(reading)
    noise = Noise(random_for(prompt, seed, f"texture/{name}"), size)
    recipe = RECIPES[name]
    look = look_of(reading, recipe.color, recipe.accent, noise.rng)
    surface = weather(recipe.make(look, noise), look, noise)
    images = {
        "albedo.png": to_png(surface.albedo),
        "normal.png": to_png(normal_map(surface.height, surface.depth * 4)),
        "roughness.png": to_png(surface.roughness),
        "metallic.png": to_png(surface.metallic),
        "height.png": to_png(surface.height),
        "ao.png": to_png(occlusion(surface.height)),
    }
    if surface.emission is not None:
        images["emissive.png"] = to_png(surface.emission)
    return zip_texture(images, _description(prompt, seed, name, surface, recipe.meters, size))


def surface_name(reading: Reading) -> str:
    """Which recipe a prompt for a texture asks for."""
    family = reading.family("texture")
    kin, words = _KIN.get(family, ("", ()))
    return kin if reading.says(*words) else _SURFACES.get(family, family)


def look_of(reading: Reading, color: Color, accent: Color, rng: np.random.Generator) -> Look:
    """The colors that the prompt names, or the usual ones a little varied; its age and wear."""
    named = [(r / 255, g / 255, b / 255) for r, g, b in reading.colors]
    varied = vary(color, rng, 0.06)
    mood = 1.0 + 0.14 * max(min(reading.valence, 1.0), -1.0)
    first = named[0] if named else (varied[0] * mood, varied[1] * mood, varied[2] * mood)
    second = named[1] if len(named) > 1 else vary(accent, rng, 0.06)
    age = 0.25 if reading.age is None else reading.age
    return Look(first, second, age, reading.wear)


def vary(color: Color, rng: np.random.Generator, amount: float) -> Color:
    """The color with hue, saturation and value moved a little."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(min(max(c, 0.0), 1.0) for c in color))
    a, b, c = (float(x) for x in rng.uniform(-1, 1, 3))
    return colorsys.hsv_to_rgb(
        (hue + a * amount * 0.4) % 1.0,
        min(max(saturation * (1 + b * amount * 2.5), 0.0), 1.0),
        min(max(value * (1 + c * amount * 2.5), 0.0), 1.0),
    )


def _description(
    prompt: str, seed: int, name: str, surface: Surface, meters: float, size: int
) -> bytes:
    described = {
        "generator": f"Asset-Forge {__version__}",
        "prompt": prompt,
        "seed": seed,
        "surface": name,
        "metersPerTile": meters,
        "heightMeters": round(surface.depth * meters, 4),
        "size": size,
        "normalConvention": "OpenGL (+Y up)",
        "colorSpace": {"albedo": "sRGB", "emissive": "sRGB", "others": "linear"},
    }
    return json.dumps(described, indent=2).encode()


def to_png(field: Field) -> bytes:
    """A field in [0, 1], gray or of colors, as a PNG file."""
    out = io.BytesIO()
    # Level 6 with an adaptive filter per row; 9 takes thrice the time for 1 % of the size.
    Image.fromarray(to_bytes(field)).save(out, "PNG", compress_level=6)
    return out.getvalue()


def zip_texture(images: Mapping[str, bytes], description: bytes) -> bytes:
    """The file of a texture: its images by name, and ``material.json`` that describes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in (*images.items(), ("material.json", description)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, data)
    return out.getvalue()
