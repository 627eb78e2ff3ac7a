"""Slimes, ghosts, golems and spiders."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    boulder,
    crystal,
    rod,
    tube,
)


def slime(kit: Kit) -> None:
    """Slimes and ghosts: one soft body with eyes."""
    ghost = kit.says("ghost", "spirit", "wisp", "phantom", "specter", "spectre")
    t = kit.between(0.8, 1.1) * (1.6 if ghost else 1.0)
    color = kit.color(0, "dfe6f0" if ghost else kit.pick("5ac85a", "e070b0", "4aa0e0", "c8b03a"))
    skin = kit.material("glass" if not ghost else "skin", color, color)
    if ghost:
        fields = [
            o.ellipsoid((0, 0.72 * t, 0), (0.24 * t, 0.26 * t, 0.22 * t)),
            o.capsule((0, 0.65 * t, 0), (0, 0.2 * t, 0), 0.2 * t, 0.27 * t),
        ]
        fields += [
            o.capsule(
                (s * 0.2 * t, 0.58 * t, 0.04 * t),
                (s * 0.36 * t, 0.46 * t, 0.2 * t),
                0.07 * t,
                0.045 * t,
            )
            for s in (-1, 1)
        ]
        for i in range(8):
            a = 2 * math.pi * i / 8
            fields.append(
                o.capsule(
                    (math.cos(a) * 0.2 * t, 0.22 * t, math.sin(a) * 0.2 * t),
                    (
                        math.cos(a) * 0.24 * t,
                        (0.05 + 0.06 * (i % 2)) * t,
                        math.sin(a) * 0.24 * t - 0.06 * t,
                    ),
                    0.075 * t,
                    0.03 * t,
                )
            )
        eye_y, eye_z = 0.76 * t, 0.2 * t
    else:
        fields = [
            o.ellipsoid((0, 0.28 * t, 0), (0.46 * t, 0.36 * t, 0.46 * t)),
            o.ellipsoid((0, 0.1 * t, 0), (0.6 * t, 0.13 * t, 0.6 * t)),
            o.capsule(
                (0, 0.5 * t, 0), (kit.between(-0.08, 0.08) * t, 0.8 * t, 0), 0.12 * t, 0.02 * t
            ),
        ]
        for i in range(kit.whole(3, 6)):
            a = 2 * math.pi * (i / 5 + kit.between(0, 0.1))
            fields.append(
                o.ellipsoid(
                    (math.cos(a) * 0.58 * t, 0.06 * t, math.sin(a) * 0.58 * t),
                    (0.13 * t, 0.07 * t, 0.13 * t),
                )
            )
        eye_y, eye_z = 0.36 * t, 0.4 * t
    body = o.both(o.rough(o.blend(fields, 0.05 * t), kit.rng, 0.008 * t, 3 / t), o.above(0.0))
    kit.add(
        o.mesh(body, (-0.85 * t, 0, -0.85 * t), (0.85 * t, 1.1 * t, 0.85 * t), 0.026 * t),
        skin,
        crease=70,
    )
    dark = kit.material("glass", "101418")
    for side in (-1, 1):
        kit.add(
            ball(0.07 * t, 16).scale((0.8, 1.2, 0.7)),
            dark if ghost else kit.material("bone", "f4f4f0"),
            at=(side * 0.13 * t, eye_y, eye_z),
            crease=60,
        )
        if not ghost:
            kit.add(
                ball(0.045 * t, 14).scale((0.8, 1.2, 0.7)),
                dark,
                at=(side * 0.12 * t, eye_y, eye_z + 0.035 * t),
                crease=60,
            )
    kit.add(
        ball(0.06 * t, 16).scale((1.1, 0.7 if ghost else 0.45, 0.6)),
        dark,
        at=(0, eye_y - 0.16 * t, eye_z + (0.005 if ghost else 0.04) * t),
        crease=60,
    )


def golem(kit: Kit) -> None:
    """Golems, elementals and treants: giants of boulders, ice, crystals or trunks."""
    word = kit.stuff(
        "stone",
        "stone",
        "ice",
        "crystal",
        "iron",
        "wood",
        "clay",
        "obsidian",
        "gold",
        "bronze",
        "steel",
    )
    if kit.says("treant", "ent"):
        word = "bark"
    word = {"fire": "lava", "ice": "ice"}.get(kit.element or "", word)
    rock = kit.material(
        {"wood": "bark"}.get(word, word), kit.color(0, "807a70") if word == "stone" else None
    )
    light = kit.light("ffa030")
    w = kit.reading.width
    spots = [(0, 1.75, 0, 0.62, 0.85), (0, 1.2, 0, 0.44, 0.8), (0, 2.32, 0.12, 0.3, 1.0)]
    for side in (-1, 1):
        spots += [
            (side * 0.72, 2.02, 0, 0.36, 0.9),
            (side * 0.95, 1.5, 0.02, 0.27, 1.2),
            (side * 1.02, 0.92, 0.1, 0.3, 1.25),
            (side * 1.02, 0.55, 0.15, 0.28, 0.8),
            (side * 0.34, 0.85, 0, 0.28, 1.2),
            (side * 0.38, 0.4, 0.02, 0.27, 1.15),
            (side * 0.4, 0.12, 0.1, 0.3, 0.5),
        ]
    for x, y, z, size, squash in spots:
        kit.add(
            boulder(size * kit.between(0.95, 1.15), kit.rng, squash, 34),
            rock,
            at=(x * w, max(y, size * squash * 0.8), z),
            crease=15,
            tint=kit.between(0.8, 1.0),
        )
    for side in (-1, 1):
        kit.add(ball(0.065, 8), light, at=(side * 0.12, 2.36, 0.12 + 0.27), crease=10)
    kit.add(boulder(0.16, kit.rng, 1.0, 12), light, at=(0, 1.78, 0.5), crease=10)
    moss = kit.material("leaves" if word == "bark" else "grass")
    for _ in range(9 if word in ("stone", "bark") else 0):
        kit.add(
            boulder(kit.between(0.16, 0.3), kit.rng, 0.3),
            moss,
            at=(kit.between(-0.8, 0.8) * w, kit.between(2.05, 2.3), kit.between(-0.25, 0.1)),
            crease=30,
        )
    if word in ("ice", "crystal", "lava"):
        for _ in range(8):
            kit.add(
                crystal(0.09, kit.between(0.4, 0.7), kit.rng),
                rock,
                at=(kit.between(-0.6, 0.6) * w, 2.0, kit.between(-0.35, -0.1)),
                turn=(kit.between(-50, -20), 0, kit.between(-35, 35)),
                crease=10,
            )


def spider(kit: Kit) -> None:
    """Spiders, crabs and beetles: a body in two parts on eight arched legs."""
    t = 1.0
    crab = kit.says("crab", "scorpion")
    color = kit.color(0, "b0482a" if crab else kit.pick("2a2420", "3a2c24", "1e1c22"))
    shell = kit.material(
        "scales" if crab or kit.says("beetle", "ant", "insect") else "fur",
        color,
        kit.color(1, "6a4a34"),
    )
    back = (
        o.ellipsoid((0, 0.5 * t, -0.38 * t), (0.34 * t, 0.3 * t, 0.4 * t))
        if not crab
        else o.ellipsoid((0, 0.4 * t, 0), (0.48 * t, 0.2 * t, 0.34 * t))
    )
    fields = [
        back,
        o.ellipsoid((0, 0.42 * t, 0.14 * t), (0.2 * t, 0.16 * t, 0.24 * t)),
        o.ellipsoid((0, 0.4 * t, 0.36 * t), (0.13 * t, 0.12 * t, 0.12 * t)),
    ]
    kit.add(
        o.mesh(
            o.rough(o.blend(fields, 0.04), kit.rng, 0.01, 4), (-0.7, 0, -1.0), (0.7, 1.0, 0.7), 0.03
        ),
        shell,
        crease=70,
    )
    for side in (-1, 1):
        for i, a in enumerate((52, 18, -16, -50)):
            r = math.radians(a)
            dx, dz = side * math.cos(r), math.sin(r)
            reach = 0.95 + 0.12 * (i in (0, 3))
            leg = [
                (dx * 0.14, 0.42, 0.12 + dz * 0.16),
                (dx * 0.42 * reach, 0.82, 0.1 + dz * 0.5 * reach),
                (dx * 0.75 * reach, 0.62, 0.1 + dz * 0.85 * reach),
                (dx * 0.98 * reach, 0.02, 0.1 + dz * 1.1 * reach),
            ]
            kit.add(
                tube(leg, [0.06, 0.05, 0.04, 0.012], kit.sides(9)),
                shell,
                mapping="grain-y",
                crease=60,
            )
        kit.add(
            rod((side * 0.06, 0.36, 0.45), (side * 0.05, 0.22, 0.54), 0.04, 0.006, 8),
            kit.material("bone", "2a1c18"),
        )
        if crab:
            kit.add(
                tube(
                    [(side * 0.35, 0.42, 0.2), (side * 0.6, 0.5, 0.45), (side * 0.45, 0.48, 0.7)],
                    [0.07, 0.08, 0.1],
                    10,
                ),
                shell,
                crease=60,
            )
            for b in (-1, 1):
                kit.add(
                    rod(
                        (side * 0.45 + 0.05 * b, 0.48, 0.7),
                        (side * 0.36 + 0.07 * b, 0.48, 0.95),
                        0.06,
                        0.01,
                        8,
                    ),
                    shell,
                )
    eye = (
        kit.light("ff3020")
        if kit.reading.valence < 0 or kit.says("giant")
        else kit.material("glass", "c81818")
    )
    for x, y, s in (
        (0.05, 0.46, 0.032),
        (0.1, 0.44, 0.022),
        (0.04, 0.4, 0.02),
        (0.085, 0.5, 0.018),
    ):
        for side in (-1, 1):
            kit.add(ball(s, 10), eye, at=(side * x, y, 0.46 - x * 0.5), crease=60)
