"""Birds."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    plate,
    rod,
)


def eyes(kit: Kit, x: float, y: float, z: float, size: float, color: str = "1a1410") -> None:
    white, dark = kit.material("bone", "f4f0e8"), kit.material("glass", color)
    for side in (-1, 1):
        kit.add(ball(size, 12), white, at=(side * x, y, z), crease=60)
        kit.add(ball(size * 0.65, 10), dark, at=(side * x * 1.06, y, z + size * 0.6), crease=60)


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
    body = o.blend(
        [
            o.ellipsoid((0, 0.46 * t, 0), (0.17 * t, 0.21 * t, 0.24 * t)),
            o.ellipsoid((0, 0.56 * t, 0.1 * t), (0.13 * t, 0.16 * t, 0.13 * t)),
            o.ellipsoid((0, 0.78 * t, 0.17 * t), (0.115 * t, 0.115 * t, 0.12 * t)),
            o.capsule((0, 0.42 * t, -0.15 * t), (0, 0.3 * t, -0.5 * t), 0.09 * t, 0.05 * t),
        ],
        0.04 * t,
    )
    kit.add(
        o.mesh(body, (-0.3 * t, 0.1 * t, -0.7 * t), (0.3 * t, 1.0 * t, 0.4 * t), 0.02 * t),
        plume,
        crease=70,
    )
    kit.add(rod((0, 0.775 * t, 0.26 * t), (0, 0.745 * t, 0.4 * t), 0.04 * t, 0.004 * t, 8), beak)
    eyes(
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
