"""Barns and windmills."""

import math

from asset_forge.generation.providers.procedural.models.buildings._houses import WALLS, roof_of
from asset_forge.generation.providers.procedural.models.buildings._parts import (
    cone_roof,
    door,
    window,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    plate,
    rod,
)


def barn(kit: Kit) -> None:
    """Barns with a gambrel roof, big doors and white trim; warehouses and stables too."""
    width, depth, height = (
        kit.between(7.0, 8.5) * kit.reading.width,
        kit.between(9.5, 12.0),
        kit.between(3.2, 3.8),
    )
    wall = kit.material("planks", kit.color(0, kit.pick("8a2a22", "7a5236", "6e6a60")))
    trim = kit.material("wood", "e2ddd0")
    roof = kit.material("roof", kit.color(1, kit.pick("4c4e54", "5c4438")))
    h = width / 2
    profile = [
        (-h, 0.0),
        (h, 0.0),
        (h, height),
        (h * 0.62, height + h * 0.55),
        (0, height + h * 0.85),
        (-h * 0.62, height + h * 0.55),
        (-h, height),
    ]
    kit.add(plate(profile, depth), wall, mapping="grain-y")
    for side in (-1, 1):
        for (x0, y0), (x1, y1) in ((profile[2], profile[3]), (profile[3], profile[4])):
            length = math.hypot(x1 - x0, y1 - y0) + 0.35
            angle = math.degrees(math.atan2(y1 - y0, x0 - x1))
            slab = block((-length, 0, -depth / 2 - 0.4), (0.3, 0.14, depth / 2 + 0.4), 0.02)
            kit.add(
                slab if side > 0 else slab.mirror((1, 0, 0)),
                roof,
                at=(side * x0, y0, 0),
                turn=(0, 0, -side * angle),
            )
    w = width * 0.22
    for side in (-1, 1):
        kit.add(
            block((side * w - w + 0.03, 0, 0), (side * w + w - 0.03, 3.0, 0.14)),
            wall,
            at=(0, 0, depth / 2),
            tint=0.85,
            mapping="grain-y",
        )
        for a, b in (((-w, 0.1), (w, 2.9)), ((-w, 2.9), (w, 0.1))):
            kit.add(
                rod(
                    (side * w + a[0], a[1], depth / 2 + 0.15),
                    (side * w + b[0], b[1], depth / 2 + 0.15),
                    0.08,
                    sides=4,
                ),
                trim,
            )
        for x in (side * w - w + 0.06, side * w + w - 0.06):
            kit.add(block((x - 0.08, 0, 0.1), (x + 0.08, 3.0, 0.22)), trim, at=(0, 0, depth / 2))
        for sz in (-1, 1):
            kit.add(box(0.25, height, 0.25), trim, at=(side * h, 0, sz * depth / 2))
        for t in (-0.3, 0, 0.3):
            window(kit, side * h, 1.5, depth * t, 90 * side, (0.8, 0.8), trim)
    kit.add(block((-2 * w - 0.1, 3.0, 0.05), (2 * w + 0.1, 3.2, 0.24)), trim, at=(0, 0, depth / 2))
    window(kit, 0, height + h * 0.15, depth / 2, 0, (1.0, 1.0), trim)
    if kit.chance(0.5):
        kit.add(
            cylinder(1.5, height * 1.8, sides=kit.sides(24)),
            kit.material("plates", "b4b8bc"),
            at=(-h - 2.0, 0, -depth * 0.2),
            mapping="turned",
        )
        kit.add(
            ball(1.52, kit.sides(24)).trim_by_plane((0, 1, 0), 0).scale((1, 0.6, 1)),
            kit.material("plates", "8c9298"),
            at=(-h - 2.0, height * 1.8, -depth * 0.2),
        )


def windmill(kit: Kit) -> None:
    """A windmill with four sails toward +Z."""
    radius, height = kit.between(2.3, 2.8), kit.between(7.0, 8.5)
    word = kit.stuff("plaster", *WALLS)
    wall = kit.material(
        {"wood": "planks", "stone": "blocks"}.get(word, word),
        kit.color(0, "e4dccb") if word == "plaster" else None,
    )
    timber = kit.material("wood", "5a3e28")
    kit.add(
        cylinder(radius * 1.1, 0.6, sides=8), kit.material("blocks"), mapping="turned", crease=20
    )
    kit.add(
        cylinder(radius, height, radius * 0.66, sides=8),
        wall,
        at=(0, 0.5, 0),
        mapping="turned",
        crease=20,
    )
    cone_roof(kit, radius * 0.68, height + 0.5, 2.0, roof_of(kit, 1))
    axle = (0.0, height - 0.1, radius * 0.66)
    kit.add(rod(axle, (0, height, radius * 0.66 + 1.1), 0.16, sides=10), timber)
    cloth = kit.material("cloth", kit.color(2, "e6dcc4"))
    turn = kit.between(10, 80)
    for i in range(4):
        a = turn + 90 * i
        kit.add(
            block((-0.07, 0, -0.07), (0.07, 4.6, 0.07)),
            timber,
            at=(0, height, radius * 0.66 + 0.85),
            turn=(0, 0, a),
            mapping="grain-y",
        )
        kit.add(
            block((0.1, 0.9, -0.03), (1.05, 4.5, 0.03)),
            cloth,
            at=(0, height, radius * 0.66 + 0.85),
            turn=(0, 0, a),
        )
        for j in range(7):
            kit.add(
                block((-0.05, 0.95 + j * 0.58, -0.06), (1.1, 1.02 + j * 0.58, 0.06)),
                timber,
                at=(0, height, radius * 0.66 + 0.85),
                turn=(0, 0, a),
            )
    door(kit, 0, 0.3, radius * 0.92, 0, (1.1, 2.1))
    for y, a in ((3.4, 0), (3.4, 90), (3.4, -90), (5.6, 135)):
        r = radius * (1 - 0.34 * (y - 0.5) / height) * 0.94
        window(
            kit,
            math.sin(math.radians(a)) * r,
            y,
            math.cos(math.radians(a)) * r,
            a,
            (0.7, 0.9),
            timber,
        )
