"""Towers, castles, temples and churches."""

import math

from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    battlements,
    column,
    cone_roof,
    door,
    gable,
    slit,
    wall_walk,
    window,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    boulder,
    box,
    cylinder,
    lathe,
    prism,
    rod,
)

_STONES = ("stone", "brick", "marble", "obsidian", "ice", "wood", "plaster", "jade", "gold", "bone")


def _masonry(kit: Kit, default: str | None = None) -> Material:
    word = kit.stuff("stone", *_STONES)
    dark = kit.reading.valence < -0.3
    color = kit.color(0, default or ("4c4852" if dark else "9a958a"))
    surface = {"stone": "blocks", "wood": "planks"}.get(word, word)
    return kit.material(surface, color if surface == "blocks" or kit.reading.colors else None)


def tower(kit: Kit) -> None:
    """Watchtowers, wizards' towers and lighthouses."""
    if kit.says("lighthouse"):
        _lighthouse(kit)
        return
    stone = _masonry(kit)
    wizard = kit.says("wizard", "mage", "magic") or "arcane" in kit.reading.elements
    radius = kit.between(1.9, 2.5) * kit.reading.width
    height = kit.between(9, 12) * (1.2 if wizard else 1.0)
    kit.add(
        lathe(
            [(radius * 1.25, 0), (radius * 1.2, 0.8), (radius, 1.6), (radius * 0.94, height)],
            kit.sides(26),
        ),
        stone,
        mapping="turned",
        crease=40,
    )
    for t in (0.35, 0.68):
        kit.add(
            lathe(
                [
                    (radius * 0.9, 0),
                    (radius * 1.08, 0.08),
                    (radius * 1.08, 0.26),
                    (radius * 0.9, 0.34),
                ],
                kit.sides(26),
            ),
            stone,
            at=(0, height * t, 0),
            tint=0.82,
            mapping="turned",
        )
    flare = radius * 1.28
    kit.add(
        lathe([(radius * 0.9, 0), (flare, 1.0), (flare, 1.8), (radius * 0.9, 1.8)], kit.sides(26)),
        stone,
        at=(0, height - 0.9, 0),
        mapping="turned",
    )
    for i in range(12):
        kit.add(
            block((-0.14, 0, radius * 0.9), (0.14, 0.8, flare - 0.05), 0.02),
            stone,
            at=(0, height - 0.85, 0),
            turn=(0, 30 * i, 0),
            tint=0.8,
        )
    if wizard or kit.says("spire", "minaret", "belfry") or kit.chance(0.3):
        roof = kit.material("roof", kit.color(1, kit.pick("3c4a7a", "5a3a6a", "2c5a5a", "7a3a34")))
        cone_roof(kit, flare, height + 0.85, radius * kit.between(2.4, 3.2), roof)
        if wizard:
            side = kit.between(0, 360)
            a = math.radians(side)
            x, z = math.sin(a) * radius * 1.15, math.cos(a) * radius * 1.15
            kit.add(
                lathe([(0.05, 0), (0.85, 1.2), (0.85, 3.2)], kit.sides(16)),
                stone,
                at=(x, height * 0.5, z),
                mapping="turned",
            )
            kit.add(
                lathe([(1.1, 0), (0.05, 2.4)], kit.sides(16)),
                roof,
                at=(x, height * 0.5 + 3.15, z),
                mapping="turned",
            )
            kit.add(ball(0.4, 12), kit.light("a468ff"), at=(0, height + 1.4 + radius * 3.2, 0))
    else:
        battlements(kit, flare - 0.1, height + 0.85, stone)
        kit.add(rod((0, height, 0), (0, height + 4.2, 0), 0.07, 0.05, 8), kit.material("wood"))
        kit.add(
            prism([(0, 0), (1.5, 0.35), (0, 0.9)], 0.05),
            kit.material("cloth", kit.color(1, kit.pick("a02828", "284a90"))),
            at=(0.05, height + 3.2, 0),
        )
    door(kit, 0, 0.1, radius * 1.17, 0, (1.2, 2.3), arched=True)
    for i, t in enumerate((0.25, 0.42, 0.55, 0.75)):
        slit(kit, height * t, radius * 0.98, 70 + 127 * i)
    slit(kit, height * 0.5, radius * 0.98, 0)


def _lighthouse(kit: Kit) -> None:
    white = kit.material("plaster", kit.color(0, "ece8e0"))
    stripe = kit.material("plaster", kit.color(1, "b03028"))
    iron = kit.material("iron")
    radius, height = 2.2, kit.between(11, 13)
    bands = 6
    for i in range(bands):
        low, high = (radius * (1 - 0.4 * t / bands) for t in (i, i + 1))
        kit.add(
            cylinder(low, height / bands + 0.01, high, kit.sides(28)),
            stripe if i % 2 else white,
            at=(0, 0.5 + height / bands * i, 0),
            mapping="turned",
        )
    kit.add(
        cylinder(radius * 1.5, 0.6, radius * 1.35, kit.sides(24)),
        kit.material("blocks"),
        mapping="turned",
    )
    top = height + 0.5
    kit.add(cylinder(radius * 0.95, 0.3, sides=kit.sides(24)), iron, at=(0, top, 0))
    for i in range(14):
        a = 2 * math.pi * i / 14
        kit.add(
            rod(
                (math.cos(a) * radius * 0.9, top, math.sin(a) * radius * 0.9),
                (math.cos(a) * radius * 0.9, top + 1.0, math.sin(a) * radius * 0.9),
                0.03,
                sides=6,
            ),
            iron,
        )
    from asset_forge.generation.providers.procedural.models.solids import torus

    kit.add(torus(radius * 0.9, 0.04, 24, 6), iron, at=(0, top + 1.0, 0))
    kit.add(cylinder(radius * 0.45, 1.7, sides=12), kit.light("ffe9a0"), at=(0, top + 0.3, 0))
    for i in range(8):
        a = 2 * math.pi * i / 8
        kit.add(
            box(0.09, 1.7, 0.09),
            iron,
            at=(math.cos(a) * radius * 0.5, top + 0.3, math.sin(a) * radius * 0.5),
        )
    cone_roof(kit, radius * 0.52, top + 1.95, 1.3, stripe)
    door(kit, 0, 0.4, radius * 0.98, 0, (1.0, 2.0))
    for t, turn in ((0.35, 0), (0.6, 40), (0.8, -30)):
        slit(kit, height * t, radius * (1 - 0.4 * t), turn, 0.8)


def castle(kit: Kit) -> None:
    """A curtain wall with corner towers, a gatehouse and a keep."""
    stone = _masonry(kit)
    half, wall = kit.between(8.5, 10.5), kit.between(4.6, 5.4)
    dark = kit.reading.valence < -0.3
    roof = kit.material(
        "roof", kit.color(1, "2c2a34" if dark else kit.pick("3c4a7a", "7a3a34", "4a5a4a"))
    )
    pointed = dark or kit.chance(0.5)
    for turn in (90, 180, 270):
        kit.add(block((-half, 0, half - 0.7), (half, wall, half + 0.7)), stone, turn=(0, turn, 0))
        wall_walk(kit, half * 1.7, wall - 0.05, half + 0.45, turn, stone)
    for side in (-1, 1):
        x0, x1 = sorted((side * 2.2, side * half))
        kit.add(block((x0, 0, half - 0.7), (x1, wall, half + 0.7)), stone)
        kit.add(block((x0, wall - 0.05, half + 0.2), (x1, wall + 0.5, half + 0.7)), stone)
    for sx in (-1, 1):
        for sz in (-1, 1):
            _corner(kit, sx * half, sz * half, 1.9, wall + 2.4, stone, roof if pointed else None)
    _gatehouse(kit, half, wall, stone)
    _keep(kit, half, wall, stone, roof)
    kit.add(block((-half, -0.2, -half), (half, 0.12, half)), kit.material("cobble"))


def _corner(
    kit: Kit,
    x: float,
    z: float,
    radius: float,
    height: float,
    stone: Material,
    roof: Material | None,
) -> None:
    start = len(kit.bodies)
    kit.add(
        lathe(
            [
                (radius * 1.15, 0),
                (radius, 1.2),
                (radius, height - 0.8),
                (radius * 1.18, height - 0.2),
                (radius * 1.18, height),
            ],
            kit.sides(20),
        ),
        stone,
        mapping="turned",
    )
    if roof is None:
        battlements(kit, radius * 1.1, height - 0.05, stone)
    else:
        cone_roof(kit, radius * 1.16, height, radius * 2.1, roof)
    slit(kit, height * 0.55, radius, 45 if x * z > 0 else -45)
    kit.move(start, (x, 0, z))


def _gatehouse(kit: Kit, half: float, wall: float, stone: Material) -> None:
    arch = prism(
        [(-1.4, -0.1), (1.4, -0.1), (1.4, 2.6), (0.9, 3.3), (0, 3.7), (-0.9, 3.3), (-1.4, 2.6)], 6
    )
    body = block((-2.6, 0, half - 1.4), (2.6, wall + 1.3, half + 1.3)) - arch.translate(
        (0, 0, half)
    )
    kit.add(body, stone)
    start = len(kit.bodies)
    battlements(kit, 2.4, 0, stone, square=True)
    kit.move(start, (0, wall + 1.25, half))
    iron = kit.material("iron")
    for i in range(6):
        x = -1.15 + 0.46 * i
        kit.add(box(0.1, 3.5, 0.1), iron, at=(x, 0.1, half + 0.4))
    for i in range(5):
        kit.add(box(2.8, 0.1, 0.08), iron, at=(0, 0.5 + 0.65 * i, half + 0.4))
    for side in (-1, 1):
        cloth = kit.material("cloth", kit.color(1, "a02828"))
        kit.add(
            prism([(-0.45, 0), (0, -0.4), (0.45, 0), (0.45, 2.2), (-0.45, 2.2)], 0.06),
            cloth,
            at=(side * 2.0, wall - 1.6, half + 1.36),
        )


def _keep(kit: Kit, half: float, wall: float, stone: Material, roof: Material) -> None:
    w, h = half * 0.42, wall + kit.between(4.5, 6.0)
    start = len(kit.bodies)
    kit.add(block((-w, 0, -w), (w, h, w)), stone)
    battlements(kit, w, h - 0.05, stone, square=True)
    frame = kit.material("stone", "6c6860")
    for turn in (0, 90, -90):
        for y in (h * 0.45, h * 0.7):
            for t in (-0.5, 0.5):
                a = math.radians(turn)
                x, z = w * t * math.cos(a) + w * math.sin(a), w * math.cos(a) - w * t * math.sin(a)
                window(kit, x, y, z, turn, (0.6, 1.1), frame)
    door(kit, 0, 0.1, w, 0, (1.5, 2.6), arched=True)
    for sx in (-1, 1):
        kit.add(
            lathe([(0.1, 0), (0.9, 1.5), (0.9, 4.5)], kit.sides(14)),
            stone,
            at=(sx * w, h - 3.0, w),
            mapping="turned",
        )
        kit.add(
            lathe([(1.15, 0), (0.03, 2.3)], kit.sides(14)),
            roof,
            at=(sx * w, h + 1.45, w),
            mapping="turned",
        )
    kit.add(rod((0, h, 0), (0, h + 4, 0), 0.08, 0.05, 8), kit.material("wood"))
    kit.add(
        prism([(0, 0), (1.8, 0.4), (0, 1.1)], 0.05),
        kit.material("cloth", kit.color(1, "a02828")),
        at=(0.05, h + 2.8, 0),
    )
    kit.move(start, (0, 0, -half * 0.2))


def temple(kit: Kit) -> None:
    """A temple on steps, with columns around a hall and a pediment; broken when it is a ruin."""
    ruined = kit.age > 0.75
    word = kit.stuff("marble", *_STONES)
    marble = kit.material(
        {"stone": "blocks"}.get(word, word),
        kit.color(0, "e6e2d8" if word == "marble" else "a89c84")
        if word in ("marble", "stone")
        else None,
    )
    count = kit.whole(5, 7)
    gap = kit.between(1.7, 2.0)
    rows = count + kit.whole(1, 3)
    width, depth, height = gap * (count - 1), gap * (rows - 1), kit.between(4.2, 5.0)
    base = 0.0
    for i in range(3):
        grow = 1.5 - 0.4 * i
        kit.add(
            block(
                (-width / 2 - grow, base, -depth / 2 - grow),
                (width / 2 + grow, base + 0.32, depth / 2 + grow),
                0.02,
            ),
            marble,
            tint=1.0 - 0.06 * i,
        )
        base += 0.32
    for i in range(count):
        for j in range(rows):
            if not (i in (0, count - 1) or j in (0, rows - 1)):
                continue
            x, z = -width / 2 + gap * i, -depth / 2 + gap * j
            tall = height * (kit.between(0.15, 0.8) if ruined and kit.chance(0.55) else 1.0)
            if tall == height:
                column(kit, x, z, base, height, 0.36, marble)
            else:
                kit.add(
                    lathe([(0.48, 0), (0.48, 0.16), (0.36, 0.3), (0.33, tall)], kit.sides(16)),
                    marble,
                    at=(x, base, z),
                    mapping="turned",
                )
    hall = block(
        (-width / 2 + gap, 0, -depth / 2 + gap),
        (width / 2 - gap, height * (0.55 if ruined else 1), depth / 2 - gap),
    )
    kit.add(hall, marble, at=(0, base, 0), tint=0.9)
    door(kit, 0, base - 0.1, depth / 2 - gap, 0, (1.5, 3.0))
    if ruined:
        for _ in range(14):
            rock = boulder(kit.between(0.25, 0.6), kit.rng)
            kit.add(
                rock,
                marble,
                at=(
                    kit.between(-0.6, 0.6) * width,
                    kit.between(0.1, 0.4),
                    kit.between(0.3, 0.62) * depth,
                ),
                crease=20,
                tint=0.85,
            )
        kit.add(
            block((-width / 2 - 0.5, 0, -0.5), (width * 0.1, 0.7, 0.5), 0.04),
            marble,
            at=(0, base + height, -depth / 2),
        )
        return
    top = base + height
    kit.add(
        block(
            (-width / 2 - 0.55, top, -depth / 2 - 0.55),
            (width / 2 + 0.55, top + 0.7, depth / 2 + 0.55),
            0.03,
        ),
        marble,
    )
    kit.add(
        block(
            (-width / 2 - 0.8, top + 0.66, -depth / 2 - 0.8),
            (width / 2 + 0.8, top + 0.86, depth / 2 + 0.8),
            0.03,
        ),
        marble,
        tint=0.93,
    )
    gable(
        kit,
        width + 1.1,
        depth + 1.0,
        top + 0.84,
        (width + 1.1) * 0.2,
        kit.material("roof", kit.color(1, "b4623c")),
        marble,
    )
    kit.add(
        cylinder(0.5, 0.2, sides=20),
        kit.material("gold"),
        at=(0, top + 1.5, depth / 2 + 0.45),
        turn=(90, 0, 0),
    )


def church(kit: Kit) -> None:
    """A nave with a bell tower over its door."""
    stone = _masonry(kit, "b4aa98")
    roof = kit.material("roof", kit.color(1, kit.pick("5c6472", "7a4a3a")))
    width, depth, height = (
        kit.between(5.5, 6.5) * kit.reading.width,
        kit.between(10, 13),
        kit.between(4.2, 5.0),
    )
    grand = kit.says("cathedral", "abbey")
    height *= 1.4 if grand else 1.0
    kit.add(block((-width / 2, 0, -depth / 2), (width / 2, height, depth / 2)), stone)
    gable(kit, width, depth, height, width * 0.62, roof, stone)
    frame = kit.material("stone", "7a746a")
    panes = ("b03a4a", "3a5ab0", "c89a3a")
    for side in (-1, 1):
        for i in range(4):
            z = -depth * 0.38 + depth * 0.22 * i
            kit.add(
                block((-0.3, 0, -0.35), (0.3, height * 0.92, 0.35), 0.05),
                stone,
                at=(side * width / 2 + side * 0.15, 0, z - depth * 0.11),
                tint=0.9,
            )
            _lancet(kit, side * width / 2, height * 0.3, z, 90 * side, frame, panes[i % 3])
    tw, th = width * 0.5, height * 1.9
    front = depth / 2 + tw / 2 - 0.4
    kit.add(block((-tw / 2, 0, front - tw / 2), (tw / 2, th, front + tw / 2)), stone)
    kit.add(
        block(
            (-tw / 2 - 0.15, th - 0.1, front - tw / 2 - 0.15),
            (tw / 2 + 0.15, th + 0.2, front + tw / 2 + 0.15),
            0.03,
        ),
        stone,
        tint=0.85,
    )
    spire = (
        Manifold.cylinder(tw * (2.2 if grand else 1.5), tw * 0.82, 0.03, 4)
        .rotate((-90, 0, 0))
        .rotate((0, 45, 0))
    )
    kit.add(spire, roof, at=(0, th + 0.18, front), crease=20)
    gold = kit.material("gold")
    top = th + 0.18 + tw * (2.2 if grand else 1.5)
    kit.add(box(0.1, 1.2, 0.1), gold, at=(0, top - 0.2, front))
    kit.add(box(0.7, 0.1, 0.1), gold, at=(0, top + 0.5, front))
    door(kit, 0, 0.05, front + tw / 2, 0, (1.4, 2.7), arched=True)
    for turn in (0, 90, -90):
        a = math.radians(turn)
        _lancet(
            kit,
            math.sin(a) * tw / 2,
            th * 0.72,
            front + math.cos(a) * tw / 2,
            turn,
            frame,
            "2a2a30",
        )
    kit.add(
        cylinder(0.75, 0.14, sides=20),
        kit.material("glass", "8a4ab0"),
        at=(0, th * 0.5, front + tw / 2 - 0.05),
        turn=(90, 0, 0),
    )


def _lancet(
    kit: Kit, x: float, y: float, z: float, turn: float, frame: Material, pane: str
) -> None:
    outline = [
        (-0.35, 0.0),
        (0.35, 0.0),
        (0.35, 1.3),
        (0.2, 1.75),
        (0, 2.05),
        (-0.2, 1.75),
        (-0.35, 1.3),
    ]
    kit.add(
        prism([(px * 1.35, py * 1.08 - 0.1) for px, py in outline], 0.16),
        frame,
        at=(x, y, z),
        turn=(0, turn, 0),
    )
    glass = kit.light("ffcc70") if kit.reading.valence < -0.3 else kit.material("glass", pane)
    kit.add(prism(outline, 0.22), glass, at=(x, y, z), turn=(0, turn, 0))
