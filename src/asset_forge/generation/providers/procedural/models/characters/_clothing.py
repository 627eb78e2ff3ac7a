"""Proportions, clothes, capes and what is held, for everyone on two legs."""

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models import weapons
from asset_forge.generation.providers.procedural.models.characters._figure import (
    Figure,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material

SKINS = ("e2b48e", "c88e64", "a06a44", "6f4630", "f0c8a4")


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


def skin_of(kit: Kit) -> Material:
    return kit.material("skin", kit.pick(*SKINS))


def wear(
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


def hold(
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


def cape(kit: Kit, figure: Figure, cloth: Material) -> None:
    """A cape from the shoulders down the back."""
    h = figure.height
    shape = o.blend(
        [
            o.capsule(figure.at(-0.1, 0.815, -0.05), figure.at(0.1, 0.815, -0.05), 0.022 * h),
            o.ellipsoid((0, 0.45 * h, -0.13 * h), (0.17 * h * figure.breadth, 0.38 * h, 0.022 * h)),
        ],
        0.03 * h,
    )
    kit.add(figure.mesh(o.both(shape, o.above(0.1 * h)), 0.08, 0.86, 0.22, 0.25), cloth, crease=60)
