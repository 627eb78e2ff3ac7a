"""Islands and deserts."""

import math

import numpy as np

from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    bush,
    palm,
    rock,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    lathe,
    rod,
)


def island(kit: Kit) -> None:
    """An island in its piece of sea: beach, palms or trees, rocks."""
    width = kit.between(22, 26)
    land = Land(kit, width, 0.5, 0.06)
    r = land.radius() * (1 + 0.12 * land.noise(0.05))
    hill = kit.between(1.6, 3.0)
    land.height = 2.6 * (0.72 - r) + hill * np.clip(0.5 - r, 0, 1) ** 1.3 * 2 + 0.25 * land.height
    land.height = np.maximum(land.height, -1.6)
    land.layer(kit.material("sand"), base=-2.2)
    land.cover(
        kit.material("grass", kit.color(0, "6a9a3a")), 0.46 - r + 0.05 * land.noise(0.2), 0.1
    )
    waves = 0.05 * land.noise(0.25)
    land.layer(kit.material("water", kit.color(1, "2a86a8"), "a8e8e4"), 0.0 + waves, -2.1)

    def inside(x: float, z: float) -> bool:
        return land.at(x, z) > 0.5

    stone = kit.material("stone")
    land.scatter(
        kit.whole(5, 8), lambda x, y, z: palm(kit, x, y, z, kit.between(3.4, 5.0)), inside, 1.8
    )
    land.scatter(
        8,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 1.1)),
        lambda x, z: -0.6 < land.at(x, z) < 1.2,
        1.0,
    )
    land.scatter(
        8,
        lambda x, y, z: bush(kit, kit.material("leaves", "4c8a34"), x, y, z, kit.between(0.4, 0.7)),
        inside,
        1.0,
    )


def desert(kit: Kit) -> None:
    """Dunes with cacti, rocks and bones, or an oasis."""
    width = kit.between(20, 24)
    land = Land(kit, width, 0.3, 0.06)
    lean = land.x * 0.28 + land.z * 0.1 + 0.9 * land.noise(0.03) * 2
    wave = (lean / 2.2 + kit.tone) % 1.0
    land.height += (
        1.5
        * np.where(wave < 0.72, wave / 0.72, (1 - wave) / 0.28) ** 1.3
        * (0.55 + 0.45 * land.noise(0.05))
    )
    oasis = kit.says("oasis")
    if oasis:
        r = land.radius()
        land.height = (
            land.height * np.clip((r - 0.3) * 3, 0.05, 1) - 1.1 * np.clip(0.38 - r, 0, 1) * 3
        )
        land.cover(kit.material("grass", "7a9a3a"), 0.46 - r + 0.05 * land.noise(0.2), 0.09)
        land.layer(kit.material("water", "2c94a4", "b0ece0"), -0.45 + 0 * land.x, -2.4)
    land.layer(kit.material("sand", kit.color(0, "dcbc82")), base=-2.6)
    stone = kit.material("stone", "b0885c")
    if oasis:

        def ring(x: float, z: float) -> bool:
            return 0.33 < math.hypot(x, z) / (width / 2) < 0.5

        land.scatter(8, lambda x, y, z: palm(kit, x, y, z, kit.between(3.4, 4.8)), ring, 1.5)
        land.scatter(9, lambda x, y, z: bush(kit, kit.material("leaves"), x, y, z, 0.6), ring, 1.0)
    else:
        land.scatter(
            kit.whole(7, 10),
            lambda x, y, z: _cactus(kit, x, y, z, kit.between(1.4, 2.8)),
            None,
            2.2,
        )
    land.scatter(
        10,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 1.0)),
        lambda x, z: not oasis or math.hypot(x, z) > 5,
        1.2,
    )
    bone = kit.material("bone")
    for i in range(4 if not oasis else 0):
        x, z = 2.5 + 0.5 * i, 2.0
        y = land.at(2.5, 2.0)
        for side in (-1, 1):
            kit.add(
                rod(
                    (x, y - 0.1, z + side * 0.6),
                    (x, y + 0.75 - 0.1 * i, z + side * 0.25),
                    0.06,
                    0.03,
                    7,
                ),
                bone,
            )


def _cactus(kit: Kit, x: float, y: float, z: float, tall: float) -> None:
    from asset_forge.generation.providers.procedural.models.solids import tube

    green = kit.material("leaves", "4a7a3c", "8aa85a")
    r = 0.11 * tall
    kit.add(
        lathe(
            [(r * 0.9, -0.2), (r, tall * 0.3), (r, tall * 0.85), (r * 0.6, tall * 0.97), (0, tall)],
            12,
        ),
        green,
        at=(x, y, z),
        mapping="turned",
        crease=60,
    )
    for side in (-1, 1):
        if kit.chance(0.8):
            h = tall * kit.between(0.35, 0.55)
            kit.add(
                tube(
                    [
                        (x, y + h, z),
                        (x + side * 0.24 * tall, y + h + 0.02 * tall, z),
                        (x + side * 0.28 * tall, y + h + 0.1 * tall, z),
                        (x + side * 0.28 * tall, y + h + 0.32 * tall, z),
                    ],
                    [r * 0.6, r * 0.62, r * 0.62, r * 0.35],
                    10,
                ),
                green,
                crease=60,
            )
