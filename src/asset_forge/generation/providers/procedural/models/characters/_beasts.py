"""Animals, birds, spiders, slimes, ghosts and golems."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    boulder,
    crystal,
    plate,
    rod,
    tube,
)


def _eyes(kit: Kit, x: float, y: float, z: float, size: float, color: str = "1a1410") -> None:
    white, dark = kit.material("bone", "f4f0e8"), kit.material("glass", color)
    for side in (-1, 1):
        kit.add(ball(size, 12), white, at=(side * x, y, z), crease=60)
        kit.add(ball(size * 0.65, 10), dark, at=(side * x * 1.06, y, z + size * 0.6), crease=60)


def beast(kit: Kit) -> None:
    """Four-legged animals; length of legs, neck, snout and tail follow the noun."""
    shape = _shape(kit)
    legs, neck, snout, bulk, tall = (
        shape["legs"],
        shape["neck"],
        shape["snout"],
        shape["bulk"],
        shape["tall"],
    )
    scaly = kit.says("dragon", "lizard", "fish")
    color = kit.color(0, {"wolf": "74706c", "horse": "7a4e2e", "bear": "4e3626", "pig": "e0a09a", "cow": "e6e2da", "fox": "c8642a",
                          "lion": "c89a54", "tiger": "d8842e", "cat": "8a8078", "deer": "9a6a40", "dragon": "8a2a22", "rat": "6a625a", "boar": "54443a"}.get(shape["name"], "8a6a4a"))  # fmt: skip
    coat = kit.material(
        "scales" if scaly else "skin" if kit.says("pig") else "fur",
        color,
        "e6d8c0" if kit.says("cow", "fox", "horse") else None,
    )
    y = legs * tall
    chest, rump = (0.0, y + 0.02, 0.32 * tall), (0.0, y, -0.34 * tall)
    fields = [
        o.ellipsoid(
            (0, chest[1], chest[2] * 0.8), (0.15 * bulk * tall, 0.18 * bulk * tall, 0.26 * tall)
        ),
        o.ellipsoid(
            (0, rump[1], rump[2] * 0.8), (0.145 * bulk * tall, 0.165 * bulk * tall, 0.24 * tall)
        ),
        o.capsule(chest, rump, 0.13 * bulk * tall),
    ]
    head = (0.0, chest[1] + (0.16 + neck) * tall, chest[2] + (0.22 + 0.45 * neck) * tall)
    fields.append(
        o.capsule(
            (0, chest[1] + 0.06 * tall, chest[2]),
            (0, head[1] - 0.02, head[2] - 0.06 * tall),
            0.11 * tall * (0.7 + 0.3 * bulk),
            0.075 * tall,
        )
    )
    fields.append(o.ellipsoid(head, (0.095 * tall, 0.095 * tall, 0.12 * tall)))
    nose = (0.0, head[1] - 0.05 * tall - 0.25 * snout * neck * tall, head[2] + (0.1 + snout) * tall)
    fields.append(
        o.capsule(
            (0, head[1] - 0.025 * tall, head[2] + 0.04 * tall), nose, 0.07 * tall, 0.045 * tall
        )
    )
    for side in (-1, 1):
        for z, bend in ((0.3, 0.03), (-0.36, -0.06)):
            x = side * 0.095 * bulk * tall
            hip, knee, foot = (
                (x, y - 0.02, z * tall),
                (x * 1.05, y * 0.5, (z + bend) * tall),
                (x * 1.08, 0.035 * tall, z * tall),
            )
            fields += [o.capsule(hip, knee, 0.085 * tall * shape["thick"], 0.05 * tall * shape["thick"]), o.capsule(knee, foot, 0.048 * tall * shape["thick"], 0.036 * tall * shape["thick"]),
                       o.ellipsoid((foot[0], 0.03 * tall, foot[2] + 0.025 * tall), (0.048 * tall * shape["thick"], 0.034 * tall, 0.065 * tall))]  # fmt: skip
        ear = shape["ear"] * tall
        fields.append(
            o.capsule(
                (side * 0.06 * tall, head[1] + 0.06 * tall, head[2] - 0.03 * tall),
                (side * 0.085 * tall, head[1] + 0.07 * tall + ear, head[2] - 0.04 * tall),
                0.032 * tall,
                0.008 * tall,
            )
        )
    tail = [
        (0, y + 0.05 * tall, -0.56 * tall),
        (0, y - 0.02 * tall, -0.56 * tall - 0.3 * shape["tail"] * tall),
        (0, y - 0.16 * tall, -0.56 * tall - 0.5 * shape["tail"] * tall),
    ]
    fields += [
        o.capsule(tail[0], tail[1], 0.045 * tall, 0.06 * tall * shape["brush"]),
        o.capsule(tail[1], tail[2], 0.06 * tall * shape["brush"], 0.02 * tall),
    ]
    reach = (0.7 + 0.6 * shape["tail"]) * tall
    body = o.both(
        o.rough(o.blend(fields, 0.028 * tall), kit.rng, 0.004 * tall, 5 / tall), o.above(0.0)
    )
    kit.add(
        o.mesh(
            body,
            (-0.4 * bulk * tall, 0, -0.7 * tall - reach),
            (0.4 * bulk * tall, head[1] + 0.5 * tall, nose[2] + 0.15 * tall),
            0.021 * tall,
        ),
        coat,
        crease=70,
    )
    _eyes(
        kit,
        0.062 * tall,
        head[1] + 0.03 * tall,
        head[2] + 0.082 * tall,
        0.02 * tall,
        "c8a01e" if kit.says("wolf", "dragon", "cat", "tiger") else "1a1410",
    )
    kit.add(
        ball(0.03 * tall, 12).scale((1.2, 0.8, 0.8)),
        kit.material("leather", "1c1614" if not kit.says("pig") else "c87a74"),
        at=(0, nose[1] + 0.012 * tall, nose[2] + 0.035 * tall),
        crease=60,
    )
    _beast_extras(kit, head, y, tall, chest, coat)


def _shape(kit: Kit) -> dict:  # type: ignore[type-arg]
    table = {
        "wolf": (0.62, 0.06, 0.13, 0.95, 0.95, 1.0, 0.07, 0.8, 1.25), "dog": (0.58, 0.07, 0.1, 0.9, 0.8, 1.0, 0.02, 0.7, 0.8),
        "horse": (0.85, 0.3, 0.17, 1.05, 1.45, 0.85, 0.06, 0.75, 1.3), "bear": (0.55, 0.03, 0.07, 1.55, 1.3, 1.7, 0.01, 0.12, 0.8),
        "lion": (0.62, 0.06, 0.06, 1.1, 1.15, 1.15, 0.02, 0.9, 0.6), "tiger": (0.6, 0.05, 0.05, 1.1, 1.15, 1.15, 0.02, 0.9, 0.6),
        "cat": (0.55, 0.05, 0.03, 0.9, 0.45, 0.9, 0.07, 1.0, 0.6), "deer": (0.85, 0.25, 0.1, 0.85, 1.15, 0.7, 0.07, 0.15, 0.6),
        "boar": (0.48, 0.0, 0.13, 1.4, 0.85, 1.0, 0.04, 0.25, 0.4), "pig": (0.42, 0.0, 0.08, 1.5, 0.8, 1.1, 0.02, 0.2, 0.4),
        "cow": (0.62, 0.08, 0.12, 1.55, 1.3, 1.1, 0.0, 0.7, 0.5), "fox": (0.52, 0.06, 0.13, 0.8, 0.55, 0.85, 0.09, 1.0, 1.7),
        "dragon": (0.62, 0.3, 0.17, 1.35, 2.4, 1.25, 0.1, 1.6, 0.9), "lizard": (0.3, 0.06, 0.14, 1.0, 0.6, 0.9, 0.0, 1.7, 0.8), "rat": (0.3, 0.0, 0.13, 1.15, 0.35, 0.7, 0.04, 1.2, 0.4),
    }  # fmt: skip
    keys = ("legs", "neck", "snout", "bulk", "tall", "thick", "ear", "tail", "brush")
    name = next((n for n in table if kit.says(n)), None) or kit.pick(
        "wolf", "boar", "bear", "lizard", "fox"
    )
    values: dict = dict(zip(keys, table[name], strict=True))  # type: ignore[type-arg]
    values["bulk"] *= kit.reading.width * kit.between(0.95, 1.06)
    values["name"] = name
    return values


def _beast_extras(
    kit: Kit,
    head: tuple[float, float, float],
    y: float,
    t: float,
    chest: tuple[float, float, float],
    coat: Material,
) -> None:
    bone, hair = kit.material("bone"), kit.material("fur", "3a2a20")
    if kit.says("horse", "lion"):
        mane = o.blend(
            [
                o.capsule(
                    (0, head[1] + 0.06 * t, head[2] - 0.07 * t),
                    (0, chest[1] + 0.12 * t, chest[2] - 0.1 * t),
                    0.05 * t * (1.9 if kit.says("lion") else 1),
                    0.06 * t,
                )
            ],
            0.01,
        )
        if kit.says("lion"):
            mane = o.without(
                o.ellipsoid((0, head[1] - 0.01, head[2] - 0.06 * t), (0.19 * t, 0.2 * t, 0.14 * t)),
                o.ellipsoid((head[0], head[1], head[2] + 0.12 * t), (0.11 * t, 0.12 * t, 0.12 * t)),
            )
        kit.add(
            o.mesh(
                o.rough(mane, kit.rng, 0.012 * t, 6 / t),
                (-0.3 * t, chest[1] - 0.3 * t, chest[2] - 0.5 * t),
                (0.3 * t, head[1] + 0.4 * t, head[2] + 0.3 * t),
                0.02 * t,
            ),
            hair,
            crease=60,
        )
    if kit.says("deer", "cow", "dragon", "boar"):
        for side in (-1, 1):
            if kit.says("boar"):
                kit.add(
                    rod(
                        (side * 0.05 * t, head[1] - 0.08 * t, head[2] + 0.16 * t),
                        (side * 0.085 * t, head[1] + 0.02 * t, head[2] + 0.21 * t),
                        0.016 * t,
                        0.002,
                        8,
                    ),
                    bone,
                )
                continue
            rise = 0.34 if kit.says("deer") else 0.16
            horn = [
                (side * 0.05 * t, head[1] + 0.07 * t, head[2] - 0.02 * t),
                (side * 0.13 * t, head[1] + (0.07 + rise * 0.5) * t, head[2] - 0.06 * t),
                (
                    side * 0.15 * t,
                    head[1] + (0.07 + rise) * t,
                    head[2] - (0.15 if kit.says("dragon") else -0.02) * t,
                ),
            ]
            kit.add(tube(horn, [0.022 * t, 0.016 * t, 0.003 * t], 9), bone, crease=60)
            if kit.says("deer"):
                for s in (0.4, 0.7):
                    base = (
                        side * (0.05 + 0.1 * s) * t,
                        head[1] + (0.07 + rise * s) * t,
                        head[2] - 0.05 * t,
                    )
                    kit.add(
                        rod(
                            base,
                            (base[0] + side * 0.08 * t, base[1] + 0.09 * t, base[2] + 0.06 * t),
                            0.012 * t,
                            0.003,
                            7,
                        ),
                        bone,
                    )
    if kit.says("dragon"):
        skin = kit.material("leather", kit.color(1, "5a1c1a"))
        for side in (-1, 1):
            outline = [
                (0, 0),
                (0.5, 0.42),
                (0.95, 0.62),
                (1.05, 0.1),
                (0.8, 0.16),
                (0.7, -0.2),
                (0.48, -0.02),
                (0.36, -0.3),
                (0.12, -0.16),
            ]
            wing = plate([(a * t, b * t) for a, b in outline], 0.025 * t).rotate((-35, 0, 0))
            kit.add(
                wing if side > 0 else wing.mirror((1, 0, 0)),
                skin,
                at=(side * 0.1 * t, y + 0.2 * t, 0.1 * t),
                turn=(0, side * 15, side * 12),
            )
        for i in range(9):
            z = 0.3 - 0.11 * i
            kit.add(
                rod(
                    (0, y + 0.12 * t, z * t),
                    (0, y + (0.27 - 0.008 * abs(i - 3)) * t, (z - 0.05) * t),
                    0.035 * t,
                    0.003,
                    5,
                ),
                bone,
            )


def bird(kit: Kit) -> None:
    """Birds: folded or spread wings, beak, tail feathers."""
    t = 0.9 if kit.says("eagle", "griffin", "phoenix") else 0.5
    name = next(
        (
            n
            for n in (
                "eagle",
                "owl",
                "crow",
                "raven",
                "chicken",
                "duck",
                "phoenix",
                "parrot",
                "penguin",
            )
            if kit.says(n)
        ),
        "crow",
    )
    color = {
        "eagle": "4e3626",
        "owl": "8a6e50",
        "crow": "1c1c22",
        "raven": "18181e",
        "chicken": "e8e2d4",
        "duck": "6a5a3e",
        "phoenix": "e0601a",
        "parrot": "2c9a3c",
        "penguin": "20242c",
    }[name]
    plume = kit.material(
        "fur", kit.color(0, color), "3a3a46" if name in ("crow", "raven") else "d8c8a0"
    )
    wing = kit.material(
        "fur",
        kit.color(1, {"parrot": "2a5ac8", "phoenix": "f0b020", "eagle": "3a2818"}.get(name, color)),
        "50505c",
    )
    beak = kit.material("bone", "2c2a2a" if name in ("crow", "raven") else "e0a030")
    body = o.blend([
        o.ellipsoid((0, 0.46 * t, 0), (0.17 * t, 0.21 * t, 0.24 * t)), o.ellipsoid((0, 0.56 * t, 0.1 * t), (0.13 * t, 0.16 * t, 0.13 * t)),
        o.ellipsoid((0, 0.78 * t, 0.17 * t), (0.115 * t, 0.115 * t, 0.12 * t)), o.capsule((0, 0.42 * t, -0.15 * t), (0, 0.3 * t, -0.5 * t), 0.09 * t, 0.05 * t),
    ], 0.04 * t)  # fmt: skip
    kit.add(
        o.mesh(body, (-0.3 * t, 0.1 * t, -0.7 * t), (0.3 * t, 1.0 * t, 0.4 * t), 0.02 * t),
        plume,
        crease=70,
    )
    kit.add(rod((0, 0.775 * t, 0.26 * t), (0, 0.745 * t, 0.4 * t), 0.04 * t, 0.004 * t, 8), beak)
    _eyes(
        kit,
        0.075 * t,
        0.81 * t,
        0.245 * t,
        0.026 * t,
        "c8901e" if name in ("owl", "eagle") else "101010",
    )
    spread = name in ("eagle", "phoenix") or kit.says("flying", "griffin")
    for side in (-1, 1):
        for i in range(6):
            length = (0.95 - 0.08 * i) * t if spread else (0.52 - 0.04 * i) * t
            feather = plate(
                [
                    (0, 0),
                    (0.06 * t, 0.08 * t),
                    (0.075 * t, length * 0.8),
                    (0.02 * t, length),
                    (-0.05 * t, length * 0.8),
                    (-0.05 * t, 0.08 * t),
                ],
                0.02 * t,
            )
            if spread:
                kit.add(
                    feather,
                    wing,
                    at=(side * 0.14 * t, 0.56 * t, (0.06 - 0.045 * i) * t),
                    turn=(-8 - 12 * i, 0, -side * (72 + 3 * i)),
                )
            else:
                kit.add(
                    feather,
                    wing,
                    at=(
                        side * (0.155 + 0.012 * i) * t,
                        (0.62 - 0.035 * i) * t,
                        (0.1 - 0.03 * i) * t,
                    ),
                    turn=(-115 - 3 * i, 0, -side * 4),
                )
        kit.add(
            rod(
                (side * 0.07 * t, 0.3 * t, 0.02 * t),
                (side * 0.08 * t, 0.03 * t, 0.05 * t),
                0.028 * t,
                0.018 * t,
                8,
            ),
            beak,
        )
        for a in (-35, 0, 35, 180):
            r = math.radians(a)
            kit.add(
                rod(
                    (side * 0.08 * t, 0.025 * t, 0.05 * t),
                    (
                        side * 0.08 * t + math.sin(r) * 0.1 * t,
                        0.012 * t,
                        0.05 * t + math.cos(r) * 0.1 * t,
                    ),
                    0.016 * t,
                    0.005 * t,
                    6,
                ),
                beak,
            )
    for i in range(5):
        kit.add(
            plate(
                [(-0.03 * t, 0), (0.03 * t, 0), (0.045 * t, 0.34 * t), (-0.045 * t, 0.34 * t)],
                0.016 * t,
            ),
            wing,
            at=(0, 0.35 * t, -0.4 * t),
            turn=(-112, (i - 2) * 12, 0),
        )
    if name == "chicken":
        kit.add(
            plate(
                [
                    (-0.06, 0),
                    (0.06, 0),
                    (0.05, 0.07),
                    (0.02, 0.04),
                    (0, 0.08),
                    (-0.025, 0.04),
                    (-0.05, 0.065),
                ],
                0.02,
            ).scale((t, t, t)),
            kit.material("skin", "c02020"),
            at=(0, 0.88 * t, 0.18 * t),
            turn=(0, 90, 0),
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
        fields = [o.ellipsoid((0, 0.28 * t, 0), (0.46 * t, 0.36 * t, 0.46 * t)), o.ellipsoid((0, 0.1 * t, 0), (0.6 * t, 0.13 * t, 0.6 * t)),
                  o.capsule((0, 0.5 * t, 0), (kit.between(-0.08, 0.08) * t, 0.8 * t, 0), 0.12 * t, 0.02 * t)]  # fmt: skip
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
    """Golems, elementals and treants: a giant put together from boulders, ice, crystals or trunks."""
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
        spots += [(side * 0.72, 2.02, 0, 0.36, 0.9), (side * 0.95, 1.5, 0.02, 0.27, 1.2), (side * 1.02, 0.92, 0.1, 0.3, 1.25), (side * 1.02, 0.55, 0.15, 0.28, 0.8),
                  (side * 0.34, 0.85, 0, 0.28, 1.2), (side * 0.38, 0.4, 0.02, 0.27, 1.15), (side * 0.4, 0.12, 0.1, 0.3, 0.5)]  # fmt: skip
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
