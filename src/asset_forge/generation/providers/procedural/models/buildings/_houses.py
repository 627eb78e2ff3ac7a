"""Houses and inns of one to six floors."""

from asset_forge.generation.providers.procedural.models.buildings._parts import (
    chimney,
    door,
    gable,
    hip,
    window,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    box,
    rod,
)

WALLS = ("wood", "stone", "brick", "plaster", "clay", "marble")


def roof_of(kit: Kit, index: int) -> Material:
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
    word = kit.stuff(default, *WALLS)
    wall = kit.material(
        {"wood": "planks", "stone": "blocks"}.get(word, word),
        kit.color(0, {"plaster": "e0d4ba", "brick": "96523c"}.get(word, "9a8468"))
        if kit.reading.colors or word == "plaster"
        else None,
    )
    timber = kit.material("wood", kit.pick("4a3322", "5c4028", "3a2a1e"))
    roof = roof_of(kit, 1)
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
