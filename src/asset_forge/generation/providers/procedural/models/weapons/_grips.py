"""Grips, pommels, shafts and spikes, which many weapons share."""

import math

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    cylinder,
    lathe,
    plate,
    rod,
)

_HANDLES = ("wood", "bone", "bamboo", "leather")


def wrapped_grip(kit: Kit, length: float, radius: float) -> None:
    """A wrapped grip about the origin."""
    wrap = kit.material(
        "leather" if kit.stuff("leather", "leather", "cloth") == "leather" else "cloth",
        kit.color(1, kit.pick("4a2c1c", "2c2622", "5c2a22", "2a3040")),
    )
    turns = max(5, round(length / (radius * 1.5)))
    profile = [(radius * 0.82, -length / 2)]
    for i in range(turns):
        base = -length / 2 + length * i / turns
        profile += [
            (radius * 0.92, base + 0.05 * length / turns),
            (radius * 1.02, base + 0.5 * length / turns),
            (radius * 0.92, base + 0.95 * length / turns),
        ]
    profile.append((radius * 0.82, length / 2))
    kit.add(lathe(profile, kit.sides(12)), wrap, mapping="turned", crease=60)


def pommel(kit: Kit, metal: Material, y: float, radius: float) -> None:
    shape = kit.pick("ball", "disc", "nut", "gem")
    if shape == "ball":
        kit.add(ball(radius, kit.sides(16)), metal, at=(0, y - radius * 0.7, 0))
    elif shape == "disc":
        kit.add(
            cylinder(radius * 1.25, radius, sides=kit.sides(20)),
            metal,
            at=(0, y - radius, -radius / 2),
            turn=(90, 0, 0),
        )
        kit.add(ball(radius * 0.6, kit.sides(12)), metal, at=(0, y - radius, 0))
    elif shape == "nut":
        kit.add(
            lathe(
                [
                    (0, -1.6 * radius),
                    (radius * 0.5, -1.5 * radius),
                    (radius, -0.8 * radius),
                    (radius * 0.5, 0),
                ],
                8,
            ),
            metal,
            at=(0, y, 0),
            crease=25,
        )
    else:
        kit.add(
            lathe(
                [(radius * 0.7, -0.7 * radius), (radius, -0.5 * radius), (radius * 0.5, 0)],
                kit.sides(12),
            ),
            metal,
            at=(0, y, 0),
        )
        kit.add(
            ball(radius * 0.7, 8),
            kit.material("crystal", kit.color(0, kit.pick("b01c38", "2450c0", "1c9c5c"))),
            at=(0, y - radius * 0.8, 0),
            crease=10,
        )


def shaft(kit: Kit, low: float, high: float, radius: float) -> Material:
    word = kit.stuff("wood", *_HANDLES) if kit.stuff("", *METALS) == "" else "wood"
    wood = kit.material(word, kit.color(1, kit.pick("6f4a2c", "54381f", "8a6238", "3c2a1e")))
    kit.add(
        rod((0, low, 0), (0, high, 0), radius, radius * 0.92, kit.sides(12)),
        wood,
        mapping="grain-y",
    )
    return wood


def axe_head(kit: Kit, metal: Material, y: float, size: float, side: int) -> None:
    hang = kit.between(0.5, 1.1)
    top, low = 0.75 * size, -hang * size
    outline = [(0.0, 0.03), (0.45 * size, 0.035), (size * 0.8, top)]
    for i in range(9):
        t = i / 8
        outline.append((size * (0.85 + 0.3 * math.sin(math.pi * t)), top + (low - top) * t))
    outline += [(size * 0.8, low), (0.45 * size, -0.035), (0.0, -0.03)]
    points = [(x, y + h) for x, h in outline]
    solid = plate(points[::-1], 0.034)

    def sharpen(points: NDArray[np.float64]) -> NDArray[np.float64]:
        q = points.copy()
        q[:, 2] *= 1 - 0.9 * np.clip((q[:, 0] - 0.02) / (size * 1.0), 0, 1)
        return q

    solid = solid.warp_batch(sharpen)
    kit.add(solid if side > 0 else solid.rotate((0, 180, 0)), metal, crease=25)


def spike(
    kit: Kit,
    metal: Material,
    radius: float,
    y: float,
    angle: float,
    rise: float,
    length: float,
    x: float = 0.0,
) -> None:
    a = math.radians(angle)
    flat = math.sqrt(max(radius**2 - min(abs(rise), radius) ** 2, 0.0004))
    start = (x + math.cos(a) * flat * 0.8, y + rise * 0.8, math.sin(a) * flat * 0.8)
    norm = math.hypot(flat, rise) or 1.0
    reach = (radius + length) / norm
    end = (x + math.cos(a) * flat * reach, y + rise * reach, math.sin(a) * flat * reach)
    kit.add(rod(start, end, 0.012, 0.001, 6), metal, crease=30)
