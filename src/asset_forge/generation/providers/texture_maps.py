"""A texture set from one image: the maps that an image model does not make, derived from it.

Runs in a child process. Dark places of the image are taken for low and rough ones; that is a guess
which suits most surfaces, and `material.json` says which maps are derived.
"""

from __future__ import annotations

import io
import json

import numpy as np
from PIL import Image

from asset_forge.generation.providers.procedural.textures import (
    normal_map,
    occlusion,
    to_png,
    zip_texture,
)

_RELIEF = 0.05
"""Height of the relief as a share of the tile's width."""


def make_maps(png: bytes, prompt: str, model: str) -> bytes:
    """Return the zip of a texture set: the image as `albedo.png`, and the maps derived from it.

    Raises:
        ValueError: The image cannot be read, or is not square.
    """
    try:
        with Image.open(io.BytesIO(png)) as image:
            albedo = np.asarray(image.convert("RGB"), np.float64) / 255.0
    except (OSError, SyntaxError) as error:
        raise ValueError(f"the image cannot be read ({error})") from error
    size = albedo.shape[0]
    if albedo.shape[1] != size:
        raise ValueError(f"the image is {albedo.shape[1]} by {size} pixels, and not square")
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
