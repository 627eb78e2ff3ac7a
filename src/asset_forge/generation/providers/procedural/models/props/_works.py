"""Statues, pots, anvils and machines."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.characters._clothing import figure_of
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    lathe,
    prism,
    rod,
    torus,
    tube,
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
    parts = [
        figure.torso(),
        figure.arms(),
        figure.hands(),
        figure.legs(),
        figure.feet(),
        figure.skull(),
        o.capsule((0, 0.5 * h, 0), (0, 0.3 * h, 0), 0.13 * h, 0.15 * h),
    ]
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
