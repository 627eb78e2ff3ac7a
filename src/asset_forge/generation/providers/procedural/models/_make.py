"""From a prompt to a model's bytes: read, build, mesh, place, texture, write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from asset_forge.generation.providers.procedural.models import (
    armor,
    buildings,
    characters,
    environments,
    items,
    props,
    weapons,
)
from asset_forge.generation.providers.procedural.models.assembly import (
    Part,
    mesh_all,
    primitives_of,
)
from asset_forge.generation.providers.procedural.models.gltf import to_glb
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import images_of, size_for
from asset_forge.generation.providers.procedural.options import MODEL_OPTIONS, read_options
from asset_forge.generation.providers.procedural.words import random_for, read_prompt

# Every extent of every model lies between these, in meters.
_SMALLEST, _LARGEST = 0.012, 48.0

Grammar = Callable[[Kit], None]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type's grammars by family, its texture scale, and whether models stand on the ground."""

    grammars: Mapping[str, Grammar]
    scale: float
    stands: bool = True


_KINDS: Final[Mapping[str, _Kind]] = {
    "building": _Kind(buildings.GRAMMARS, 1.0),
    "character": _Kind(characters.GRAMMARS, 0.6),
    "environment": _Kind(environments.GRAMMARS, 1.6),
    "prop": _Kind(props.GRAMMARS, 0.6),
    "item": _Kind(items.GRAMMARS, 0.25),
    "armor": _Kind(armor.GRAMMARS, 0.4),
    "weapon": _Kind(weapons.GRAMMARS, 0.5, stands=False),
}


def make_model(asset_type: str, prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A glTF 2.0 binary in meters, Y up, its front toward +Z.

    Every primitive is made of closed solids. Vertices are split where texture coordinates or hard
    edges ask for it, as glTF needs; welding them by position gives back the watertight solids.
    Raises ``ValueError`` for an unknown asset type or a bad option.
    """
    kind = _KINDS.get(asset_type)
    if kind is None:
        raise ValueError(
            f"asset type {asset_type!r} is not a model; use one of {', '.join(_KINDS)}"
        )
    values = read_options(MODEL_OPTIONS, options)
    reading = read_prompt(prompt)
    family = reading.family(asset_type)
    rng = random_for(prompt, seed, f"model/{asset_type}/{family}")
    kit = Kit(reading, rng, values["detail"], kind.scale)
    kind.grammars[family](kit)
    parts = _placed(mesh_all(kit.bodies, values["maxTriangles"]), reading.size, kind.stands)
    primitives = primitives_of(parts)
    total = sum(primitive.area for primitive in primitives)
    images = {
        primitive.material: images_of(
            primitive.material,
            prompt,
            seed,
            size_for(primitive.area / total, values["textureSize"]),
        )
        for primitive in primitives
    }
    extras = {"prompt": prompt, "seed": seed, "assetType": asset_type, "family": family}
    return to_glb(primitives, images, f"{asset_type}-{family}", extras)


def _placed(parts: list[Part], size: float, stands: bool) -> list[Part]:
    """Scaled as asked within the allowed extents; standing models centered on the ground."""
    everything = np.concatenate([part.vertices for part in parts])
    low, high = everything.min(0), everything.max(0)
    extent = high - low
    factor = max(min(size, _LARGEST / float(extent.max())), _SMALLEST / float(extent.min()))
    middle = (low + high) / 2
    origin = np.array([middle[0], low[1], middle[2]]) if stands else np.zeros(3)
    return [
        replace(part, vertices=(part.vertices - origin) * factor, uv=part.uv * factor)
        for part in parts
    ]
