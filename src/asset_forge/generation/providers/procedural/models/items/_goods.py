"""Things to pick up, somewhat larger than life so that they read on the ground."""

import math

import numpy as np
from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    lathe,
    plate,
    regular,
    rod,
    torus,
    tube,
)

_GEMS = ("c01c38", "2450c0", "1c9c5c", "8a3ac8", "d8a020", "30b8d8")


def _metal(kit: Kit, default: str = "gold") -> Material:
    plain = ("crystal",) if kit.says("crystal", "glass") else ()
    word = kit.stuff(default, *METALS, *plain, "bone", "obsidian", "jade", "wood")
    return kit.material(word)


def _gem(kit: Kit, index: int = 0) -> Material:
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


def potion(kit: Kit) -> None:
    """Flasks of several shapes with liquid, cork and label cord."""
    glow = kit.element is not None or kit.says("healing", "mana", "glowing")
    color = kit.color(0, kit.pick("c01c38", "2450c0", "30a848", "9a3ac8"))
    liquid = (
        kit.material("glow", color, tuple(min(1.0, c * 1.25 + 0.1) for c in color))
        if glow
        else kit.material("glass", color)
    )  # type: ignore[arg-type]
    glass, cork, gold = kit.material("glass", "a8c8cc"), kit.material("wood", "a8784a"), _metal(kit)
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


def key(kit: Kit) -> None:
    """Keys standing on their bit, the bow on top."""
    metal = _metal(kit, kit.pick("iron", "bronze", "gold"))
    length, bits = kit.between(0.11, 0.14), kit.whole(2, 3)
    kit.add(rod((0, 0, 0), (0, length, 0), 0.006, sides=kit.sides(14)), metal)
    for i in range(bits):
        kit.add(
            block(
                (0, 0.008 + i * 0.014, -0.004),
                (0.018 + 0.01 * (i % 2) + kit.between(0, 0.006), 0.017 + i * 0.014, 0.004),
                0.001,
            ),
            metal,
        )
    kind = "skull" if kit.says("skeleton", "skull", "bone") else kit.pick("ring", "clover", "heart")
    if kind == "skull":
        bone = kit.material("bone")
        head = o.without(
            o.blend(
                [
                    o.ellipsoid((0, 0.03, 0), (0.026, 0.028, 0.026)),
                    o.ellipsoid((0, 0.006, 0.006), (0.016, 0.014, 0.016)),
                ],
                0.004,
            ),
            *(o.ellipsoid((s * 0.011, 0.028, 0.024), (0.0075, 0.0085, 0.012)) for s in (-1, 1)),
            o.ellipsoid((0, 0.014, 0.026), (0.004, 0.006, 0.01)),
        )
        kit.add(
            o.mesh(head, (-0.04, -0.02, -0.04), (0.04, 0.07, 0.04), 0.0026),
            bone,
            at=(0, length + 0.006, 0),
            crease=50,
        )
        for s in (-1, 1):
            kit.add(
                tube(
                    [
                        (s * 0.02, length + 0.03, 0),
                        (s * 0.045, length + 0.05, 0),
                        (s * 0.05, length + 0.075, 0),
                    ],
                    [0.006, 0.005, 0.001],
                    8,
                ),
                bone,
            )
    else:
        spots = {
            "ring": [(0, 0.024)],
            "clover": [(-0.018, 0.016), (0.018, 0.016), (0, 0.042)],
            "heart": [(-0.013, 0.024), (0.013, 0.024)],
        }[kind]
        for x, y in spots:
            kit.add(
                torus(0.022 if kind == "ring" else 0.014, 0.005, kit.sides(24), 10).rotate(
                    (90, 0, 0)
                ),
                metal,
                at=(x, length + y, 0),
            )
        kit.add(
            ball(0.008, 10),
            _gem(kit),
            at=(0, length + spots[-1][1] * (1 if kind != "clover" else 0.5), 0),
            crease=10,
        )
    for y in (0.8, 0.92, 1.0):
        kit.add(torus(0.007, 0.004, 16, 8), metal, at=(0, length * y, 0))


def ring(kit: Kit) -> None:
    """A finger ring standing up, with a cut stone in claws."""
    metal, gem = _metal(kit), _gem(kit)
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
    stone = _gem(kit)
    s = kit.between(0.05, 0.065)
    if kit.says("orb", "sphere"):
        kit.add(ball(s * 1.2, kit.sides(32)), kit.light("8a5aff"), at=(0, s * 1.7, 0))
        kit.add(torus(s * 0.8, s * 0.2, 26, 10), _metal(kit), at=(0, s * 0.75, 0))
        kit.add(
            lathe([(s * 1.1, 0), (s * 1.0, s * 0.2), (s * 0.5, s * 0.4), (s * 0.75, s * 0.8)], 24),
            _metal(kit),
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


def book(kit: Kit) -> None:
    """A closed book lying face up, with corners, clasp and emblem."""
    cover = kit.material(
        "leather", kit.color(0, kit.pick("6a2a22", "2c3f6a", "3a4a2c", "4a2a5a", "5a4028"))
    )
    page, metal = kit.material("paper"), _metal(kit)
    w, h, d = kit.between(0.17, 0.21), kit.between(0.04, 0.065), kit.between(0.23, 0.28)
    kit.add(box(w - 0.012, h - 0.014, d - 0.016), page, at=(0.003, 0.007, 0))
    for y in (0.0, h - 0.008):
        kit.add(box(w, 0.008, d, 0.002), cover, at=(0, y, 0))
    spine = (
        cylinder(h / 2, d, sides=kit.sides(20))
        .rotate((90, 0, 0))
        .translate((0, h / 2, -d / 2))
        .scale((0.6, 1, 1))
        .trim_by_plane((-1, 0, 0), -0.004)
    )
    kit.add(spine, cover, at=(-w / 2 + 0.006, 0, 0))
    for z in (-0.32, 0, 0.32):
        kit.add(
            torus(h / 2, 0.004, 18, 6)
            .rotate((90, 0, 0))
            .scale((0.65, 1.02, 1))
            .trim_by_plane((-1, 0, 0), 0),
            cover,
            at=(-w / 2 + 0.004, h / 2, d * z),
            tint=0.8,
        )
    for sx in (-1, 1):
        for sz in (-1, 1):
            kit.add(
                box(0.04, 0.011, 0.04, 0.003),
                metal,
                at=(sx * (w / 2 - 0.018), h - 0.009, sz * (d / 2 - 0.018)),
            )
    kit.add(box(0.012, h * 0.9, 0.03, 0.003), metal, at=(w / 2, h * 0.08, 0))
    kit.add(box(0.05, 0.006, 0.03, 0.002), metal, at=(w / 2 - 0.02, h, 0))
    magic = kit.element is not None or kit.says("spellbook", "grimoire", "tome")
    if magic:
        light = kit.light("8a5aff")
        kit.add(torus(w * 0.22, 0.004, 26, 6), light, at=(0, h, 0))
        kit.add(
            plate(
                [
                    p
                    for q in zip(regular(5, w * 0.19), regular(5, w * 0.08, 0.1), strict=True)
                    for p in q
                ],
                0.008,
            ).rotate((-90, 0, 0)),
            light,
            at=(0, h + 0.002, 0),
        )
    else:
        kit.add(
            plate(regular(4, w * 0.2), 0.006, 0.001).rotate((-90, 0, 0)),
            metal,
            at=(0, h + 0.001, 0),
        )
    kit.add(
        box(0.012, 0.003, 0.07),
        kit.material("cloth", kit.color(1, "b02028")),
        at=(0.03, h * 0.4, d / 2 + 0.015),
        turn=(18, 0, 0),
    )


def scroll(kit: Kit) -> None:
    """A half-open scroll on two rods, or a rolled one with a seal."""
    page, wood = kit.material("paper"), kit.material(kit.stuff("wood", "wood", "gold", "bone"))
    w, r = kit.between(0.2, 0.26), 0.018
    for side in (-1, 1):
        first = len(kit.bodies)
        kit.add(cylinder(r, w, sides=kit.sides(22)), page, at=(0, -w / 2, 0), mapping="turned")
        kit.add(cylinder(0.007, w + 0.07, sides=12), wood, at=(0, -w / 2 - 0.035, 0))
        for end in (-1, 1):
            kit.add(ball(0.013, 14), wood, at=(0, end * (w / 2 + 0.03), 0))
        kit.move(first, (0, r if side > 0 else 0.155, 0.07 * (1 if side > 0 else -1)), (0, 0, 90))
    first = len(kit.bodies)
    kit.add(box(w * 0.99, 0.004, 0.2), page)
    ink = (
        kit.material("leather", "3a2c20")
        if kit.element is None and not kit.says("magic", "magical")
        else kit.light("8a5aff")
    )
    for i in range(8):
        kit.add(
            box(w * kit.between(0.45, 0.8), 0.003, 0.006),
            ink,
            at=(-w * kit.between(0, 0.06), 0.0025, -0.075 + 0.019 * i),
        )
    kit.move(first, (0, 0.088, 0.0), (44, 0, 0))
    kit.add(
        cylinder(0.02, 0.008, 0.018, 16),
        kit.material("leather", kit.color(0, "a01c28")),
        at=(w * 0.3, 0.085 - 0.03, 0.045),
        turn=(44, 0, 0),
    )


def coin(kit: Kit) -> None:
    """A heap or stack of coins; one large medal when a single one is asked for."""
    metal = _metal(kit)
    if kit.says("medal", "medallion", "token"):
        kit.add(
            cylinder(0.05, 0.012, sides=kit.sides(36)).rotate((90, 0, 0)),
            metal,
            at=(0, 0.05, 0.006),
        )
        kit.add(torus(0.046, 0.006, 36, 8).rotate((90, 0, 0)), metal, at=(0, 0.05, 0))
        kit.add(
            plate(
                [p for q in zip(regular(5, 0.032), regular(5, 0.014, 0.1), strict=True) for p in q],
                0.022,
            ),
            metal,
            at=(0, 0.05, 0),
        )
        return
    count = kit.whole(34, 46) if kit.says("pile", "heap", "treasure", "coins") else kit.whole(7, 14)
    disc, rim = (
        cylinder(0.022, 0.0042, sides=kit.sides(20)),
        torus(0.0205, 0.0018, kit.sides(20), 6),
    )
    for i in range(count):
        if count > 30:
            r = 0.115 * math.sqrt(kit.between(0, 1))
            a = kit.between(0, 6.28)
            y = (0.055 * (1 - r / 0.115)) * kit.between(0.2, 1.0)
            tilt = (kit.between(-28, 28), 0, kit.between(-28, 28))
            at = (math.cos(a) * r, y + 0.006, math.sin(a) * r)
        else:
            tilt, at = (
                (0, 0, 0),
                (kit.between(-0.003, 0.003), 0.0048 * i, kit.between(-0.003, 0.003)),
            )
        kit.add(disc, metal, at=at, turn=tilt, tint=kit.between(0.85, 1.0))
        kit.add(rim, metal, at=(at[0], at[1] + 0.002, at[2]), turn=tilt)
    if count > 30:
        kit.add(ball(1, 18).scale((0.1, 0.045, 0.1)).trim_by_plane((0, 1, 0), 0), metal, crease=50)


def amulet(kit: Kit) -> None:
    """A pendant with a stone on a chain, hanging upright."""
    metal, gem_ = _metal(kit), _gem(kit)
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
    metal, r = _metal(kit), 0.095
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
            kit.material("crystal", kit.pick(*_GEMS[:3])) if not kit.reading.colors else _gem(kit),
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


def mug(kit: Kit) -> None:
    """Mugs of staves, or goblets on a stem, filled."""
    drink = kit.material("water", kit.color(1, "d8952a"), "fff0c8")
    if kit.says("goblet", "chalice", "grail"):
        metal = _metal(kit)
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
                _gem(kit),
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
    body = o.blend([o.ellipsoid((0, 0.07 * s, 0), (0.085 * s, 0.07 * s, 0.075 * s)), o.capsule((0, 0.1 * s, 0), (0, 0.15 * s, 0), 0.045 * s, 0.025 * s),
                    *(o.capsule((0, 0.16 * s, 0), (math.cos(a) * 0.045 * s, 0.2 * s, math.sin(a) * 0.045 * s), 0.018 * s, 0.012 * s) for a in np.linspace(0, 5.4, 7))], 0.012 * s)  # fmt: skip
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


def gear(kit: Kit) -> None:
    """Cogs, or a battery-like device with lights."""
    if kit.says("battery", "chip", "device", "module") or kit.style("scifi"):
        hull, light = kit.material("scifi", kit.color(0, "7d8794")), kit.light("38d0ff")
        kit.add(cylinder(0.05, 0.16, sides=8), hull, crease=20)
        for y in (0.03, 0.08, 0.13):
            kit.add(torus(0.05, 0.006, 8, 8), light, at=(0, y, 0))
        for y in (0.0, 0.15):
            kit.add(
                cylinder(0.058, 0.02, sides=8),
                kit.material("iron"),
                at=(0, y - 0.005, 0),
                crease=20,
            )
        kit.add(cylinder(0.022, 0.03, sides=12), kit.material("gold"), at=(0, 0.16, 0))
        return
    metal = _metal(kit, kit.pick("bronze", "iron", "steel"))
    for k, (r, x, z) in enumerate(((0.085, 0.0, 0.0), (0.05, 0.118, 0.03))):
        teeth = max(8, round(r * 190))
        solid = cylinder(r, 0.028, sides=kit.sides(36))
        for i in range(teeth):
            solid = solid + box(r * 0.16, 0.028, r * 2.32, 0.0).rotate((0, 180 * i / teeth, 0))
        solid = solid - cylinder(r * 0.24, 1, sides=20).translate((0, -0.5, 0))
        for i in range(5):
            a = 2 * math.pi * i / 5
            solid = solid - cylinder(r * 0.19, 1, sides=16).translate(
                (math.cos(a) * r * 0.58, -0.5, math.sin(a) * r * 0.58)
            )
        kit.add(
            solid,
            metal if k == 0 else kit.material("bronze"),
            at=(x, 0.006 * k, z),
            turn=(0, 9 * k, 0),
            crease=30,
        )
    kit.add(cylinder(0.018, 0.05, sides=14), kit.material("iron"))


def horn(kit: Kit) -> None:
    """A drinking horn, a bone or a skull."""
    bone = kit.material("bone", kit.color(0, "e2d8be"))
    if kit.says("skull"):
        head = o.without(o.blend([o.ellipsoid((0, 0.1, 0), (0.07, 0.075, 0.085)), o.ellipsoid((0, 0.04, 0.045), (0.045, 0.045, 0.045))], 0.012),
                         *(o.ellipsoid((s * 0.03, 0.085, 0.075), (0.02, 0.022, 0.03)) for s in (-1, 1)), o.ellipsoid((0, 0.052, 0.09), (0.011, 0.016, 0.02)), *(o.capsule((x, 0.0, 0.09), (x, 0.022, 0.09), 0.0022) for x in (-0.02, -0.007, 0.007, 0.02)))  # fmt: skip
        kit.add(
            o.mesh(o.both(head, o.above(0.0)), (-0.1, 0, -0.1), (0.1, 0.2, 0.12), 0.0045),
            bone,
            crease=50,
        )
    elif kit.says("bone"):
        parts = [o.capsule((-0.1, 0.03, 0), (0.1, 0.03, 0), 0.014)] + [
            o.ellipsoid((s * 0.11, 0.03, t * 0.018), (0.022, 0.02, 0.02))
            for s in (-1, 1)
            for t in (-1, 1)
        ]
        kit.add(
            o.mesh(o.blend(parts, 0.008), (-0.15, 0, -0.06), (0.15, 0.07, 0.06), 0.004),
            bone,
            crease=60,
        )
    else:
        path = [
            (0.12 * math.cos(a), 0.03 + 0.13 * math.sin(a), 0.0) for a in np.linspace(0.3, 2.9, 14)
        ]
        kit.add(tube(path, list(np.linspace(0.034, 0.003, 14)), kit.sides(18)), bone, crease=60)
        kit.add(
            torus(0.033, 0.006, 24, 8),
            kit.material("gold"),
            at=(path[0][0], path[0][1], 0),
            turn=(0, 0, 14),
        )
        kit.add(
            torus(0.024, 0.005, 24, 8),
            kit.material("gold"),
            at=(path[5][0], path[5][1], 0),
            turn=(0, 0, 80),
        )


def mushroom(kit: Kit) -> None:
    """A cluster of mushrooms, glowing when magic."""
    glow = kit.element is not None or kit.says("glowing", "magic", "luminous")
    cap = (
        kit.light("5ae0c8")
        if glow
        else kit.material("leather", kit.color(0, kit.pick("b02a24", "8a5a2c", "c88a3a")))
    )
    stem, dot = kit.material("bone"), kit.material("plaster", "f4efe2")
    for i in range(kit.whole(3, 5)):
        a, r = i * 2.2, 0.0 if i == 0 else kit.between(0.045, 0.07)
        s = 1.0 if i == 0 else kit.between(0.4, 0.65)
        x, z = math.cos(a) * r, math.sin(a) * r
        kit.add(
            lathe([(0.022 * s, 0), (0.015 * s, 0.04 * s), (0.018 * s, 0.1 * s)], 14),
            stem,
            at=(x, 0, z),
            mapping="turned",
        )
        kit.add(
            lathe(
                [
                    (0.02 * s, 0.004),
                    (0.062 * s, 0),
                    (0.058 * s, 0.022 * s),
                    (0.035 * s, 0.048 * s),
                    (0, 0.056 * s),
                ],
                kit.sides(22),
            ),
            cap,
            at=(x, 0.085 * s, z),
            crease=60,
        )
        for j in range(7):
            b, q = j * 2.4, 0.018 + 0.03 * (j / 7)
            kit.add(
                ball(0.0065 * s, 8).scale((1, 0.5, 1)),
                dot,
                at=(
                    x + math.cos(b) * q * s,
                    (0.085 + 0.052 - 11 * q * q) * s,
                    z + math.sin(b) * q * s,
                ),
            )
