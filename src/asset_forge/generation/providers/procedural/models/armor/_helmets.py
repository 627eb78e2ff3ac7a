"""Helmets and hoods."""

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

PLATE = (
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


def main_of(kit: Kit, default: str = "steel") -> Material:
    word = kit.stuff(default, *PLATE)
    if word == "bone" and not kit.says("bone", "skeletal", "ivory"):
        word = default
    return kit.material(
        word,
        kit.color(0, "3a3840" if is_evil(kit) else "b0b6be")
        if word in ("steel", "leather", "scales", "cloth")
        and (kit.reading.colors or word == "steel")
        else None,
    )


def trim_of(kit: Kit) -> Material:
    return kit.material(
        kit.pick("gold", "bronze", "iron"),
        kit.color(1, "c8963a") if len(kit.reading.colors) > 1 else None,
    )


def is_evil(kit: Kit) -> bool:
    return (
        kit.reading.valence < -0.3 or kit.style("gothic") or kit.says("demonic", "spiked", "horned")
    )


def helmet(kit: Kit) -> None:
    """Great helms, horned helms, samurai kabuto, crowned helms, hoods."""
    metal, trim = main_of(kit), trim_of(kit)
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
    bone = kit.material("bone" if not is_evil(kit) or viking else "obsidian")
    if viking or is_evil(kit):
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
