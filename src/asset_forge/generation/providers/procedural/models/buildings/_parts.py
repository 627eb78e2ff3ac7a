"""Parts that many buildings share: roofs, windows, doors, chimneys, battlements, columns."""

import math

from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    box,
    cylinder,
    lathe,
    prism,
    rod,
)


def gable(
    kit: Kit, width: float, depth: float, base: float, rise: float, roof: Material, wall: Material
) -> None:
    """A pitched roof, its ridge along Z, over walls whose gables it closes."""
    over, thick = 0.45, 0.16
    kit.add(
        prism([(-width / 2, 0), (width / 2, 0), (0, rise)], depth - 0.02), wall, at=(0, base, 0)
    )
    slope = math.hypot(width / 2, rise)
    angle = math.degrees(math.atan2(rise, width / 2))
    reach = slope + over
    for side in (-1, 1):
        slab = block((-thick, 0, -depth / 2 - over), (0, reach, depth / 2 + over), 0.03)
        slab = slab.translate((0, -reach, 0)) if side > 0 else slab.translate((thick, -reach, 0))
        kit.add(slab, roof, at=(0, base + rise + thick * 0.9, 0), turn=(0, 0, side * (90 - angle)))
    kit.add(
        rod(
            (0, base + rise + 0.1, -depth / 2 - over),
            (0, base + rise + 0.1, depth / 2 + over),
            0.13,
            sides=8,
        ),
        roof,
        tint=0.8,
    )


def hip(kit: Kit, width: float, depth: float, base: float, rise: float, roof: Material) -> None:
    """A roof that slopes to all four sides."""
    import numpy as np
    from manifold3d import Manifold

    w, d = width / 2 + 0.45, depth / 2 + 0.45
    ridge = max(d - w, 0.05)
    corners = [(x, y, z) for y in (0.0, 0.14) for x in (-w, w) for z in (-d, d)]
    solid = Manifold.hull_points(np.array([*corners, (0, rise, ridge), (0, rise, -ridge)]))
    kit.add(solid, roof, at=(0, base, 0), crease=20)


def cone_roof(kit: Kit, radius: float, base: float, rise: float, roof: Material) -> None:
    """A pointed round roof with a finial."""
    profile = [
        (radius * 0.9, 0),
        (radius * 1.2, 0),
        (radius * 1.16, 0.12),
        (radius * 0.5, rise * 0.5),
        (0.04, rise),
    ]
    kit.add(lathe(profile, kit.sides(24)), roof, at=(0, base, 0), mapping="turned", crease=35)
    kit.add(
        lathe([(0.03, 0), (0.05, 0.25), (0.12, 0.4), (0.0, 0.75)], 8),
        kit.material("gold"),
        at=(0, base + rise - 0.1, 0),
    )


def window(
    kit: Kit, x: float, y: float, z: float, turn: float, size: tuple[float, float], frame: Material
) -> None:
    """A window with frame, sill, bars and a pane that may be lit; it faces +Z before ``turn``."""
    w, h = size
    lit = kit.reading.valence < -0.3 or kit.says(
        "night", "lit", "cozy", "glowing", "neon", "inn", "tavern"
    )
    pane = kit.light("ffc860") if lit else kit.material("glass", "5c7c92")
    solids = [
        (block((-w / 2, 0, -0.04), (w / 2, h, 0.03)), pane),
        (block((-w / 2 - 0.09, -0.09, -0.05), (-w / 2, h + 0.09, 0.09), 0.01), frame),
        (block((w / 2, -0.09, -0.05), (w / 2 + 0.09, h + 0.09, 0.09), 0.01), frame),
        (block((-w / 2, h, -0.05), (w / 2, h + 0.09, 0.09), 0.01), frame),
        (block((-w / 2 - 0.14, -0.1, -0.05), (w / 2 + 0.14, 0, 0.16), 0.015), frame),
        (block((-0.025, 0, -0.03), (0.025, h, 0.06)), frame),
        (block((-w / 2, h * 0.52, -0.03), (w / 2, h * 0.52 + 0.05, 0.06)), frame),
    ]
    for solid, material in solids:
        kit.add(solid, material, at=(x, y, z), turn=(0, turn, 0))


def door(
    kit: Kit,
    x: float,
    y: float,
    z: float,
    turn: float,
    size: tuple[float, float],
    arched: bool = False,
) -> None:
    """A door in its frame with a step before it."""
    w, h = size
    wood = kit.material("planks", kit.color(2, kit.pick("6b4426", "4c5a3a", "6e2a22", "3c4c66")))
    frame = kit.material("stone" if arched else "wood", "77726a" if arched else "4a3322")
    iron = kit.material("iron")
    if arched:
        outline = [(-w / 2, 0.0), (w / 2, 0.0), (w / 2, h - w / 2)]
        outline += [
            (w / 2 * math.cos(a), h - w / 2 + w / 2 * math.sin(a))
            for a in (0.4, 0.8, 1.2, 1.57, 1.94, 2.34, 2.74)
        ]
        outline.append((-w / 2, h - w / 2))
        kit.add(
            prism([(px * 1.28, py * 1.07) for px, py in outline], 0.24),
            frame,
            at=(x, y, z),
            turn=(0, turn, 0),
        )
        kit.add(prism(outline, 0.32), wood, at=(x, y, z), turn=(0, turn, 0), mapping="grain-y")
    else:
        kit.add(
            block((-w / 2, 0, -0.05), (w / 2, h, 0.07)),
            wood,
            at=(x, y, z),
            turn=(0, turn, 0),
            mapping="grain-y",
        )
        for low, high in (
            ((-w / 2 - 0.14, 0, -0.06), (-w / 2, h + 0.14, 0.13)),
            ((w / 2, 0, -0.06), (w / 2 + 0.14, h + 0.14, 0.13)),
            ((-w / 2, h, -0.06), (w / 2, h + 0.14, 0.13)),
        ):
            kit.add(block(low, high, 0.015), frame, at=(x, y, z), turn=(0, turn, 0))
    for dy in (0.22, 0.72):
        kit.add(
            block((-w / 2, h * dy, 0), (w * 0.3, h * dy + 0.07, 0.19 if arched else 0.1)),
            iron,
            at=(x, y, z),
            turn=(0, turn, 0),
        )
    kit.add(
        block((-w * 0.85, -0.02, 0), (w * 0.85, 0.16, 0.55), 0.03),
        kit.material("stone", "8a857c"),
        at=(x, y, z),
        turn=(0, turn, 0),
    )


def chimney(kit: Kit, x: float, z: float, base: float, height: float, stone: Material) -> None:
    """A chimney with a cap and a flue."""
    kit.add(block((x - 0.38, base, z - 0.38), (x + 0.38, base + height, z + 0.38), 0.03), stone)
    kit.add(
        block((x - 0.48, base + height, z - 0.48), (x + 0.48, base + height + 0.2, z + 0.48), 0.03),
        stone,
        tint=0.85,
    )
    kit.add(
        cylinder(0.18, 0.45, 0.15, sides=10), kit.material("clay"), at=(x, base + height + 0.18, z)
    )


def battlements(kit: Kit, radius: float, y: float, stone: Material, square: bool = False) -> None:
    """A parapet with merlons around a tower's top."""
    if square:
        for turn in (0, 90, 180, 270):
            wall_walk(kit, radius * 2, y, radius, turn, stone)
        return
    ring = cylinder(radius + 0.22, 0.7, sides=kit.sides(28)) - cylinder(
        radius - 0.22, 2, sides=kit.sides(28)
    ).translate((0, 0.35, 0))
    kit.add(ring, stone, at=(0, y, 0), mapping="turned", crease=35)
    count = max(8, round(radius * 4))
    for i in range(count):
        angle = 360 * i / count
        kit.add(
            block((-0.32, 0, radius - 0.2), (0.32, 0.75, radius + 0.2), 0.03),
            stone,
            at=(0, y + 0.65, 0),
            turn=(0, angle, 0),
        )


def wall_walk(kit: Kit, length: float, y: float, out: float, turn: float, stone: Material) -> None:
    """A straight parapet with merlons, ``out`` meters from the origin toward ``turn``."""
    kit.add(
        block((-length / 2 - 0.25, 0, out - 0.25), (length / 2 + 0.25, 0.55, out + 0.25), 0.02),
        stone,
        at=(0, y, 0),
        turn=(0, turn, 0),
    )
    count = max(3, round(length / 1.1))
    for i in range(count):
        x = -length / 2 + length * (i + 0.5) / count
        kit.add(
            block((x - 0.27, 0.5, out - 0.22), (x + 0.27, 1.2, out + 0.22), 0.03),
            stone,
            at=(0, y, 0),
            turn=(0, turn, 0),
        )


def column(
    kit: Kit, x: float, z: float, base: float, height: float, radius: float, stone: Material
) -> None:
    """A column with base and capital, slightly swelling as the Greeks built them."""
    profile = [
        (radius * 1.35, 0),
        (radius * 1.35, radius * 0.4),
        (radius * 1.15, radius * 0.6),
        (radius, radius * 0.8),
        (radius * 1.02, height * 0.35),
        (radius * 0.84, height - radius * 1.1),
        (radius * 0.95, height - radius * 0.9),
        (radius * 1.25, height - radius * 0.45),
        (radius * 1.25, height - radius * 0.35),
    ]
    kit.add(lathe(profile, kit.sides(18)), stone, at=(x, base, z), mapping="turned")
    kit.add(
        box(radius * 2.7, radius * 0.36, radius * 2.7, 0.02),
        stone,
        at=(x, base + height - radius * 0.36, z),
    )


def slit(kit: Kit, y: float, out: float, turn: float, height: float = 1.0) -> None:
    """An arrow slit or small lit opening on a round wall."""
    dark = (
        kit.light("ffb84a")
        if kit.reading.valence < -0.3 or kit.says("wizard", "lit")
        else kit.material("glass", "1e2228")
    )
    frame = kit.material("stone", "6c6860")
    kit.add(
        block((-0.3, -0.12, out - 0.3), (0.3, height + 0.12, out + 0.06), 0.03),
        frame,
        at=(0, y, 0),
        turn=(0, turn, 0),
    )
    kit.add(
        block((-0.14, 0, out - 0.2), (0.14, height, out + 0.09), 0.01),
        dark,
        at=(0, y, 0),
        turn=(0, turn, 0),
    )
