"""Forests, snow fields and village roads."""

import math

import numpy as np

from asset_forge.generation.providers.procedural.models.environments._caves import cluster
from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    bush,
    pine,
    rock,
    tree,
    tuft,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    boulder,
    box,
    cylinder,
    lathe,
    rod,
)


def greens(kit: Kit) -> tuple[Material, Material]:
    """(ground, leaves) in the season that the prompt names."""
    if kit.says("autumn", "fall"):
        return kit.material("grass", "7a6a34"), kit.material(
            "leaves", kit.pick("c8642a", "c89a2a", "a83c24"), "e0b040"
        )
    if kit.reading.valence < -0.3:
        return kit.material("grass", "46502e"), kit.material("leaves", "2e4630", "4a5a34")
    if kit.says("swamp"):
        return kit.material("grass", "5a6434"), kit.material("leaves", "4e6a34")
    return kit.material(
        "grass", kit.color(0, kit.pick("5c8a34", "6a9438", "4f8038"))
    ), kit.material("leaves", kit.color(1, kit.pick("3f7a30", "5a8a2e", "2f6a3a")))


def forest(kit: Kit) -> None:
    """Trees, bushes, rocks and a worn path on rolling ground."""
    width = kit.between(17, 20)
    land = Land(kit, width, 0.5, 0.05)
    ground, leaf = greens(kit)
    bark, stone = kit.material("bark"), kit.material("stone")
    open_ = kit.says("clearing", "meadow", "field", "grassland", "garden", "glade")
    winding = np.abs(land.x - 2.2 * np.sin(land.z * 0.32 + kit.tone * 3)) - 1.0
    wintry = kit.says("snowy", "winter")
    land.layer(kit.material("snow") if wintry else ground)
    land.cover(kit.material("dirt"), -winding)

    def free(x: float, z: float) -> bool:
        clear = abs(x - 2.2 * math.sin(z * 0.32 + kit.tone * 3)) > 2.0
        return clear and (not open_ or math.hypot(x, z) > width * 0.27)

    coniferous = kit.says("pine", "fir", "spruce", "taiga")
    snow = kit.material("snow") if kit.says("snowy", "winter") else None

    def plant(x: float, y: float, z: float) -> None:
        if coniferous or kit.chance(0.25):
            pine(
                kit,
                bark,
                kit.material("leaves", "2c5a34") if not coniferous else leaf,
                x,
                y,
                z,
                kit.between(4.0, 6.0),
                snow,
            )
        else:
            tree(kit, bark, leaf, x, y, z, kit.between(3.8, 5.6))

    land.scatter(kit.whole(13, 17), plant, free, 2.3)
    land.scatter(9, lambda x, y, z: bush(kit, leaf, x, y, z, kit.between(0.5, 0.9)), free, 1.0)
    land.scatter(9, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.8)), free, 1.0)
    land.scatter(22, lambda x, y, z: tuft(kit, ground, x, y, z, kit.between(0.4, 0.7)), free)


def tundra(kit: Kit) -> None:
    """Snow fields with pines and rocks, or a glacier of ice blocks."""
    width = kit.between(18, 21)
    land = Land(kit, width, 0.6, 0.05)
    snow, ice = kit.material("snow"), kit.material("ice", kit.color(0, "9cd0ea"))
    frozen = kit.says("glacier", "iceberg", "arctic", "icy", "ice")
    if frozen:
        pool = land.radius() * (1 + 0.2 * land.noise(0.1)) - 0.42
        land.height += np.where(pool < 0, -0.5, 0.2)
        land.layer(snow)
        land.layer(ice, -0.2 + 0 * land.x)
        land.scatter(
            kit.whole(8, 11),
            lambda x, y, z: kit.add(
                boulder(kit.between(0.9, 2.0), kit.rng, kit.between(0.9, 1.7), 16),
                ice,
                at=(x, y + 0.5, z),
                crease=12,
            ),
            lambda x, z: math.hypot(x, z) > width * 0.22,
            2.2,
        )
        land.scatter(
            9, lambda x, y, z: cluster(kit, ice, x, y, z, kit.between(0.7, 1.3)), None, 1.6
        )
    else:
        land.layer(snow)
        path = np.abs(land.x - 1.8 * np.sin(land.z * 0.35)) - 0.8
        land.cover(kit.material("dirt", "8a7a6a"), -path, 0.04)
        bark, needle = kit.material("bark", "4e4038"), kit.material("leaves", "2e5442")
        land.scatter(
            kit.whole(15, 19),
            lambda x, y, z: pine(kit, bark, needle, x, y, z, kit.between(3.2, 5.6), snow),
            lambda x, z: abs(x - 1.8 * math.sin(z * 0.35)) > 1.9,
            1.9,
        )
    stone = kit.material("stone", "7c8088")
    land.scatter(10, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)), None, 1.0)


def village(kit: Kit) -> None:
    """A road with fences, trees, lamps, and tents or a bridge where they are asked for."""
    width = 18.0
    land = Land(kit, width, 0.25, 0.05)
    ground, leaf = greens(kit)
    bend = 1.4 * np.sin(land.z * 0.3 + kit.tone)
    land.layer(ground)
    land.cover(
        kit.material("cobble" if not kit.says("camp", "campsite") else "dirt"),
        1.7 - np.abs(land.x - bend),
        0.09,
    )
    wood, iron = kit.material("wood"), kit.material("iron")

    def side_of(z: float) -> float:
        return 1.4 * math.sin(z * 0.3 + kit.tone)

    for side in (-1, 1):
        for i in range(9):
            z = -8 + 2 * i
            x = side_of(z) + side * 2.4
            kit.add(
                box(0.14, 1.1, 0.14, 0.02), wood, at=(x, land.at(x, z) - 0.15, z), mapping="grain-y"
            )
            if i < 8:
                x2 = side_of(z + 2) + side * 2.4
                for dy in (0.4, 0.75):
                    kit.add(
                        rod(
                            (x, land.at(x, z) + dy, z),
                            (x2, land.at(x2, z + 2) + dy, z + 2),
                            0.045,
                            sides=6,
                        ),
                        wood,
                    )
    light = kit.light("ffc860")
    for z in (-5.0, 4.0):
        x = side_of(z) + 2.0
        y = land.at(x, z)
        kit.add(cylinder(0.07, 2.6, sides=8), iron, at=(x, y - 0.1, z))
        kit.add(box(0.26, 0.36, 0.26, 0.03), light, at=(x, y + 2.45, z))
        kit.add(lathe([(0.26, 0), (0.03, 0.25)], 4), iron, at=(x, y + 2.8, z))
    bark = kit.material("bark")

    def away(x: float, z: float) -> bool:
        return abs(x - side_of(z)) > 3.4

    land.scatter(
        8, lambda x, y, z: tree(kit, bark, leaf, x, y, z, kit.between(3.2, 4.6)), away, 2.6
    )
    land.scatter(8, lambda x, y, z: bush(kit, leaf, x, y, z, 0.6), away, 1.0)
    land.scatter(
        8,
        lambda x, y, z: rock(kit, kit.material("stone"), x, y, z, kit.between(0.2, 0.5)),
        away,
        1.0,
    )
    land.scatter(20, lambda x, y, z: tuft(kit, ground, x, y, z, 0.5), away)
    if kit.says("camp", "campsite", "clearing"):
        cloth = kit.material("cloth", kit.color(0, "a8926a"))
        from asset_forge.generation.providers.procedural.models.solids import prism

        for x, turn in ((-5.5, 60), (5.8, -50)):
            kit.add(
                prism([(-1.5, 0), (1.5, 0), (0, 1.8)], 2.8),
                cloth,
                at=(x, land.at(x, 0) - 0.1, 0),
                turn=(0, turn, 0),
            )
