"""Rings, gems, amulets and crowns."""

import math

import numpy as np
from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    cylinder,
    lathe,
    plate,
    regular,
    rod,
    torus,
)

_GEMS = ("c01c38", "2450c0", "1c9c5c", "8a3ac8", "d8a020", "30b8d8")


def metal_of(kit: Kit, default: str = "gold") -> Material:
    plain = ("crystal",) if kit.says("crystal", "glass") else ()
    word = kit.stuff(default, *METALS, *plain, "bone", "obsidian", "jade", "wood")
    return kit.material(word)


def cut_stone(kit: Kit, index: int = 0) -> Material:
    named = {
        "ruby": "c01c38",
        "emerald": "1c9c5c",
        "sapphire": "2450c0",
        "diamond": "dff2fa",
        "amethyst": "8a3ac8",
        "topaz": "e0a030",
    }
    color = next((c for n, c in named.items() if kit.says(n)), None)
    return kit.material("crystal", color or kit.color(index, kit.pick(*_GEMS)), "ffffff")


def ring(kit: Kit) -> None:
    """A finger ring standing up, with a cut stone in claws."""
    metal, gem = metal_of(kit), cut_stone(kit)
    r, thick = 0.032, kit.between(0.0045, 0.007)
    kit.add(
        torus(r, thick, kit.sides(44), 14).scale((1, 1.4, 1)).rotate((90, 0, 0)),
        metal,
        at=(0, r + thick, 0),
    )
    top = 2 * r + 2 * thick
    size = kit.between(0.012, 0.018)
    kit.add(
        lathe(
            [(size * 0.35, 0), (size * 0.9, size * 0.7), (size * 0.8, size * 0.8)], kit.sides(16)
        ),
        metal,
        at=(0, top - 0.006, 0),
    )
    stone = lathe([(0, -size * 0.5), (size, size * 0.35), (size * 0.62, size * 0.8)], 8)
    kit.add(stone, gem, at=(0, top + size * 0.4, 0), crease=8)
    for i in range(4):
        a = math.pi / 2 * i + 0.78
        kit.add(
            rod(
                (math.cos(a) * size * 0.8, top, math.sin(a) * size * 0.8),
                (math.cos(a) * size * 0.95, top + size * 0.95, math.sin(a) * size * 0.95),
                0.0018,
                sides=6,
            ),
            metal,
        )


def gem(kit: Kit) -> None:
    """Cut stones: brilliant, emerald cut, or a rough crystal; an orb on a stand."""
    stone = cut_stone(kit)
    s = kit.between(0.05, 0.065)
    if kit.says("orb", "sphere"):
        kit.add(ball(s * 1.2, kit.sides(32)), kit.light("8a5aff"), at=(0, s * 1.7, 0))
        kit.add(torus(s * 0.8, s * 0.2, 26, 10), metal_of(kit), at=(0, s * 0.75, 0))
        kit.add(
            lathe([(s * 1.1, 0), (s * 1.0, s * 0.2), (s * 0.5, s * 0.4), (s * 0.75, s * 0.8)], 24),
            metal_of(kit),
            mapping="turned",
        )
    elif kit.says("emerald") or kit.chance(0.35):
        tiers = [(0.15, -1.0), (0.75, -0.3), (1.0, 0.15), (0.8, 0.5), (0.62, 0.6)]
        points = [
            (x * s * 1.2 * r, y * s, z * s * 0.9 * r)
            for r, y in tiers
            for x, z in (
                (-1, 0.6),
                (-0.7, 1),
                (0.7, 1),
                (1, 0.6),
                (1, -0.6),
                (0.7, -1),
                (-0.7, -1),
                (-1, -0.6),
            )
        ]
        kit.add(Manifold.hull_points(np.array(points)), stone, at=(0, s, 0), crease=8)
    else:
        count = kit.whole(8, 12)
        kit.add(
            lathe(
                [(0, -s * 1.0), (s * 1.05, s * 0.12), (s * 1.05, s * 0.18), (s * 0.6, s * 0.58)],
                count,
            ),
            stone,
            at=(0, s, 0),
            crease=8,
        )
    if kit.says("shard", "rough", "cluster"):
        from asset_forge.generation.providers.procedural.models.solids import crystal

        for i in range(4):
            kit.add(
                crystal(s * 0.3, s * kit.between(1.2, 2.0), kit.rng),
                stone,
                at=(0, 0, 0),
                turn=(30, 90 * i, 0),
                crease=8,
            )


def amulet(kit: Kit) -> None:
    """A pendant with a stone on a chain, hanging upright."""
    metal, gem_ = metal_of(kit), cut_stone(kit)
    rx, ry = 0.075, 0.1
    for i in range(40):
        a = 2 * math.pi * i / 40 + math.pi / 2
        x, y = rx * math.cos(a), ry * math.sin(a)
        slope = math.degrees(math.atan2(ry * math.cos(a), -rx * math.sin(a)))
        kit.add(
            torus(0.0065, 0.0018, 10, 6).scale((1.3, 1, 1)).rotate((90 * (i % 2), 0, 0)),
            metal,
            at=(x, y + 0.2, 0),
            turn=(0, 0, slope),
        )
    shape = kit.whole(3, 8)
    kit.add(plate(regular(shape, 0.036, 0.25), 0.012, 0.003), metal, at=(0, 0.06, 0), crease=25)
    kit.add(
        lathe([(0.024, 0), (0.022, 0.006), (0.012, 0.012)], 8).rotate((90, 0, 0)),
        gem_,
        at=(0, 0.06, 0.005),
        crease=8,
    )
    kit.add(torus(0.026, 0.003, 26, 8).rotate((90, 0, 0)), metal, at=(0, 0.06, 0.006))
    kit.add(torus(0.008, 0.0025, 14, 8).rotate((90, 0, 0)), metal, at=(0, 0.098, 0))
    for i in range(shape):
        a = 2 * math.pi * (i / shape + 0.25)
        kit.add(
            ball(0.005, 10),
            gem_ if i % 2 else metal,
            at=(math.cos(a) * 0.036, 0.06 + math.sin(a) * 0.036, 0),
            crease=10,
        )


def crown(kit: Kit) -> None:
    """A crown with points, stones and a velvet cap."""
    metal, r = metal_of(kit), 0.095
    band = cylinder(r, 0.045, r * 1.03, kit.sides(40)) - cylinder(
        r - 0.006, 1, sides=kit.sides(40)
    ).translate((0, -0.5, 0))
    kit.add(band, metal, mapping="turned", crease=40)
    for y in (0.002, 0.043):
        kit.add(torus(r * (1 + 0.03 * (y > 0.01)), 0.0045, kit.sides(40), 8), metal, at=(0, y, 0))
    points = kit.reading.count("point", "spike", default=kit.whole(5, 9))
    for i in range(max(3, min(points, 12))):
        a = 360 * i / points
        outline = [
            (-0.018, 0),
            (0.018, 0),
            (0.01, 0.02),
            (0.014, 0.035),
            (0, 0.06),
            (-0.014, 0.035),
            (-0.01, 0.02),
        ]
        kit.add(
            plate(outline, 0.006, 0.001),
            metal,
            at=(r * 1.02 * math.sin(math.radians(a)), 0.04, r * 1.02 * math.cos(math.radians(a))),
            turn=(0, a, 0),
        )
        kit.add(
            ball(0.0075, 14),
            metal,
            at=(r * 1.02 * math.sin(math.radians(a)), 0.104, r * 1.02 * math.cos(math.radians(a))),
        )
        b = math.radians(a)
        kit.add(
            ball(0.0095, 8),
            kit.material("crystal", kit.pick(*_GEMS[:3]))
            if not kit.reading.colors
            else cut_stone(kit),
            at=(math.sin(b) * r * 1.02, 0.022, math.cos(b) * r * 1.02),
            crease=8,
        )
    if kit.says("royal", "king", "queen") or kit.chance(0.5):
        kit.add(
            ball(r * 0.95, 24).scale((1, 0.72, 1)).trim_by_plane((0, 1, 0), 0),
            kit.material("cloth", kit.color(1, "8a1428")),
            at=(0, 0.012, 0),
            crease=60,
        )
