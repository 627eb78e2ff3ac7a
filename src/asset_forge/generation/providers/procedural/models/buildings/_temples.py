"""Temples and churches."""

import math

from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    column,
    door,
    gable,
)
from asset_forge.generation.providers.procedural.models.buildings._towers import STONES, masonry
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    boulder,
    box,
    cylinder,
    lathe,
    prism,
)


def temple(kit: Kit) -> None:
    """A temple on steps, with columns around a hall and a pediment; broken when it is a ruin."""
    ruined = kit.age > 0.75
    word = kit.stuff("marble", *STONES)
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
    stone = masonry(kit, "b4aa98")
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
