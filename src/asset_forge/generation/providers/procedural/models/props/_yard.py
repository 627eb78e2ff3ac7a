"""Wells, signs, wagons and fences."""

import math

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.props._furniture import timber
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    boulder,
    box,
    bumpy,
    cylinder,
    lathe,
    plate,
    prism,
    rod,
    torus,
    tube,
)


def well(kit: Kit) -> None:
    """A round stone well with roof, winch and bucket, or a fountain."""
    stone = kit.material(
        {"stone": "cobble"}.get(
            kit.stuff("stone", "stone", "marble", "brick"), kit.stuff("stone", "marble", "brick")
        ),
        kit.color(0, "8c887e") if kit.reading.colors else None,
    )
    water = kit.material("water")
    if kit.says("fountain"):
        for r, y, h in ((1.5, 0.0, 0.55), (0.75, 0.9, 0.25)):
            bowl = lathe([(r * 0.9, 0), (r, h), (r * 0.88, h), (r * 0.8, h * 0.45)], kit.sides(28))
            kit.add(bowl, stone, at=(0, y, 0), mapping="turned")
            kit.add(cylinder(r * 0.86, 0.06, sides=kit.sides(28)), water, at=(0, y + h * 0.75, 0))
        kit.add(
            lathe([(0.3, 0), (0.15, 0.4), (0.22, 0.9), (0.1, 1.6), (0.14, 1.7)], kit.sides(16)),
            stone,
            mapping="turned",
        )
        kit.add(lathe([(0.16, 0), (0.03, 0.3), (0.1, 0.5), (0, 0.55)], 12), water, at=(0, 1.65, 0))
        return
    wood, r = timber(kit, 1), kit.between(0.75, 0.9)
    ring = cylinder(r, 0.85, r * 0.97, kit.sides(26)) - cylinder(
        r - 0.2, 2, sides=kit.sides(26)
    ).translate((0, 0.1, 0))
    kit.add(ring, stone, mapping="turned", crease=40)
    kit.add(
        torus(r - 0.1, 0.12, kit.sides(26), 6).scale((1, 0.7, 1)),
        kit.material("stone"),
        at=(0, 0.86, 0),
        crease=30,
    )
    kit.add(cylinder(r - 0.17, 0.1, sides=20), water, at=(0, 0.3, 0))
    for side in (-1, 1):
        kit.add(box(0.13, 2.2, 0.13, 0.015), wood, at=(side * (r - 0.06), 0, 0), mapping="grain-y")
        slab = block((0, 0, -0.95), (1.25, 0.07, 0.95), 0.01)
        kit.add(
            slab if side > 0 else slab.mirror((1, 0, 0)),
            kit.material("roof", kit.color(2, "8a4a34")),
            at=(0, 2.65, 0),
            turn=(0, 0, -side * 34),
        )
    kit.add(rod((-r, 1.75, 0), (r + 0.3, 1.75, 0), 0.07, sides=10), wood)
    kit.add(
        tube([(r + 0.3, 1.75, 0), (r + 0.32, 1.55, 0), (r + 0.5, 1.5, 0)], [0.03, 0.03, 0.03], 8),
        kit.material("iron"),
    )
    kit.add(rod((0.1, 1.25, 0), (0.1, 1.72, 0), 0.015, sides=6), kit.material("cloth", "c8b48a"))
    kit.add(
        lathe([(0.12, 0), (0.16, 0.28), (0.13, 0.28), (0.1, 0.06)], kit.sides(16)),
        wood,
        at=(0.1, 0.98, 0),
        mapping="turned",
    )


def sign(kit: Kit) -> None:
    """Signposts with arrows, or a board on posts."""
    wood = timber(kit)
    board = kit.material("planks", kit.color(1, kit.pick("9c7348", "8a5f3a")))
    if kit.says("billboard", "notice", "board"):
        for side in (-1, 1):
            kit.add(box(0.12, 1.9, 0.12, 0.02), wood, at=(side * 0.65, 0, 0), mapping="grain-y")
        kit.add(box(1.25, 0.9, 0.06, 0.01), board, at=(0, 0.85, 0), mapping="grain-x")
        kit.add(plate([(-0.85, 0), (0.85, 0), (0, 0.35)], 0.3, 0.02), wood, at=(0, 1.85, 0))
        for i in range(4):
            kit.add(
                box(kit.between(0.2, 0.3), kit.between(0.25, 0.35), 0.012),
                kit.material("paper"),
                at=(-0.42 + 0.28 * i, kit.between(0.95, 1.25), 0.036),
                turn=(0, 0, kit.between(-6, 6)),
            )
        return
    kit.add(box(0.13, 2.1, 0.13, 0.025), wood, mapping="grain-y", turn=(0, 0, kit.between(-2, 2)))
    kit.add(lathe([(0.1, 0), (0, 0.14)], 4), wood, at=(0, 2.08, 0))
    for i in range(kit.reading.count("arrow", "sign", "board", default=kit.whole(2, 3))):
        outline = [(-0.3, -0.11), (0.5, -0.11), (0.66, 0), (0.5, 0.11), (-0.3, 0.11)]
        side = 1 if i % 2 == 0 else -1
        arrow = plate([(x * side, y) for x, y in outline][::side], 0.045, 0.006)
        kit.add(
            arrow,
            board,
            at=(0, 1.85 - 0.3 * i, 0.085),
            turn=(0, kit.between(-22, 22), kit.between(-4, 4)),
            mapping="grain-x",
            tint=kit.between(0.82, 1.0),
        )
    for i in range(5):
        kit.add(
            boulder(0.12, kit.rng),
            kit.material("stone"),
            at=(math.cos(i * 1.3) * 0.2, 0.03, math.sin(i * 1.3) * 0.2),
            crease=20,
        )


def wagon(kit: Kit) -> None:
    """A four-wheeled wagon or two-wheeled cart, covered when asked for."""
    wood, iron = (
        kit.material("planks", kit.color(0, kit.pick("8a5f3a", "6e4a2c"))),
        kit.material("iron"),
    )
    beam = timber(kit, 1)
    cart = kit.says("cart", "wheelbarrow")
    w, d = 1.15, 1.5 if cart else 2.4
    kit.add(box(w, 0.08, d, 0.01), wood, at=(0, 0.72, 0), mapping="grain-z")
    for sx in (-1, 1):
        for i in range(3):
            kit.add(
                box(0.04, 0.15, d, 0.008),
                wood,
                at=(sx * (w / 2 + 0.04 * i), 0.82 + 0.17 * i, 0),
                turn=(0, 0, -sx * 12),
                mapping="grain-z",
                tint=kit.between(0.82, 1),
            )
        for sz in (-0.8, 0, 0.8):
            kit.add(
                box(0.06, 0.6, 0.06),
                beam,
                at=(sx * (w / 2 + 0.06), 0.76, sz * d * 0.58),
                turn=(0, 0, -sx * 12),
                mapping="grain-y",
            )
        kit.add(box(w + 0.1, 0.45, 0.05, 0.01), wood, at=(0, 0.8, sx * d / 2), mapping="grain-x")
    for z in (0.0,) if cart else (-0.78, 0.78):
        kit.add(rod((-w * 0.68, 0.52, z), (w * 0.68, 0.52, z), 0.05, sides=10), beam)
        kit.add(box(0.8, 0.2, 0.14), beam, at=(0, 0.54, z))
        for side in (-1, 1):
            first = len(kit.bodies)
            kit.add(torus(0.46, 0.045, kit.sides(28), 6), beam, crease=40)
            kit.add(
                cylinder(0.52, 0.07, sides=kit.sides(28))
                - cylinder(0.49, 1, sides=kit.sides(28)).translate((0, -0.4, 0)),
                iron,
                at=(0, -0.035, 0),
                crease=40,
            )
            kit.add(cylinder(0.1, 0.2, sides=12), beam, at=(0, -0.1, 0))
            for i in range(8):
                a = math.pi * i / 4
                kit.add(
                    rod((0, 0, 0), (math.cos(a) * 0.45, 0, math.sin(a) * 0.45), 0.028, sides=6),
                    beam,
                    mapping="grain-y",
                )
            kit.move(first, (side * w * 0.66, 0.52, z), (0, 0, 90))
    for side in (-1, 1):
        kit.add(
            rod((side * 0.2, 0.6, d / 2), (side * 0.28, 0.5, d / 2 + 1.3), 0.04, sides=8),
            beam,
            mapping="grain-y",
        )
    if kit.says("covered", "caravan", "carriage"):
        cloth = kit.material("cloth", kit.color(1, "e0d6c0"))
        arc = [
            (0.72 * math.cos(math.pi * i / 14), 0.85 * math.sin(math.pi * i / 14))
            for i in range(15)
        ]
        inner = [(x * 0.95, y * 0.95 - 0.02) for x, y in arc]
        kit.add(prism(arc, d) - prism(inner, d + 1), cloth, at=(0, 1.2, 0), crease=50)
    else:
        hay = kit.material("thatch")
        kit.add(
            bumpy(ball(1, 20).scale((w * 0.5, 0.42, d * 0.44)), kit.rng, 0.05, 1.2),
            hay,
            at=(0, 0.95, 0),
            crease=60,
        )


def fence(kit: Kit) -> None:
    """Fences, palisades, railings and gates."""
    wood, iron = timber(kit), kit.material("iron")
    length, posts = 2.4, 4
    metal = kit.stuff("", *METALS) != "" or kit.says("railing")
    palisade = kit.says("palisade", "barricade")
    if palisade:
        for i in range(9):
            kit.add(
                cylinder(0.13, kit.between(1.7, 2.0), sides=9),
                wood,
                at=(-1.05 + 0.26 * i, 0, kit.between(-0.02, 0.02)),
                mapping="turned",
            )
            kit.add(cylinder(0.13, 0.3, 0.01, 9), wood, at=(-1.05 + 0.26 * i, 1.75, 0), tint=1.0)
        for y in (0.5, 1.3):
            kit.add(rod((-1.2, y, -0.14), (1.2, y, -0.14), 0.06, sides=8), wood)
        return
    for i in range(posts):
        x = -length / 2 + length * i / (posts - 1)
        kit.add(
            box(0.1, 1.15, 0.1, 0.015),
            iron if metal else wood,
            at=(x, 0, 0),
            mapping="grain-y",
            turn=(0, 0, kit.between(-2, 2) * kit.age * 2),
        )
        kit.add(
            lathe([(0.085, 0), (0, 0.1)], 4),
            iron if metal else wood,
            at=(x, 1.13, 0),
            turn=(0, 45, 0),
        )
    for y in (0.3, 0.85):
        kit.add(
            box(length, 0.09, 0.04, 0.008),
            iron if metal else wood,
            at=(0, y, -0.05),
            mapping="grain-x",
            turn=(0, 0, kit.between(-1, 1)),
        )
    for i in range(13):
        x = -length / 2 + 0.12 + (length - 0.24) * i / 12
        if metal:
            kit.add(rod((x, 0.12, 0), (x, 1.1, 0), 0.016, sides=7), iron)
            kit.add(lathe([(0.03, 0), (0, 0.12)], 6), iron, at=(x, 1.08, 0))
        else:
            kit.add(
                plate(
                    [(-0.055, 0), (0.055, 0), (0.055, 0.9), (0, 1.0), (-0.055, 0.9)], 0.03, 0.004
                ),
                wood,
                at=(x, 0.08 + kit.between(0, 0.04), 0.02),
                mapping="grain-y",
                tint=kit.between(0.8, 1),
            )
