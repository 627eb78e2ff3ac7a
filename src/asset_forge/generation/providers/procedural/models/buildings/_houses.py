"""Houses, huts, barns, mills and modern blocks."""

import math

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    chimney,
    cone_roof,
    door,
    gable,
    hip,
    window,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    block,
    box,
    cylinder,
    lathe,
    plate,
    regular,
    rod,
    torus,
)

_WALLS = ("wood", "stone", "brick", "plaster", "clay", "marble")


def _roof(kit: Kit, index: int) -> Material:
    if kit.says("thatch", "thatched", "straw"):
        return kit.material("thatch")
    if kit.says("snowy", "winter"):
        return kit.material("snow")
    return kit.material(
        "roof", kit.color(index, kit.pick("9a4b36", "5c6472", "7a5236", "4c6a5c", "8a3a3a"))
    )


def house(kit: Kit) -> None:
    """Houses of one to six floors with a pitched roof, timber frame or plain walls."""
    floors = min(
        6,
        max(
            1,
            kit.reading.count(
                "story",
                "storey",
                "floor",
                "level",
                default=2
                if kit.says("inn", "mansion", "townhouse", "tavern", "manor")
                else kit.whole(1, 2),
            ),
        ),
    )
    grand = kit.says("mansion", "manor", "villa")
    narrow = kit.says("townhouse", "tall", "narrow")
    width = kit.between(5.0, 6.4) * (1.6 if grand else 0.8 if narrow else 1.0) * kit.reading.width
    depth = kit.between(5.8, 7.6)
    story = 2.7
    default = (
        "brick" if kit.says("townhouse") else kit.pick("plaster", "plaster", "brick", "planks")
    )
    word = kit.stuff(default, *_WALLS)
    wall = kit.material(
        {"wood": "planks", "stone": "blocks"}.get(word, word),
        kit.color(0, {"plaster": "e0d4ba", "brick": "96523c"}.get(word, "9a8468"))
        if kit.reading.colors or word == "plaster"
        else None,
    )
    timber = kit.material("wood", kit.pick("4a3322", "5c4028", "3a2a1e"))
    roof = _roof(kit, 1)
    plinth = kit.material("blocks", "8a857a")
    kit.add(
        block(
            (-width / 2 - 0.12, 0, -depth / 2 - 0.12),
            (width / 2 + 0.12, 0.5, depth / 2 + 0.12),
            0.04,
        ),
        plinth,
    )
    jetty = 0.22 if word == "plaster" and floors > 1 else 0.0
    y = 0.5
    for floor in range(floors):
        grow = jetty * floor
        w, d = width + 2 * grow, depth + 2 * grow
        kit.add(block((-w / 2, y, -d / 2), (w / 2, y + story, d / 2)), wall)
        if word in ("plaster", "clay"):
            _timbers(kit, w, d, y, story, timber)
        _openings(kit, w, d, y, timber, floor == 0)
        y += story
    top = width + 2 * jetty * (floors - 1), depth + 2 * jetty * (floors - 1)
    rise = top[0] * kit.between(0.42, 0.6)
    if grand and kit.chance(0.6):
        hip(kit, top[0], top[1], y, rise * 0.6, roof)
    else:
        gable(kit, top[0], top[1], y, rise, roof, wall)
        window(kit, 0, y + rise * 0.25, top[1] / 2, 0, (0.7, 0.8), timber)
    chimney(
        kit,
        top[0] * 0.27,
        -top[1] * kit.between(0.1, 0.3),
        y,
        rise + 0.6,
        kit.material("brick" if word != "stone" else "blocks"),
    )
    if grand or kit.says("inn", "tavern") or kit.chance(0.3):
        _wing(kit, width, depth, story, wall, roof, timber)
    if kit.says("inn", "tavern", "shop"):
        kit.add(
            rod(
                (width / 2 - 0.5, 3.4, depth / 2 - 0.1),
                (width / 2 - 0.5, 3.4, depth / 2 + 1.2),
                0.05,
                sides=8,
            ),
            kit.material("iron"),
        )
        kit.add(
            box(0.08, 0.7, 0.9, 0.02),
            kit.material("planks", kit.color(2, "8a3a2a")),
            at=(width / 2 - 0.5, 2.65, depth / 2 + 0.65),
        )


def _timbers(kit: Kit, w: float, d: float, y: float, story: float, timber: Material) -> None:
    b = 0.2
    for sx in (-1, 1):
        for sz in (-1, 1):
            kit.add(box(b, story, b), timber, at=(sx * w / 2, y, sz * d / 2), mapping="grain-y")
    for sz in (-1, 1):
        for dy in (0.0, story - b):
            kit.add(box(w + b, b, b * 0.9), timber, at=(0, y + dy, sz * d / 2), mapping="grain-x")
        for t in (-0.18, 0.18):
            kit.add(
                box(b * 0.8, story, b * 0.8), timber, at=(w * t, y, sz * d / 2), mapping="grain-y"
            )
        for side in (-1, 1):
            kit.add(
                rod(
                    (side * w * 0.47, y + 0.1, sz * d / 2),
                    (side * w * 0.2, y + story - 0.1, sz * d / 2),
                    0.085,
                    sides=4,
                ),
                timber,
                mapping="grain-y",
            )
    for sx in (-1, 1):
        for dy in (0.0, story - b):
            kit.add(box(b * 0.9, b, d + b), timber, at=(sx * w / 2, y + dy, 0), mapping="grain-z")
        for t in (-0.17, 0.17):
            kit.add(
                box(b * 0.8, story, b * 0.8), timber, at=(sx * w / 2, y, d * t), mapping="grain-y"
            )


def _openings(kit: Kit, w: float, d: float, y: float, frame: Material, ground: bool) -> None:
    size = (0.85, 1.1)
    if ground:
        door(kit, 0, y - 0.3, d / 2, 0, (1.05, 2.15))
    else:
        window(kit, 0, y + 0.85, d / 2, 0, size, frame)
    for side in (-1, 1):
        window(kit, side * w * 0.33, y + 0.85, d / 2, 0, size, frame)
        for t in (-0.3, 0.3):
            window(kit, side * w / 2, y + 0.85, d * t, 90 * side, size, frame)


def _wing(
    kit: Kit,
    width: float,
    depth: float,
    story: float,
    wall: Material,
    roof: Material,
    timber: Material,
) -> None:
    """A lower wing at the side, its ridge across."""
    w, d = 3.4, depth * 0.6
    x = width / 2 + w / 2
    kit.add(block((width / 2 - 0.1, 0, -d / 2), (x + w / 2, story + 0.2, d / 2)), wall)
    angle = 24
    kit.add(
        block((0, 0, -d / 2 - 0.35), (w + 0.75, 0.16, d / 2 + 0.35), 0.03),
        roof,
        at=(width / 2 - 0.1, story + 1.75, 0),
        turn=(0, 0, -angle),
    )
    kit.add(
        block((width / 2 - 0.1, story, -d / 2 + 0.05), (x - w * 0.1, story + 0.95, d / 2 - 0.05)),
        wall,
    )
    window(kit, x, 1.3, d / 2, 0, (0.85, 1.0), timber)
    window(kit, x + w / 2, 1.3, 0, 90, (0.85, 1.0), timber)


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


def prism_triangle(half: float, height: float):  # type: ignore[no-untyped-def]
    """A triangular prism along Z, for tent doors."""
    return plate([(-half, -0.1), (half, -0.1), (0, height)], 1.2)


def barn(kit: Kit) -> None:
    """Barns with a gambrel roof, big doors and white trim; warehouses and stables too."""
    width, depth, height = (
        kit.between(7.0, 8.5) * kit.reading.width,
        kit.between(9.5, 12.0),
        kit.between(3.2, 3.8),
    )
    wall = kit.material("planks", kit.color(0, kit.pick("8a2a22", "7a5236", "6e6a60")))
    trim = kit.material("wood", "e2ddd0")
    roof = kit.material("roof", kit.color(1, kit.pick("4c4e54", "5c4438")))
    h = width / 2
    profile = [
        (-h, 0.0),
        (h, 0.0),
        (h, height),
        (h * 0.62, height + h * 0.55),
        (0, height + h * 0.85),
        (-h * 0.62, height + h * 0.55),
        (-h, height),
    ]
    kit.add(plate(profile, depth), wall, mapping="grain-y")
    for side in (-1, 1):
        for (x0, y0), (x1, y1) in ((profile[2], profile[3]), (profile[3], profile[4])):
            length = math.hypot(x1 - x0, y1 - y0) + 0.35
            angle = math.degrees(math.atan2(y1 - y0, x0 - x1))
            slab = block((-length, 0, -depth / 2 - 0.4), (0.3, 0.14, depth / 2 + 0.4), 0.02)
            kit.add(
                slab if side > 0 else slab.mirror((1, 0, 0)),
                roof,
                at=(side * x0, y0, 0),
                turn=(0, 0, -side * angle),
            )
    w = width * 0.22
    for side in (-1, 1):
        kit.add(
            block((side * w - w + 0.03, 0, 0), (side * w + w - 0.03, 3.0, 0.14)),
            wall,
            at=(0, 0, depth / 2),
            tint=0.85,
            mapping="grain-y",
        )
        for a, b in (((-w, 0.1), (w, 2.9)), ((-w, 2.9), (w, 0.1))):
            kit.add(
                rod(
                    (side * w + a[0], a[1], depth / 2 + 0.15),
                    (side * w + b[0], b[1], depth / 2 + 0.15),
                    0.08,
                    sides=4,
                ),
                trim,
            )
        for x in (side * w - w + 0.06, side * w + w - 0.06):
            kit.add(block((x - 0.08, 0, 0.1), (x + 0.08, 3.0, 0.22)), trim, at=(0, 0, depth / 2))
        for sz in (-1, 1):
            kit.add(box(0.25, height, 0.25), trim, at=(side * h, 0, sz * depth / 2))
        for t in (-0.3, 0, 0.3):
            window(kit, side * h, 1.5, depth * t, 90 * side, (0.8, 0.8), trim)
    kit.add(block((-2 * w - 0.1, 3.0, 0.05), (2 * w + 0.1, 3.2, 0.24)), trim, at=(0, 0, depth / 2))
    window(kit, 0, height + h * 0.15, depth / 2, 0, (1.0, 1.0), trim)
    if kit.chance(0.5):
        kit.add(
            cylinder(1.5, height * 1.8, sides=kit.sides(24)),
            kit.material("plates", "b4b8bc"),
            at=(-h - 2.0, 0, -depth * 0.2),
            mapping="turned",
        )
        kit.add(
            ball(1.52, kit.sides(24)).trim_by_plane((0, 1, 0), 0).scale((1, 0.6, 1)),
            kit.material("plates", "8c9298"),
            at=(-h - 2.0, height * 1.8, -depth * 0.2),
        )


def windmill(kit: Kit) -> None:
    """A windmill with four sails toward +Z."""
    radius, height = kit.between(2.3, 2.8), kit.between(7.0, 8.5)
    word = kit.stuff("plaster", *_WALLS)
    wall = kit.material(
        {"wood": "planks", "stone": "blocks"}.get(word, word),
        kit.color(0, "e4dccb") if word == "plaster" else None,
    )
    timber = kit.material("wood", "5a3e28")
    kit.add(
        cylinder(radius * 1.1, 0.6, sides=8), kit.material("blocks"), mapping="turned", crease=20
    )
    kit.add(
        cylinder(radius, height, radius * 0.66, sides=8),
        wall,
        at=(0, 0.5, 0),
        mapping="turned",
        crease=20,
    )
    cone_roof(kit, radius * 0.68, height + 0.5, 2.0, _roof(kit, 1))
    axle = (0.0, height - 0.1, radius * 0.66)
    kit.add(rod(axle, (0, height, radius * 0.66 + 1.1), 0.16, sides=10), timber)
    cloth = kit.material("cloth", kit.color(2, "e6dcc4"))
    turn = kit.between(10, 80)
    for i in range(4):
        a = turn + 90 * i
        kit.add(
            block((-0.07, 0, -0.07), (0.07, 4.6, 0.07)),
            timber,
            at=(0, height, radius * 0.66 + 0.85),
            turn=(0, 0, a),
            mapping="grain-y",
        )
        kit.add(
            block((0.1, 0.9, -0.03), (1.05, 4.5, 0.03)),
            cloth,
            at=(0, height, radius * 0.66 + 0.85),
            turn=(0, 0, a),
        )
        for j in range(7):
            kit.add(
                block((-0.05, 0.95 + j * 0.58, -0.06), (1.1, 1.02 + j * 0.58, 0.06)),
                timber,
                at=(0, height, radius * 0.66 + 0.85),
                turn=(0, 0, a),
            )
    door(kit, 0, 0.3, radius * 0.92, 0, (1.1, 2.1))
    for y, a in ((3.4, 0), (3.4, 90), (3.4, -90), (5.6, 135)):
        r = radius * (1 - 0.34 * (y - 0.5) / height) * 0.94
        window(
            kit,
            math.sin(math.radians(a)) * r,
            y,
            math.cos(math.radians(a)) * r,
            a,
            (0.7, 0.9),
            timber,
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
    y = 0.0
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
