"""Fighters in plate, mail or furs, with helmet, weapon and shield."""

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


def knight(kit: Kit) -> None:
    """Fighters in plate, mail or furs, with helmet, weapon and shield."""
    barbarian = kit.says("viking", "barbarian")
    figure = figure_of(kit, 1.82, 1.12)
    h, k = figure.height, figure.head
    skin = skin_of(kit)
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
    wear(
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
    hold(kit, figure, -1, "axe" if barbarian else "sword", 0.95)
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
