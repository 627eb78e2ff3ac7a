"""Tables, chairs, beds and shelves."""

import math

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    lathe,
    plate,
    rod,
)

WOODS = ("8a5f3a", "6e4a2c", "9c7348", "54381f")


def timber(kit: Kit, index: int = 0) -> Material:
    """The prop's main material: wood unless the prompt says otherwise."""
    word = kit.stuff(
        "wood", "wood", "stone", "marble", "bone", "gold", "ice", "crystal", "bamboo", "bronze"
    )
    return kit.material(word, kit.color(index, kit.pick(*WOODS)) if word == "wood" else None)


def iron_of(kit: Kit) -> Material:
    return kit.material(kit.stuff("iron", *METALS), None)


def table(kit: Kit) -> None:
    """Tables and desks, round or long."""
    wood = timber(kit)
    round_ = kit.style("round") or (kit.chance(0.3) and not kit.says("desk", "workbench", "altar"))
    h = kit.between(0.72, 0.8)
    if round_:
        r = kit.between(0.55, 0.75) * kit.reading.width
        kit.add(
            lathe([(r * 0.97, 0), (r, 0.012), (r, 0.05), (r * 0.97, 0.06)], kit.sides(32)),
            wood,
            at=(0, h - 0.06, 0),
        )
        kit.add(
            lathe(
                [(0.09, 0), (0.06, 0.15), (0.1, 0.35), (0.055, 0.5), (0.1, h - 0.06)], kit.sides(16)
            ),
            wood,
            mapping="turned",
        )
        for i in range(4):
            a = math.pi / 2 * i + 0.78
            kit.add(
                rod(
                    (0, 0.22, 0),
                    (math.cos(a) * r * 0.6, 0.03, math.sin(a) * r * 0.6),
                    0.045,
                    0.035,
                    8,
                ),
                wood,
                mapping="grain-y",
            )
        return
    w, d = kit.between(1.4, 1.9) * kit.reading.width, kit.between(0.7, 0.9)
    boards = 5
    for i in range(boards):
        z = -d / 2 + d * (i + 0.5) / boards
        kit.add(
            box(w, 0.05, d / boards * 0.98, 0.008),
            wood,
            at=(0, h - 0.05, z),
            mapping="grain-x",
            tint=kit.between(0.82, 1.0),
        )
    for sx in (-1, 1):
        for sz in (-1, 1):
            leg = (
                lathe(
                    [(0.035, 0), (0.05, 0.1), (0.035, 0.2), (0.055, 0.4), (0.05, h - 0.05)],
                    kit.sides(12),
                )
                if kit.style("ornate")
                else box(0.09, h - 0.05, 0.09, 0.01)
            )
            kit.add(leg, wood, at=(sx * (w / 2 - 0.1), 0, sz * (d / 2 - 0.09)), mapping="grain-y")
        kit.add(
            box(0.05, 0.1, d - 0.2), wood, at=(sx * (w / 2 - 0.1), h - 0.15, 0), mapping="grain-z"
        )
        kit.add(
            box(w - 0.2, 0.1, 0.04), wood, at=(0, h - 0.15, sx * (d / 2 - 0.09)), mapping="grain-x"
        )
    kit.add(box(w - 0.25, 0.06, 0.06, 0.01), wood, at=(0, 0.2, 0), mapping="grain-x")
    if kit.says("desk", "workbench"):
        kit.add(box(w * 0.3, h * 0.6, d * 0.9, 0.01), wood, at=(w * 0.3, h * 0.32, 0), tint=0.9)
        for y in (0.4, 0.6):
            kit.add(ball(0.02, 8), iron_of(kit), at=(w * 0.3, y, d * 0.46))


def chair(kit: Kit) -> None:
    """Chairs, stools, benches and thrones, the seat toward +Z."""
    throne, bench = kit.says("throne"), kit.says("bench")
    wood = timber(kit)
    w = 1.3 if bench else 0.72 if throne else kit.between(0.44, 0.5) * kit.reading.width
    d, seat = (0.62 if throne else 0.45), (0.5 if throne else 0.45)
    if kit.says("stool"):
        kit.add(lathe([(0.2, 0), (0.22, 0.02), (0.2, 0.05)], kit.sides(20)), wood, at=(0, 0.5, 0))
        for i in range(3):
            a = 2.09 * i
            kit.add(
                rod(
                    (math.cos(a) * 0.2, 0, math.sin(a) * 0.2),
                    (math.cos(a) * 0.1, 0.51, math.sin(a) * 0.1),
                    0.025,
                    sides=8,
                ),
                wood,
                mapping="grain-y",
            )
        return
    cloth = kit.material("cloth", kit.color(1, kit.pick("8a1c2c", "2c3f8a", "2a5a3a")))
    kit.add(box(w, 0.05, d, 0.012), wood, at=(0, seat - 0.05, 0), mapping="grain-x")
    if throne:
        kit.add(box(w, seat - 0.05, d, 0.02), wood)
        kit.add(box(w * 1.3, 0.12, d * 1.5, 0.03), kit.material("stone"), at=(0, -0.1, 0.06))
        kit.add(box(w * 0.84, 0.08, d * 0.86, 0.03), cloth, at=(0, seat, 0.03))
        outline = [
            (-w / 2, 0),
            (w / 2, 0),
            (w / 2, 1.1),
            (w * 0.3, 1.22),
            (0, 1.5),
            (-w * 0.3, 1.22),
            (-w / 2, 1.1),
        ]
        kit.add(plate(outline, 0.1, 0.015), wood, at=(0, seat - 0.02, -d / 2))
        kit.add(
            plate([(x * 0.7, 0.1 + y * 0.78) for x, y in outline], 0.13, 0.02),
            cloth,
            at=(0, seat - 0.02, -d / 2 + 0.01),
        )
        gold = kit.material("gold")
        for side in (-1, 1):
            kit.add(box(0.1, 0.26, d, 0.02), wood, at=(side * (w / 2 - 0.04), seat, 0))
            kit.add(ball(0.07, 14), gold, at=(side * (w / 2 - 0.04), seat + 0.28, d / 2 - 0.03))
            kit.add(
                lathe([(0.05, 0), (0.06, 0.08), (0, 0.2)], 10),
                gold,
                at=(side * (w / 2 - 0.05), seat + 1.08, -d / 2),
            )
        kit.add(
            ball(0.08, 8),
            kit.material("crystal", kit.color(1, "c01c38")),
            at=(0, seat + 1.28, -d / 2 + 0.06),
            crease=10,
        )
        return
    for sx in (-1, 1):
        x = sx * (w / 2 - 0.035)
        kit.add(
            box(0.05, seat - 0.04, 0.05, 0.008), wood, at=(x, 0, d / 2 - 0.035), mapping="grain-y"
        )
        kit.add(
            box(0.05, seat + 0.5, 0.05, 0.008),
            wood,
            at=(x, 0, -d / 2 + 0.035),
            turn=(-4, 0, 0),
            mapping="grain-y",
        )
        kit.add(box(0.03, 0.04, d - 0.08), wood, at=(x, 0.16, 0), mapping="grain-z")
    kit.add(box(w, 0.1, 0.03, 0.01), wood, at=(0, seat + 0.38, -d / 2 - 0.002), mapping="grain-x")
    kit.add(box(w, 0.05, 0.03, 0.01), wood, at=(0, seat + 0.13, -d / 2 + 0.015), mapping="grain-x")
    for i in range(3 if not bench else 8):
        x = (i - (1 if not bench else 3.5)) * 0.11
        kit.add(
            box(0.045, 0.3, 0.016, 0.004),
            wood,
            at=(x, seat + 0.14, -d / 2 + 0.008),
            mapping="grain-y",
        )
    if kit.reading.colors or kit.style("ornate"):
        kit.add(box(w * 0.9, 0.05, d * 0.9, 0.02), cloth, at=(0, seat, 0))


def bed(kit: Kit) -> None:
    """A bed with pillow and blanket, under a canopy when asked for."""
    wood = timber(kit, 1)
    sheet, blanket = (
        kit.material("cloth", "e6e0d2"),
        kit.material("cloth", kit.color(0, kit.pick("8a2a34", "2c4a8a", "3a6a44"))),
    )
    w, d = (1.6 if kit.says("double", "canopy", "king", "royal") else 1.0), 2.0
    tall = 2.1 if kit.says("canopy", "royal") else 0.75
    kit.add(box(w, 0.18, d, 0.02), wood, at=(0, 0.25, 0), mapping="grain-z")
    kit.add(box(w - 0.06, 0.2, d - 0.08, 0.07), sheet, at=(0, 0.42, 0))
    kit.add(box(w + 0.02, 0.17, d * 0.66, 0.06), blanket, at=(0, 0.49, d * 0.16))
    for x in (-0.38, 0.38) if w > 1.2 else (0.0,):
        kit.add(box(0.58, 0.14, 0.36, 0.065), sheet, at=(x, 0.6, -d * 0.38), crease=60)
    kit.add(
        plate([(-w / 2, 0), (w / 2, 0), (w / 2, 0.75), (0, 1.0), (-w / 2, 0.75)], 0.07, 0.01),
        wood,
        at=(0, 0.2, -d / 2),
    )
    kit.add(box(w, 0.4, 0.06, 0.01), wood, at=(0, 0.2, d / 2))
    for sx in (-1, 1):
        for sz in (-1, 1):
            high = tall if tall > 1 or sz < 0 else 0.65
            kit.add(
                lathe(
                    [(0.05, 0), (0.06, 0.25), (0.04, 0.35), (0.055, 0.6), (0.04, high)],
                    kit.sides(12),
                ),
                wood,
                at=(sx * w / 2, 0, sz * d / 2),
                mapping="turned",
            )
            kit.add(ball(0.06, 12), wood, at=(sx * w / 2, high, sz * d / 2))
    if tall > 1:
        kit.add(box(w + 0.2, 0.08, d + 0.2, 0.03), blanket, at=(0, tall, 0))
        for turn, length in ((0, w), (180, w), (90, d), (270, d)):
            out = (d if turn % 180 == 0 else w) / 2 + 0.08
            kit.add(
                box(length + 0.16, 0.25, 0.02),
                blanket,
                at=(
                    math.sin(math.radians(turn)) * out,
                    tall - 0.22,
                    math.cos(math.radians(turn)) * out,
                ),
                turn=(0, turn, 0),
                tint=0.85,
            )
        for sx in (-1, 1):
            kit.add(
                lathe([(0.1, 0), (0.07, 0.6), (0.12, 1.6)], 10),
                blanket,
                at=(sx * w / 2, 0.45, -d / 2 + 0.05),
                mapping="turned",
                crease=60,
            )


def bookshelf(kit: Kit) -> None:
    """Shelves full of books, jars and gaps; wardrobes keep their doors shut."""
    wood = timber(kit)
    w, h, d = kit.between(1.1, 1.4), kit.between(1.8, 2.1), 0.36
    for sx in (-1, 1):
        kit.add(box(0.05, h, d, 0.006), wood, at=(sx * (w / 2 - 0.025), 0, 0), mapping="grain-y")
    kit.add(box(w, h, 0.03), wood, at=(0, 0, -d / 2 + 0.015), tint=0.75, mapping="grain-y")
    kit.add(box(w + 0.1, 0.07, d + 0.08, 0.015), wood, at=(0, h - 0.02, 0), mapping="grain-x")
    kit.add(box(w + 0.06, 0.12, d + 0.04, 0.01), wood, mapping="grain-x")
    if kit.says("wardrobe", "cupboard", "cabinet", "dresser"):
        for sx in (-1, 1):
            kit.add(
                box(w / 2 - 0.06, h - 0.18, 0.04, 0.01),
                wood,
                at=(sx * (w / 4 - 0.01), 0.13, d / 2),
                mapping="grain-y",
                tint=0.92,
            )
            kit.add(
                box(w / 2 - 0.25, h - 0.5, 0.06, 0.015),
                wood,
                at=(sx * (w / 4 - 0.01), 0.28, d / 2),
                mapping="grain-y",
            )
            kit.add(ball(0.025, 10), iron_of(kit), at=(sx * 0.06, h / 2, d / 2 + 0.05))
        return
    covers = [
        kit.material("leather", kit.color(i, c))
        for i, c in enumerate(("7a2a24", "2c4a6a", "3a5a34", "7a5a2c"))
    ]
    page = kit.material("paper")
    rows = 4
    for row in range(rows):
        y = 0.12 + (h - 0.2) * row / rows
        kit.add(box(w - 0.08, 0.035, d - 0.03), wood, at=(0, y, 0), mapping="grain-x")
        x = -w / 2 + 0.08
        while x < w / 2 - 0.12:
            thick, tall, deep = (
                kit.between(0.03, 0.065),
                kit.between(0.24, 0.34),
                kit.between(0.18, 0.24),
            )
            if kit.chance(0.1):
                x += 0.1
                continue
            kit.add(
                box(thick, tall, deep, 0.004),
                covers[kit.whole(0, 3)],
                at=(x + thick / 2, y + 0.035, 0.02),
                turn=(0, 0, kit.between(-2, 2)),
                tint=kit.between(0.75, 1.0),
            )
            kit.add(
                box(thick * 0.7, tall * 0.96, 0.01),
                page,
                at=(x + thick / 2, y + 0.04, 0.02 - deep / 2),
            )
            x += thick + 0.006
