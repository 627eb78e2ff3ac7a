"""Villagers and their like, and goblins, orcs and zombies."""

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.characters._clothing import (
    cape,
    figure_of,
    hold,
    skin_of,
    wear,
)
from asset_forge.generation.providers.procedural.models.characters._figure import (
    Figure,
    belt,
    hair,
    head,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    cylinder,
    lathe,
    rod,
)

_HAIRS = ("3a2618", "5c3a1e", "8a5a2c", "c89a4a", "1c1816", "7a3018")


def human(kit: Kit) -> None:
    """Villagers, merchants, archers, thieves: clothes in the prompt's colors."""
    figure = figure_of(kit)
    skin = skin_of(kit)
    color = kit.pick("8a4a2c", "4a6a3a", "3a5a8a", "9a8a5a", "6a3a5a")
    if kit.says("thief", "rogue", "assassin"):
        color = "2e2c30"
    elif kit.says("archer", "ranger", "hunter"):
        color = "3f5a34"
    tunic = kit.material(kit.stuff("cloth", "cloth", "leather", "scales"), kit.color(0, color))
    trousers = kit.material("cloth", kit.color(1, kit.pick("4a3c2e", "3a3c44", "5a5244")))
    boots = kit.material("leather", kit.pick("4a2e1c", "2e2420"))
    wear(
        kit,
        figure,
        tunic,
        trousers,
        boots,
        0.42 if not kit.says("merchant", "woman", "queen") else 0.2,
        0.95 if kit.chance(0.6) else 0.42,
    )
    kit.add(
        figure.mesh(o.blend([figure.hands(), figure.arms()], 0.006 * figure.height), 0.4, 0.86),
        skin,
        crease=70,
    )
    ears = 0.05 if kit.says("elf", "elven") else 0.0
    head(kit, figure, skin, ears=ears)
    old = kit.says("old", "elder", "grandfather")
    tone = kit.material(
        "fur", "d8d4cc" if old else kit.pick(*_HAIRS), "e8e4dc" if old else "8a6a40"
    )
    female = kit.says("woman", "girl", "heroine", "witch")
    hair(
        kit,
        figure,
        tone,
        0.14 if female or ears else kit.between(0.0, 0.09),
        0.0 if female or ears or figure.height < 1.4 else (0.04 if old or kit.chance(0.4) else 0.0),
    )
    belt(kit, figure, boots, kit.material("bronze"))
    _extras(kit, figure)


def _extras(kit: Kit, figure: Figure) -> None:
    h, k = figure.height, figure.head
    top = figure.eyes_height + 0.035 * k * h
    if kit.says("farmer"):
        straw = kit.material("thatch")
        kit.add(
            lathe(
                [
                    (0.15 * h, -0.008 * h),
                    (0.155 * h, 0),
                    (0.07 * h * k, 0.012 * h),
                    (0.064 * h * k, 0.055 * h),
                    (0.02 * h, 0.066 * h),
                ],
                kit.sides(26),
            ),
            straw,
            at=(0, top, 0),
            mapping="turned",
            crease=50,
        )
        hold(kit, figure, -1, "spear", 0.85, (8, 0, 0))
    elif kit.says("archer", "ranger", "hunter"):
        hold(kit, figure, 1, "bow", 0.95, (10, 180, 0))
        kit.add(
            cylinder(0.045 * h, 0.3 * h, sides=12),
            kit.material("leather"),
            at=(0.05 * h, 0.58 * h, -0.13 * h),
            turn=(-8, 0, 15),
        )
    elif kit.says("pirate", "captain", "hero", "heroine"):
        hold(kit, figure, -1, "sword", 0.8)
    elif kit.says("thief", "rogue", "assassin"):
        hood = o.without(
            o.grown(figure.skull(), 0.028 * h),
            o.ellipsoid(
                (0, figure.eyes_height - 0.02 * h, 0.08 * k * h),
                (0.045 * k * h, 0.06 * k * h, 0.07 * k * h),
            ),
        )
        kit.add(
            figure.mesh(hood, 0.8, 1.08, 0.14, 0.14), kit.material("cloth", "26242a"), crease=60
        )
        hold(kit, figure, -1, "dagger")
    elif kit.says("merchant"):
        kit.add(
            lathe(
                [
                    (0.075 * h * k, 0),
                    (0.085 * h * k, 0.03 * h),
                    (0.05 * h, 0.06 * h),
                    (0, 0.065 * h),
                ],
                kit.sides(20),
            ),
            kit.material("cloth", kit.color(1, "c8a23a")),
            at=(0, top, -0.01 * h),
            mapping="turned",
            crease=60,
        )
        kit.add(
            ball(0.05 * h, 16).scale((1, 1.15, 1)),
            kit.material("leather"),
            at=(0.13 * h * figure.breadth, 0.47 * h, 0.03 * h),
        )
    if kit.says("king", "queen", "cape", "cloak", "hero"):
        cape(kit, figure, kit.material("cloth", kit.color(1, "8a1c2c")))


def goblin(kit: Kit) -> None:
    """Goblins, orcs, dwarfs, zombies: hunched or stout, bare-chested or in rags."""
    orc, dwarf = kit.says("orc", "ogre", "troll"), kit.says("dwarf", "gnome", "halfling")
    zombie, elf = kit.says("zombie"), kit.says("elf")
    if elf or dwarf:
        human(kit)
        return
    figure = Figure(
        (2.0 if orc else 1.7 if zombie else 1.15) * (kit.reading.height if orc else 1.0),
        (1.45 if orc else 0.95) * min(1.2, kit.reading.width),
        1.05 if orc else 1.0 if zombie else 1.55,
    )
    h, k, y = figure.height, figure.head, figure.eyes_height
    hue = "5a7a3a" if orc else "7a8a6a" if zombie else kit.pick("6a9a3a", "5a8a4a", "7a9030")
    hue = "b0302a" if kit.says("demon", "imp", "devil") else hue
    skin = kit.material("skin", kit.color(0, hue))
    rags = kit.material(
        kit.stuff("leather", "leather", "cloth"),
        kit.color(1, kit.pick("5a3e28", "4a3a2e", "6a4a30")),
    )
    body = o.blend(
        [
            figure.torso(),
            figure.arms(),
            figure.hands(),
            figure.legs(),
            figure.feet(),
            figure.round(0, 0.78, -0.03, 0.1, 0.07, 0.06),
        ],
        0.014 * h,
    )
    kit.add(
        figure.mesh(o.rough(body, kit.rng, 0.002 * h, 6 / h), 0.0, 0.9, 0.34, 0.24), skin, crease=70
    )
    head(
        kit,
        figure,
        skin,
        "c8a01e" if not zombie else "d8d8c8",
        ears=0.03 if orc or zombie else 0.085,
    )
    kit.add(
        figure.mesh(
            o.both(
                o.grown(
                    o.blend(
                        [figure.torso(), figure.round(0, 0.46, 0, 0.1, 0.07, 0.075), figure.legs()],
                        0.02 * h,
                    ),
                    0.01 * h,
                ),
                o.below(0.57 * h),
                o.above(0.38 * h),
            ),
            0.36,
            0.6,
        ),
        rags,
        crease=60,
    )
    if kit.chance(0.7) or zombie:
        vest = o.both(o.grown(figure.torso(), 0.012 * h), o.above(0.56 * h), o.below(0.83 * h))
        kit.add(
            figure.mesh(o.without(vest, figure.round(0, 0.72, 0.09, 0.04, 0.2, 0.08)), 0.55, 0.86),
            rags,
            crease=60,
            tint=0.85,
        )
    bone = kit.material("bone")
    for side in (-1, 1):
        if not zombie:
            kit.add(
                rod(
                    (side * 0.018 * k * h, y - 0.052 * k * h, 0.052 * k * h),
                    (side * 0.024 * k * h, y - 0.022 * k * h, 0.066 * k * h),
                    0.006 * k * h,
                    0.001,
                    7,
                ),
                bone,
            )
        kit.add(
            lathe([(0.036, -0.02), (0.04, 0), (0.036, 0.02)], 14).scale((h * figure.breadth, h, h)),
            rags,
            at=figure.at(side * 0.208, 0.53, 0.022),
            turn=(12, 0, side * 14),
        )
    if kit.says("demon", "imp"):
        for side in (-1, 1):
            kit.add(
                rod(
                    (side * 0.03 * k * h, y + 0.04 * k * h, 0.02 * h),
                    (side * 0.06 * k * h, y + 0.13 * k * h, -0.01 * h),
                    0.014 * k * h,
                    0.001,
                    8,
                ),
                bone,
            )
    belt(kit, figure, kit.material("leather", "3a2820"), kit.material("iron"))
    if not zombie:
        hold(
            kit,
            figure,
            -1,
            kit.pick("mace", "axe") if orc else kit.pick("dagger", "mace"),
            1.1 if orc else 0.8,
        )
