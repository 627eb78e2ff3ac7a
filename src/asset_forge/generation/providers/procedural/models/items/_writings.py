"""Books and scrolls."""

from asset_forge.generation.providers.procedural.models.items._jewels import metal_of
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    plate,
    regular,
    torus,
)


def book(kit: Kit) -> None:
    """A closed book lying face up, with corners, clasp and emblem."""
    cover = kit.material(
        "leather", kit.color(0, kit.pick("6a2a22", "2c3f6a", "3a4a2c", "4a2a5a", "5a4028"))
    )
    page, metal = kit.material("paper"), metal_of(kit)
    w, h, d = kit.between(0.17, 0.21), kit.between(0.04, 0.065), kit.between(0.23, 0.28)
    kit.add(box(w - 0.012, h - 0.014, d - 0.016), page, at=(0.003, 0.007, 0))
    for y in (0.0, h - 0.008):
        kit.add(box(w, 0.008, d, 0.002), cover, at=(0, y, 0))
    spine = (
        cylinder(h / 2, d, sides=kit.sides(20))
        .rotate((90, 0, 0))
        .translate((0, h / 2, -d / 2))
        .scale((0.6, 1, 1))
        .trim_by_plane((-1, 0, 0), -0.004)
    )
    kit.add(spine, cover, at=(-w / 2 + 0.006, 0, 0))
    for z in (-0.32, 0, 0.32):
        kit.add(
            torus(h / 2, 0.004, 18, 6)
            .rotate((90, 0, 0))
            .scale((0.65, 1.02, 1))
            .trim_by_plane((-1, 0, 0), 0),
            cover,
            at=(-w / 2 + 0.004, h / 2, d * z),
            tint=0.8,
        )
    for sx in (-1, 1):
        for sz in (-1, 1):
            kit.add(
                box(0.04, 0.011, 0.04, 0.003),
                metal,
                at=(sx * (w / 2 - 0.018), h - 0.009, sz * (d / 2 - 0.018)),
            )
    kit.add(box(0.012, h * 0.9, 0.03, 0.003), metal, at=(w / 2, h * 0.08, 0))
    kit.add(box(0.05, 0.006, 0.03, 0.002), metal, at=(w / 2 - 0.02, h, 0))
    magic = kit.element is not None or kit.says("spellbook", "grimoire", "tome")
    if magic:
        light = kit.light("8a5aff")
        kit.add(torus(w * 0.22, 0.004, 26, 6), light, at=(0, h, 0))
        kit.add(
            plate(
                [
                    p
                    for q in zip(regular(5, w * 0.19), regular(5, w * 0.08, 0.1), strict=True)
                    for p in q
                ],
                0.008,
            ).rotate((-90, 0, 0)),
            light,
            at=(0, h + 0.002, 0),
        )
    else:
        kit.add(
            plate(regular(4, w * 0.2), 0.006, 0.001).rotate((-90, 0, 0)),
            metal,
            at=(0, h + 0.001, 0),
        )
    kit.add(
        box(0.012, 0.003, 0.07),
        kit.material("cloth", kit.color(1, "b02028")),
        at=(0.03, h * 0.4, d / 2 + 0.015),
        turn=(18, 0, 0),
    )


def scroll(kit: Kit) -> None:
    """A half-open scroll on two rods, or a rolled one with a seal."""
    page, wood = kit.material("paper"), kit.material(kit.stuff("wood", "wood", "gold", "bone"))
    w, r = kit.between(0.2, 0.26), 0.018
    for side in (-1, 1):
        first = len(kit.bodies)
        kit.add(cylinder(r, w, sides=kit.sides(22)), page, at=(0, -w / 2, 0), mapping="turned")
        kit.add(cylinder(0.007, w + 0.07, sides=12), wood, at=(0, -w / 2 - 0.035, 0))
        for end in (-1, 1):
            kit.add(ball(0.013, 14), wood, at=(0, end * (w / 2 + 0.03), 0))
        kit.move(first, (0, r if side > 0 else 0.155, 0.07 * (1 if side > 0 else -1)), (0, 0, 90))
    first = len(kit.bodies)
    kit.add(box(w * 0.99, 0.004, 0.2), page)
    ink = (
        kit.material("leather", "3a2c20")
        if kit.element is None and not kit.says("magic", "magical")
        else kit.light("8a5aff")
    )
    for i in range(8):
        kit.add(
            box(w * kit.between(0.45, 0.8), 0.003, 0.006),
            ink,
            at=(-w * kit.between(0, 0.06), 0.0025, -0.075 + 0.019 * i),
        )
    kit.move(first, (0, 0.088, 0.0), (44, 0, 0))
    kit.add(
        cylinder(0.02, 0.008, 0.018, 16),
        kit.material("leather", kit.color(0, "a01c28")),
        at=(w * 0.3, 0.085 - 0.03, 0.045),
        turn=(44, 0, 0),
    )
