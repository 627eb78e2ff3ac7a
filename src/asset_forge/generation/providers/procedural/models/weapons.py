"""Weapons: held along +Y, the grip at the origin."""

import math

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    blade,
    block,
    box,
    crystal,
    cylinder,
    lathe,
    plate,
    rod,
    torus,
    tube,
)

_BLADES = (*METALS, "crystal", "obsidian", "bone", "stone", "ice", "wood", "jade")
_HEADS = (*_BLADES, "marble")
_HANDLES = ("wood", "bone", "bamboo", "leather")


def _grip(kit: Kit, length: float, radius: float) -> None:
    """A wrapped grip about the origin."""
    wrap = kit.material("leather" if kit.stuff("leather", "leather", "cloth") == "leather" else "cloth",
                        kit.color(1, kit.pick("4a2c1c", "2c2622", "5c2a22", "2a3040")))  # fmt: skip
    turns = max(5, round(length / (radius * 1.5)))
    profile = [(radius * 0.82, -length / 2)]
    for i in range(turns):
        base = -length / 2 + length * i / turns
        profile += [(radius * 0.92, base + 0.05 * length / turns), (radius * 1.02, base + 0.5 * length / turns),
                    (radius * 0.92, base + 0.95 * length / turns)]  # fmt: skip
    profile.append((radius * 0.82, length / 2))
    kit.add(lathe(profile, kit.sides(12)), wrap, mapping="turned", crease=60)


def _pommel(kit: Kit, metal: Material, y: float, radius: float) -> None:
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
    metal = kit.stuff("steel", *_BLADES)
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
        body = body.warp_batch(lambda p: p + bend * _bend(p[:, 1], base, length))
    kit.add(body, steel, mapping="grain-y", crease=22)
    if kit.element is not None:
        _edge_glow(kit, outline, half, base, length, curved)
    _guard(kit, trim, base, half, curved)
    _grip(kit, grip, max(0.013, half * 0.5))
    _pommel(kit, trim, -grip / 2, max(0.02, half * 0.85))


def _bend(y: object, base: float, length: float) -> object:
    import numpy as np

    t = np.clip((np.asarray(y) - base) / length, 0, 1)
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


def _shaft(kit: Kit, low: float, high: float, radius: float) -> Material:
    word = kit.stuff("wood", *_HANDLES) if kit.stuff("", *METALS) == "" else "wood"
    wood = kit.material(word, kit.color(1, kit.pick("6f4a2c", "54381f", "8a6238", "3c2a1e")))
    kit.add(
        rod((0, low, 0), (0, high, 0), radius, radius * 0.92, kit.sides(12)),
        wood,
        mapping="grain-y",
    )
    return wood


def axe(kit: Kit) -> None:
    """Single or double axes on a shaft."""
    length = kit.between(0.6, 0.85) * (1.35 if kit.says("greataxe", "battleaxe", "two") else 1.0)
    double = (
        kit.style("double")
        or kit.says("labrys")
        or (kit.says("battleaxe", "greataxe") and kit.chance(0.6))
    )
    word = kit.stuff("steel", *_HEADS)
    head = kit.material(word, kit.color(0, "9aa0a8") if word == "steel" else None)
    radius = 0.016
    _shaft(kit, -0.16, length - 0.14, radius)
    _grip(kit, 0.2, radius * 1.15)
    y = length - 0.26
    size = kit.between(0.13, 0.18) * kit.reading.width
    for side in (1, -1) if double else (1,):
        _axe_head(kit, head, y, size, side)
    if not double:
        kit.add(box(0.07, 0.06, 0.035, 0.008), head, at=(-0.04, y - 0.03, 0))
    kit.add(cylinder(radius * 1.7, 0.12, sides=kit.sides(12)), head, at=(0, y - 0.06, 0))
    if double or kit.chance(0.4):
        kit.add(lathe([(0.018, 0), (0, 0.1)], 8), head, at=(0, length - 0.15, 0))
    if kit.element is not None:
        kit.add(ball(0.03, 8), kit.light(), at=(0, y, 0.012), crease=10)
        kit.add(ball(0.03, 8), kit.light(), at=(0, y, -0.012), crease=10)


def _axe_head(kit: Kit, metal: Material, y: float, size: float, side: int) -> None:
    hang = kit.between(0.5, 1.1)
    top, low = 0.75 * size, -hang * size
    outline = [(0.0, 0.03), (0.45 * size, 0.035), (size * 0.8, top)]
    for i in range(9):
        t = i / 8
        outline.append((size * (0.85 + 0.3 * math.sin(math.pi * t)), top + (low - top) * t))
    outline += [(size * 0.8, low), (0.45 * size, -0.035), (0.0, -0.03)]
    points = [(x, y + h) for x, h in outline]
    solid = plate(points[::-1], 0.034)

    def sharpen(p):  # type: ignore[no-untyped-def]
        import numpy as np

        q = p.copy()
        q[:, 2] *= 1 - 0.9 * np.clip((q[:, 0] - 0.02) / (size * 1.0), 0, 1)
        return q

    solid = solid.warp_batch(sharpen)
    kit.add(solid if side > 0 else solid.rotate((0, 180, 0)), metal, crease=25)


def hammer(kit: Kit) -> None:
    """War hammers and mallets."""
    length = kit.between(0.75, 1.0)
    word = kit.stuff("wood" if kit.says("mallet") else "iron", *_HEADS)
    head = kit.material(word, kit.color(0, "787d84") if word == "iron" else None)
    trim = kit.material("bronze")
    _shaft(kit, -0.2, length - 0.2, 0.019)
    _grip(kit, 0.24, 0.022)
    y, w, h = length - 0.3, kit.between(0.24, 0.34) * kit.reading.width, kit.between(0.11, 0.15)
    spiked = kit.chance(0.4)
    kit.add(box(w * 0.62, h, h, 0.012), head, at=(0, y, 0))
    kit.add(box(w * 0.28, h * 1.25, h * 1.25, 0.016), head, at=(w * 0.38, y - 0.125 * h, 0))
    if spiked:
        kit.add(
            lathe([(h * 0.45, 0), (h * 0.3, 0.05), (0, 0.2)], 8),
            head,
            at=(-w * 0.28, y + h / 2, 0),
            turn=(0, 0, 90),
            crease=20,
        )
    else:
        kit.add(box(w * 0.28, h * 1.25, h * 1.25, 0.016), head, at=(-w * 0.38, y - 0.125 * h, 0))
    for dx in (-0.2, 0.2):
        kit.add(box(0.016, h * 1.1, h * 1.1, 0.004), trim, at=(w * dx, y - 0.05 * h, 0))
    kit.add(lathe([(0.03, 0), (0.034, 0.02), (0.0, 0.06)], 8), trim, at=(0, y + h, 0))
    if kit.element is not None:
        kit.add(
            cylinder(h * 0.3, h * 1.04, sides=8),
            kit.light(),
            at=(0, y + h / 2, -h * 0.52),
            turn=(90, 0, 0),
        )
    _pommel(kit, trim, -0.2, 0.026)


def mace(kit: Kit) -> None:
    """Maces: flanged, spiked or plain clubs; flails on a chain."""
    word = kit.stuff("wood" if kit.says("club", "cudgel") else "iron", *_HEADS)
    head = kit.material(word, kit.color(0, "82878e") if word == "iron" else None)
    if word == "wood":
        profile = [
            (0.018, -0.1),
            (0.02, 0.1),
            (0.05, 0.5),
            (0.062, 0.62),
            (0.05, 0.72),
            (0.0, 0.74),
        ]
        kit.add(lathe(profile, kit.sides(14)), head, mapping="turned")
        _grip(kit, 0.18, 0.021)
        for i in range(kit.whole(5, 11)):
            _spike(kit, kit.material("iron"), 0.055, 0.6, i * 137.5, kit.between(-0.1, 0.08), 0.045)
        return
    length, radius = kit.between(0.5, 0.65), kit.between(0.05, 0.068)
    _shaft(kit, -0.12, length, 0.016)
    _grip(kit, 0.18, 0.02)
    center = length + radius * 0.6
    if kit.says("flail"):
        for i in range(5):
            kit.add(
                torus(0.016, 0.005, 12, 6),
                head,
                at=(0.026 * i + 0.02, length + 0.012 * i, 0),
                turn=(90 * (i % 2), 0, 0),
            )
        kit.add(ball(radius, kit.sides(18)), head, at=(0.17 + radius, length + 0.05, 0))
        for i in range(14):
            _spike(
                kit,
                head,
                radius,
                length + 0.05,
                i * 137.5,
                radius * 0.9 * (1 - 2 * (i + 0.5) / 14),
                0.05,
                0.17 + radius,
            )
    elif kit.chance(0.5):
        for i in range(kit.whole(6, 8)):
            outline = [
                (0.01, -0.08),
                (radius * 0.8, -0.06),
                (radius * 1.5, 0.0),
                (radius * 0.9, 0.07),
                (0.01, 0.085),
            ]
            kit.add(plate(outline, 0.012), head, at=(0, center, 0), turn=(0, i * 360 / 7, 0))
        kit.add(
            lathe([(0.022, -0.1), (0.028, 0), (0.022, 0.09), (0.0, 0.14)], 12),
            head,
            at=(0, center, 0),
        )
    else:
        kit.add(ball(radius, kit.sides(20)), head, at=(0, center, 0))
        for i in range(16):
            _spike(
                kit,
                head,
                radius,
                center,
                i * 137.5,
                radius * 0.95 * (1 - 2 * (i + 0.5) / 16),
                0.045,
            )
    _pommel(kit, head, -0.12, 0.022)


def _spike(
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


def spear(kit: Kit) -> None:
    """Spears, tridents, halberds and lances."""
    length = kit.between(1.6, 2.1)
    word = kit.stuff("steel", *_HEADS)
    head = kit.material(word, kit.color(0, "aab0b8") if word == "steel" else None)
    _shaft(kit, -length * 0.4, length * 0.6, 0.017)
    y = length * 0.6
    if kit.says("trident", "fork"):
        kit.add(box(0.22, 0.03, 0.03, 0.008), head, at=(0, y - 0.01, 0))
        for x in (-0.1, 0, 0.1):
            kit.add(
                blade(
                    [
                        (0.012, y),
                        (0.012, y + 0.12),
                        (0.028, y + 0.2),
                        (0.0005, y + (0.32 if x == 0 else 0.28)),
                    ],
                    0.02,
                ).translate((x, 0, 0)),
                head,
                crease=20,
            )
    else:
        half = kit.between(0.028, 0.045) * kit.reading.width
        tip = kit.between(0.22, 0.34)
        kit.add(
            blade(
                [
                    (0.012, y),
                    (half, y + tip * 0.25),
                    (half * 0.85, y + tip * 0.5),
                    (0.0005, y + tip),
                ],
                0.022,
            ),
            head,
            mapping="grain-y",
            crease=20,
        )
        if kit.says("halberd", "glaive", "polearm"):
            _axe_head(kit, head, y - 0.05, 0.17, 1)
            kit.add(lathe([(0.02, 0), (0, 0.15)], 6), head, at=(0, y - 0.05, 0), turn=(0, 0, 90))
    kit.add(
        lathe([(0.017, -0.06), (0.024, -0.03), (0.022, 0.02), (0.012, 0.05)], kit.sides(12)),
        head,
        at=(0, y, 0),
    )
    cloth = kit.material("cloth", kit.color(1, kit.pick("a02828", "284a90", "2c6c3c")))
    kit.add(
        lathe([(0.02, -0.16), (0.03, -0.14), (0.022, -0.05)], 10),
        cloth,
        at=(0, y, 0),
        mapping="turned",
    )
    kit.add(lathe([(0, -0.1), (0.018, -0.02), (0.018, 0.03)], 8), head, at=(0, -length * 0.4, 0))
    _grip(kit, 0.26, 0.019)


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
    path, radii = [], []
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
    _grip(kit, 0.16, 0.023)
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
    twist, path = kit.between(0.2, 1.0) * thick, []
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


GRAMMARS = {
    "sword": sword,
    "dagger": dagger,
    "axe": axe,
    "hammer": hammer,
    "mace": mace,
    "spear": spear,
    "bow": bow,
    "staff": staff,
    "crossbow": crossbow,
    "gun": gun,
}
