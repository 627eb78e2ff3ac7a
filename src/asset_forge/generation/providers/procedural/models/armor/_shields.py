"""Shields."""

import math

import numpy as np
from manifold3d import Manifold
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models.armor._helmets import PLATE
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    lathe,
    plate,
    rod,
    torus,
    tube,
)


def _outline_of(kit: Kit) -> str:
    if kit.style("round") or kit.says("buckler", "viking"):
        return "round"
    if kit.says("tower"):
        return "tower"
    if kit.says("kite", "knight"):
        return "kite"
    return kit.pick("round", "kite", "heater")


def _round(kit: Kit, face: Material, metal: Material, wood: bool) -> None:
    """A domed disc with rim, boss and rivets."""
    r = kit.between(0.2, 0.24) if kit.says("buckler") else kit.between(0.38, 0.44)
    dish = lathe(
        [
            (r, 0),
            (r, 0.02),
            (r * 0.6, 0.055),
            (0, 0.075),
        ],
        kit.sides(36),
    ).rotate((90, 0, 0))
    kit.add(dish, face, mapping="grain-y" if wood else "box", crease=30)
    kit.add(torus(r, 0.018, kit.sides(40), 8).rotate((90, 0, 0)), metal, at=(0, 0, 0.01))
    kit.add(
        lathe([(r * 0.3, 0), (r * 0.28, 0.02), (r * 0.2, 0.07), (0, 0.095)], kit.sides(24)).rotate(
            (90, 0, 0)
        ),
        metal,
        at=(0, 0, 0.055),
    )
    for i in range(8):
        a = math.pi / 4 * i
        kit.add(ball(0.016, 10), metal, at=(math.cos(a) * r * 0.86, math.sin(a) * r * 0.86, 0.03))
        if i % 2 == 0 and wood:
            kit.add(
                box(0.035, r * 0.6, 0.02, 0.004),
                metal,
                at=(-math.sin(a) * r * 0.3, math.cos(a) * r * 0.3, 0.048),
                turn=(0, 0, math.degrees(a)),
            )


def shield(kit: Kit) -> None:
    """Round shields, kite shields, tower shields and bucklers; bossed, banded, painted."""
    wood = kit.stuff("", "wood") == "wood"
    painted = "steel" if kit.reading.colors else kit.stuff("steel", *PLATE)
    face_word = "planks" if wood else painted
    face = kit.material(
        face_word,
        kit.color(0, "8a8f96") if face_word in ("steel", "planks") and kit.reading.colors else None,
    )
    metal = kit.material(
        kit.stuff("iron", *METALS) if wood else kit.pick("iron", "bronze", "gold"),
        kit.color(1, "c8963a") if len(kit.reading.colors) > 1 else None,
    )
    leather = kit.material("leather")
    kind = _outline_of(kit)
    if kind == "round":
        _round(kit, face, metal, wood)
    else:
        outline = {
            "tower": [(-0.3, -0.5), (0.3, -0.5), (0.3, 0.5), (-0.3, 0.5)],
            "kite": [
                (0, -0.58),
                (0.15, -0.3),
                (0.25, 0.05),
                (0.26, 0.26),
                (0.18, 0.38),
                (0, 0.43),
                (-0.18, 0.38),
                (-0.26, 0.26),
                (-0.25, 0.05),
                (-0.15, -0.3),
            ],
            "heater": [
                (0, -0.42),
                (0.15, -0.26),
                (0.25, -0.02),
                (0.28, 0.3),
                (0, 0.33),
                (-0.28, 0.3),
                (-0.25, -0.02),
                (-0.15, -0.26),
            ],
        }[kind]

        def curve(points: NDArray[np.float64]) -> NDArray[np.float64]:
            bent = points.copy()
            bent[:, 2] -= 1.1 * points[:, 0] ** 2
            return bent

        def sheet(scale: float, thick: float) -> Manifold:
            solid = plate([(x * scale, y * scale) for x, y in outline], thick)
            return solid.refine_to_length(0.06).warp_batch(curve)

        kit.add(sheet(1.0, 0.03), face, mapping="grain-y" if wood else "box", crease=30)
        kit.add(sheet(1.05, 0.018), metal, crease=30)
        kit.add(ball(0.075, 20).scale((1, 1, 0.6)), metal, at=(0, 0.05, 0.015))
        emblem = kit.pick("cross", "chevron", "bars")
        if emblem == "cross":
            for a, b in (((0, -0.3), (0, 0.28)), ((-0.2, 0.06), (0.2, 0.06))):
                kit.add(
                    rod(
                        (a[0], a[1], 0.012 - 1.1 * a[0] ** 2),
                        (0, (a[1] + b[1]) / 2, 0.014),
                        0.022,
                        sides=6,
                    ),
                    metal,
                )
                kit.add(
                    rod(
                        (0, (a[1] + b[1]) / 2, 0.014),
                        (b[0], b[1], 0.012 - 1.1 * b[0] ** 2),
                        0.022,
                        sides=6,
                    ),
                    metal,
                )
        else:
            for y in (0.16, -0.08) if emblem == "chevron" else (0.2, -0.02, -0.2):
                drop = 0.1 if emblem == "chevron" else 0.0
                for side in (-1, 1):
                    kit.add(
                        rod(
                            (0, y, 0.015),
                            (side * 0.18, y - drop, 0.015 - 1.1 * 0.18**2),
                            0.018,
                            sides=6,
                        ),
                        metal,
                    )
        for x, y in outline:
            kit.add(ball(0.016, 10), metal, at=(x * 0.92, y * 0.92, 0.016 - 1.1 * (x * 0.92) ** 2))
    for y in (-0.1, 0.1):
        kit.add(
            tube([(-0.07, y, -0.02), (0, y, -0.08), (0.07, y, -0.02)], [0.014, 0.016, 0.014], 8),
            leather,
        )
    if kit.element is not None:
        kit.add(
            ball(0.04, 8),
            kit.light(),
            at=(0, 0.05 if kind != "round" else 0, 0.14 if kind == "round" else 0.06),
            crease=10,
        )
