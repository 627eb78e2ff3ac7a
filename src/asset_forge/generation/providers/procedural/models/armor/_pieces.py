"""Pieces of armor, the size that a person wears, their front toward +Z."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    lathe,
    plate,
    rod,
    torus,
    tube,
)

_PLATE = (
    *METALS,
    "leather",
    "bone",
    "scales",
    "crystal",
    "obsidian",
    "ice",
    "wood",
    "cloth",
    "jade",
)


def _main(kit: Kit, default: str = "steel") -> Material:
    word = kit.stuff(default, *_PLATE)
    if word == "bone" and not kit.says("bone", "skeletal", "ivory"):
        word = default
    return kit.material(
        word,
        kit.color(0, "b0b6be")
        if word in ("steel", "leather", "scales", "cloth")
        and (kit.reading.colors or word == "steel")
        else None,
    )


def _trim(kit: Kit) -> Material:
    return kit.material(
        kit.pick("gold", "bronze", "iron"),
        kit.color(1, "c8963a") if len(kit.reading.colors) > 1 else None,
    )


def _evil(kit: Kit) -> bool:
    return (
        kit.reading.valence < -0.3 or kit.style("gothic") or kit.says("demonic", "spiked", "horned")
    )


def helmet(kit: Kit) -> None:
    """Great helms, horned helms, samurai kabuto, crowned helms, hoods."""
    metal, trim = _main(kit), _trim(kit)
    r = 0.125
    if kit.says("hood"):
        shape = o.without(
            o.blend(
                [
                    o.ellipsoid((0, 0.17, -0.01), (0.135, 0.16, 0.15)),
                    o.ellipsoid((0, 0.02, -0.02), (0.19, 0.07, 0.15)),
                ],
                0.04,
            ),
            o.ellipsoid((0, 0.14, 0.12), (0.09, 0.12, 0.14)),
            o.ellipsoid((0, 0.12, 0), (0.1, 0.13, 0.1)),
            o.ellipsoid((0, -0.03, 0), (0.12, 0.06, 0.1)),
        )
        kit.add(
            o.mesh(
                o.rough(shape, kit.rng, 0.004, 7), (-0.22, -0.06, -0.2), (0.22, 0.36, 0.18), 0.011
            ),
            kit.material("cloth", kit.color(0, "4a3a5a")),
            crease=60,
        )
        return
    viking, samurai = kit.says("viking", "barbarian", "horned"), kit.style("japanese")
    low = 0.1 if viking or samurai else -0.02
    shell = lathe(
        [
            (r * 1.02, low),
            (r * 1.05, 0.12),
            (r * 0.98, 0.18),
            (r * 0.72, 0.245),
            (r * 0.3, 0.275),
            (0, 0.28),
        ],
        kit.sides(32),
    ).scale((1, 1, 1.15))
    hollow = lathe(
        [(r * 0.96, low - 0.05), (r * 0.98, 0.12), (r * 0.9, 0.18), (r * 0.62, 0.235), (0, 0.262)],
        kit.sides(32),
    ).scale((1, 1, 1.15))
    solid = shell - hollow
    if not (viking or samurai):
        solid = (
            solid
            - box(0.19, 0.022, 0.2).translate((0, 0.125, 0.15))
            - box(0.03, 0.12, 0.2).translate((0, 0.02, 0.15))
        )
        for i in range(6):
            solid = solid - cylinder(0.006, 0.3, sides=8).rotate((90, 0, 0)).translate(
                ((-1) ** i * (0.04 + 0.02 * (i // 2)), 0.07 - 0.012 * (i // 2), 0.25)
            )
        kit.add(box(0.02, 0.2, 0.014, 0.004), trim, at=(0, 0.15, r * 1.15), turn=(-4, 0, 0))
        kit.add(torus(r * 1.03, 0.008, kit.sides(36), 8).scale((1, 1, 1.15)), trim, at=(0, low, 0))
        for side in (-1, 1):
            kit.add(
                cylinder(0.024, 0.02, sides=18).rotate((0, 0, 90)),
                trim,
                at=(side * (r * 1.02 + 0.012), 0.135, 0),
            )
    kit.add(solid, metal, mapping="turned", crease=40)
    if viking:
        kit.add(
            torus(r * 1.04, 0.014, kit.sides(36), 8).scale((1, 1, 1.15)), trim, at=(0, 0.108, 0)
        )
        kit.add(
            plate([(-0.015, 0.04), (0.015, 0.04), (0.011, -0.07), (-0.011, -0.07)], 0.012),
            trim,
            at=(0, 0.09, r * 1.2),
        )
        for a in (0, 90):
            kit.add(
                torus(r * 1.0, 0.009, 30, 6)
                .rotate((90, 0, 0))
                .trim_by_plane((0, 1, 0), -0.02)
                .scale((1, 1.2, 1)),
                trim,
                at=(0, 0.13, 0),
                turn=(0, a, 0),
            )
    if samurai:
        for i in range(4):
            rr = r * (1.12 + 0.14 * i)
            neck = (
                lathe(
                    [(rr * 1.08, 0), (rr, 0.035), (rr * 0.93, 0.035), (rr * 1.02, 0)], kit.sides(30)
                )
            ).trim_by_plane((0, 0, -1), -0.03)
            kit.add(
                neck, metal, at=(0, 0.09 - 0.03 * i, 0), mapping="turned", tint=1 - 0.08 * (i % 2)
            )
        for side in (-1, 1):
            kit.add(
                tube(
                    [
                        (side * 0.02, 0.17, r * 1.15),
                        (side * 0.08, 0.25, r * 1.1),
                        (side * 0.11, 0.38, r * 0.9),
                    ],
                    [0.014, 0.012, 0.003],
                    10,
                ).scale((1, 1, 1)),
                kit.material("gold"),
            )
        kit.add(
            plate([(-0.1, 0), (0.1, 0), (0.08, -0.015), (-0.08, -0.015)], 0.06).rotate((-70, 0, 0)),
            metal,
            at=(0, 0.115, r * 1.12),
        )
    _crest(kit, metal, trim, r, viking)


def _crest(kit: Kit, metal: Material, trim: Material, r: float, viking: bool) -> None:
    bone = kit.material("bone" if not _evil(kit) or viking else "obsidian")
    if viking or _evil(kit):
        for side in (-1, 1):
            horn = [
                (side * r * 0.85, 0.16, 0),
                (side * r * 1.5, 0.18, 0.01),
                (side * r * 1.95, 0.26, 0.02),
                (side * r * 1.85, 0.37, 0.04),
            ]
            kit.add(tube(horn, [0.034, 0.028, 0.018, 0.002], kit.sides(14)), bone, crease=60)
            kit.add(
                torus(0.034, 0.007, 18, 8), trim, at=(side * r * 1.0, 0.163, 0), turn=(0, 0, 84)
            )
    elif kit.says("crown", "king", "queen", "royal"):
        for i in range(9):
            a = 40 * i
            b = math.radians(a)
            kit.add(
                plate([(-0.022, 0), (0.022, 0), (0, 0.075)], 0.01),
                trim,
                at=(math.sin(b) * r * 1.03, 0.17, math.cos(b) * r * 1.18),
                turn=(0, a, 0),
            )
            kit.add(
                ball(0.011, 8),
                kit.material("crystal", "c01c38"),
                at=(math.sin(b) * r * 1.07, 0.168, math.cos(b) * r * 1.22),
                crease=10,
            )
        kit.add(torus(r * 1.03, 0.012, 36, 8).scale((1, 1, 1.15)), trim, at=(0, 0.165, 0))
    elif not kit.style("japanese"):
        cloth = kit.material("cloth", kit.color(1, kit.pick("a02828", "2c4a9a", "e0d8c8")))
        crest = o.blend(
            [
                o.capsule((0, 0.29, 0.06), (0, 0.33, -0.03), 0.028),
                o.capsule((0, 0.33, -0.03), (0, 0.27, -0.14), 0.034, 0.03),
                o.capsule((0, 0.27, -0.14), (0, 0.15, -0.19), 0.03, 0.012),
            ],
            0.01,
        )
        kit.add(
            o.mesh(
                o.rough(crest, kit.rng, 0.004, 20), (-0.06, 0.1, -0.24), (0.06, 0.4, 0.12), 0.008
            ),
            cloth,
            crease=60,
        )
        kit.add(rod((0, 0.265, 0.03), (0, 0.3, 0.03), 0.018, sides=10), trim)
    if kit.element is not None:
        kit.add(ball(0.018, 8), kit.light(), at=(0, 0.2, r * 1.12), crease=10)
    del metal


def breastplate(kit: Kit) -> None:
    """Cuirasses with shoulder straps, belt and a skirt of plates; robes and mail by material."""
    soft = kit.stuff("", "leather", "cloth") != "" or kit.says("leather", "robe", "tunic", "vest")
    metal, trim, leather = (
        _main(kit, "leather" if soft else "steel"),
        _trim(kit),
        kit.material("leather"),
    )
    body = o.blend([o.ellipsoid((0, 0.42, 0.0), (0.185, 0.19, 0.13)), o.ellipsoid((0, 0.2, 0), (0.148, 0.2, 0.108)), o.capsule((-0.16, 0.55, -0.01), (0.16, 0.55, -0.01), 0.06),
                    *(o.ellipsoid((s * 0.075, 0.42, 0.085), (0.085, 0.08, 0.06)) for s in (-1, 1))], 0.03)  # fmt: skip
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
            turn=(-12, 0, 0) if a in (0,) else (0, a, 0),
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
    if _evil(kit):
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


def shield(kit: Kit) -> None:
    """Round shields, kite shields, tower shields and bucklers; bossed, banded, painted."""
    wood = kit.stuff("", "wood") == "wood"
    painted = "steel" if kit.reading.colors else kit.stuff("steel", *_PLATE)
    face_word = "planks" if wood else painted
    face = kit.material(
        face_word,
        kit.color(0, "8a8f96") if face_word in ("steel", "planks") and kit.reading.colors else None,
    )
    metal = kit.material(
        kit.stuff("iron", *METALS) if wood else kit.pick("iron", "bronze", "gold"),
        kit.color(1, "c8963a") if len(kit.reading.colors) > 1 else None,
    )
    leather = kit.material("leather")
    kind = (
        "round"
        if kit.style("round") or kit.says("buckler", "viking")
        else "tower"
        if kit.says("tower")
        else "kite"
        if kit.says("kite", "knight")
        else kit.pick("round", "kite", "heater")
    )
    if kind == "round":
        r = kit.between(0.2, 0.24) if kit.says("buckler") else kit.between(0.38, 0.44)
        dish = lathe(
            [
                (r, 0),
                (r, 0.02),
                (r * 0.6, 0.055),
                (0, 0.075),
            ],
            kit.sides(36),
        ).rotate((90, 0, 0))
        kit.add(dish, face, mapping="grain-y" if wood else "box", crease=30)
        kit.add(torus(r, 0.018, kit.sides(40), 8).rotate((90, 0, 0)), metal, at=(0, 0, 0.01))
        kit.add(
            lathe(
                [(r * 0.3, 0), (r * 0.28, 0.02), (r * 0.2, 0.07), (0, 0.095)], kit.sides(24)
            ).rotate((90, 0, 0)),
            metal,
            at=(0, 0, 0.055),
        )
        for i in range(8):
            a = math.pi / 4 * i
            kit.add(
                ball(0.016, 10), metal, at=(math.cos(a) * r * 0.86, math.sin(a) * r * 0.86, 0.03)
            )
            if i % 2 == 0 and wood:
                kit.add(
                    box(0.035, r * 0.6, 0.02, 0.004),
                    metal,
                    at=(-math.sin(a) * r * 0.3, math.cos(a) * r * 0.3, 0.048),
                    turn=(0, 0, math.degrees(a)),
                )
    else:
        outline = {
            "tower": [(-0.3, -0.5), (0.3, -0.5), (0.3, 0.5), (-0.3, 0.5)],
            "kite": [
                (0, -0.58),
                (0.15, -0.3),
                (0.25, 0.05),
                (0.26, 0.26),
                (0.18, 0.38),
                (0, 0.43),
                (-0.18, 0.38),
                (-0.26, 0.26),
                (-0.25, 0.05),
                (-0.15, -0.3),
            ],
            "heater": [
                (0, -0.42),
                (0.15, -0.26),
                (0.25, -0.02),
                (0.28, 0.3),
                (0, 0.33),
                (-0.28, 0.3),
                (-0.25, -0.02),
                (-0.15, -0.26),
            ],
        }[kind]

        def curve(points):  # type: ignore[no-untyped-def]
            bent = points.copy()
            bent[:, 2] -= 1.1 * points[:, 0] ** 2
            return bent

        def sheet(scale: float, thick: float):  # type: ignore[no-untyped-def]
            solid = plate([(x * scale, y * scale) for x, y in outline], thick)
            return solid.refine_to_length(0.06).warp_batch(curve)

        kit.add(sheet(1.0, 0.03), face, mapping="grain-y" if wood else "box", crease=30)
        kit.add(sheet(1.05, 0.018), metal, crease=30)
        kit.add(ball(0.075, 20).scale((1, 1, 0.6)), metal, at=(0, 0.05, 0.015))
        emblem = kit.pick("cross", "chevron", "bars")
        if emblem == "cross":
            for a, b in (((0, -0.3), (0, 0.28)), ((-0.2, 0.06), (0.2, 0.06))):
                kit.add(
                    rod(
                        (a[0], a[1], 0.012 - 1.1 * a[0] ** 2),
                        (0, (a[1] + b[1]) / 2, 0.014),
                        0.022,
                        sides=6,
                    ),
                    metal,
                )
                kit.add(
                    rod(
                        (0, (a[1] + b[1]) / 2, 0.014),
                        (b[0], b[1], 0.012 - 1.1 * b[0] ** 2),
                        0.022,
                        sides=6,
                    ),
                    metal,
                )
        else:
            for y in (0.16, -0.08) if emblem == "chevron" else (0.2, -0.02, -0.2):
                drop = 0.1 if emblem == "chevron" else 0.0
                for side in (-1, 1):
                    kit.add(
                        rod(
                            (0, y, 0.015),
                            (side * 0.18, y - drop, 0.015 - 1.1 * 0.18**2),
                            0.018,
                            sides=6,
                        ),
                        metal,
                    )
        for x, y in outline:
            kit.add(ball(0.016, 10), metal, at=(x * 0.92, y * 0.92, 0.016 - 1.1 * (x * 0.92) ** 2))
    for y in (-0.1, 0.1):
        kit.add(
            tube([(-0.07, y, -0.02), (0, y, -0.08), (0.07, y, -0.02)], [0.014, 0.016, 0.014], 8),
            leather,
        )
    if kit.element is not None:
        kit.add(
            ball(0.04, 8),
            kit.light(),
            at=(0, 0.05 if kind != "round" else 0, 0.14 if kind == "round" else 0.06),
            crease=10,
        )


def gauntlet(kit: Kit) -> None:
    """A pair of gauntlets or gloves standing on their cuffs."""
    soft = kit.stuff("", "leather", "cloth") != "" or kit.says("glove")
    metal, trim = _main(kit, "leather" if soft else "steel"), _trim(kit)
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
        elif _evil(kit):
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
        _main(kit, "leather" if soft else "steel"),
        _trim(kit),
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
            if _evil(kit):
                kit.add(rod((0, 0.45, 0.08), (0, 0.5, 0.2), 0.02, 0.001, 8), metal)
        if kit.element is not None:
            kit.add(
                ball(0.016, 8),
                kit.light(),
                at=(0, 0.46 if not boots else 0.26, 0.1 if not boots else 0.04),
                crease=10,
            )
        kit.move(first, (side * 0.13, 0, 0))


def pauldron(kit: Kit) -> None:
    """A pair of layered shoulder plates."""
    metal, trim, leather = _main(kit), _trim(kit), kit.material("leather")
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
        if _evil(kit) or kit.says("spike"):
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
