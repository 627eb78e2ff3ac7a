"""Caves, rock arches and crystal fields."""

import itertools
import math

import numpy as np

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    rock,
    tuft,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    crystal,
    lathe,
)


def cave(kit: Kit) -> None:
    """A cave mouth or a rock arch, hollowed from one mass of rock."""
    width = 14.0
    land = Land(kit, width, 0.3, 0.08)
    dark = kit.reading.valence < -0.3
    word = kit.stuff("stone", "stone", "ice", "crystal", "marble")
    stone = kit.material(
        word,
        kit.color(0, "5a5650" if dark else kit.pick("8c8478", "9a7a5c", "77808a"))
        if word == "stone"
        else None,
    )
    land.layer(kit.material("dirt" if not kit.says("desert", "canyon") else "sand"))
    arch = kit.says("arch", "tunnel", "natural")
    if arch:
        path = [
            (-4.2, -0.5, 0.0),
            (-3.6, 2.6, 0.2),
            (-1.4, 4.7, 0.0),
            (1.6, 4.6, -0.3),
            (3.7, 2.6, 0.0),
            (4.4, -0.5, 0.2),
        ]
        field = o.blend(
            [
                o.capsule(a, b, kit.between(1.1, 1.4), kit.between(0.95, 1.3))
                for a, b in itertools.pairwise(path)
            ],
            0.4,
        )
    else:
        mass = o.blend(
            [
                o.ellipsoid((0, 0.8, -1.4), (5.6, 4.6, 4.4)),
                o.ellipsoid((-3.4, 0.5, 0.6), (2.4, 3.2, 2.6)),
                o.ellipsoid((3.6, 0.4, 0.4), (2.3, 2.7, 2.6)),
            ],
            0.6,
        )
        hollow = o.blend(
            [
                o.capsule((0, 0.7, 5), (0, 1.1, -1.0), 1.55, 1.9),
                o.ellipsoid((0, 1.2, -1.8), (2.9, 2.2, 2.2)),
            ],
            0.4,
        )
        field = o.without(mass, hollow)
    rough = o.both(o.rough(o.rough(field, kit.rng, 0.2, 0.22), kit.rng, 0.09, 0.7), o.above(-0.8))
    kit.add(o.mesh(rough, (-6.6, -0.8, -6), (6.6, 6.6, 5), 0.3, 0.05), stone, crease=30)
    for i in range(kit.whole(5, 8)):
        x, z = kit.between(-2.0, 2.0), kit.between(-2.6, 1.2)
        if not arch:
            kit.add(
                lathe([(0.32, 0.4), (0.2, -0.4), (0.02, -kit.between(0.8, 1.6))][::-1], 7),
                stone,
                at=(x, 3.1, z),
                crease=30,
            )
            if i % 2:
                kit.add(
                    lathe([(0.3, 0), (0.16, 0.5), (0.02, kit.between(0.7, 1.2))], 7),
                    stone,
                    at=(x * 1.1, 0.0, z),
                    crease=30,
                )
    land.scatter(
        12,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)),
        lambda x, z: abs(x) > 2.2,
        1.0,
    )
    if kit.says("crystal", "gem", "magic") or kit.element:
        glow = kit.material("crystal", kit.color(1, "5ac8e0"))
        land.scatter(
            7,
            lambda x, y, z: cluster(kit, glow, x, y, z, 0.8),
            lambda x, z: abs(x) > 1.2 or arch,
            1.2,
        )
    green = kit.material("grass")
    land.scatter(14, lambda x, y, z: tuft(kit, green, x, y, z, 0.5))


def cluster(kit: Kit, material: Material, x: float, y: float, z: float, size: float) -> None:
    for i in range(kit.whole(4, 6)):
        tall = size * (1.9 if i == 0 else kit.between(0.7, 1.4))
        lean = 0 if i == 0 else kit.between(18, 42)
        kit.add(
            crystal(0.2 * size * kit.between(0.8, 1.2), tall, kit.rng),
            material,
            at=(x, y - 0.12 * size, z),
            turn=(lean, 75.0 * i + kit.between(0, 40), 0),
            crease=8,
            tint=kit.between(0.8, 1.0),
        )


def crystals(kit: Kit) -> None:
    """Clusters of tall crystals on bare rock."""
    land = Land(kit, 14.0, 0.5, 0.08)
    land.height += 0.7 * np.clip(0.6 - land.radius(), 0, 1)
    word = kit.stuff("crystal", "crystal", "ice", "obsidian", "gold", "jade")
    color = kit.color(0, kit.pick("8a5ad8", "3aa8d8", "d85a9a", "4ac88a"))
    gem = kit.material(word, color if word == "crystal" else None)
    stone = kit.material("stone", "4e4a54")
    land.layer(stone)
    land.scatter(
        kit.whole(3, 4),
        lambda x, y, z: cluster(kit, gem, x, y, z, kit.between(2.2, 3.2)),
        lambda x, z: math.hypot(x, z) < 4.0,
        3.0,
    )
    land.scatter(9, lambda x, y, z: cluster(kit, gem, x, y, z, kit.between(0.5, 1.2)), None, 1.5)
    land.scatter(16, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)), None, 0.9)
