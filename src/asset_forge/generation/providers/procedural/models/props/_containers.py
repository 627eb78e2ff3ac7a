"""Barrels, crates and chests."""

import math

import numpy as np
from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.props._furniture import (
    WOODS,
    iron_of,
    timber,
)
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    prism,
    rod,
    torus,
)


def barrel(kit: Kit) -> None:
    """Staves, hoops and a bung."""
    wood = kit.material("planks", kit.color(0, kit.pick(*WOODS)))
    iron = iron_of(kit)
    h, r = kit.between(0.85, 1.0), kit.between(0.3, 0.36) * kit.reading.width
    bulge = kit.between(1.14, 1.25)
    count = 14
    for i in range(count):
        outline = [(-math.pi / count * 0.97, 0), (math.pi / count * 0.97, 0)]
        points: list[tuple[float, float, float]] = []
        for t in (0, 0.25, 0.5, 0.75, 1):
            radius = r * (1 + (bulge - 1) * (1 - (2 * t - 1) ** 2))
            for depth in (0.0, 0.05):
                points += [
                    ((radius - depth) * math.sin(a), h * t, (radius - depth) * math.cos(a))
                    for a, _ in outline
                ]
        rings = [Manifold.hull_points(np.array(points[k : k + 8])) for k in (0, 4, 8, 12)]
        kit.add(
            sum(rings[1:], rings[0]),
            wood,
            turn=(0, 360 * i / count, 0),
            mapping="grain-y",
            crease=40,
            tint=kit.between(0.8, 1.0),
        )
    for y in (h * 0.07, h * 0.86):
        kit.add(
            cylinder(r * 0.98, 0.05, sides=kit.sides(24)),
            wood,
            at=(0, y, 0),
            mapping="grain-x",
            tint=0.85,
        )
    for t in (0.06, 0.28, 0.72, 0.94):
        radius = r * (1 + (bulge - 1) * (1 - (2 * t - 1) ** 2))
        band = cylinder(radius + 0.012, 0.055, sides=kit.sides(28)) - cylinder(
            radius - 0.02, 1, sides=kit.sides(28)
        ).translate((0, -0.4, 0))
        kit.add(band, iron, at=(0, h * t - 0.027, 0), mapping="turned", crease=40)
    kit.add(
        cylinder(0.04, 0.06, 0.03, 10).rotate((90, 0, 0)),
        kit.material("wood", "5a3c22"),
        at=(0, h * 0.5, r * bulge),
    )


def crate(kit: Kit) -> None:
    """Wooden crates with frame and braces, or metal cases with lights."""
    w, h, d = (kit.between(0.8, 1.1) for _ in range(3))
    if kit.style("scifi") or kit.says("metal", "steel"):
        hull, dark = (
            kit.material("scifi", kit.color(0, kit.pick("7d8794", "a87c3a", "5a7a6a"))),
            kit.material("iron"),
        )
        light = kit.light("38d0ff")
        kit.add(box(w, h * 0.8, d, 0.08), hull, at=(0, 0.04, 0))
        for sx in (-1, 1):
            for sz in (-1, 1):
                kit.add(
                    box(0.12, h * 0.84, 0.12, 0.03),
                    dark,
                    at=(sx * (w / 2 - 0.04), 0, sz * (d / 2 - 0.04)),
                )
        for sz in (-1, 1):
            kit.add(box(w * 0.4, 0.06, 0.04, 0.01), light, at=(0, h * 0.5, sz * d / 2))
            kit.add(box(w * 0.3, 0.14, 0.06, 0.02), dark, at=(0, h * 0.2, sz * d / 2))
        kit.add(box(w * 0.8, 0.07, d * 0.8, 0.03), dark, at=(0, h * 0.82, 0))
        return
    wood, frame = kit.material("planks", kit.color(0, kit.pick(*WOODS))), timber(kit, 1)
    kit.add(box(w, h, d), wood)
    b = 0.1
    for sx in (-1, 1):
        for sz in (-1, 1):
            kit.add(
                box(b, h + 0.04, b, 0.012),
                frame,
                at=(sx * (w / 2 - 0.02), -0.02, sz * (d / 2 - 0.02)),
                mapping="grain-y",
            )
    for sz in (-1, 1):
        for y in (-0.02, h - b + 0.02):
            kit.add(box(w, b, b, 0.012), frame, at=(0, y, sz * (d / 2 - 0.02)), mapping="grain-x")
            kit.add(box(b, b, d, 0.012), frame, at=(sz * (w / 2 - 0.02), y, 0), mapping="grain-z")
        kit.add(
            rod(
                (-w / 2 + 0.08, 0.08, sz * d / 2),
                (w / 2 - 0.08, h - 0.08, sz * d / 2),
                0.06,
                sides=4,
            ),
            frame,
            mapping="grain-y",
        )
        kit.add(
            rod(
                (sz * w / 2, 0.08, d / 2 - 0.08),
                (sz * w / 2, h - 0.08, -d / 2 + 0.08),
                0.06,
                sides=4,
            ),
            frame,
            mapping="grain-y",
        )


def chest(kit: Kit) -> None:
    """A chest with a rounded lid, bands and a lock; gold shows where it stands open."""
    w, d, h = kit.between(0.85, 1.05), kit.between(0.52, 0.62), kit.between(0.42, 0.5)
    wood, metal = (
        kit.material("planks", kit.color(0, kit.pick(*WOODS))),
        kit.material(kit.stuff(kit.pick("iron", "gold", "bronze"), *METALS)),
    )
    open_ = kit.says("treasure", "open", "gold")
    body = block((-w / 2, 0, -d / 2), (w / 2, h, d / 2), 0.01) - block(
        (-w / 2 + 0.05, 0.08, -d / 2 + 0.05), (w / 2 - 0.05, h + 1, d / 2 - 0.05)
    )
    kit.add(body, wood, mapping="grain-x")
    first = len(kit.bodies)
    arc = [
        (d / 2 * math.cos(math.pi * i / 10), d * 0.36 * math.sin(math.pi * i / 10))
        for i in range(11)
    ]
    kit.add(prism(arc, w).rotate((0, 90, 0)), wood, mapping="grain-x", crease=50)
    for x in (-w * 0.42, 0, w * 0.42):
        wide = [(a * 1.04, b * 1.06) for a, b in arc]
        kit.add(prism(wide, 0.07).rotate((0, 90, 0)), metal, at=(x, 0, 0), crease=50)
    kit.move(first, (0, 0, d / 2))
    kit.move(first, (0, h + 0.005, -d / 2), (-62 if open_ else 0, 0, 0))
    for x in (-w * 0.42, w * 0.42):
        kit.add(
            block((x - 0.035, -0.005, -d / 2 - 0.012), (x + 0.035, h, d / 2 + 0.012), 0.006)
            - block((-w, 0.05, -d / 2 + 0.03), (w, h + 1, d / 2 - 0.03)),
            metal,
        )
    kit.add(box(0.14, 0.18, 0.05, 0.015), metal, at=(0, h - 0.14, d / 2 + 0.01))
    kit.add(torus(0.045, 0.012, 14, 8).rotate((90, 0, 0)), metal, at=(0, h - 0.12, d / 2 + 0.05))
    if open_:
        gold = kit.material("gold")
        kit.add(ball(1, 20).scale((w * 0.45, 0.16, d * 0.44)), gold, at=(0, h - 0.06, 0), crease=40)
        for _i in range(34):
            x, z = kit.between(-0.38, 0.38) * w, kit.between(-0.36, 0.36) * d
            lift = 0.15 * math.sqrt(max(0.0, 1 - (x / w / 0.45) ** 2 - (z / d / 0.44) ** 2))
            kit.add(
                cylinder(0.035, 0.01, sides=10),
                gold,
                at=(x, h - 0.06 + lift, z),
                turn=(kit.between(-40, 40), 0, kit.between(-40, 40)),
            )
        for _i in range(4):
            kit.add(
                ball(0.035, 6),
                kit.material("crystal", kit.pick("c01c38", "2450c0", "1c9c5c")),
                at=(kit.between(-0.3, 0.3) * w, h + 0.07, kit.between(-0.2, 0.2) * d),
                crease=10,
            )
