"""Watchtowers, wizards' towers and lighthouses."""

import math

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    battlements,
    cone_roof,
    door,
    slit,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    lathe,
    prism,
    rod,
)

STONES = ("stone", "brick", "marble", "obsidian", "ice", "wood", "plaster", "jade", "gold", "bone")


def masonry(kit: Kit, default: str | None = None) -> Material:
    word = kit.stuff("stone", *STONES)
    dark = kit.reading.valence < -0.3
    color = kit.color(0, default or ("4c4852" if dark else "9a958a"))
    surface = {"stone": "blocks", "wood": "planks"}.get(word, word)
    return kit.material(surface, color if surface == "blocks" or kit.reading.colors else None)


def tower(kit: Kit) -> None:
    """Watchtowers, wizards' towers and lighthouses."""
    if kit.says("lighthouse"):
        _lighthouse(kit)
        return
    stone = masonry(kit)
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
