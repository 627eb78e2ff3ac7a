"""Things that stand outside: wells, wagons, signs, lamps, statues, fences, fires."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.characters._people import figure_of
from asset_forge.generation.providers.procedural.models.environments import _land as land
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.props._furniture import timber
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    boulder,
    box,
    bumpy,
    cylinder,
    lathe,
    plate,
    prism,
    rod,
    torus,
    tube,
)


def lantern(kit: Kit) -> None:
    """Hand lanterns, street lamps, torches and candles."""
    iron = kit.material(
        kit.stuff("iron", *METALS), kit.color(0, "33363a") if kit.reading.colors else None
    )
    light = kit.light("ffc050")
    if kit.says("candle"):
        kit.add(
            lathe([(0.05, 0), (0.048, 0.16), (0.04, 0.18)], kit.sides(16)),
            kit.material("bone", "ece0c4"),
            at=(0, 0.03, 0),
        )
        kit.add(lathe([(0.12, 0), (0.13, 0.03), (0.05, 0.035)], kit.sides(20)), iron)
        kit.add(lathe([(0, 0), (0.018, 0.03), (0, 0.09)], 10), light, at=(0, 0.21, 0))
        return
    if kit.says("torch", "brazier"):
        kit.add(
            rod((0, 0, 0), (0, 0.5, 0), 0.022, 0.035, 10), kit.material("wood"), mapping="grain-y"
        )
        kit.add(lathe([(0.05, 0), (0.07, 0.12), (0.05, 0.14)], 12), iron, at=(0, 0.45, 0))
        for i in range(5):
            kit.add(
                lathe([(0, 0), (0.04, 0.06), (0.03, 0.12), (0, 0.26)], 8),
                light,
                at=(0.025 * math.cos(i * 1.3), 0.55, 0.025 * math.sin(i * 1.3)),
                turn=(kit.between(-12, 12), 0, kit.between(-12, 12)),
            )
        return
    street = kit.says("street", "streetlight", "lamppost", "post")
    first = len(kit.bodies)
    s = 2.0 if street else 1.0
    sides = kit.whole(4, 6) if not street else 6
    kit.add(cylinder(0.11, 0.03, 0.1, sides), iron)
    kit.add(
        cylinder(0.065, 0.2, 0.075, sides),
        kit.material("glass", "d8c890"),
        at=(0, 0.035, 0),
        crease=15,
    )
    kit.add(lathe([(0, 0.0), (0.04, 0.03), (0.035, 0.09), (0, 0.17)], 10), light, at=(0, 0.04, 0))
    kit.add(cylinder(0.068, 0.202, 0.078, sides), light, at=(0, 0.034, 0), crease=15)
    for i in range(sides):
        a = 2 * math.pi * i / sides
        kit.add(
            rod(
                (math.cos(a) * 0.075, 0.02, math.sin(a) * 0.075),
                (math.cos(a) * 0.086, 0.25, math.sin(a) * 0.086),
                0.009,
                sides=6,
            ),
            iron,
        )
    kit.add(
        lathe([(0.12, 0), (0.12, 0.015), (0.04, 0.08), (0.02, 0.11)], sides),
        iron,
        at=(0, 0.235, 0),
        crease=20,
    )
    if not street:
        kit.add(torus(0.05, 0.007, 18, 8).rotate((90, 0, 0)), iron, at=(0, 0.39, 0))
        return
    kit.shrink(first, s)
    kit.move(first, (0, 2.6, 0))
    kit.add(
        lathe(
            [(0.2, 0), (0.2, 0.08), (0.12, 0.2), (0.07, 0.5), (0.05, 2.4), (0.08, 2.62)],
            kit.sides(14),
        ),
        iron,
        mapping="turned",
    )
    for side in (-1, 1):
        kit.add(
            tube(
                [(0, 2.2, 0), (side * 0.14, 2.35, 0), (side * 0.1, 2.5, 0)], [0.02, 0.02, 0.01], 8
            ),
            iron,
        )


def well(kit: Kit) -> None:
    """A round stone well with roof, winch and bucket, or a fountain."""
    stone = kit.material(
        {"stone": "cobble"}.get(
            kit.stuff("stone", "stone", "marble", "brick"), kit.stuff("stone", "marble", "brick")
        ),
        kit.color(0, "8c887e") if kit.reading.colors else None,
    )
    water = kit.material("water")
    if kit.says("fountain"):
        for r, y, h in ((1.5, 0.0, 0.55), (0.75, 0.9, 0.25)):
            bowl = lathe([(r * 0.9, 0), (r, h), (r * 0.88, h), (r * 0.8, h * 0.45)], kit.sides(28))
            kit.add(bowl, stone, at=(0, y, 0), mapping="turned")
            kit.add(cylinder(r * 0.86, 0.06, sides=kit.sides(28)), water, at=(0, y + h * 0.75, 0))
        kit.add(
            lathe([(0.3, 0), (0.15, 0.4), (0.22, 0.9), (0.1, 1.6), (0.14, 1.7)], kit.sides(16)),
            stone,
            mapping="turned",
        )
        kit.add(lathe([(0.16, 0), (0.03, 0.3), (0.1, 0.5), (0, 0.55)], 12), water, at=(0, 1.65, 0))
        return
    wood, r = timber(kit, 1), kit.between(0.75, 0.9)
    ring = cylinder(r, 0.85, r * 0.97, kit.sides(26)) - cylinder(
        r - 0.2, 2, sides=kit.sides(26)
    ).translate((0, 0.1, 0))
    kit.add(ring, stone, mapping="turned", crease=40)
    kit.add(
        torus(r - 0.1, 0.12, kit.sides(26), 6).scale((1, 0.7, 1)),
        kit.material("stone"),
        at=(0, 0.86, 0),
        crease=30,
    )
    kit.add(cylinder(r - 0.17, 0.1, sides=20), water, at=(0, 0.3, 0))
    for side in (-1, 1):
        kit.add(box(0.13, 2.2, 0.13, 0.015), wood, at=(side * (r - 0.06), 0, 0), mapping="grain-y")
        slab = block((0, 0, -0.95), (1.25, 0.07, 0.95), 0.01)
        kit.add(
            slab if side > 0 else slab.mirror((1, 0, 0)),
            kit.material("roof", kit.color(2, "8a4a34")),
            at=(0, 2.65, 0),
            turn=(0, 0, -side * 34),
        )
    kit.add(rod((-r, 1.75, 0), (r + 0.3, 1.75, 0), 0.07, sides=10), wood)
    kit.add(
        tube([(r + 0.3, 1.75, 0), (r + 0.32, 1.55, 0), (r + 0.5, 1.5, 0)], [0.03, 0.03, 0.03], 8),
        kit.material("iron"),
    )
    kit.add(rod((0.1, 1.25, 0), (0.1, 1.72, 0), 0.015, sides=6), kit.material("cloth", "c8b48a"))
    kit.add(
        lathe([(0.12, 0), (0.16, 0.28), (0.13, 0.28), (0.1, 0.06)], kit.sides(16)),
        wood,
        at=(0.1, 0.98, 0),
        mapping="turned",
    )


def sign(kit: Kit) -> None:
    """Signposts with arrows, or a board on posts."""
    wood = timber(kit)
    board = kit.material("planks", kit.color(1, kit.pick("9c7348", "8a5f3a")))
    if kit.says("billboard", "notice", "board"):
        for side in (-1, 1):
            kit.add(box(0.12, 1.9, 0.12, 0.02), wood, at=(side * 0.65, 0, 0), mapping="grain-y")
        kit.add(box(1.25, 0.9, 0.06, 0.01), board, at=(0, 0.85, 0), mapping="grain-x")
        kit.add(plate([(-0.85, 0), (0.85, 0), (0, 0.35)], 0.3, 0.02), wood, at=(0, 1.85, 0))
        for i in range(4):
            kit.add(
                box(kit.between(0.2, 0.3), kit.between(0.25, 0.35), 0.012),
                kit.material("paper"),
                at=(-0.42 + 0.28 * i, kit.between(0.95, 1.25), 0.036),
                turn=(0, 0, kit.between(-6, 6)),
            )
        return
    kit.add(box(0.13, 2.1, 0.13, 0.025), wood, mapping="grain-y", turn=(0, 0, kit.between(-2, 2)))
    kit.add(lathe([(0.1, 0), (0, 0.14)], 4), wood, at=(0, 2.08, 0))
    for i in range(kit.reading.count("arrow", "sign", "board", default=kit.whole(2, 3))):
        outline = [(-0.3, -0.11), (0.5, -0.11), (0.66, 0), (0.5, 0.11), (-0.3, 0.11)]
        side = 1 if i % 2 == 0 else -1
        arrow = plate([(x * side, y) for x, y in outline][::side], 0.045, 0.006)
        kit.add(
            arrow,
            board,
            at=(0, 1.85 - 0.3 * i, 0.085),
            turn=(0, kit.between(-22, 22), kit.between(-4, 4)),
            mapping="grain-x",
            tint=kit.between(0.82, 1.0),
        )
    for i in range(5):
        kit.add(
            boulder(0.12, kit.rng),
            kit.material("stone"),
            at=(math.cos(i * 1.3) * 0.2, 0.03, math.sin(i * 1.3) * 0.2),
            crease=20,
        )


def wagon(kit: Kit) -> None:
    """A four-wheeled wagon or two-wheeled cart, covered when asked for."""
    wood, iron = (
        kit.material("planks", kit.color(0, kit.pick("8a5f3a", "6e4a2c"))),
        kit.material("iron"),
    )
    beam = timber(kit, 1)
    cart = kit.says("cart", "wheelbarrow")
    w, d = 1.15, 1.5 if cart else 2.4
    kit.add(box(w, 0.08, d, 0.01), wood, at=(0, 0.72, 0), mapping="grain-z")
    for sx in (-1, 1):
        for i in range(3):
            kit.add(
                box(0.04, 0.15, d, 0.008),
                wood,
                at=(sx * (w / 2 + 0.04 * i), 0.82 + 0.17 * i, 0),
                turn=(0, 0, -sx * 12),
                mapping="grain-z",
                tint=kit.between(0.82, 1),
            )
        for sz in (-0.8, 0, 0.8):
            kit.add(
                box(0.06, 0.6, 0.06),
                beam,
                at=(sx * (w / 2 + 0.06), 0.76, sz * d * 0.58),
                turn=(0, 0, -sx * 12),
                mapping="grain-y",
            )
        kit.add(box(w + 0.1, 0.45, 0.05, 0.01), wood, at=(0, 0.8, sx * d / 2), mapping="grain-x")
    for z in (0.0,) if cart else (-0.78, 0.78):
        kit.add(rod((-w * 0.68, 0.52, z), (w * 0.68, 0.52, z), 0.05, sides=10), beam)
        kit.add(box(0.8, 0.2, 0.14), beam, at=(0, 0.54, z))
        for side in (-1, 1):
            first = len(kit.bodies)
            kit.add(torus(0.46, 0.045, kit.sides(28), 6), beam, crease=40)
            kit.add(
                cylinder(0.52, 0.07, sides=kit.sides(28))
                - cylinder(0.49, 1, sides=kit.sides(28)).translate((0, -0.4, 0)),
                iron,
                at=(0, -0.035, 0),
                crease=40,
            )
            kit.add(cylinder(0.1, 0.2, sides=12), beam, at=(0, -0.1, 0))
            for i in range(8):
                a = math.pi * i / 4
                kit.add(
                    rod((0, 0, 0), (math.cos(a) * 0.45, 0, math.sin(a) * 0.45), 0.028, sides=6),
                    beam,
                    mapping="grain-y",
                )
            kit.move(first, (side * w * 0.66, 0.52, z), (0, 0, 90))
    for side in (-1, 1):
        kit.add(
            rod((side * 0.2, 0.6, d / 2), (side * 0.28, 0.5, d / 2 + 1.3), 0.04, sides=8),
            beam,
            mapping="grain-y",
        )
    if kit.says("covered", "caravan", "carriage"):
        cloth = kit.material("cloth", kit.color(1, "e0d6c0"))
        arc = [
            (0.72 * math.cos(math.pi * i / 14), 0.85 * math.sin(math.pi * i / 14))
            for i in range(15)
        ]
        inner = [(x * 0.95, y * 0.95 - 0.02) for x, y in arc]
        kit.add(prism(arc, d) - prism(inner, d + 1), cloth, at=(0, 1.2, 0), crease=50)
    else:
        hay = kit.material("thatch")
        kit.add(
            bumpy(ball(1, 20).scale((w * 0.5, 0.42, d * 0.44)), kit.rng, 0.05, 1.2),
            hay,
            at=(0, 0.95, 0),
            crease=60,
        )


def statue(kit: Kit) -> None:
    """A figure on a pedestal, an obelisk, a column or a gravestone."""
    word = kit.stuff(
        "stone", "stone", "marble", "gold", "bronze", "obsidian", "ice", "jade", "crystal"
    )
    stone = kit.material(word, kit.color(0, "9a968c") if word == "stone" else None)
    if kit.says("gravestone", "tombstone"):
        kit.add(
            cylinder(0.32, 0.16, sides=20).rotate((90, 0, 0)).translate((0, 0.75, 0.08))
            + block((-0.32, 0, -0.08), (0.32, 0.75, 0.08)),
            stone,
            turn=(kit.between(-5, 5), 0, kit.between(-4, 4)),
        )
        kit.add(box(0.3, 0.05, 0.19), stone, at=(0, 0.72, 0), tint=0.6)
        kit.add(box(0.06, 0.34, 0.19), stone, at=(0, 0.5, 0), tint=0.6)
        kit.add(box(0.85, 0.12, 0.4, 0.03), stone, at=(0, -0.02, 0))
        return
    kit.add(box(1.05, 0.16, 1.05, 0.02), stone)
    kit.add(box(0.8, 0.62, 0.8, 0.02), stone, at=(0, 0.15, 0), tint=0.9)
    kit.add(box(0.92, 0.1, 0.92, 0.03), stone, at=(0, 0.75, 0))
    if kit.says("obelisk"):
        import numpy as np
        from manifold3d import Manifold

        kit.add(
            Manifold.hull_points(
                np.array(
                    [(x, y, z) for r, y in ((0.3, 0), (0.2, 2.2)) for x in (-r, r) for z in (-r, r)]
                    + [(0, 2.6, 0)]
                )
            ),
            stone,
            at=(0, 0.84, 0),
            crease=15,
        )
        return
    if kit.says("column", "pillar"):
        from asset_forge.generation.providers.procedural.models.buildings._parts import column

        column(kit, 0, 0, 0.84, 2.6, 0.28, stone)
        return
    figure = figure_of(kit, 1.7, 1.05)
    h = figure.height
    parts = [figure.torso(), figure.arms(), figure.hands(), figure.legs(), figure.feet(), figure.skull(),
             o.capsule((0, 0.5 * h, 0), (0, 0.3 * h, 0), 0.13 * h, 0.15 * h)]  # fmt: skip
    kit.add(
        figure.mesh(
            o.both(o.rough(o.blend(parts, 0.016 * h), kit.rng, 0.003 * h, 5 / h), o.above(0.0)),
            0,
            1.05,
            0.34,
            0.24,
        ),
        stone,
        at=(0, 0.83, 0),
        crease=60,
    )
    blade_x = figure.at(-0.222, 0.466, 0.05)
    kit.add(box(0.05, 0.72, 0.02), stone, at=(blade_x[0], 0.84, blade_x[2]))
    kit.add(box(0.24, 0.04, 0.05), stone, at=(blade_x[0], 0.84 + 0.72, blade_x[2]))
    kit.add(
        rod((blade_x[0], 1.56, blade_x[2]), (blade_x[0], 1.76, blade_x[2]), 0.022, sides=8), stone
    )
    kit.add(box(0.44, 0.2, 0.04), kit.material("bronze"), at=(0, 0.38, 0.4))


def fence(kit: Kit) -> None:
    """Fences, palisades, railings and gates."""
    wood, iron = timber(kit), kit.material("iron")
    length, posts = 2.4, 4
    metal = kit.stuff("", *METALS) != "" or kit.says("railing")
    palisade = kit.says("palisade", "barricade")
    if palisade:
        for i in range(9):
            kit.add(
                cylinder(0.13, kit.between(1.7, 2.0), sides=9),
                wood,
                at=(-1.05 + 0.26 * i, 0, kit.between(-0.02, 0.02)),
                mapping="turned",
            )
            kit.add(cylinder(0.13, 0.3, 0.01, 9), wood, at=(-1.05 + 0.26 * i, 1.75, 0), tint=1.0)
        for y in (0.5, 1.3):
            kit.add(rod((-1.2, y, -0.14), (1.2, y, -0.14), 0.06, sides=8), wood)
        return
    for i in range(posts):
        x = -length / 2 + length * i / (posts - 1)
        kit.add(
            box(0.1, 1.15, 0.1, 0.015),
            iron if metal else wood,
            at=(x, 0, 0),
            mapping="grain-y",
            turn=(0, 0, kit.between(-2, 2) * kit.age * 2),
        )
        kit.add(
            lathe([(0.085, 0), (0, 0.1)], 4),
            iron if metal else wood,
            at=(x, 1.13, 0),
            turn=(0, 45, 0),
        )
    for y in (0.3, 0.85):
        kit.add(
            box(length, 0.09, 0.04, 0.008),
            iron if metal else wood,
            at=(0, y, -0.05),
            mapping="grain-x",
            turn=(0, 0, kit.between(-1, 1)),
        )
    for i in range(13):
        x = -length / 2 + 0.12 + (length - 0.24) * i / 12
        if metal:
            kit.add(rod((x, 0.12, 0), (x, 1.1, 0), 0.016, sides=7), iron)
            kit.add(lathe([(0.03, 0), (0, 0.12)], 6), iron, at=(x, 1.08, 0))
        else:
            kit.add(
                plate(
                    [(-0.055, 0), (0.055, 0), (0.055, 0.9), (0, 1.0), (-0.055, 0.9)], 0.03, 0.004
                ),
                wood,
                at=(x, 0.08 + kit.between(0, 0.04), 0.02),
                mapping="grain-y",
                tint=kit.between(0.8, 1),
            )


def pot(kit: Kit) -> None:
    """Vases, pots, amphoras, buckets and cauldrons turned from a random profile."""
    word = kit.stuff(
        "iron" if kit.says("cauldron") else "wood" if kit.says("bucket") else "clay",
        "clay",
        "wood",
        "stone",
        "marble",
        "crystal",
        "jade",
        *METALS,
    )
    body = kit.material(
        word, kit.color(0, kit.pick("b0673f", "8a5a3a", "4a6a8a")) if word == "clay" else None
    )
    h, r = kit.between(0.45, 0.7), kit.between(0.16, 0.22) * kit.reading.width
    if kit.says("cauldron"):
        kit.add(
            lathe(
                [
                    (0.15, 0),
                    (0.33, 0.12),
                    (0.38, 0.3),
                    (0.31, 0.48),
                    (0.35, 0.54),
                    (0.31, 0.54),
                    (0.27, 0.46),
                ],
                kit.sides(26),
            ),
            body,
            at=(0, 0.12, 0),
            mapping="turned",
            crease=50,
        )
        kit.add(cylinder(0.29, 0.06, sides=20), kit.light("62e05a"), at=(0, 0.54, 0))
        for i in range(3):
            kit.add(
                rod(
                    (math.cos(i * 2.1) * 0.25, 0, math.sin(i * 2.1) * 0.25),
                    (math.cos(i * 2.1) * 0.2, 0.25, math.sin(i * 2.1) * 0.2),
                    0.035,
                    sides=8,
                ),
                body,
            )
        return
    foot, neck, lip = kit.between(0.5, 0.75), kit.between(0.35, 0.6), kit.between(0.6, 0.9)
    shoulder = kit.between(0.45, 0.65)
    outer = [
        (r * foot, 0),
        (r * 0.95, h * shoulder * 0.6),
        (r, h * shoulder),
        (r * 0.8, h * (shoulder + 0.16)),
        (r * neck, h * 0.88),
        (r * lip, h),
    ]
    inner = [(r * lip - 0.018, h), (r * neck - 0.02, h * 0.87), (r * neck - 0.02, h * 0.6)]
    kit.add(lathe([*outer, *inner], kit.sides(28)), body, mapping="turned", crease=50)
    band = kit.material("clay", kit.color(1, kit.pick("e8dcc0", "2c2a34", "c8963a")))
    for t in (0.2, shoulder * 0.92):
        from_ = (
            r * (foot + (0.95 - foot) * min(1, t / (shoulder * 0.6))) if t < shoulder * 0.6 else r
        )
        kit.add(torus(from_ * 0.985, 0.014, kit.sides(28), 8), band, at=(0, h * t, 0))
    if kit.says("amphora", "jug", "vase") or kit.chance(0.4):
        for side in (-1, 1):
            kit.add(
                tube(
                    [
                        (side * r * neck, h * 0.86, 0),
                        (side * r * 1.05, h * 0.9, 0),
                        (side * r * 1.15, h * 0.72, 0),
                        (side * r * 0.9, h * (shoulder + 0.06), 0),
                    ],
                    [0.018, 0.02, 0.02, 0.018],
                    8,
                ),
                body,
            )


def anvil(kit: Kit) -> None:
    """An anvil on a stump with a hammer on it."""
    iron, wood = (
        kit.material(
            kit.stuff("iron", *METALS), kit.color(0, "4a4d52") if kit.reading.colors else None
        ),
        kit.material("bark"),
    )
    kit.add(lathe([(0.34, 0), (0.3, 0.1), (0.28, 0.5)], 14), wood, mapping="turned", crease=60)
    kit.add(cylinder(0.27, 0.02, sides=14), kit.material("wood", "a87c4c"), at=(0, 0.495, 0))
    kit.add(box(0.34, 0.07, 0.24, 0.02), iron, at=(0, 0.51, 0))
    kit.add(box(0.16, 0.16, 0.14, 0.02), iron, at=(0, 0.56, 0))
    kit.add(box(0.44, 0.12, 0.18, 0.015), iron, at=(-0.02, 0.68, 0))
    kit.add(rod((0.19, 0.75, 0), (0.46, 0.77, 0), 0.055, 0.01, kit.sides(14)), iron)
    kit.add(rod((-0.2, 0.83, -0.04), (0.12, 0.83, 0.12), 0.014, sides=8), kit.material("wood"))
    kit.add(
        box(0.06, 0.06, 0.12, 0.01), kit.material("steel"), at=(0.12, 0.8, 0.12), turn=(0, 25, 0)
    )


def campfire(kit: Kit) -> None:
    """A ring of stones, crossed logs and flames."""
    stone, bark, light = kit.material("stone"), kit.material("bark", "4e3a2a"), kit.light("ff8a24")
    for i in range(11):
        a = 2 * math.pi * i / 11
        kit.add(
            boulder(kit.between(0.12, 0.17), kit.rng, 0.75),
            stone,
            at=(math.cos(a) * 0.58, 0.06, math.sin(a) * 0.58),
            crease=22,
            tint=kit.between(0.7, 1),
        )
    for i in range(6):
        a = 2 * math.pi * i / 6 + 0.2
        kit.add(
            rod(
                (math.cos(a) * 0.46, 0.04, math.sin(a) * 0.46),
                (-math.cos(a) * 0.06, 0.36, -math.sin(a) * 0.06),
                0.06,
                0.045,
                8,
            ),
            bark,
            mapping="grain-x",
        )
    for i in range(9):
        a, r = kit.between(0, 6.28), kit.between(0, 0.2)
        tall = kit.between(0.45, 0.75) * (1.2 - r * 2.5)
        kit.add(
            lathe(
                [(0, 0), (0.1, tall * 0.2), (0.075, tall * 0.45), (0.03, tall * 0.75), (0, tall)], 9
            ),
            light,
            at=(math.cos(a) * r, 0.1, math.sin(a) * r),
            turn=(kit.between(-9, 9), 0, kit.between(-9, 9)),
            crease=50,
        )
    kit.add(cylinder(0.5, 0.03, sides=18), kit.material("dirt", "3a3430"))


def tree(kit: Kit) -> None:
    """One tree, pine, palm, stump, log or bush."""
    bark = kit.material("bark")
    leaf = kit.material(
        "leaves",
        kit.color(0, "c8642a" if kit.says("autumn", "maple") else kit.pick("3f7a30", "5a8a2e")),
    )
    if kit.says("mushroom", "toadstool"):
        kit.add(
            lathe([(0.3, 0), (0.22, 0.5), (0.26, 1.0)], kit.sides(18)),
            kit.material("bone"),
            mapping="turned",
        )
        kit.add(
            lathe([(0.3, 0.0), (0.85, 0.05), (0.7, 0.35), (0.35, 0.6), (0, 0.66)], kit.sides(24)),
            kit.material("leather", kit.color(0, "b02a24")),
            at=(0, 0.9, 0),
            crease=60,
        )
    elif kit.says("stump", "log"):
        kit.add(
            lathe([(0.5, 0), (0.36, 0.15), (0.34, 0.55)], 14), bark, mapping="turned", crease=60
        )
        kit.add(cylinder(0.32, 0.02, sides=14), kit.material("wood", "b08a58"), at=(0, 0.545, 0))
        for i in range(5):
            kit.add(
                rod(
                    (math.cos(i * 1.26) * 0.3, 0.16, math.sin(i * 1.26) * 0.3),
                    (math.cos(i * 1.26) * 0.75, 0.0, math.sin(i * 1.26) * 0.75),
                    0.1,
                    0.03,
                    8,
                ),
                bark,
            )
    elif kit.says("bush", "shrub", "plant"):
        land.bush(kit, leaf, 0, 0, 0, 0.8)
    elif kit.says("pine", "fir", "christmas"):
        land.pine(
            kit,
            bark,
            leaf,
            0,
            0.2,
            0,
            kit.between(4.5, 6.0),
            kit.material("snow") if kit.says("snowy") else None,
        )
    elif kit.says("palm"):
        land.palm(kit, 0, 0.3, 0, kit.between(4, 5))
    else:
        land.tree(kit, bark, leaf, 0, 0.3, 0, kit.between(4.2, 5.5))


def rock(kit: Kit) -> None:
    """A boulder with smaller ones at its foot."""
    word = kit.stuff("stone", "stone", "marble", "obsidian", "ice", "crystal", "gold")
    stone = kit.material(
        word, kit.color(0, kit.pick("8c8478", "7a8088", "9a8264")) if word == "stone" else None
    )
    main = o.blend(
        [
            o.ellipsoid((0, 0.4, 0), (0.75, 0.6, 0.6)),
            o.ellipsoid((kit.between(-0.5, 0.5), 0.3, kit.between(-0.3, 0.3)), (0.5, 0.5, 0.5)),
        ],
        0.08,
    )
    kit.add(
        o.mesh(
            o.both(o.rough(o.rough(main, kit.rng, 0.08, 0.9), kit.rng, 0.03, 2.5), o.above(0)),
            (-1.4, 0, -1.1),
            (1.4, 1.4, 1.1),
            0.07,
            0.05,
        ),
        stone,
        crease=28,
    )
    for i in range(kit.whole(3, 6)):
        a = kit.between(0, 6.28)
        land.rock(kit, stone, math.cos(a) * 0.95, 0, math.sin(a) * 0.85, kit.between(0.12, 0.26))
    if kit.says("mossy", "overgrown") or kit.chance(0.5):
        for i in range(8):
            land.tuft(
                kit,
                kit.material("grass", "5c8a34"),
                math.cos(i) * 0.95,
                0,
                math.sin(i) * 0.85,
                0.22,
            )


def terminal(kit: Kit) -> None:
    """A computer console or a machine with pipes, dials and lights."""
    steam = kit.style("steampunk") or kit.chance(0.35)
    hull = kit.material(
        "plates" if steam else "scifi",
        kit.color(0, "a8743e" if steam else kit.pick("5c6670", "7d8794", "3c4650")),
    )
    dark, light = kit.material("iron"), kit.light("38d0ff" if not steam else "ffb040")
    kit.add(box(1.1, 0.75, 0.6, 0.05), hull)
    kit.add(
        prism([(-0.3, 0), (0.3, 0), (0.3, 0.12), (-0.3, 0.4)], 1.06).rotate((0, -90, 0)),
        hull,
        at=(0, 0.74, 0),
    )
    kit.add(box(0.9, 0.6, 0.1, 0.03), hull, at=(0, 1.05, -0.24))
    kit.add(box(0.78, 0.48, 0.04, 0.01), light, at=(0, 1.11, -0.185), tint=0.7)
    for i in range(12):
        kit.add(
            box(0.05, 0.03, 0.05, 0.005),
            light if i % 5 == 2 else dark,
            at=(-0.4 + 0.16 * (i % 6), 0.97 - 0.07 * (i // 6), 0.02 + 0.13 * (i // 6)),
            turn=(25, 0, 0),
        )
    for side in (-1, 1):
        kit.add(
            cylinder(0.13, 1.0, sides=kit.sides(16)),
            dark,
            at=(side * 0.68, 0, -0.1),
            mapping="turned",
        )
        kit.add(ball(0.13, 14), dark, at=(side * 0.68, 1.0, -0.1))
        kit.add(torus(0.135, 0.02, 18, 8), light, at=(side * 0.68, 0.7, -0.1))
        kit.add(
            tube(
                [(side * 0.68, 0.9, -0.1), (side * 0.68, 1.3, -0.2), (side * 0.4, 1.5, -0.25)],
                [0.04, 0.04, 0.04],
                8,
            ),
            dark,
        )
    kit.add(rod((0.35, 1.6, -0.24), (0.35, 2.1, -0.24), 0.015, sides=6), dark)
    if steam:
        gear = cylinder(0.22, 0.06, sides=20)
        for i in range(10):
            gear = gear + box(0.06, 0.06, 0.52).rotate((0, 36 * i, 0))
        kit.add(gear.rotate((90, 0, 0)), kit.material("bronze"), at=(0.2, 0.36, 0.33))
