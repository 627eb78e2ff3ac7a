"""Gauntlets, greaves and boots."""

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.armor._helmets import (
    is_evil,
    main_of,
    trim_of,
)
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    lathe,
    plate,
    rod,
    torus,
    tube,
)


def gauntlet(kit: Kit) -> None:
    """A pair of gauntlets or gloves standing on their cuffs."""
    soft = kit.stuff("", "leather", "cloth") != "" or kit.says("glove")
    metal, trim = main_of(kit, "leather" if soft else "steel"), trim_of(kit)
    for side in (-1, 1):
        first = len(kit.bodies)
        kit.add(
            lathe(
                [(0.075, 0), (0.078, 0.006), (0.062, 0.06), (0.05, 0.15), (0.042, 0.15)],
                kit.sides(22),
            ),
            metal,
            mapping="turned",
        )
        kit.add(torus(0.076, 0.006, kit.sides(26), 8), trim)
        palm = o.blend(
            [
                o.ellipsoid((0, 0.2, 0.0), (0.046, 0.055, 0.026)),
                o.capsule((0, 0.13, 0), (0, 0.17, 0), 0.036),
            ],
            0.01,
        )
        kit.add(o.mesh(palm, (-0.07, 0.09, -0.06), (0.07, 0.27, 0.06), 0.006), metal, crease=50)
        for i in range(4):
            x = -0.036 + 0.024 * i
            reach = (0.052, 0.062, 0.058, 0.046)[i]
            for j in range(3):
                a, b = 0.235 + reach * 0.5 * j, 0.235 + reach * 0.5 * (j + 1)
                bend = 0.006 * j * j
                kit.add(
                    rod(
                        (x, a, bend),
                        (x * 1.06, b + 0.004, bend + 0.006 * (2 * j + 1)),
                        0.0125 - 0.001 * j,
                        0.0112 - 0.001 * j,
                        kit.sides(12),
                    ),
                    metal,
                )
                if not soft:
                    kit.add(ball(0.0125 - 0.001 * j, 12), trim, at=(x * 1.03, a, bend - 0.002))
            kit.add(ball(0.0105, 12), metal, at=(x * 1.07, 0.237 + reach * 1.5, 0.056), crease=60)
        kit.add(
            tube(
                [
                    (side * 0.036, 0.18, 0.01),
                    (side * 0.066, 0.215, 0.03),
                    (side * 0.068, 0.25, 0.045),
                ],
                [0.016, 0.014, 0.01],
                kit.sides(12),
            ),
            metal,
            crease=60,
        )
        for i in range(3 if not soft else 0):
            kit.add(
                lathe([(0.99, 0), (1.06, 0.004), (0.97, 0.03)], kit.sides(22)).scale(
                    (0.056 - 0.004 * i, 1, 0.056 - 0.004 * i)
                ),
                metal,
                at=(0, 0.075 + 0.024 * i, 0),
                mapping="turned",
                tint=0.9,
            )
        if kit.element is not None:
            kit.add(ball(0.015, 8), kit.light(), at=(0, 0.2, -0.026), crease=10)
            kit.add(torus(0.064, 0.005, 26, 8), kit.light(), at=(0, 0.055, 0))
        elif is_evil(kit):
            for i in range(3):
                kit.add(
                    rod(
                        (side * 0.05, 0.05 + 0.035 * i, 0),
                        (side * 0.12, 0.08 + 0.035 * i, 0),
                        0.012,
                        0.001,
                        7,
                    ),
                    metal,
                )
        kit.move(first, (side * 0.12, 0, 0))


def greaves(kit: Kit) -> None:
    """A pair of leg plates with knee cups, or boots."""
    boots = kit.says("boot", "shoe", "sabaton")
    soft = kit.stuff("", "leather", "cloth") != "" or (boots and kit.stuff("", *METALS) == "")
    metal, trim, leather = (
        main_of(kit, "leather" if soft else "steel"),
        trim_of(kit),
        kit.material("leather", "3a281c"),
    )
    for side in (-1, 1):
        first = len(kit.bodies)
        if boots:
            foot = o.both(
                o.blend(
                    [
                        o.capsule((0, 0.045, -0.03), (0, 0.035, 0.13), 0.047, 0.04),
                        o.capsule((0, 0.06, -0.03), (0, 0.32, -0.03), 0.05, 0.068),
                    ],
                    0.03,
                ),
                o.above(0.012),
            )
            hollow = o.capsule((0, 0.22, -0.03), (0, 0.5, -0.03), 0.05, 0.06)
            kit.add(
                o.mesh(
                    o.both(o.without(o.rough(foot, kit.rng, 0.002, 12), hollow), o.below(0.33)),
                    (-0.1, 0.01, -0.12),
                    (0.1, 0.34, 0.2),
                    0.0085,
                ),
                metal,
                crease=60,
            )
            sole = o.both(
                o.capsule((0, 0.01, -0.03), (0, 0.01, 0.13), 0.052, 0.046),
                o.above(0),
                o.below(0.02),
            )
            kit.add(o.mesh(sole, (-0.1, 0, -0.12), (0.1, 0.03, 0.2), 0.0085), leather, crease=40)
            for y in (0.11, 0.2, 0.3):
                kit.add(
                    torus(0.056 + 0.05 * (y - 0.1), 0.008, 24, 8),
                    leather if y < 0.29 else trim,
                    at=(0, y, -0.03),
                )
                kit.add(
                    box(0.025, 0.022, 0.012, 0.003),
                    trim,
                    at=(0, y - 0.011, 0.026 + 0.05 * (y - 0.1)),
                )
        else:
            shin = lathe(
                [
                    (0.058, 0),
                    (0.066, 0.04),
                    (0.08, 0.2),
                    (0.07, 0.36),
                    (0.062, 0.36),
                    (0.07, 0.2),
                    (0.05, 0.04),
                ],
                kit.sides(28),
            ).scale((1, 1, 1.15))
            kit.add(shin, metal, at=(0, 0.03, 0), mapping="turned", crease=45)
            kit.add(ball(0.075, kit.sides(22)).scale((1, 0.95, 0.75)), metal, at=(0, 0.44, 0.035))
            kit.add(
                plate(
                    [(-0.075, 0), (0, -0.03), (0.075, 0), (0.06, 0.06), (0, 0.09), (-0.06, 0.06)],
                    0.014,
                    0.003,
                ),
                trim,
                at=(0, 0.425, 0.092),
            )
            kit.add(
                tube([(0, 0.06, 0.075), (0, 0.2, 0.1), (0, 0.36, 0.085)], [0.009, 0.011, 0.006], 8),
                trim,
            )
            kit.add(
                lathe(
                    [(0.07, 0), (0.085, 0.03), (0.09, 0.16), (0.083, 0.16), (0.078, 0.03)],
                    kit.sides(26),
                ),
                metal,
                at=(0, 0.48, 0),
                mapping="turned",
            )
            for y in (0.05, 0.38, 0.62):
                kit.add(torus(0.064 + 0.03 * (y > 0.5), 0.007, 26, 8), trim, at=(0, y, 0))
            for y in (0.14, 0.28):
                kit.add(torus(0.077, 0.01, 26, 6).scale((1, 1.4, 1.12)), leather, at=(0, y, 0))
            if is_evil(kit):
                kit.add(rod((0, 0.45, 0.08), (0, 0.5, 0.2), 0.02, 0.001, 8), metal)
        if kit.element is not None:
            kit.add(
                ball(0.016, 8),
                kit.light(),
                at=(0, 0.46 if not boots else 0.26, 0.1 if not boots else 0.04),
                crease=10,
            )
        kit.move(first, (side * 0.13, 0, 0))
