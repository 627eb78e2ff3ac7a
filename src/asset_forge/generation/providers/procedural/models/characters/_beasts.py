"""Four-legged animals."""

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.characters._birds import eyes
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    plate,
    rod,
    tube,
)


def beast(kit: Kit) -> None:
    """Four-legged animals; length of legs, neck, snout and tail follow the noun."""
    name, shape = _shape(kit)
    legs, neck, snout, bulk, tall = (
        shape["legs"],
        shape["neck"],
        shape["snout"],
        shape["bulk"],
        shape["tall"],
    )
    scaly = kit.says("dragon", "lizard", "fish")
    color = kit.color(
        0,
        {
            "wolf": "74706c",
            "horse": "7a4e2e",
            "bear": "4e3626",
            "pig": "e0a09a",
            "cow": "e6e2da",
            "fox": "c8642a",
            "lion": "c89a54",
            "tiger": "d8842e",
            "cat": "8a8078",
            "deer": "9a6a40",
            "dragon": "8a2a22",
            "rat": "6a625a",
            "boar": "54443a",
        }.get(name, "8a6a4a"),
    )
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
            fields += [
                o.capsule(hip, knee, 0.085 * tall * shape["thick"], 0.05 * tall * shape["thick"]),
                o.capsule(knee, foot, 0.048 * tall * shape["thick"], 0.036 * tall * shape["thick"]),
                o.ellipsoid(
                    (foot[0], 0.03 * tall, foot[2] + 0.025 * tall),
                    (0.048 * tall * shape["thick"], 0.034 * tall, 0.065 * tall),
                ),
            ]
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
    eyes(
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


def _shape(kit: Kit) -> tuple[str, dict[str, float]]:
    table = {
        "wolf": (0.62, 0.06, 0.13, 0.95, 0.95, 1.0, 0.07, 0.8, 1.25),
        "dog": (0.58, 0.07, 0.1, 0.9, 0.8, 1.0, 0.02, 0.7, 0.8),
        "horse": (0.85, 0.3, 0.17, 1.05, 1.45, 0.85, 0.06, 0.75, 1.3),
        "bear": (0.55, 0.03, 0.07, 1.55, 1.3, 1.7, 0.01, 0.12, 0.8),
        "lion": (0.62, 0.06, 0.06, 1.1, 1.15, 1.15, 0.02, 0.9, 0.6),
        "tiger": (0.6, 0.05, 0.05, 1.1, 1.15, 1.15, 0.02, 0.9, 0.6),
        "cat": (0.55, 0.05, 0.03, 0.9, 0.45, 0.9, 0.07, 1.0, 0.6),
        "deer": (0.85, 0.25, 0.1, 0.85, 1.15, 0.7, 0.07, 0.15, 0.6),
        "boar": (0.48, 0.0, 0.13, 1.4, 0.85, 1.0, 0.04, 0.25, 0.4),
        "pig": (0.42, 0.0, 0.08, 1.5, 0.8, 1.1, 0.02, 0.2, 0.4),
        "cow": (0.62, 0.08, 0.12, 1.55, 1.3, 1.1, 0.0, 0.7, 0.5),
        "fox": (0.52, 0.06, 0.13, 0.8, 0.55, 0.85, 0.09, 1.0, 1.7),
        "dragon": (0.62, 0.3, 0.17, 1.35, 2.4, 1.25, 0.1, 1.6, 0.9),
        "lizard": (0.3, 0.06, 0.14, 1.0, 0.6, 0.9, 0.0, 1.7, 0.8),
        "rat": (0.3, 0.0, 0.13, 1.15, 0.35, 0.7, 0.04, 1.2, 0.4),
    }
    keys = ("legs", "neck", "snout", "bulk", "tall", "thick", "ear", "tail", "brush")
    name = next((n for n in table if kit.says(n)), None) or kit.pick(
        "wolf", "boar", "bear", "lizard", "fox"
    )
    values: dict[str, float] = dict(zip(keys, table[name], strict=True))
    values["bulk"] *= kit.reading.width * kit.between(0.95, 1.06)
    return name, values


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
