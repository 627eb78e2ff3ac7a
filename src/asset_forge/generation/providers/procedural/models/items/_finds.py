"""Keys, coins, gears, horns and mushrooms."""

import math

import numpy as np

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.items._jewels import cut_stone, metal_of
from asset_forge.generation.providers.procedural.models.kit import Kit
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


def key(kit: Kit) -> None:
    """Keys standing on their bit, the bow on top."""
    metal = metal_of(kit, kit.pick("iron", "bronze", "gold"))
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
            cut_stone(kit),
            at=(0, length + spots[-1][1] * (1 if kind != "clover" else 0.5), 0),
            crease=10,
        )
    for y in (0.8, 0.92, 1.0):
        kit.add(torus(0.007, 0.004, 16, 8), metal, at=(0, length * y, 0))


def coin(kit: Kit) -> None:
    """A heap or stack of coins; one large medal when a single one is asked for."""
    metal = metal_of(kit)
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
    metal = metal_of(kit, kit.pick("bronze", "iron", "steel"))
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
        head = o.without(
            o.blend(
                [
                    o.ellipsoid((0, 0.1, 0), (0.07, 0.075, 0.085)),
                    o.ellipsoid((0, 0.04, 0.045), (0.045, 0.045, 0.045)),
                ],
                0.012,
            ),
            *(o.ellipsoid((s * 0.03, 0.085, 0.075), (0.02, 0.022, 0.03)) for s in (-1, 1)),
            o.ellipsoid((0, 0.052, 0.09), (0.011, 0.016, 0.02)),
            *(
                o.capsule((x, 0.0, 0.09), (x, 0.022, 0.09), 0.0022)
                for x in (-0.02, -0.007, 0.007, 0.02)
            ),
        )
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
