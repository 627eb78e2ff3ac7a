"""Robots and androids."""

from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    lathe,
    rod,
)


def robot(kit: Kit) -> None:
    """Robots: a boxy or rounded chassis on jointed limbs, with a lit face."""
    round_ = kit.says("android", "friendly", "cute") or kit.style("round") or kit.chance(0.35)
    plate_ = kit.material(
        "plates" if kit.age > 0.5 else "metal",
        kit.color(0, kit.pick("c0c6cc", "8a9aa8", "c8a03a", "a8543a")),
    )
    dark, light = (
        kit.material("metal", "3c4046"),
        kit.light("38d8ff" if kit.reading.valence >= -0.2 else "ff3020"),
    )
    h = kit.between(1.55, 1.9) * kit.reading.height
    w = kit.between(0.9, 1.2) * kit.reading.width * h / 1.75
    if round_:
        kit.add(
            lathe(
                [
                    (0.14 * w, 0),
                    (0.25 * w, 0.12),
                    (0.29 * w, 0.36),
                    (0.24 * w, 0.56),
                    (0.12 * w, 0.62),
                ],
                kit.sides(24),
            ),
            plate_,
            at=(0, 0.78, 0),
            mapping="turned",
            crease=50,
        )
        kit.add(ball(0.2 * w, kit.sides(24)).scale((1.1, 0.95, 1)), plate_, at=(0, 1.6, 0))
        kit.add(
            ball(0.185 * w, kit.sides(24)).scale((0.95, 0.62, 1)), dark, at=(0, 1.61, 0.045 * w)
        )
    else:
        kit.add(box(0.56 * w, 0.56, 0.34 * w, 0.05), plate_, at=(0, 0.8, 0))
        kit.add(box(0.4 * w, 0.2, 0.28 * w, 0.04), dark, at=(0, 0.64, 0))
        kit.add(box(0.34 * w, 0.28, 0.3 * w, 0.04), plate_, at=(0, 1.46, 0))
        kit.add(box(0.28 * w, 0.13, 0.05, 0.02), dark, at=(0, 1.56, 0.15 * w))
        kit.add(box(0.26 * w, 0.22, 0.04, 0.015), dark, at=(0, 0.98, 0.17 * w))
    kit.add(cylinder(0.07 * w, 0.14, sides=12), dark, at=(0, 1.36, 0))
    for side in (-1, 1):
        kit.add(
            ball(0.037 * w, 12), light, at=(side * 0.07 * w, 1.62, (0.2 if round_ else 0.175) * w)
        )
        kit.add(ball(0.085 * w, 16), dark, at=(side * 0.34 * w, 1.26, 0))
        kit.add(box(0.15 * w, 0.14, 0.17 * w, 0.04), plate_, at=(side * 0.35 * w, 1.26, 0))
        kit.add(
            rod((side * 0.36 * w, 1.24, 0), (side * 0.42 * w, 0.98, 0), 0.04 * w, sides=10), dark
        )
        kit.add(
            rod(
                (side * 0.42 * w, 1.02, 0),
                (side * 0.43 * w, 0.74, 0.08),
                0.06 * w,
                0.075 * w,
                kit.sides(12),
            ),
            plate_,
            mapping="grain-y",
        )
        kit.add(ball(0.055 * w, 12), dark, at=(side * 0.42 * w, 0.99, 0))
        for j in (-1, 0, 1):
            kit.add(
                rod(
                    (side * 0.43 * w + 0.035 * j, 0.74, 0.09),
                    (side * 0.42 * w + 0.045 * j, 0.62, 0.13),
                    0.018,
                    0.012,
                    7,
                ),
                dark,
            )
        kit.add(
            rod((side * 0.15 * w, 0.72, 0), (side * 0.17 * w, 0.4, 0.02), 0.05 * w, sides=10), dark
        )
        kit.add(
            rod(
                (side * 0.15 * w, 0.64, 0),
                (side * 0.165 * w, 0.46, 0.015),
                0.085 * w,
                0.075 * w,
                kit.sides(12),
            ),
            plate_,
            mapping="grain-y",
        )
        kit.add(ball(0.065 * w, 12), dark, at=(side * 0.17 * w, 0.39, 0.02))
        kit.add(
            rod(
                (side * 0.17 * w, 0.38, 0.02),
                (side * 0.17 * w, 0.08, 0),
                0.065 * w,
                0.09 * w,
                kit.sides(12),
            ),
            plate_,
            mapping="grain-y",
        )
        kit.add(box(0.17 * w, 0.1, 0.34 * w, 0.03), plate_, at=(side * 0.17 * w, 0, 0.05 * w))
    kit.add(
        cylinder(0.06 * w, 0.05, sides=16).rotate((90, 0, 0)),
        light,
        at=(0, 1.14, (0.27 if round_ else 0.18) * w),
    )
    kit.add(rod((0.1 * w, 1.7, 0), (0.12 * w, 1.95, 0), 0.012, sides=6), dark)
    kit.add(ball(0.03, 10), light, at=(0.12 * w, 1.96, 0))
    if h != 1.75:
        kit.shrink(0, h / 1.75)
