"""Swords and daggers: held along +Y, the grip at the origin."""

import math

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    blade,
    box,
    cylinder,
    rod,
    tube,
)
from asset_forge.generation.providers.procedural.models.weapons._grips import pommel, wrapped_grip

Floats = NDArray[np.float64]
BLADES = (*METALS, "crystal", "obsidian", "bone", "stone", "ice", "wood", "jade")


def sword(kit: Kit) -> None:
    """Straight or curved swords: blade with fuller, guard, wrapped grip, pommel."""
    great = kit.says("claymore", "greatsword", "zweihander", "two")
    curved = kit.style("curved") or kit.says(
        "katana", "saber", "sabre", "scimitar", "cutlass", "falchion"
    )
    thin = kit.says("rapier", "slim", "thin")
    length = kit.between(0.72, 0.92) * (1.3 if great else 1.0)
    half = (
        kit.between(0.024, 0.034) * (0.45 if thin else 1.25 if great else 1.0) * kit.reading.width
    )
    _sword(kit, length, half, 0.26 if great else kit.between(0.15, 0.2), curved)


def dagger(kit: Kit) -> None:
    """Short blades."""
    curved = kit.style("curved") or kit.says("kris", "sickle")
    _sword(kit, kit.between(0.2, 0.3), kit.between(0.016, 0.024), kit.between(0.1, 0.12), curved)


def _sword(kit: Kit, length: float, half: float, grip: float, curved: bool) -> None:
    metal = kit.stuff("steel", *BLADES)
    steel = kit.material(metal, kit.color(0, "b8bec6") if metal in ("steel", "crystal") else None)
    trim = kit.material(
        kit.pick("bronze", "iron", "gold") if metal in ("steel", "iron") else "bronze"
    )
    base = grip / 2
    shape = kit.pick("taper", "leaf", "straight")
    outline: list[tuple[float, float]] = []
    steps = 14
    for i in range(steps + 1):
        t = i / steps
        width = {
            "taper": 1 - 0.45 * t,
            "leaf": 0.85 + 0.35 * math.sin(math.pi * min(t * 1.25, 1)) - 0.2 * t,
            "straight": 1.0,
        }[shape]
        if t > 0.86:
            width *= max(0.0, 1 - ((t - 0.86) / 0.14) ** 1.5)
        outline.append((half * width, base + 0.012 + length * t))
    outline.insert(0, (half, base - 0.005))
    body = blade(outline, half * 0.38, 0.25)
    if not curved and half > 0.018 and metal not in ("crystal", "ice"):
        groove = rod((0, base + 0.02, 0), (0, base + length * 0.62, 0), half * 0.3, half * 0.2, 8)
        for side in (-1, 1):
            body = body - groove.translate((0, 0, side * half * 0.38))
    if curved:
        bend = kit.between(0.1, 0.2) * length * (1 if kit.chance(0.9) else -1)

        def bent(points: Floats) -> Floats:
            return points + bend * _bend(points[:, 1], base, length)

        body = body.warp_batch(bent)
    kit.add(body, steel, mapping="grain-y", crease=22)
    if kit.element is not None:
        _edge_glow(kit, outline, half, base, length, curved)
    _guard(kit, trim, base, half, curved)
    wrapped_grip(kit, grip, max(0.013, half * 0.5))
    pommel(kit, trim, -grip / 2, max(0.02, half * 0.85))


def _bend(y: Floats, base: float, length: float) -> Floats:
    """How far along X each height of a curved blade is pushed, up to 1 at the point."""
    t = np.clip((y - base) / length, 0, 1)
    return np.stack([t**2, np.zeros_like(t), np.zeros_like(t)], 1)


def _edge_glow(
    kit: Kit,
    outline: list[tuple[float, float]],
    half: float,
    base: float,
    length: float,
    curved: bool,
) -> None:
    """Runes along an enchanted blade."""
    light = kit.light()
    count = kit.whole(4, 7)
    for i in range(count):
        t = 0.1 + 0.55 * i / count
        rune = box(half * kit.between(0.25, 0.5), half * kit.between(0.5, 0.9), half * 0.42)
        kit.add(rune, light, at=(0, base + length * t, 0), turn=(0, 0, 45 if i % 2 else 0))


def _guard(kit: Kit, metal: Material, base: float, half: float, curved: bool) -> None:
    kind = kit.pick("bar", "wings", "disc") if not kit.says("katana") else "disc"
    span = half * kit.between(3.0, 4.4)
    if kind == "disc":
        kit.add(cylinder(half * 1.7, 0.012, sides=kit.sides(22)), metal, at=(0, base - 0.006, 0))
    elif kind == "bar":
        kit.add(box(span * 2, 0.024, 0.026, 0.005), metal, at=(0, base - 0.012, 0))
        for side in (-1, 1):
            kit.add(ball(0.017, kit.sides(12)), metal, at=(side * span, base, 0))
    else:
        lift = half * kit.between(0.6, 1.6) * (1 if kit.chance(0.7) else -1)
        path = [(span * t, base + lift * t * t, 0.0) for t in (-1, -0.7, -0.35, 0, 0.35, 0.7, 1)]
        kit.add(tube(path, [0.006, 0.01, 0.013, 0.016, 0.013, 0.01, 0.006], kit.sides(10)), metal)
    kit.add(box(half * 1.5, 0.03, half * 0.9, 0.006), metal, at=(0, base - 0.012, 0))
