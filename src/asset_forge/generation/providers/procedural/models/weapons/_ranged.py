"""Bows, crossbows, guns and staffs."""

import math

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    crystal,
    rod,
    torus,
    tube,
)
from asset_forge.generation.providers.procedural.models.weapons._grips import wrapped_grip


def bow(kit: Kit) -> None:
    """Bows with a string; the arrow flies toward +Z."""
    tall = kit.between(0.6, 0.85) * (
        1.15 if kit.says("longbow") else 0.85 if kit.says("shortbow") else 1.0
    )
    word = kit.stuff("wood", "wood", "bone", "bamboo", *METALS)
    wood = kit.material(
        word, kit.color(0, kit.pick("7a4e2a", "5a3820", "9a6c3c")) if word == "wood" else None
    )
    recurve = kit.says("recurve", "elven", "elvish") or kit.chance(0.4)
    path: list[tuple[float, float, float]] = []
    radii: list[float] = []
    for i in range(25):
        t = -1 + 2 * i / 24
        z = 0.02 - 0.3 * tall * t * t
        if recurve and abs(t) > 0.72:
            z += 1.6 * tall * (abs(t) - 0.72) ** 2 * 2.2
        path.append((0.0, tall * t, z))
        radii.append(0.019 - 0.012 * abs(t))
    kit.add(tube(path, radii, kit.sides(10)), wood, mapping="grain-y", crease=60)
    ends = (path[0], path[-1])
    kit.add(rod(ends[0], ends[1], 0.0022, sides=6), kit.material("cloth", "d8d0b8"))
    wrapped_grip(kit, 0.16, 0.023)
    trim = kit.material(kit.pick("bronze", "gold", "silver"))
    for y in (-0.1, 0.1):
        kit.add(torus(0.019, 0.006, 14, 8), trim, at=(0, y, 0.012))
    if kit.element is not None or kit.style("ornate"):
        for i in (3, 6, 18, 21):
            kit.add(ball(0.016, 8), kit.light("8ad0ff"), at=path[i], crease=10)


def staff(kit: Kit) -> None:
    """Staffs, wands and scepters with a head of crystal, orb or horns."""
    wand = kit.says("wand", "rod", "scepter", "sceptre")
    length = kit.between(0.4, 0.55) if wand else kit.between(1.5, 1.9)
    thick = 0.013 if wand else 0.02
    word = kit.stuff("wood", "wood", "bone", "bamboo", *METALS)
    wood = kit.material(
        word, kit.color(1, kit.pick("5c3e26", "6e5a44", "3a2a20")) if word == "wood" else None
    )
    low, top = -length * 0.45, length * 0.55
    twist = kit.between(0.2, 1.0) * thick
    path: list[tuple[float, float, float]] = []
    for i in range(17):
        t = i / 16
        path.append((twist * math.sin(t * 9 + kit.tone), low + length * t, twist * math.cos(t * 7)))
    kit.add(
        tube(path, [thick * (0.8 + 0.35 * i / 16) for i in range(17)], kit.sides(9)),
        wood,
        mapping="grain-y",
        crease=50,
    )
    light = (
        kit.light()
        if kit.element
        else kit.material("crystal", kit.color(0, kit.pick("6a3ad8", "2c9cd8", "d83a5c", "3ac87a")))
    )
    size = thick * kit.between(2.6, 3.6)
    trim = kit.material(kit.pick("gold", "bronze", "silver"))
    kind = kit.pick("orb", "crystal", "claw") if not kit.says("orb") else "orb"
    if kind == "orb":
        kit.add(ball(size, kit.sides(20)), light, at=(0, top + size * 1.1, 0))
    else:
        kit.add(crystal(size * 0.7, size * 3.2, kit.rng), light, at=(0, top, 0), crease=10)
    for i in range(4 if kind != "crystal" else 3):
        a = 2 * math.pi * i / (4 if kind != "crystal" else 3)
        claw = [
            (math.cos(a) * size * r, top + size * h, math.sin(a) * size * r)
            for r, h in ((0.2, -0.4), (1.1, 0.2), (1.3, 1.2), (0.7, 2.1))
        ]
        kit.add(
            tube(claw, [thick * 0.6, thick * 0.5, thick * 0.4, thick * 0.1], 7),
            trim if kind != "claw" else wood,
        )
    for y in (0.92, 0.2, -0.95 + 1):
        kit.add(torus(thick * 1.05, thick * 0.4, 16, 8), trim, at=(0, low + length * y, 0))


def crossbow(kit: Kit) -> None:
    """Crossbows; the bolt flies toward +Z."""
    wood = kit.material("wood", kit.color(0, kit.pick("6f4a2c", "54381f")))
    metal = kit.material(kit.stuff("iron", *METALS))
    kit.add(block((-0.022, -0.03, -0.35), (0.022, 0.03, 0.4), 0.008), wood, mapping="grain-z")
    kit.add(block((-0.02, -0.12, -0.4), (0.02, 0.025, -0.22), 0.01), wood, mapping="grain-z")
    span = kit.between(0.28, 0.38)
    path = [
        (span * t, 0.01, 0.36 - 0.16 * t * t)
        for t in (-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1)
    ]
    kit.add(tube(path, [0.007 + 0.011 * (1 - abs(p[0] / span)) for p in path], 8), metal)
    string = kit.material("cloth", "d8d0b8")
    for side in (0, -1):
        kit.add(rod(path[side], (0, 0.034, 0.0), 0.003, sides=6), string)
    kit.add(block((-0.016, 0.03, -0.03), (0.016, 0.048, 0.03), 0.004), metal)
    kit.add(
        rod((0, 0.042, -0.0), (0, 0.042, 0.42), 0.005, sides=8),
        kit.material("wood", "b08a58"),
        mapping="grain-z",
    )
    kit.add(rod((0, 0.042, 0.42), (0, 0.042, 0.47), 0.012, 0.001, 6), metal)
    kit.add(
        tube([(0, -0.03, -0.08), (0, -0.09, -0.12), (0, -0.1, -0.2)], [0.006, 0.006, 0.004], 8),
        metal,
    )
    kit.add(torus(0.045, 0.008, 16, 8), metal, at=(0, 0.0, 0.44), turn=(90, 0, 0))


def gun(kit: Kit) -> None:
    """Pistols and rifles, old or futuristic; the muzzle points toward +Z."""
    scifi = kit.style("scifi") or kit.says("blaster", "raygun")
    long = kit.says("rifle", "musket", "cannon", "shotgun") or kit.reading.size > 1.4
    barrel = kit.between(0.5, 0.75) if long else kit.between(0.16, 0.24)
    metal = kit.material("scifi" if scifi else kit.stuff("iron", *METALS), kit.color(0, "5c646e"))
    grip = kit.material(
        "plastic" if scifi else "wood", kit.color(1, "33363c" if scifi else "5e3a20")
    )
    radius = kit.between(0.013, 0.02) * (1.3 if scifi else 1.0)
    kit.add(
        rod((0, 0.07, 0), (0, 0.07, barrel), radius, radius * 0.9, kit.sides(14))
        - rod((0, 0.07, barrel * 0.9), (0, 0.07, barrel + 0.1), radius * 0.6, sides=12),
        metal,
    )
    kit.add(block((-0.02, 0.035, -0.1), (0.02, 0.095, barrel * 0.4), 0.008), metal)
    kit.add(box(0.032, 0.13, 0.05, 0.01), grip, at=(0, -0.08, -0.085), turn=(18, 0, 0))
    kit.add(torus(0.026, 0.004, 16, 6), metal, at=(0, 0.016, -0.02), turn=(0, 0, 90))
    if long:
        kit.add(
            block((-0.018, -0.03, -0.42), (0.018, 0.075, -0.09), 0.012), grip, mapping="grain-z"
        )
        kit.add(
            block((-0.019, 0.028, 0.05), (0.019, 0.06, barrel * 0.7), 0.008),
            grip,
            mapping="grain-z",
        )
    if scifi:
        light = kit.light("38d0ff")
        for i in range(4):
            kit.add(
                torus(radius * 1.25, 0.005, 16, 8),
                light,
                at=(0, 0.07, barrel * (0.45 + 0.12 * i)),
                turn=(90, 0, 0),
            )
        kit.add(block((-0.024, 0.05, -0.06), (0.024, 0.07, 0.02), 0.002), light)
        kit.add(block((-0.01, 0.095, -0.04), (0.01, 0.12, 0.05), 0.004), metal)
    else:
        kit.add(block((-0.004, 0.088, barrel * 0.92), (0.004, 0.1, barrel * 0.97)), metal)
        kit.add(
            tube(
                [(0.024, 0.08, -0.04), (0.03, 0.11, -0.06), (0.026, 0.125, -0.03)],
                [0.007, 0.006, 0.004],
                8,
            ),
            metal,
        )
