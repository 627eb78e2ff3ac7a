"""Round huts, yurts, igloos and teepees."""

import math

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    door,
    window,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    box,
    cylinder,
    lathe,
    plate,
    rod,
    torus,
)


def hut(kit: Kit) -> None:
    """Round huts, yurts, igloos and teepees."""
    if kit.says("igloo"):
        _igloo(kit)
    elif kit.says("teepee", "tipi", "tent"):
        _teepee(kit)
    else:
        _round_hut(kit)


def _round_hut(kit: Kit) -> None:
    yurt = kit.says("yurt")
    radius, height = kit.between(2.1, 2.8) * kit.reading.width, kit.between(1.9, 2.3)
    word = (
        "cloth" if yurt else kit.stuff("clay", "wood", "stone", "clay", "bamboo", "bone", "plaster")
    )
    wall = kit.material(
        {"stone": "cobble", "wood": "planks"}.get(word, word),
        kit.color(0, "d8ccb0" if yurt else "a67a52") if word in ("cloth", "clay") else None,
    )
    kit.add(
        lathe([(radius, 0), (radius * 1.02, height * 0.5), (radius * 0.97, height)], kit.sides(28)),
        wall,
        mapping="turned",
        crease=40,
    )
    roof = (
        kit.material("cloth", kit.color(1, "b09a74"))
        if yurt
        else kit.material("thatch", kit.color(1, "b8964e"))
    )
    rise = radius * (0.55 if yurt else 1.05)
    profile = [
        (radius * 0.9, 0),
        (radius * 1.28, -0.35),
        (radius * 1.26, -0.2),
        (radius * 0.8, rise * 0.5),
        (0.16, rise),
        (0, rise + 0.05),
    ]
    kit.add(
        lathe(profile, kit.sides(28)), roof, at=(0, height + 0.1, 0), mapping="turned", crease=50
    )
    wood = kit.material("wood")
    if yurt:
        for dy in (0.5, height - 0.3):
            kit.add(
                torus(radius * 1.02, 0.05, kit.sides(32), 8),
                kit.material("cloth", kit.color(1, "9a3a2c")),
                at=(0, dy, 0),
            )
        kit.add(torus(0.4, 0.08, 18, 8), wood, at=(0, height + 0.1 + rise, 0))
    else:
        for i in range(12):
            a = 2 * math.pi * (i + 0.5) / 12
            kit.add(
                rod(
                    (math.cos(a) * radius * 1.03, 0, math.sin(a) * radius * 1.03),
                    (math.cos(a) * radius, height + 0.2, math.sin(a) * radius),
                    0.09,
                    0.07,
                    8,
                ),
                wood,
                mapping="grain-y",
            )
    door(kit, 0, 0, radius, 0, (0.95, 1.8))
    for turn in (75, -75, 180):
        a = math.radians(turn)
        window(
            kit,
            math.sin(a) * radius * 1.01,
            1.0,
            math.cos(a) * radius * 1.01,
            turn,
            (0.6, 0.6),
            wood,
        )


def _igloo(kit: Kit) -> None:
    snow, ice = kit.material("blocks", "e4eef6"), kit.material("ice")
    radius = kit.between(2.0, 2.6)
    dome = ball(radius, kit.sides(32)).trim_by_plane((0, 1, 0), 0).scale((1, 0.95, 1))
    tunnel = (
        cylinder(0.95, 1.6, sides=kit.sides(20))
        .rotate((90, 0, 0))
        .trim_by_plane((0, 1, 0), 0)
        .translate((0, 0, radius + 0.9))
    )
    hollow = (
        cylinder(0.68, 1.2, sides=kit.sides(20)).rotate((90, 0, 0)).translate((0, 0, radius + 1.4))
    )
    kit.add(dome, snow, mapping="turned", crease=50)
    kit.add(tunnel.trim_by_plane((0, 0, 1), radius * 0.6) - hollow, snow, crease=45)
    for i in range(9):
        a = 2 * math.pi * i / 9 + 0.3
        kit.add(
            box(0.7, 0.4, 0.5, 0.08),
            ice,
            at=(math.cos(a) * radius * 1.12, -0.05, -abs(math.sin(a)) * radius * 1.12),
            turn=(0, i * 40, 0),
        )


def _teepee(kit: Kit) -> None:
    radius, height = kit.between(1.8, 2.3), kit.between(3.6, 4.4)
    hide = kit.material("leather" if kit.stuff("", "leather") else "cloth", kit.color(0, "c8ae86"))
    skin = lathe([(radius, 0), (radius * 0.1, height)], 12)
    door_way = prism_triangle(0.55, 1.6).translate((0, 0, radius * 0.9))
    kit.add(skin - door_way, hide, mapping="turned", crease=20)
    wood = kit.material("wood")
    for i in range(9):
        a = 2 * math.pi * i / 9
        kit.add(
            rod(
                (math.cos(a) * radius * 1.04, 0, math.sin(a) * radius * 1.04),
                (-math.cos(a) * 0.35, height * 1.17, -math.sin(a) * 0.35),
                0.05,
                0.035,
                7,
            ),
            wood,
            mapping="grain-y",
        )
    band = kit.material("cloth", kit.color(1, kit.pick("9a3a2c", "2c5a8a")))
    for t in (0.25, 0.6):
        r = radius * (1 - 0.9 * t)
        kit.add(
            lathe([(r * 1.035, 0), (r * 1.035 - 0.12, 0.3)], 12),
            band,
            at=(0, height * t, 0),
            mapping="turned",
            crease=20,
        )


def prism_triangle(half: float, height: float):
    """A triangular prism along Z, for tent doors."""
    return plate([(-half, -0.1), (half, -0.1), (0, height)], 1.2)
