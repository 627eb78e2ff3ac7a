"""Single trees, bushes, stumps and rocks."""

import math

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.environments import _land as land
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    cylinder,
    lathe,
    rod,
)


def tree(kit: Kit) -> None:
    """One tree, pine, palm, stump, log or bush."""
    bark = kit.material("bark")
    leaf = kit.material(
        "leaves",
        kit.color(0, "c8642a" if kit.says("autumn", "maple") else kit.pick("3f7a30", "5a8a2e")),
    )
    if kit.says("mushroom", "toadstool"):
        kit.add(
            lathe([(0.3, 0), (0.22, 0.5), (0.26, 1.0)], kit.sides(18)),
            kit.material("bone"),
            mapping="turned",
        )
        kit.add(
            lathe([(0.3, 0.0), (0.85, 0.05), (0.7, 0.35), (0.35, 0.6), (0, 0.66)], kit.sides(24)),
            kit.material("leather", kit.color(0, "b02a24")),
            at=(0, 0.9, 0),
            crease=60,
        )
    elif kit.says("stump", "log"):
        kit.add(
            lathe([(0.5, 0), (0.36, 0.15), (0.34, 0.55)], 14), bark, mapping="turned", crease=60
        )
        kit.add(cylinder(0.32, 0.02, sides=14), kit.material("wood", "b08a58"), at=(0, 0.545, 0))
        for i in range(5):
            kit.add(
                rod(
                    (math.cos(i * 1.26) * 0.3, 0.16, math.sin(i * 1.26) * 0.3),
                    (math.cos(i * 1.26) * 0.75, 0.0, math.sin(i * 1.26) * 0.75),
                    0.1,
                    0.03,
                    8,
                ),
                bark,
            )
    elif kit.says("bush", "shrub", "plant"):
        land.bush(kit, leaf, 0, 0, 0, 0.8)
    elif kit.says("pine", "fir", "christmas"):
        land.pine(
            kit,
            bark,
            leaf,
            0,
            0.2,
            0,
            kit.between(4.5, 6.0),
            kit.material("snow") if kit.says("snowy") else None,
        )
    elif kit.says("palm"):
        land.palm(kit, 0, 0.3, 0, kit.between(4, 5))
    else:
        land.tree(kit, bark, leaf, 0, 0.3, 0, kit.between(4.2, 5.5))


def rock(kit: Kit) -> None:
    """A boulder with smaller ones at its foot."""
    word = kit.stuff("stone", "stone", "marble", "obsidian", "ice", "crystal", "gold")
    stone = kit.material(
        word, kit.color(0, kit.pick("8c8478", "7a8088", "9a8264")) if word == "stone" else None
    )
    main = o.blend(
        [
            o.ellipsoid((0, 0.4, 0), (0.75, 0.6, 0.6)),
            o.ellipsoid((kit.between(-0.5, 0.5), 0.3, kit.between(-0.3, 0.3)), (0.5, 0.5, 0.5)),
        ],
        0.08,
    )
    kit.add(
        o.mesh(
            o.both(o.rough(o.rough(main, kit.rng, 0.08, 0.9), kit.rng, 0.03, 2.5), o.above(0)),
            (-1.4, 0, -1.1),
            (1.4, 1.4, 1.1),
            0.07,
            0.05,
        ),
        stone,
        crease=28,
    )
    for _ in range(kit.whole(3, 6)):
        a = kit.between(0, 6.28)
        land.rock(kit, stone, math.cos(a) * 0.95, 0, math.sin(a) * 0.85, kit.between(0.12, 0.26))
    if kit.says("mossy", "overgrown") or kit.chance(0.5):
        for i in range(8):
            land.tuft(
                kit,
                kit.material("grass", "5c8a34"),
                math.cos(i) * 0.95,
                0,
                math.sin(i) * 0.85,
                0.22,
            )
