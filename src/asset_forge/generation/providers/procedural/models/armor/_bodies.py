"""Breastplates and shoulder plates."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.armor._helmets import (
    is_evil,
    main_of,
    trim_of,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    lathe,
    plate,
    rod,
    torus,
    tube,
)


def breastplate(kit: Kit) -> None:
    """Cuirasses with shoulder straps, belt and a skirt of plates; robes and mail by material."""
    soft = kit.stuff("", "leather", "cloth") != "" or kit.says("leather", "robe", "tunic", "vest")
    metal, trim, leather = (
        main_of(kit, "leather" if soft else "steel"),
        trim_of(kit),
        kit.material("leather"),
    )
    body = o.blend(
        [
            o.ellipsoid((0, 0.42, 0.0), (0.185, 0.19, 0.13)),
            o.ellipsoid((0, 0.2, 0), (0.148, 0.2, 0.108)),
            o.capsule((-0.16, 0.55, -0.01), (0.16, 0.55, -0.01), 0.06),
            *(o.ellipsoid((s * 0.075, 0.42, 0.085), (0.085, 0.08, 0.06)) for s in (-1, 1)),
        ],
        0.03,
    )
    inner = o.grown(body, -0.036)
    neck, arms = (
        o.ellipsoid((0, 0.63, 0.01), (0.085, 0.12, 0.1)),
        [o.capsule((s * 0.2, 0.48, 0), (s * 0.4, 0.44, 0), 0.088) for s in (-1, 1)],
    )
    shell = o.both(o.without(body, inner, neck, *arms), o.above(0.06))
    hollow = o.without(shell, o.both(inner, o.below(0.08)))
    kit.add(o.mesh(hollow, (-0.27, 0.06, -0.18), (0.27, 0.65, 0.2), 0.0125), metal, crease=55)
    for i in range(11):
        a = 360 * i / 11
        b = math.radians(a)
        flap = plate(
            [(-0.045, 0), (0.045, 0), (0.05, -0.16), (0, -0.19), (-0.05, -0.16)], 0.012, 0.003
        )
        kit.add(
            flap,
            leather if soft else metal,
            at=(math.sin(b) * 0.152, 0.085, math.cos(b) * 0.115),
            turn=(-12, 0, 0) if a == 0 else (0, a, 0),
            tint=0.85 + 0.15 * (i % 2),
        )
        kit.add(ball(0.008, 8), trim, at=(math.sin(b) * 0.162, 0.06, math.cos(b) * 0.125))
    kit.add(
        lathe([(0.94, -0.02), (1.02, -0.02), (1.02, 0.02), (0.94, 0.02)], kit.sides(32)).scale(
            (0.156, 1, 0.116)
        ),
        leather,
        at=(0, 0.1, 0),
        mapping="turned",
    )
    kit.add(box(0.05, 0.05, 0.02, 0.006), trim, at=(0, 0.076, 0.118))
    for side in (-1, 1):
        kit.add(
            tube(
                [(side * 0.11, 0.59, 0.08), (side * 0.125, 0.625, 0.0), (side * 0.11, 0.58, -0.09)],
                [0.018, 0.02, 0.018],
                8,
            ),
            leather,
        )
        kit.add(ball(0.014, 12), trim, at=(side * 0.11, 0.585, 0.088))
    if kit.style("ornate") or kit.says("king", "royal", "paladin"):
        for y, w in ((0.5, 0.1), (0.46, 0.07), (0.42, 0.04)):
            kit.add(
                tube(
                    [(-w, y + 0.02, 0.125), (0, y - 0.02, 0.142), (w, y + 0.02, 0.125)],
                    [0.005, 0.008, 0.005],
                    8,
                ),
                trim,
            )
    if is_evil(kit):
        for side in (-1, 1):
            for i in range(3):
                kit.add(
                    rod(
                        (side * (0.12 + 0.045 * i), 0.57 - 0.01 * i, 0),
                        (side * (0.15 + 0.075 * i), 0.74 - 0.03 * i, -0.01),
                        0.022,
                        0.001,
                        8,
                    ),
                    metal,
                )
        kit.add(ball(0.028, 8), kit.light("ff3020"), at=(0, 0.44, 0.13), crease=10)
    elif kit.element is not None:
        kit.add(ball(0.025, 8), kit.light(), at=(0, 0.45, 0.135), crease=10)
    else:
        kit.add(
            plate([(0, -0.05), (0.035, 0), (0, 0.05), (-0.035, 0)], 0.03, 0.004),
            trim,
            at=(0, 0.43, 0.128),
        )


def pauldron(kit: Kit) -> None:
    """A pair of layered shoulder plates."""
    metal, trim, leather = main_of(kit), trim_of(kit), kit.material("leather")
    layers = kit.whole(3, 4)
    for side in (-1, 1):
        first = len(kit.bodies)
        for i in range(layers):
            s = 1.0 - 0.1 * i
            outer = ball(0.14 * s, kit.sides(30)).scale((1.05, 0.9, 1.1))
            cut = outer - ball(0.128 * s, kit.sides(30)).scale((1.05, 0.9, 1.1))
            cap = cut.trim_by_plane((0, 1, 0), 0.005 + 0.02 * i)
            kit.add(
                cap,
                metal,
                at=(side * 0.05 * i, 0.12 - 0.052 * i, 0),
                turn=(0, 0, -side * (14 + 13 * i)),
                crease=40,
                tint=1 - 0.05 * i,
            )
            kit.add(
                torus(0.134 * s, 0.007, kit.sides(32), 8).scale((1.05, 1, 1.1)),
                trim,
                at=(side * (0.05 * i + 0.004), 0.124 - 0.052 * i + 0.02 * i, 0),
                turn=(0, 0, -side * (14 + 13 * i)),
            )
        kit.add(
            lathe([(0.05, 0), (0.055, 0.02), (0.045, 0.05), (0.03, 0.05)], 18),
            trim,
            at=(-side * 0.02, 0.225, 0),
            turn=(0, 0, -side * 10),
        )
        kit.add(
            tube(
                [
                    (-side * 0.06, 0.2, 0.08),
                    (-side * 0.14, 0.18, 0.03),
                    (-side * 0.16, 0.16, -0.05),
                ],
                [0.014, 0.014, 0.014],
                8,
            ),
            leather,
        )
        if is_evil(kit) or kit.says("spike"):
            for i in range(3):
                a = -0.5 + 0.5 * i
                kit.add(
                    rod(
                        (side * 0.03, 0.22, a * 0.15),
                        (side * (0.12 + 0.02 * i), 0.38 - 0.03 * abs(i - 1), a * 0.22),
                        0.024,
                        0.001,
                        9,
                    ),
                    metal,
                )
        if kit.element is not None:
            kit.add(ball(0.03, 8), kit.light(), at=(side * 0.06, 0.22, 0.09), crease=10)
        kit.move(first, (side * 0.22, 0, 0))
