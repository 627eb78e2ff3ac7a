"""A turned body (a vase, a pillar, a barrel) for each prompt, as a binary glTF 2.0 file.

Format: https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html (GLB: chapter 4.4).
"""

from __future__ import annotations

import json
import math
import random
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from asset_forge.simulation.providers.content.images import make_png

MOST_TRIANGLES: Final = 6000
"""However many are asked for, so that a file stays small."""
_RINGS: Final = 12
_FLOAT, _UNSIGNED_SHORT = 5126, 5123
_ARRAY, _ELEMENTS = 34962, 34963

Floats = NDArray[np.float32]


def make_glb(prompt: str, seed: int = 0, *, triangles: int = 600, textured: bool = False) -> bytes:
    """Make a model of about so many triangles, 1.8 m high at most; the same bytes each time."""
    rng = random.Random(f"{prompt}|{seed}")
    sides = max(8, min(triangles, MOST_TRIANGLES) // (2 * _RINGS))
    positions, normals, uvs = _turned(rng, sides)
    indices = _faces(sides)
    color = [round(rng.uniform(0.15, 0.9), 3) for _ in range(3)]
    texture = make_png(prompt, seed, 128, 128) if textured else None
    return _glb(prompt, positions, normals, uvs, indices, color, texture)


def _turned(rng: random.Random, sides: int) -> tuple[Floats, Floats, Floats]:
    height = rng.uniform(0.6, 1.8)
    waves = [(rng.uniform(0.02, 0.12), rng.uniform(1, 9), rng.uniform(0, 6.3)) for _ in range(3)]
    along = np.linspace(0, 1, _RINGS + 1)
    radius = 0.3 + sum(a * np.sin(k * along * math.pi + p) for a, k, p in waves)
    slope = np.gradient(radius, along * height)
    around = np.linspace(0, 2 * math.pi, sides + 1)
    cosine, sine = np.cos(around), np.sin(around)
    ones = np.ones_like(around)
    positions = np.stack(
        [np.outer(radius, cosine), np.outer(along * height, ones), np.outer(radius, sine)], axis=-1
    )
    flat = np.ones_like(radius)
    normals = np.stack(
        [np.outer(flat, cosine), np.outer(-slope, ones), np.outer(flat, sine)], axis=-1
    )
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    uvs = np.stack(np.meshgrid(around / (2 * math.pi), 1 - along), axis=-1)
    return (
        positions.reshape(-1, 3).astype("<f4"),
        normals.reshape(-1, 3).astype("<f4"),
        uvs.reshape(-1, 2).astype("<f4"),
    )


def _faces(sides: int) -> NDArray[np.uint16]:
    ring, side = np.meshgrid(np.arange(_RINGS), np.arange(sides), indexing="ij")
    a = (ring * (sides + 1) + side).ravel()
    b = a + sides + 1
    return np.stack([a, b, a + 1, a + 1, b, b + 1], axis=-1).astype("<u2").ravel()


def _glb(
    name: str,
    positions: Floats,
    normals: Floats,
    uvs: Floats,
    indices: NDArray[np.uint16],
    color: list[float],
    texture: bytes | None,
) -> bytes:
    views, binary = _buffer(
        [positions.tobytes(), normals.tobytes(), uvs.tobytes(), indices.tobytes()], texture
    )
    bounds = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
    accessors = [
        _accessor(0, _FLOAT, len(positions), "VEC3") | bounds,
        _accessor(1, _FLOAT, len(normals), "VEC3"),
        _accessor(2, _FLOAT, len(uvs), "VEC2"),
        _accessor(3, _UNSIGNED_SHORT, len(indices), "SCALAR"),
    ]
    surface: dict[str, object] = {"metallicFactor": 0.1, "roughnessFactor": 0.7}
    surface |= {"baseColorTexture": {"index": 0}} if texture else {"baseColorFactor": [*color, 1.0]}
    primitive = {
        "attributes": {"POSITION": 0, "NORMAL": 1, "TEXCOORD_0": 2},
        "indices": 3,
        "material": 0,
    }
    tree: dict[str, object] = {
        "asset": {"version": "2.0", "generator": "asset-forge simulation"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name[:100]}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [{"pbrMetallicRoughness": surface, "doubleSided": True}],
        "accessors": accessors,
        "bufferViews": views,
        "buffers": [{"byteLength": len(binary)}],
    }
    if texture:
        tree["images"] = [{"bufferView": 4, "mimeType": "image/png"}]
        tree["textures"] = [{"source": 0}]
    return _packed(json.dumps(tree, separators=(",", ":")).encode(), binary)


def _buffer(arrays: list[bytes], texture: bytes | None) -> tuple[list[dict[str, object]], bytes]:
    """Lay the parts out one after the other, the indices last but for the texture."""
    views: list[dict[str, object]] = []
    binary = bytearray()
    parts = arrays if texture is None else [*arrays, texture]
    for number, part in enumerate(parts):
        view: dict[str, object] = {"buffer": 0, "byteOffset": len(binary), "byteLength": len(part)}
        if number < len(arrays):
            view["target"] = _ELEMENTS if number == len(arrays) - 1 else _ARRAY
        views.append(view)
        binary += part + bytes(-len(part) % 4)
    return views, bytes(binary)


def _accessor(view: int, component: int, count: int, kind: str) -> dict[str, object]:
    return {"bufferView": view, "componentType": component, "count": count, "type": kind}


def _packed(document: bytes, binary: bytes) -> bytes:
    """Put the two chunks of a GLB together; both begin and end at multiples of 4 bytes."""
    document += b" " * (-len(document) % 4)
    total = 12 + 8 + len(document) + 8 + len(binary)
    return b"".join(
        (
            struct.pack("<4sII", b"glTF", 2, total),
            struct.pack("<I4s", len(document), b"JSON"),
            document,
            struct.pack("<I4s", len(binary), b"BIN\0"),
            binary,
        )
    )
