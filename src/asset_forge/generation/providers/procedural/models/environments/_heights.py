"""Mountains, canyons and volcanoes."""

import numpy as np

from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    pine,
    rock,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    cylinder,
    lathe,
)


def mountain(kit: Kit) -> None:
    """A peak with a snow line, or a canyon between cliffs."""
    width = kit.between(28, 34)
    land = Land(kit, width, 1.0, 0.045)
    ridges = 1 - np.abs(land.noise(0.06))
    canyon = kit.says("canyon", "valley", "gorge", "badlands", "mesa")
    snowy = kit.says("snowy", "winter", "alps") or kit.element == "ice"
    if canyon:
        gap = np.abs(land.x - 3 * np.sin(land.z * 0.2)) / (width / 2)
        rise = np.clip((gap - 0.16) * 6, 0, 1)
        land.height = np.floor(rise * 3.2 + 0.4 * land.noise(0.08)) * 2.4 + 0.4 * land.noise(0.2)
        land.layer(kit.material("stone", kit.color(0, "b4683e"), "d8a06a"), base=-2)
        land.cover(kit.material("sand", "d09a62"), 0.17 - gap + 0.02 * land.noise(0.3), 0.2)
        land.scatter(
            16,
            lambda x, y, z: rock(
                kit, kit.material("stone", "a8603a"), x, y, z, kit.between(0.4, 1.2)
            ),
            lambda x, z: land.at(x, z) < 2,
            1.5,
        )
        return
    r = land.radius()
    peak = kit.between(13, 17)
    land.height = peak * np.clip(1.0 - r, 0, 1) ** 1.35 * (0.66 + 0.5 * ridges) + 0.6 * land.height
    land.layer(kit.material("stone", kit.color(0, "77726a")), base=-1.5)
    line = peak * (0.3 if snowy else 0.52)
    land.cover(kit.material("snow"), land.height - line - 1.4 * land.noise(0.12), 0.22)
    land.cover(
        kit.material("snow" if snowy and kit.says("winter") else "grass"),
        1.9 - land.height + 0.8 * land.noise(0.1),
        0.14,
    )
    bark, needle = kit.material("bark"), kit.material("leaves", "2c5a34")
    land.scatter(
        26,
        lambda x, y, z: pine(
            kit,
            bark,
            needle,
            x,
            y,
            z,
            kit.between(1.6, 2.6),
            kit.material("snow") if snowy else None,
        ),
        lambda x, z: land.at(x, z) < 2.6,
        1.3,
    )
    land.scatter(
        10,
        lambda x, y, z: rock(kit, kit.material("stone"), x, y, z, kit.between(0.5, 1.2)),
        lambda x, z: land.at(x, z) < 4,
    )


def volcano(kit: Kit) -> None:
    """A volcano with a lava lake and streams, or a plain of lava pools."""
    width = kit.between(26, 30)
    land = Land(kit, width, 0.5, 0.07)
    r = land.radius() * (1 + 0.07 * land.noise(0.08))
    rock_ = kit.material("stone", "3c3634", "5a4a44")
    lava = kit.material("lava", kit.color(0, "f04a0a"))
    if kit.says("volcano", "mountain", "crater", "caldera"):
        cone = 15.0 * np.clip(0.95 - r, 0, 1) ** 1.5
        rim = 15.0 * (0.95 - 0.24) ** 1.5
        land.height = np.where(
            r < 0.24, rim - 2.4 * np.clip((0.24 - r) * 14, 0, 1), cone
        ) + 0.45 * land.noise(0.12)
        land.layer(rock_, base=-1.5)
        angle = np.arctan2(land.z, land.x)
        stream = np.maximum.reduce(
            [
                0.14 - np.abs(np.sin((angle - a + 0.35 * np.sin(r * 9 + a)) / 2))
                for a in (0.6, 2.4, 4.3)
            ]
        )
        land.cover(lava, np.minimum(stream, r - 0.2), 0.12)
        land.layer(lava, np.where(r < 0.26, rim - 1.3, -1.0))
    else:
        land.height += 0.9 * land.noise(0.09) + 0.9 * np.clip(land.noise(0.05), 0, 1)
        land.layer(rock_, base=-1.6)
        land.layer(lava, -0.15 + 0 * land.x, -1.5)
        for _ in range(3):
            x, z = kit.between(-8, 8), kit.between(-8, 8)
            kit.add(
                lathe([(1.6, -0.5), (0.9, 1.2), (0.6, 1.9), (0.35, 1.5)], 10),
                rock_,
                at=(x, land.at(x, z), z),
                crease=30,
            )
            kit.add(cylinder(0.5, 0.2, sides=10), lava, at=(x, land.at(x, z) + 1.55, z))
    land.scatter(
        22,
        lambda x, y, z: rock(kit, rock_, x, y, z, kit.between(0.4, 1.2), 0.9),
        lambda x, z: land.at(x, z) < 5,
        1.2,
    )
    char = kit.material("bark", "2a2624")
    land.scatter(
        6,
        lambda x, y, z: kit.add(
            cylinder(0.16, kit.between(1.2, 2.4), 0.04, 7),
            char,
            at=(x, y - 0.2, z),
            turn=(kit.between(-12, 12), 0, kit.between(-12, 12)),
        ),
        lambda x, z: land.at(x, z) < 2,
        2,
    )
