"""Lanterns, lamps, torches and campfires."""

import math

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.solids import (
    boulder,
    cylinder,
    lathe,
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
    for _ in range(9):
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
