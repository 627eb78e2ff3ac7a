"""People and their kin: villagers, fighters, spell-casters, goblins, machines."""

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models import weapons
from asset_forge.generation.providers.procedural.models.characters._figure import (
    Figure,
    belt,
    hair,
    head,
)
from asset_forge.generation.providers.procedural.models.kit import METALS, Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    lathe,
    plate,
    rod,
    torus,
)

_SKINS = ("e2b48e", "c88e64", "a06a44", "6f4630", "f0c8a4")
_HAIRS = ("3a2618", "5c3a1e", "8a5a2c", "c89a4a", "1c1816", "7a3018")


def figure_of(kit: Kit, height: float = 1.75, breadth: float = 1.0) -> Figure:
    """Proportions from the prompt's words; children and cartoons have larger heads."""
    tall, wide = kit.reading.height, kit.reading.width
    young = kit.says("child", "boy", "girl", "kid", "baby")
    big = 1.55 if kit.style("cartoon") else 1.0 / (0.55 + 0.45 * tall) ** 0.8
    belly = 1.0 if wide > 1.25 and not kit.says("muscular", "burly", "broad") else 0.0
    return Figure(
        height * tall,
        breadth * wide * kit.between(0.95, 1.05),
        min(1.7, max(0.8, big * (1.12 if young else 1.0))),
        belly,
    )


def _skin(kit: Kit) -> Material:
    return kit.material("skin", kit.pick(*_SKINS))


def _wear(
    kit: Kit,
    figure: Figure,
    tunic: Material,
    trousers: Material,
    boots: Material,
    skirt: float,
    sleeve: float,
) -> None:
    """Tunic with sleeves and a skirt down to a share of the height, trousers, boots."""
    h = figure.height
    kit.add(
        figure.mesh(
            o.both(o.grown(figure.legs(), 0.006 * h), o.below(0.54 * h), o.above(0.08 * h)),
            0.05,
            0.56,
            0.16,
        ),
        trousers,
        crease=60,
        mapping="grain-y",
    )
    kit.add(figure.mesh(figure.feet(), 0.0, 0.2, 0.16, 0.16), boots, crease=60)
    hem = o.blend(
        [
            o.grown(figure.torso(), 0.006 * h),
            o.capsule(
                (0, 0.52 * h, 0),
                (0, (skirt - 0.04) * h, 0),
                figure.size(0.075),
                figure.size(0.08 + 0.12 * (0.5 - skirt)),
            ),
        ],
        0.02 * h,
    )
    top = o.blend([hem, o.grown(figure.arms(sleeve), 0.007 * h)], 0.012 * h)
    kit.add(figure.mesh(o.both(top, o.above(skirt * h)), skirt - 0.03, 0.88), tunic, crease=60)


def _hold(
    kit: Kit,
    figure: Figure,
    side: int,
    grammar: str,
    scale: float = 1.0,
    turn: tuple[float, float, float] = (75, 0, 0),
) -> None:
    """A weapon in the left (+1) or right (-1) hand."""
    first = len(kit.bodies)
    weapons.GRAMMARS[grammar](kit)
    if scale != 1.0:
        kit.shrink(first, scale)
    kit.move(first, figure.at(side * 0.222, 0.466, 0.045), turn)


def human(kit: Kit) -> None:
    """Villagers, merchants, archers, thieves: clothes in the prompt's colors."""
    figure = figure_of(kit)
    skin = _skin(kit)
    color = kit.pick("8a4a2c", "4a6a3a", "3a5a8a", "9a8a5a", "6a3a5a")
    if kit.says("thief", "rogue", "assassin"):
        color = "2e2c30"
    elif kit.says("archer", "ranger", "hunter"):
        color = "3f5a34"
    tunic = kit.material(kit.stuff("cloth", "cloth", "leather", "scales"), kit.color(0, color))
    trousers = kit.material("cloth", kit.color(1, kit.pick("4a3c2e", "3a3c44", "5a5244")))
    boots = kit.material("leather", kit.pick("4a2e1c", "2e2420"))
    _wear(
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
        _hold(kit, figure, -1, "spear", 0.85, (8, 0, 0))
    elif kit.says("archer", "ranger", "hunter"):
        _hold(kit, figure, 1, "bow", 0.95, (10, 180, 0))
        kit.add(
            cylinder(0.045 * h, 0.3 * h, sides=12),
            kit.material("leather"),
            at=(0.05 * h, 0.58 * h, -0.13 * h),
            turn=(-8, 0, 15),
        )
    elif kit.says("pirate", "captain", "hero", "heroine"):
        _hold(kit, figure, -1, "sword", 0.8)
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
        _hold(kit, figure, -1, "dagger")
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


def cape(kit: Kit, figure: Figure, cloth: Material) -> None:
    """A cape from the shoulders down the back."""
    h = figure.height
    shape = o.blend([
        o.capsule(figure.at(-0.1, 0.815, -0.05), figure.at(0.1, 0.815, -0.05), 0.022 * h),
        o.ellipsoid((0, 0.45 * h, -0.13 * h), (0.17 * h * figure.breadth, 0.38 * h, 0.022 * h)),
    ], 0.03 * h)  # fmt: skip
    kit.add(figure.mesh(o.both(shape, o.above(0.1 * h)), 0.08, 0.86, 0.22, 0.25), cloth, crease=60)


def knight(kit: Kit) -> None:
    """Fighters in plate, mail or furs, with helmet, weapon and shield."""
    barbarian = kit.says("viking", "barbarian")
    figure = figure_of(kit, 1.82, 1.12)
    h, k = figure.height, figure.head
    skin = _skin(kit)
    metal = kit.material(
        kit.stuff("steel", *METALS), kit.color(0, "b0b6be") if not kit.reading.materials else None
    )
    trim = kit.material(kit.pick("gold", "bronze"))
    cloth = kit.material(
        "cloth",
        kit.color(1 if kit.reading.colors else 0, kit.pick("8a2424", "24468a", "2a6a3a", "5a2a6a")),
    )
    leather = kit.material("leather")
    base = kit.material("fur", "6a5240") if barbarian else metal
    _wear(
        kit,
        figure,
        cloth,
        leather if barbarian else metal,
        leather if barbarian else metal,
        0.4,
        0.5,
    )
    kit.add(
        figure.mesh(o.blend([figure.hands(), figure.arms()], 0.006 * h), 0.4, 0.86),
        skin if barbarian else metal,
        crease=60,
    )
    chest = o.both(o.grown(figure.torso(), 0.017 * h), o.above(0.58 * h), o.below(0.835 * h))
    kit.add(figure.mesh(chest, 0.55, 0.86), leather if barbarian else metal, crease=50)
    for side in (-1, 1):
        x, y, _ = figure.at(side * 0.128, 0.81)
        kit.add(
            ball(0.062 * h, kit.sides(16))
            .scale((1.0 * figure.breadth, 0.85, 1.05))
            .trim_by_plane((0, 1, 0), -0.02 * h),
            base,
            at=(x, y, 0),
            turn=(0, 0, -side * 22),
        )
        kit.add(
            torus(0.058 * h, 0.008 * h, 18, 8).scale((1.0 * figure.breadth, 1, 1.05)),
            trim,
            at=(x + side * 0.01 * h, y - 0.018 * h, 0),
            turn=(0, 0, -side * 22),
        )
        kx, ky, kz = figure.at(side * 0.06, 0.28, 0.03)
        if not barbarian:
            kit.add(ball(0.038 * h, 12), trim, at=(kx, ky, kz), crease=60)
    head(kit, figure, skin)
    _helmet(kit, figure, metal, trim, cloth, barbarian)
    if barbarian or kit.chance(0.3):
        hair(kit, figure, kit.material("fur", kit.pick("8a5a2c", "b0702c", "5c3a1e")), 0.02, 0.07)
    belt(kit, figure, leather, trim)
    _hold(kit, figure, -1, "axe" if barbarian else "sword", 0.95)
    _shield(kit, figure, cloth, metal, trim, barbarian)
    if kit.says("king", "queen", "paladin", "captain", "cape"):
        cape(kit, figure, cloth)
    del k


def _helmet(
    kit: Kit, figure: Figure, metal: Material, trim: Material, cloth: Material, barbarian: bool
) -> None:
    h, k, y = figure.height, figure.head, figure.eyes_height
    r = 0.072 * k * h
    if kit.says("king", "queen"):
        crown = lathe(
            [(r * 0.98, 0), (r, 0), (r * 1.05, 0.035 * h), (r * 1.02, 0.035 * h)], kit.sides(24)
        ) - cylinder(r * 0.93, h, sides=kit.sides(24)).translate((0, -0.1, 0))
        kit.add(crown, trim, at=(0, y + 0.03 * h, -0.004 * h), mapping="turned")
        for i in range(8):
            kit.add(
                rod((0, 0, r * 1.0), (0, 0.045 * h, r * 1.03), 0.012 * h, 0.002, 5),
                trim,
                at=(0, y + 0.058 * h, -0.004 * h),
                turn=(0, 45 * i, 0),
            )
        return
    dome = ball(r * 1.06, kit.sides(22)).scale((1, 1.08, 1.08))
    if barbarian:
        kit.add(dome.trim_by_plane((0, 1, 0), 0.012 * h), metal, at=(0, y + 0.004 * h, -0.004 * h))
        kit.add(torus(r * 1.06, 0.008 * h, 22, 8), trim, at=(0, y + 0.018 * h, -0.004 * h))
        for side in (-1, 1):
            horn = [
                (side * r * 0.9, y + 0.035 * h, 0.0),
                (side * r * 1.5, y + 0.05 * h, 0.0),
                (side * r * 1.8, y + 0.1 * h, 0.01),
                (side * r * 1.65, y + 0.15 * h, 0.02),
            ]
            from asset_forge.generation.providers.procedural.models.solids import tube

            kit.add(
                tube(horn, [0.019 * h, 0.016 * h, 0.01 * h, 0.001], 10),
                kit.material("bone"),
                crease=60,
            )
        return
    slot = box(r * 1.5, 0.014 * h, r).translate((0, -0.006 * h, r * 0.9))
    shell = dome.trim_by_plane((0, 1, 0), -0.075 * k * h) - slot
    kit.add(shell, metal, at=(0, y, 0.0))
    kit.add(box(0.008 * h, 0.12 * k * h, 0.012 * h), trim, at=(0, y - 0.075 * k * h, r * 1.1))
    plume = [
        (0.0, y + r * 1.05, 0.02 * h),
        (0, y + r * 1.5, -0.01 * h),
        (0, y + r * 1.45, -0.07 * h),
        (0, y + r * 0.6, -0.13 * h),
    ]
    from asset_forge.generation.providers.procedural.models.solids import tube

    kit.add(tube(plume, [0.014 * h, 0.022 * h, 0.024 * h, 0.008 * h], 10), cloth, crease=60)


def _shield(
    kit: Kit, figure: Figure, cloth: Material, metal: Material, trim: Material, round_: bool
) -> None:
    h = figure.height
    x, y, z = figure.at(0.235, 0.55, 0.06)
    if round_:
        kit.add(
            cylinder(0.19 * h, 0.03 * h, 0.18 * h, kit.sides(24)).rotate((90, 0, 0)),
            kit.material("planks"),
            at=(x, y, z),
            turn=(0, 25, 0),
        )
        kit.add(
            torus(0.19 * h, 0.01 * h, 24, 8).rotate((90, 0, 0)),
            metal,
            at=(x, y, z),
            turn=(0, 25, 0),
        )
        kit.add(ball(0.045 * h, 14), metal, at=(x, y, z + 0.02 * h))
        return
    outline = [
        (0, -0.22),
        (0.1, -0.12),
        (0.135, 0.02),
        (0.135, 0.16),
        (-0.135, 0.16),
        (-0.135, 0.02),
        (-0.1, -0.12),
    ]
    kit.add(
        plate([(px * h, py * h) for px, py in outline], 0.022 * h, 0.004 * h),
        cloth,
        at=(x, y, z),
        turn=(0, 25, 0),
    )
    kit.add(
        plate([(px * h * 1.07, py * h * 1.07) for px, py in outline], 0.012 * h),
        trim,
        at=(x, y, z),
        turn=(0, 25, 0),
    )
    kit.add(box(0.02 * h, 0.26 * h, 0.032 * h), trim, at=(x, y - 0.12 * h, z), turn=(0, 25, 0))
    kit.add(box(0.18 * h, 0.02 * h, 0.032 * h), trim, at=(x, y + 0.04 * h, z), turn=(0, 25, 0))


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
    skin = kit.material("skin", "b4b89c" if dark else kit.pick(*_SKINS))
    body = o.blend([
        o.grown(figure.torso(), 0.01 * h), o.grown(figure.arms(0.9), 0.012 * h),
        o.capsule((0, 0.5 * h, 0), (0, 0.0, 0), figure.size(0.085), figure.size(0.165)),
        *(o.capsule(figure.at(s * 0.19, 0.6, 0.0), figure.at(s * 0.222, 0.5, 0.03), figure.size(0.03), figure.size(0.05)) for s in (-1, 1)),
    ], 0.02 * h)  # fmt: skip
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
        hat = hat.warp_batch(lambda p: _leaned(p, top, lean))
        kit.add(hat, robe, at=(0, y + 0.03 * k * h, -0.008 * h), mapping="turned", crease=50)
        kit.add(torus(0.066 * k * h, 0.01 * h, 24, 8), trim, at=(0, y + 0.05 * k * h, -0.008 * h))
    belt(kit, figure, trim, kit.material("gold"))
    _hold(kit, figure, -1, "staff", 1.0, (6, 0, 0))


def _leaned(points, top: float, lean: float):  # type: ignore[no-untyped-def]
    import numpy as np

    t = np.clip(points[:, 1] / top, 0, 1) ** 2
    return points + np.stack([lean * t, 0 * t, -abs(lean) * 0.8 * t], 1)


def goblin(kit: Kit) -> None:
    """Goblins, orcs, dwarfs, zombies: hunched or stout, bare-chested or in rags."""
    orc, dwarf = kit.says("orc", "ogre", "troll"), kit.says("dwarf", "gnome", "halfling")
    zombie, elf = kit.says("zombie"), kit.says("elf")
    if elf or dwarf:
        human(kit)
        return
    tall = 1.0 if not kit.says("ogre", "troll") else 1.0
    figure = Figure(
        (2.0 if orc else 1.7 if zombie else 1.15) * tall * (kit.reading.height if orc else 1.0),
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
    body = o.blend([figure.torso(), figure.arms(), figure.hands(), figure.legs(), figure.feet(),
                    figure.round(0, 0.78, -0.03, 0.1, 0.07, 0.06)], 0.014 * h)  # fmt: skip
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
        _hold(
            kit,
            figure,
            -1,
            kit.pick("mace", "axe") if orc else kit.pick("dagger", "mace"),
            1.1 if orc else 0.8,
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
