"""Castles: curtain wall, corner towers, gatehouse and keep."""

import math

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    battlements,
    cone_roof,
    door,
    slit,
    wall_walk,
    window,
)
from asset_forge.generation.providers.procedural.models.buildings._towers import masonry
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    box,
    lathe,
    prism,
    rod,
)


def castle(kit: Kit) -> None:
    """A curtain wall with corner towers, a gatehouse and a keep."""
    stone = masonry(kit)
    half, wall = kit.between(8.5, 10.5), kit.between(4.6, 5.4)
    dark = kit.reading.valence < -0.3
    roof = kit.material(
        "roof", kit.color(1, "2c2a34" if dark else kit.pick("3c4a7a", "7a3a34", "4a5a4a"))
    )
    pointed = dark or kit.chance(0.5)
    for turn in (90, 180, 270):
        kit.add(block((-half, 0, half - 0.7), (half, wall, half + 0.7)), stone, turn=(0, turn, 0))
        wall_walk(kit, half * 1.7, wall - 0.05, half + 0.45, turn, stone)
    for side in (-1, 1):
        x0, x1 = sorted((side * 2.2, side * half))
        kit.add(block((x0, 0, half - 0.7), (x1, wall, half + 0.7)), stone)
        kit.add(block((x0, wall - 0.05, half + 0.2), (x1, wall + 0.5, half + 0.7)), stone)
    for sx in (-1, 1):
        for sz in (-1, 1):
            _corner(kit, sx * half, sz * half, 1.9, wall + 2.4, stone, roof if pointed else None)
    _gatehouse(kit, half, wall, stone)
    _keep(kit, half, wall, stone, roof)
    kit.add(block((-half, -0.2, -half), (half, 0.12, half)), kit.material("cobble"))


def _corner(
    kit: Kit,
    x: float,
    z: float,
    radius: float,
    height: float,
    stone: Material,
    roof: Material | None,
) -> None:
    start = len(kit.bodies)
    kit.add(
        lathe(
            [
                (radius * 1.15, 0),
                (radius, 1.2),
                (radius, height - 0.8),
                (radius * 1.18, height - 0.2),
                (radius * 1.18, height),
            ],
            kit.sides(20),
        ),
        stone,
        mapping="turned",
    )
    if roof is None:
        battlements(kit, radius * 1.1, height - 0.05, stone)
    else:
        cone_roof(kit, radius * 1.16, height, radius * 2.1, roof)
    slit(kit, height * 0.55, radius, 45 if x * z > 0 else -45)
    kit.move(start, (x, 0, z))


def _gatehouse(kit: Kit, half: float, wall: float, stone: Material) -> None:
    arch = prism(
        [(-1.4, -0.1), (1.4, -0.1), (1.4, 2.6), (0.9, 3.3), (0, 3.7), (-0.9, 3.3), (-1.4, 2.6)], 6
    )
    body = block((-2.6, 0, half - 1.4), (2.6, wall + 1.3, half + 1.3)) - arch.translate(
        (0, 0, half)
    )
    kit.add(body, stone)
    start = len(kit.bodies)
    battlements(kit, 2.4, 0, stone, square=True)
    kit.move(start, (0, wall + 1.25, half))
    iron = kit.material("iron")
    for i in range(6):
        x = -1.15 + 0.46 * i
        kit.add(box(0.1, 3.5, 0.1), iron, at=(x, 0.1, half + 0.4))
    for i in range(5):
        kit.add(box(2.8, 0.1, 0.08), iron, at=(0, 0.5 + 0.65 * i, half + 0.4))
    for side in (-1, 1):
        cloth = kit.material("cloth", kit.color(1, "a02828"))
        kit.add(
            prism([(-0.45, 0), (0, -0.4), (0.45, 0), (0.45, 2.2), (-0.45, 2.2)], 0.06),
            cloth,
            at=(side * 2.0, wall - 1.6, half + 1.36),
        )


def _keep(kit: Kit, half: float, wall: float, stone: Material, roof: Material) -> None:
    w, h = half * 0.42, wall + kit.between(4.5, 6.0)
    start = len(kit.bodies)
    kit.add(block((-w, 0, -w), (w, h, w)), stone)
    battlements(kit, w, h - 0.05, stone, square=True)
    frame = kit.material("stone", "6c6860")
    for turn in (0, 90, -90):
        for y in (h * 0.45, h * 0.7):
            for t in (-0.5, 0.5):
                a = math.radians(turn)
                x, z = w * t * math.cos(a) + w * math.sin(a), w * math.cos(a) - w * t * math.sin(a)
                window(kit, x, y, z, turn, (0.6, 1.1), frame)
    door(kit, 0, 0.1, w, 0, (1.5, 2.6), arched=True)
    for sx in (-1, 1):
        kit.add(
            lathe([(0.1, 0), (0.9, 1.5), (0.9, 4.5)], kit.sides(14)),
            stone,
            at=(sx * w, h - 3.0, w),
            mapping="turned",
        )
        kit.add(
            lathe([(1.15, 0), (0.03, 2.3)], kit.sides(14)),
            roof,
            at=(sx * w, h + 1.45, w),
            mapping="turned",
        )
    kit.add(rod((0, h, 0), (0, h + 4, 0), 0.08, 0.05, 8), kit.material("wood"))
    kit.add(
        prism([(0, 0), (1.8, 0.4), (0, 1.1)], 0.05),
        kit.material("cloth", kit.color(1, "a02828")),
        at=(0.05, h + 2.8, 0),
    )
    kit.move(start, (0, 0, -half * 0.2))
