"""A tile of soft noise in the prompt's colors, as PNG.

Format: https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import random
import struct
import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

_TILE: Final = 64
"""Pixels after which the picture repeats; keeps a large image as cheap as a small one."""


def make_png(prompt: str, seed: int, width: int, height: int) -> bytes:
    """Make an RGB image; the same bytes each time."""
    tile = _tile(random.Random(f"{prompt}|{seed}"))
    pixels = np.tile(tile, (-(-height // _TILE), -(-width // _TILE), 1))[:height, :width]
    rows = np.zeros((height, 1 + width * 3), np.uint8)  # a filter byte of 0 begins each row
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(rows.tobytes(), 1)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _tile(rng: random.Random) -> NDArray[np.uint8]:
    noise = np.random.default_rng(rng.getrandbits(64)).random((8, 8))
    steps = np.arange(_TILE) / (_TILE / 8)
    low, part = steps.astype(int), steps % 1
    high = (low + 1) % 8  # the last cell runs into the first: the tile has no seam
    rows = noise[low] * (1 - part)[:, None] + noise[high] * part[:, None]
    field = rows[:, low] * (1 - part) + rows[:, high] * part
    dark, light = (
        [rng.uniform(low, high) for _ in range(3)] for low, high in ((0, 120), (90, 255))
    )
    mixed = np.asarray(dark) + field[..., None] * (np.asarray(light) - np.asarray(dark))
    return mixed.astype(np.uint8)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
