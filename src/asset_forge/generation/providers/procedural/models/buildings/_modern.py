"""Modern blocks and futuristic bases."""

import math

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    door,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    lathe,
    regular,
    rod,
    torus,
)


def skyscraper(kit: Kit) -> None:
    """Modern blocks and futuristic bases."""
    if kit.style("scifi") or kit.says("base", "outpost", "bunker", "lab", "station"):
        _base(kit)
        return
    floors = min(
        14, max(3, kit.reading.count("story", "storey", "floor", "level", default=kit.whole(7, 12)))
    )
    width, depth, story = kit.between(7, 9) * kit.reading.width, kit.between(7, 9), 3.0
    wall = kit.material(
        kit.stuff("plaster", "brick", "stone", "marble", "plaster")
        if kit.reading.materials
        else "plaster",
        kit.color(0, kit.pick("8a9098", "b4a890", "6a7078")),
    )
    glass = (
        kit.light("ffd890")
        if kit.reading.valence < -0.3
        else kit.material("glass", kit.color(1, kit.pick("3a6a8a", "4a7a7a", "5a6a8a")))
    )
    metal = kit.material("steel")
    y, w, d = 0.0, width, depth
    for floor in range(floors):
        step = 1.0 if floor < floors * 0.7 else 0.78
        w, d = width * step, depth * step
        kit.add(block((-w / 2, y, -d / 2), (w / 2, y + 0.75, d / 2)), wall)
        kit.add(
            block(
                (-w / 2 + 0.15, y + 0.72, -d / 2 + 0.15),
                (w / 2 - 0.15, y + story + 0.02, d / 2 - 0.15),
            ),
            glass,
        )
        for i in range(7):
            t = -0.5 + i / 6
            for sz in (-1, 1):
                kit.add(box(0.22, story, 0.3), wall, at=(w * t * 0.975, y, sz * (d / 2 - 0.12)))
                kit.add(box(0.3, story, 0.22), wall, at=(sz * (w / 2 - 0.12), y, d * t * 0.975))
        y += story
    kit.add(block((-w / 2, y, -d / 2), (w / 2, y + 0.9, d / 2)), wall)
    kit.add(box(w * 0.4, 1.8, d * 0.3, 0.05), metal, at=(w * 0.1, y + 0.85, 0))
    kit.add(rod((-w * 0.25, y, 0), (-w * 0.25, y + 5, 0), 0.09, 0.03, 8), metal)
    door(kit, 0, 0, depth / 2, 0, (2.0, 2.4))


def _base(kit: Kit) -> None:
    hull = kit.material(
        "scifi", kit.color(0, kit.pick("a8b0ba", "7d8794", "b4a68c")), kit.color(1, "38d0ff")
    )
    dark, light = kit.material("scifi", "3c424a", "38d0ff"), kit.light("38d0ff")
    radius = kit.between(3.6, 4.6)
    kit.add(lathe([(radius * 1.15, 0), (radius * 1.15, 0.5), (radius, 1.0)], 8), dark, crease=20)
    kit.add(
        lathe([(radius, 0), (radius, 2.2), (radius * 0.72, 3.6), (radius * 0.5, 3.8)], 8),
        hull,
        at=(0, 0.9, 0),
        crease=20,
    )
    kit.add(
        ball(radius * 0.42, kit.sides(24)).trim_by_plane((0, 1, 0), 0),
        kit.material("glass", "5aa0c0"),
        at=(0, 4.6, 0),
    )
    kit.add(torus(radius * 0.98, 0.1, 8, 8), light, at=(0, 2.3, 0))
    for i in range(kit.whole(2, 4)):
        a = 110 * i + 60
        r = math.radians(a)
        x, z = math.sin(r) * radius * 1.55, math.cos(r) * radius * 1.55
        kit.add(rod((0, 1.4, 0), (x, 1.4, z), 0.9, sides=8), dark, crease=25)
        kit.add(
            lathe([(1.9, 0), (1.9, 1.6), (1.3, 2.4), (0.4, 2.6)], 6),
            hull,
            at=(x, 0.1, z),
            crease=20,
        )
        kit.add(torus(1.86, 0.08, 6, 6), light, at=(x, 1.5, z))
    kit.add(block((-1.0, 0, 0), (1.0, 2.4, 1.3), 0.2), dark, at=(0, 0.3, radius * 0.85))
    kit.add(block((-0.7, 0, 0), (0.7, 1.9, 1.36)), light, at=(0, 0.4, radius * 0.85), tint=0.6)
    kit.add(rod((radius * 0.5, 3.5, -1), (radius * 0.5, 8.0, -1), 0.09, 0.04, 8), dark)
    dish = lathe([(0.05, 0), (0.9, 0.35), (0.95, 0.42), (0.05, 0.12)], kit.sides(20))
    kit.add(dish, hull, at=(-radius * 0.5, 4.4, -0.8), turn=(50, 20, 0))
    kit.add(rod((-radius * 0.5, 3.4, -0.8), (-radius * 0.5, 4.5, -0.8), 0.1, sides=8), dark)
    for x, y in regular(6, radius * 1.1):
        kit.add(box(0.7, 0.35, 0.7, 0.1), dark, at=(x, 0, y))
