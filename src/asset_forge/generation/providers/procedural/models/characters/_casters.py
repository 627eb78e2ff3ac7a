"""Robed spell-casters."""

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.characters._clothing import (
    SKINS,
    figure_of,
    hold,
)
from asset_forge.generation.providers.procedural.models.characters._figure import (
    belt,
    hair,
    head,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    lathe,
    torus,
)


def wizard(kit: Kit) -> None:
    """Robed spell-casters: robe, hat or hood, beard, staff."""
    figure = figure_of(kit, 1.75)
    h, k, y = figure.height, figure.head, figure.eyes_height
    dark = kit.reading.valence < -0.3 or kit.says("necromancer", "warlock", "cultist")
    holy = kit.says("priest", "cleric", "monk")
    robe = kit.material(
        "cloth",
        kit.color(
            0,
            "26222c"
            if dark
            else "e0d8c4"
            if holy
            else kit.pick("2c3f8a", "5a2a7a", "7a2030", "1f5a5a"),
        ),
    )
    trim = kit.material("cloth", kit.color(1, "6a1420" if dark else "d0a83a"))
    skin = kit.material("skin", "b4b89c" if dark else kit.pick(*SKINS))
    body = o.blend(
        [
            o.grown(figure.torso(), 0.01 * h),
            o.grown(figure.arms(0.9), 0.012 * h),
            o.capsule((0, 0.5 * h, 0), (0, 0.0, 0), figure.size(0.085), figure.size(0.165)),
            *(
                o.capsule(
                    figure.at(s * 0.19, 0.6, 0.0),
                    figure.at(s * 0.222, 0.5, 0.03),
                    figure.size(0.03),
                    figure.size(0.05),
                )
                for s in (-1, 1)
            ),
        ],
        0.02 * h,
    )
    folded = o.rough(o.both(body, o.above(0.012 * h)), kit.rng, 0.004 * h, 4 / h)
    kit.add(figure.mesh(folded, 0.0, 0.88, 0.34, 0.24), robe, crease=60)
    kit.add(
        lathe([(0.93, -0.5), (1, -0.5), (1, 0.5), (0.93, 0.5)], 28).scale(
            (figure.size(0.185), 0.03 * h, figure.size(0.182))
        ),
        trim,
        at=(0, 0.022 * h, 0),
        mapping="turned",
    )
    kit.add(figure.mesh(figure.hands(), 0.4, 0.56), skin, crease=70)
    head(kit, figure, skin, "c81e1e" if dark else "2a4c6a")
    white = kit.material(
        "fur", "d8d4cc" if not dark else "2c2a2e", "f0ece4" if not dark else "4a464c"
    )
    witch = kit.says("witch", "sorceress", "priestess")
    hair(
        kit, figure, white, 0.12 if witch else 0.07, 0.0 if witch or dark else kit.between(0.1, 0.2)
    )
    if dark or holy:
        hood = o.without(
            o.grown(
                o.blend(
                    [
                        figure.skull(),
                        o.ellipsoid((0, 0.83 * h, -0.03 * h), (0.085 * h, 0.05 * h, 0.06 * h)),
                    ],
                    0.02 * h,
                ),
                0.024 * h,
            ),
            o.ellipsoid(
                (0, y - 0.02 * h, 0.085 * k * h), (0.044 * k * h, 0.06 * k * h, 0.075 * k * h)
            ),
        )
        kit.add(figure.mesh(hood, 0.76, 1.1, 0.16, 0.16), robe, crease=60)
    else:
        brim, top = 0.13 * k * h, kit.between(0.2, 0.3) * h
        lean = kit.between(-0.05, 0.05) * h
        hat = lathe(
            [
                (brim, -0.006 * h),
                (brim * 1.02, 0.002 * h),
                (0.07 * k * h, 0.016 * h),
                (0.05 * k * h, top * 0.4),
                (0.024 * k * h, top * 0.75),
                (0.0, top),
            ],
            kit.sides(24),
        )

        def leaned(points: NDArray[np.float64]) -> NDArray[np.float64]:
            return _leaned(points, top, lean)

        hat = hat.warp_batch(leaned)
        kit.add(hat, robe, at=(0, y + 0.03 * k * h, -0.008 * h), mapping="turned", crease=50)
        kit.add(torus(0.066 * k * h, 0.01 * h, 24, 8), trim, at=(0, y + 0.05 * k * h, -0.008 * h))
    belt(kit, figure, trim, kit.material("gold"))
    hold(kit, figure, -1, "staff", 1.0, (6, 0, 0))


def _leaned(points: NDArray[np.float64], top: float, lean: float) -> NDArray[np.float64]:
    """The points pushed aside and back, more so toward the top."""
    t = np.clip(points[:, 1] / top, 0, 1) ** 2
    return points + np.stack([lean * t, 0 * t, -abs(lean) * 0.8 * t], 1)
