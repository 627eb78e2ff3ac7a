"""Food: fruit, bread, meat, cheese, pies."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    cylinder,
    lathe,
    plate,
    prism,
    rod,
    tube,
)


def food(kit: Kit) -> None:
    """What the prompt names, or one of them."""
    kinds = {
        "bread": ("bread", "loaf"),
        "meat": ("meat", "drumstick", "ham", "steak", "roast"),
        "cheese": ("cheese",),
        "pie": ("pie", "cake", "tart"),
        "carrot": ("carrot",),
        "apple": ("apple", "fruit"),
    }
    kind = next((name for name, words in kinds.items() if kit.says(*words)), None)
    {
        "bread": _bread,
        "meat": _meat,
        "cheese": _cheese,
        "pie": _pie,
        "carrot": _carrot,
        "apple": _apple,
    }[kind or kit.pick(*kinds)](kit)


def _apple(kit: Kit) -> None:
    skin = kit.material("skin", kit.color(0, kit.pick("b8202a", "7aa83a", "d8a030")))
    profile = [
        (0.0, 0.012),
        (0.018, 0.0),
        (0.035, 0.008),
        (0.046, 0.035),
        (0.045, 0.058),
        (0.03, 0.078),
        (0.014, 0.08),
        (0.004, 0.066),
        (0, 0.064),
    ]
    kit.add(lathe(profile, kit.sides(28)), skin, mapping="turned", crease=80)
    kit.add(
        tube([(0, 0.06, 0), (0.002, 0.08, 0), (0.01, 0.1, 0)], [0.002, 0.0025, 0.003], 8),
        kit.material("bark"),
    )
    leaf = plate([(0, 0), (0.012, -0.009), (0.032, 0), (0.012, 0.009)], 0.002, 0.0005).rotate(
        (-70, 0, 0)
    )
    kit.add(leaf, kit.material("leaves", "4c8a34"), at=(0.006, 0.088, 0), turn=(0, 30, 15))


def _bread(kit: Kit) -> None:
    crust, crumb = (
        kit.material("leather", kit.color(0, "b8783a")),
        kit.material("plaster", "ecd8a8"),
    )
    body = o.both(
        o.rough(o.ellipsoid((0, 0.035, 0), (0.12, 0.05, 0.062)), kit.rng, 0.003, 14), o.above(0)
    )
    cuts = [
        o.capsule((x - 0.012, 0.088, -0.04), (x + 0.012, 0.088, 0.04), 0.008)
        for x in (-0.06, -0.02, 0.02, 0.06)
    ]
    kit.add(
        o.mesh(o.without(body, *cuts), (-0.14, 0, -0.08), (0.14, 0.1, 0.08), 0.0042),
        crust,
        crease=60,
    )
    for x in (-0.06, -0.02, 0.02, 0.06):
        kit.add(rod((x - 0.01, 0.0735, -0.028), (x + 0.01, 0.0735, 0.028), 0.006, sides=8), crumb)


def _meat(kit: Kit) -> None:
    roast, bone = kit.material("leather", kit.color(0, "8a4420")), kit.material("bone")
    body = o.blend(
        [
            o.ellipsoid((0.03, 0.05, 0), (0.068, 0.05, 0.05)),
            o.capsule((0, 0.05, 0), (-0.06, 0.055, 0), 0.032, 0.014),
        ],
        0.015,
    )
    kit.add(
        o.mesh(o.rough(body, kit.rng, 0.0025, 18), (-0.1, 0, -0.07), (0.12, 0.12, 0.07), 0.0042),
        roast,
        crease=60,
    )
    shaft = [o.capsule((-0.05, 0.055, 0), (-0.125, 0.06, 0), 0.009)] + [
        o.ellipsoid((-0.13, 0.06, s * 0.009), (0.013, 0.012, 0.012)) for s in (-1, 1)
    ]
    kit.add(
        o.mesh(o.blend(shaft, 0.004), (-0.16, 0.03, -0.04), (-0.02, 0.09, 0.04), 0.0032),
        bone,
        crease=60,
    )


def _cheese(kit: Kit) -> None:
    rind, inside = (
        kit.material("leather", kit.color(0, "d8962a")),
        kit.material("skin", kit.color(0, "f0cc5a")),
    )
    wedge = (
        prism([(0, -0.1), (0.2, -0.2), (0.2, -0.02), (0.12, 0.12)], 1)
        .rotate((90, 0, 0))
        .translate((0, 0, 0))
    )
    wheel = cylinder(0.11, 0.07, sides=kit.sides(36)) - wedge.translate((-0.0, 0, 0.1))
    holes = [
        ball(r, 12).translate((x, y, z))
        for r, x, y, z in (
            (0.014, 0.03, 0.045, 0.02),
            (0.01, 0.06, 0.025, 0.03),
            (0.012, 0.0, 0.07, -0.05),
            (0.012, -0.05, 0.07, 0.02),
            (0.01, 0.04, 0.07, -0.07),
        )
    ]
    for hole in holes:
        wheel = wheel - hole
    kit.add(wheel, inside, mapping="box", crease=35)
    shell = (
        cylinder(0.113, 0.066, sides=kit.sides(36))
        - cylinder(0.108, 1, sides=kit.sides(36)).translate((0, -0.5, 0))
    ) - wedge.translate((0, 0, 0.1))
    kit.add(shell, rind, at=(0, 0.002, 0), mapping="turned", crease=35)


def _pie(kit: Kit) -> None:
    crust, fill = (
        kit.material("leather", "c8924a"),
        kit.material("skin", kit.color(0, kit.pick("8a2034", "4a2a6a", "b8642a"))),
    )
    kit.add(
        lathe([(0.075, 0), (0.1, 0.035), (0.104, 0.04), (0.09, 0.042)], kit.sides(32)),
        crust,
        mapping="turned",
    )
    kit.add(lathe([(0.09, 0), (0.07, 0.012), (0, 0.02)], kit.sides(28)), fill, at=(0, 0.036, 0))
    for i in range(20):
        a = 2 * math.pi * i / 20
        kit.add(
            ball(0.012, 10).scale((1, 0.7, 1)),
            crust,
            at=(math.cos(a) * 0.1, 0.044, math.sin(a) * 0.1),
            tint=0.9,
        )
    for i in range(-2, 3):
        half = math.sqrt(0.092**2 - (i * 0.032) ** 2)
        kit.add(rod((i * 0.032, 0.05, -half), (i * 0.032, 0.05, half), 0.008, sides=6), crust)
        kit.add(rod((-half, 0.054, i * 0.032), (half, 0.054, i * 0.032), 0.008, sides=6), crust)


def _carrot(kit: Kit) -> None:
    kit.add(
        lathe(
            [(0.002, 0), (0.012, 0.05), (0.022, 0.13), (0.02, 0.15), (0.008, 0.155)], kit.sides(18)
        ),
        kit.material("bark", kit.color(0, "e0802a")),
        mapping="turned",
        crease=60,
    )
    leaf = kit.material("leaves")
    for i in range(6):
        a = i * 1.05
        kit.add(
            tube(
                [
                    (0, 0.15, 0),
                    (math.cos(a) * 0.015, 0.19, math.sin(a) * 0.015),
                    (math.cos(a) * 0.04, 0.22, math.sin(a) * 0.04),
                ],
                [0.003, 0.006, 0.001],
                6,
            ),
            leaf,
        )
