"""A texture set from one image: the maps that an image model does not make, derived from it.

Runs in a child process. Dark places of the image are taken for low and rough ones; that is a guess
which suits most surfaces, and `material.json` says which maps are derived.
"""

from __future__ import annotations

import io
import json

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from asset_forge.generation.providers.procedural.textures import (
    normal_map,
    occlusion,
    to_png,
    zip_texture,
)

_RELIEF = 0.05
"""Height of the relief as a share of the tile's width."""

_SIZES = range(16, 4097)
"""Pixels on a side. The header of a small file may claim so many that no memory holds them."""


def make_maps(png: bytes, prompt: str, model: str) -> bytes:
    """Return the zip of a texture set: the image as `albedo.png`, and the maps derived from it.

    Raises:
        ValueError: The image is no PNG, is damaged, or is not square.
    """
    albedo = _pixels(png)
    size = albedo.shape[0]
    luminance = albedo @ np.array([0.2126, 0.7152, 0.0722])
    low, high = np.percentile(luminance, (2, 98))
    height = np.clip((luminance - low) / max(high - low, 1e-3), 0.0, 1.0)
    images = {
        "albedo.png": to_png(albedo),
        "normal.png": to_png(normal_map(height, _RELIEF)),
        "roughness.png": to_png(np.clip(0.9 - 0.45 * height, 0.0, 1.0)),
        "height.png": to_png(height),
        "ao.png": to_png(occlusion(height)),
    }
    description = {
        "generator": model,
        "prompt": prompt,
        "size": size,
        "normalConvention": "OpenGL (+Y up)",
        "colorSpace": {"albedo": "sRGB", "others": "linear"},
        "derivedFromAlbedo": ["normal", "roughness", "height", "ao"],
    }
    return zip_texture(images, json.dumps(description, indent=2).encode())


def _pixels(png: bytes) -> NDArray[np.float64]:
    """Return the colors of a square image, from 0 to 1."""
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            width, height = image.size
            if width != height or width not in _SIZES:
                raise ValueError(
                    f"the image is {width} by {height} pixels, and not a square of "
                    f"{_SIZES[0]} to {_SIZES[-1]}"
                )
            return np.asarray(image.convert("RGB"), np.float64) / 255.0
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ValueError(f"the image cannot be read ({error})") from error
