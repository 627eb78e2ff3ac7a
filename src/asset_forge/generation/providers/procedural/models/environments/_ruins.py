"""Ruins, stone circles and graveyards."""

import itertools
import math

from asset_forge.generation.providers.procedural.models.buildings._parts import column
from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    bush,
    rock,
    tuft,
)
from asset_forge.generation.providers.procedural.models.environments._woods import greens
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    box,
    bumpy,
    cylinder,
    lathe,
)


def ruins(kit: Kit) -> None:
    """Broken columns, walls and slabs, or standing stones, in grass."""
    land = Land(kit, 17.0, 0.3, 0.07)
    ground, leaf = greens(kit)
    land.layer(ground)
    grave = kit.says("graveyard", "cemetery")
    circle = kit.says("circle", "stonehenge", "henge") or grave
    word = kit.stuff("stone", "stone", "marble", "brick", "obsidian")
    stone = kit.material(
        "blocks" if word == "stone" and not circle else word,
        kit.color(0, "a49c8a") if word == "stone" else None,
    )
    if grave:
        _graves(kit, land, stone)
    elif circle:
        count = kit.whole(9, 12)
        for i in range(count):
            a = 2 * math.pi * i / count
            x, z = math.cos(a) * 5.2, math.sin(a) * 5.2
            slab = bumpy(box(1.15, kit.between(2.6, 3.3), 0.65, 0.1).refine(3), kit.rng, 0.04, 0.4)
            fallen = kit.chance(0.18)
            kit.add(
                slab,
                stone,
                at=(x, land.at(x, z) - (0.0 if fallen else 0.2), z),
                turn=(
                    kit.between(-4, 4) + (82 if fallen else 0),
                    90 - math.degrees(a),
                    kit.between(-4, 4),
                ),
                crease=30,
                tint=kit.between(0.85, 1.0),
            )
            if i % 3 == 0:
                b = a + math.pi / count
                kit.add(
                    box(3.6, 0.55, 0.7, 0.08),
                    stone,
                    at=(math.cos(b) * 5.2, land.at(x, z) + 2.85, math.sin(b) * 5.2),
                    turn=(0, 90 - math.degrees(b), kit.between(-2, 2)),
                    crease=30,
                )
        kit.add(
            box(2.0, 0.8, 1.1, 0.1),
            stone,
            at=(0, land.at(0, 0) - 0.1, 0),
            turn=(0, 30, 0),
            crease=30,
        )
    else:
        _broken_temple(kit, land, stone)
    rubble = kit.material("stone", "9a9284")
    land.scatter(18, lambda x, y, z: rock(kit, rubble, x, y, z, kit.between(0.2, 0.6)), None, 0.8)
    land.scatter(5, lambda x, y, z: bush(kit, leaf, x, y, z, kit.between(0.5, 0.8)), None, 1.5)
    land.scatter(24, lambda x, y, z: tuft(kit, ground, x, y, z, 0.5))


def _graves(kit: Kit, land: Land, stone: Material) -> None:
    dirt = kit.material("dirt")
    for i in range(4):
        for j in range(4):
            x, z = -5.4 + 3.6 * i + kit.between(-0.3, 0.3), -5.4 + 3.6 * j + kit.between(-0.3, 0.3)
            y = land.at(x, z)
            head = cylinder(0.42, 0.2, sides=18).rotate((90, 0, 0)).translate(
                (0, 0.8, 0.1)
            ) + block((-0.42, 0, -0.1), (0.42, 0.8, 0.1))
            kit.add(
                head,
                stone,
                at=(x, y - 0.1, z - 0.9),
                turn=(kit.between(-10, 10), kit.between(-6, 6), kit.between(-8, 8)),
                tint=kit.between(0.8, 1.0),
            )
            kit.add(box(0.95, 0.22, 1.9, 0.1), dirt, at=(x, y - 0.06, z + 0.25), crease=60)


def _broken_temple(kit: Kit, land: Land, stone: Material) -> None:
    kit.add(block((-5.6, -0.8, -3.8), (5.6, 0.35, 3.8), 0.05), stone, at=(0, 0.15, 0))
    kit.add(block((-5.1, -0.5, -3.3), (5.1, 0.6, 3.3), 0.05), stone, at=(0, 0.2, 0), tint=0.92)
    tops: list[tuple[float, float]] = []
    for i in range(6):
        for z in (-2.7, 2.7):
            x = -4.5 + 1.8 * i
            if kit.chance(0.45):
                column(kit, x, z, 0.75, 3.8, 0.4, stone)
                tops.append((x, z))
            else:
                kit.add(
                    lathe(
                        [(0.54, 0), (0.54, 0.18), (0.42, 0.34), (0.39, kit.between(0.6, 2.4))],
                        kit.sides(16),
                    ),
                    stone,
                    at=(x, 0.75, z),
                    mapping="turned",
                )
    for (x0, z0), (x1, z1) in itertools.pairwise(tops):
        if z0 == z1 and abs(x1 - x0) < 2:
            kit.add(box(2.4, 0.55, 0.9, 0.05), stone, at=((x0 + x1) / 2, 4.5, z0))
    for _ in range(4):
        kit.add(
            cylinder(0.39, kit.between(0.8, 1.8), sides=16),
            stone,
            at=(kit.between(-5, 5), 1.1, kit.between(-1.6, 1.6)),
            turn=(90, kit.between(0, 180), 0),
            mapping="turned",
        )
    for i in range(5):
        high = kit.between(0.8, 2.6)
        kit.add(
            block((-1.0, 0, -0.25), (1.0, high, 0.25), 0.05),
            stone,
            at=(-4 + 2.0 * i, 0.75, -0.9),
            tint=0.85,
        )
    kit.add(block((-1.8, -0.5, 0), (1.8, 0.28, 1.2), 0.04), stone, at=(0, 0.1, 3.7))
