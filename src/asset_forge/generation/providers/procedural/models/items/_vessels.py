"""Potions, mugs and bags."""

import math

import numpy as np

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.items._jewels import cut_stone, metal_of
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    lathe,
    torus,
    tube,
)


def potion(kit: Kit) -> None:
    """Flasks of several shapes with liquid, cork and label cord."""
    glow = kit.element is not None or kit.says("healing", "mana", "glowing")
    color = kit.color(0, kit.pick("c01c38", "2450c0", "30a848", "9a3ac8"))
    pale = [min(1.0, channel * 1.25 + 0.1) for channel in color]
    liquid = (
        kit.material("glow", color, (pale[0], pale[1], pale[2]))
        if glow
        else kit.material("glass", color)
    )  # type: ignore[arg-type]
    glass, cork, gold = (
        kit.material("glass", "a8c8cc"),
        kit.material("wood", "a8784a"),
        metal_of(kit),
    )
    kind = "round" if kit.style("round") else kit.pick("round", "cone", "square", "vial")
    s = kit.between(0.9, 1.1)
    profile = {
        "round": [
            (0.03, 0),
            (0.062, 0.02),
            (0.075, 0.06),
            (0.062, 0.1),
            (0.026, 0.13),
            (0.022, 0.17),
        ],
        "cone": [(0.075, 0), (0.078, 0.012), (0.026, 0.13), (0.022, 0.18)],
        "square": [(0.058, 0), (0.062, 0.01), (0.062, 0.1), (0.024, 0.125), (0.022, 0.16)],
        "vial": [(0.026, 0), (0.032, 0.012), (0.032, 0.15), (0.02, 0.165), (0.02, 0.19)],
    }[kind]
    sides = 4 if kind == "square" else kit.sides(26)
    top = profile[-1][1] * s
    fill = [(r * s, y * s) for r, y in profile[:-2]]
    kit.add(lathe(fill, sides), liquid, mapping="turned", crease=50)
    kit.add(
        lathe(
            [
                (profile[-3][0] * s * 0.995, profile[-3][1] * s),
                (profile[-2][0] * s, profile[-2][1] * s),
                (profile[-1][0] * s, top),
                (profile[-1][0] * 1.35 * s, top + 0.004),
                (profile[-1][0] * 1.35 * s, top + 0.014),
            ],
            sides,
        ),
        glass,
        mapping="turned",
        crease=50,
    )
    kit.add(lathe([(0.015, 0), (0.019, 0.03), (0.018, 0.034)], 14), cork, at=(0, top, 0))
    kit.add(
        torus(profile[-2][0] * s * 1.05, 0.004, kit.sides(20), 8),
        gold,
        at=(0, profile[-2][1] * s, 0),
    )
    kit.add(
        torus(profile[1][0] * s * 1.0, 0.004, kit.sides(26), 8), gold, at=(0, profile[1][1] * s, 0)
    )
    kit.add(
        box(0.032, 0.03, 0.006, 0.002),
        kit.material("paper"),
        at=(0.012, profile[-2][1] * s - 0.04, profile[-3][0] * s * 0.75),
        turn=(-20, 10, 8),
    )


def mug(kit: Kit) -> None:
    """Mugs of staves, or goblets on a stem, filled."""
    drink = kit.material("water", kit.color(1, "d8952a"), "fff0c8")
    if kit.says("goblet", "chalice", "grail"):
        metal = metal_of(kit)
        kit.add(
            lathe(
                [
                    (0.045, 0),
                    (0.045, 0.006),
                    (0.01, 0.02),
                    (0.014, 0.05),
                    (0.009, 0.08),
                    (0.035, 0.1),
                    (0.048, 0.13),
                    (0.05, 0.17),
                    (0.046, 0.17),
                    (0.042, 0.13),
                ],
                kit.sides(28),
            ),
            metal,
            mapping="turned",
            crease=50,
        )
        kit.add(
            cylinder(0.045, 0.006, sides=24),
            kit.material("glass", kit.color(0, "6a0f22")),
            at=(0, 0.155, 0),
        )
        for i in range(6):
            kit.add(
                ball(0.007, 8),
                cut_stone(kit),
                at=(math.cos(i * 1.047) * 0.046, 0.125, math.sin(i * 1.047) * 0.046),
                crease=8,
            )
        return
    wood, iron = (
        kit.material(kit.stuff("wood", "wood", "clay", "iron", "steel", "silver", "bronze")),
        kit.material("iron"),
    )
    r, h = 0.052, kit.between(0.12, 0.15)
    cup = cylinder(r * 1.08, h, r * 0.96, kit.sides(26)) - cylinder(
        r * 0.92, h, r * 0.84, kit.sides(26)
    ).translate((0, 0.012, 0))
    kit.add(cup, wood, mapping="grain-y", crease=40)
    for t in (0.08, 0.78):
        band = cylinder(r * (1.1 - 0.11 * t), 0.014, sides=kit.sides(28)) - cylinder(
            r * 0.95, 1, sides=kit.sides(28)
        ).translate((0, -0.5, 0))
        kit.add(band, iron, at=(0, h * t, 0), mapping="turned")
    kit.add(
        tube(
            [
                (r * 0.95, h * 0.82, 0),
                (r * 1.75, h * 0.8, 0),
                (r * 1.95, h * 0.5, 0),
                (r * 1.7, h * 0.2, 0),
                (r * 1.0, h * 0.18, 0),
            ],
            [0.009, 0.009, 0.009, 0.009, 0.009],
            10,
        ),
        wood,
    )
    kit.add(cylinder(r * 0.88, 0.01, sides=24), drink, at=(0, h * 0.86, 0))
    foam = o.rough(
        o.blend(
            [
                o.ellipsoid((0, h * 0.95, 0), (r * 0.88, 0.014, r * 0.88)),
                o.ellipsoid((0.02, h, 0.01), (0.03, 0.014, 0.03)),
                o.ellipsoid((-0.02, h * 1.01, -0.01), (0.026, 0.014, 0.026)),
            ],
            0.006,
        ),
        kit.rng,
        0.002,
        25,
    )
    if kit.says("beer", "ale", "tankard", "stein") or kit.chance(0.6):
        kit.add(
            o.mesh(foam, (-r, h * 0.8, -r), (r, h * 1.3, r), 0.006),
            kit.material("snow", "f4ecd8"),
            crease=70,
        )


def bag(kit: Kit) -> None:
    """Pouches and sacks tied with a cord."""
    hide = kit.material(
        kit.stuff("leather", "leather", "cloth"),
        kit.color(0, kit.pick("7a4e2c", "8a6a44", "5a3a24")),
    )
    s = kit.between(0.9, 1.1)
    body = o.blend(
        [
            o.ellipsoid((0, 0.07 * s, 0), (0.085 * s, 0.07 * s, 0.075 * s)),
            o.capsule((0, 0.1 * s, 0), (0, 0.15 * s, 0), 0.045 * s, 0.025 * s),
            *(
                o.capsule(
                    (0, 0.16 * s, 0),
                    (math.cos(a) * 0.045 * s, 0.2 * s, math.sin(a) * 0.045 * s),
                    0.018 * s,
                    0.012 * s,
                )
                for a in np.linspace(0, 5.4, 7)
            ),
        ],
        0.012 * s,
    )
    kit.add(
        o.mesh(
            o.both(o.rough(body, kit.rng, 0.003, 14), o.above(0)),
            (-0.12 * s, 0, -0.12 * s),
            (0.12 * s, 0.24 * s, 0.12 * s),
            0.0052,
        ),
        hide,
        crease=60,
    )
    cord = kit.material("cloth", kit.color(1, "c8a050"))
    kit.add(torus(0.031 * s, 0.006 * s, 24, 8), cord, at=(0, 0.158 * s, 0))
    for side in (-1, 1):
        kit.add(
            tube(
                [
                    (side * 0.01, 0.155 * s, 0.03 * s),
                    (side * 0.03, 0.13 * s, 0.06 * s),
                    (side * 0.035, 0.09 * s, 0.085 * s),
                ],
                [0.004, 0.004, 0.004],
                8,
            ),
            cord,
        )
        kit.add(ball(0.008, 10), kit.material("gold"), at=(side * 0.035, 0.088 * s, 0.087 * s))
    for i in range(4):
        kit.add(
            cylinder(0.02, 0.005, sides=18),
            kit.material("gold"),
            at=(0.09 * s + 0.025 * (i % 2), 0.003 + 0.004 * i, 0.06 - 0.035 * i),
            turn=(0, 0, 4 * i),
        )
