"""Pieces of landscape, each a tile that can stand beside others."""

import math

import numpy as np

from asset_forge.generation.providers.procedural.models import organic as o
from asset_forge.generation.providers.procedural.models.buildings._parts import column
from asset_forge.generation.providers.procedural.models.environments._land import (
    Land,
    bush,
    palm,
    pine,
    rock,
    tree,
    tuft,
)
from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.solids import (
    block,
    boulder,
    box,
    bumpy,
    crystal,
    cylinder,
    lathe,
    rod,
)


def _greens(kit: Kit) -> tuple[Material, Material]:
    """(ground, leaves) in the season that the prompt names."""
    if kit.says("autumn", "fall"):
        return kit.material("grass", "7a6a34"), kit.material(
            "leaves", kit.pick("c8642a", "c89a2a", "a83c24"), "e0b040"
        )
    if kit.reading.valence < -0.3:
        return kit.material("grass", "46502e"), kit.material("leaves", "2e4630", "4a5a34")
    if kit.says("swamp"):
        return kit.material("grass", "5a6434"), kit.material("leaves", "4e6a34")
    return kit.material(
        "grass", kit.color(0, kit.pick("5c8a34", "6a9438", "4f8038"))
    ), kit.material("leaves", kit.color(1, kit.pick("3f7a30", "5a8a2e", "2f6a3a")))


def forest(kit: Kit) -> None:
    """Trees, bushes, rocks and a worn path on rolling ground."""
    width = kit.between(17, 20)
    land = Land(kit, width, 0.5, 0.05)
    ground, leaf = _greens(kit)
    bark, stone = kit.material("bark"), kit.material("stone")
    open_ = kit.says("clearing", "meadow", "field", "grassland", "garden", "glade")
    winding = np.abs(land.x - 2.2 * np.sin(land.z * 0.32 + kit.tone * 3)) - 1.0
    wintry = kit.says("snowy", "winter")
    land.layer(kit.material("snow") if wintry else ground)
    land.cover(kit.material("dirt"), -winding)

    def free(x: float, z: float) -> bool:
        clear = abs(x - 2.2 * math.sin(z * 0.32 + kit.tone * 3)) > 2.0
        return clear and (not open_ or math.hypot(x, z) > width * 0.27)

    coniferous = kit.says("pine", "fir", "spruce", "taiga")
    snow = kit.material("snow") if kit.says("snowy", "winter") else None

    def plant(x: float, y: float, z: float) -> None:
        if coniferous or kit.chance(0.25):
            pine(
                kit,
                bark,
                kit.material("leaves", "2c5a34") if not coniferous else leaf,
                x,
                y,
                z,
                kit.between(4.0, 6.0),
                snow,
            )
        else:
            tree(kit, bark, leaf, x, y, z, kit.between(3.8, 5.6))

    land.scatter(kit.whole(13, 17), plant, free, 2.3)
    land.scatter(9, lambda x, y, z: bush(kit, leaf, x, y, z, kit.between(0.5, 0.9)), free, 1.0)
    land.scatter(9, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.8)), free, 1.0)
    land.scatter(22, lambda x, y, z: tuft(kit, ground, x, y, z, kit.between(0.4, 0.7)), free)


def island(kit: Kit) -> None:
    """An island in its piece of sea: beach, palms or trees, rocks."""
    width = kit.between(22, 26)
    land = Land(kit, width, 0.5, 0.06)
    r = land.radius() * (1 + 0.12 * land.noise(0.05))
    hill = kit.between(1.6, 3.0)
    land.height = 2.6 * (0.72 - r) + hill * np.clip(0.5 - r, 0, 1) ** 1.3 * 2 + 0.25 * land.height
    land.height = np.maximum(land.height, -1.6)
    land.layer(kit.material("sand"), base=-2.2)
    land.cover(
        kit.material("grass", kit.color(0, "6a9a3a")), 0.46 - r + 0.05 * land.noise(0.2), 0.1
    )
    waves = 0.05 * land.noise(0.25)
    land.layer(kit.material("water", kit.color(1, "2a86a8"), "a8e8e4"), 0.0 + waves, -2.1)
    inside = lambda x, z: land.at(x, z) > 0.5  # noqa: E731
    stone = kit.material("stone")
    land.scatter(
        kit.whole(5, 8), lambda x, y, z: palm(kit, x, y, z, kit.between(3.4, 5.0)), inside, 1.8
    )
    land.scatter(
        8,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 1.1)),
        lambda x, z: -0.6 < land.at(x, z) < 1.2,
        1.0,
    )
    land.scatter(
        8,
        lambda x, y, z: bush(kit, kit.material("leaves", "4c8a34"), x, y, z, kit.between(0.4, 0.7)),
        inside,
        1.0,
    )


def cave(kit: Kit) -> None:
    """A cave mouth or a rock arch, hollowed from one mass of rock."""
    width = 14.0
    land = Land(kit, width, 0.3, 0.08)
    dark = kit.reading.valence < -0.3
    word = kit.stuff("stone", "stone", "ice", "crystal", "marble")
    stone = kit.material(
        word,
        kit.color(0, "5a5650" if dark else kit.pick("8c8478", "9a7a5c", "77808a"))
        if word == "stone"
        else None,
    )
    land.layer(kit.material("dirt" if not kit.says("desert", "canyon") else "sand"))
    arch = kit.says("arch", "tunnel", "natural")
    if arch:
        path = [
            (-4.2, -0.5, 0.0),
            (-3.6, 2.6, 0.2),
            (-1.4, 4.7, 0.0),
            (1.6, 4.6, -0.3),
            (3.7, 2.6, 0.0),
            (4.4, -0.5, 0.2),
        ]
        field = o.blend(
            [
                o.capsule(a, b, kit.between(1.1, 1.4), kit.between(0.95, 1.3))
                for a, b in zip(path, path[1:], strict=False)
            ],
            0.4,
        )
    else:
        mass = o.blend(
            [
                o.ellipsoid((0, 0.8, -1.4), (5.6, 4.6, 4.4)),
                o.ellipsoid((-3.4, 0.5, 0.6), (2.4, 3.2, 2.6)),
                o.ellipsoid((3.6, 0.4, 0.4), (2.3, 2.7, 2.6)),
            ],
            0.6,
        )
        hollow = o.blend(
            [
                o.capsule((0, 0.7, 5), (0, 1.1, -1.0), 1.55, 1.9),
                o.ellipsoid((0, 1.2, -1.8), (2.9, 2.2, 2.2)),
            ],
            0.4,
        )
        field = o.without(mass, hollow)
    rough = o.both(o.rough(o.rough(field, kit.rng, 0.2, 0.22), kit.rng, 0.09, 0.7), o.above(-0.8))
    kit.add(o.mesh(rough, (-6.6, -0.8, -6), (6.6, 6.6, 5), 0.3, 0.05), stone, crease=30)
    for i in range(kit.whole(5, 8)):
        x, z = kit.between(-2.0, 2.0), kit.between(-2.6, 1.2)
        if not arch:
            kit.add(
                lathe([(0.32, 0.4), (0.2, -0.4), (0.02, -kit.between(0.8, 1.6))][::-1], 7),
                stone,
                at=(x, 3.1, z),
                crease=30,
            )
            if i % 2:
                kit.add(
                    lathe([(0.3, 0), (0.16, 0.5), (0.02, kit.between(0.7, 1.2))], 7),
                    stone,
                    at=(x * 1.1, 0.0, z),
                    crease=30,
                )
    land.scatter(
        12,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)),
        lambda x, z: abs(x) > 2.2,
        1.0,
    )
    if kit.says("crystal", "gem", "magic") or kit.element:
        glow = kit.material("crystal", kit.color(1, "5ac8e0"))
        land.scatter(
            7,
            lambda x, y, z: _cluster(kit, glow, x, y, z, 0.8),
            lambda x, z: abs(x) > 1.2 or arch,
            1.2,
        )
    green = kit.material("grass")
    land.scatter(14, lambda x, y, z: tuft(kit, green, x, y, z, 0.5))


def _cluster(kit: Kit, material: Material, x: float, y: float, z: float, size: float) -> None:
    for i in range(kit.whole(4, 6)):
        tall = size * (1.9 if i == 0 else kit.between(0.7, 1.4))
        lean = 0 if i == 0 else kit.between(18, 42)
        kit.add(
            crystal(0.2 * size * kit.between(0.8, 1.2), tall, kit.rng),
            material,
            at=(x, y - 0.12 * size, z),
            turn=(lean, 75.0 * i + kit.between(0, 40), 0),
            crease=8,
            tint=kit.between(0.8, 1.0),
        )


def crystals(kit: Kit) -> None:
    """Clusters of tall crystals on bare rock."""
    land = Land(kit, 14.0, 0.5, 0.08)
    land.height += 0.7 * np.clip(0.6 - land.radius(), 0, 1)
    word = kit.stuff("crystal", "crystal", "ice", "obsidian", "gold", "jade")
    color = kit.color(0, kit.pick("8a5ad8", "3aa8d8", "d85a9a", "4ac88a"))
    gem = kit.material(word, color if word == "crystal" else None)
    stone = kit.material("stone", "4e4a54")
    land.layer(stone)
    land.scatter(
        kit.whole(3, 4),
        lambda x, y, z: _cluster(kit, gem, x, y, z, kit.between(2.2, 3.2)),
        lambda x, z: math.hypot(x, z) < 4.0,
        3.0,
    )
    land.scatter(9, lambda x, y, z: _cluster(kit, gem, x, y, z, kit.between(0.5, 1.2)), None, 1.5)
    land.scatter(16, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)), None, 0.9)


def ruins(kit: Kit) -> None:
    """Broken columns, walls and slabs, or standing stones, in grass."""
    land = Land(kit, 17.0, 0.3, 0.07)
    ground, leaf = _greens(kit)
    land.layer(ground)
    grave = kit.says("graveyard", "cemetery")
    circle = kit.says("circle", "stonehenge", "henge") or grave
    word = kit.stuff("stone", "stone", "marble", "brick", "obsidian")
    stone = kit.material(
        "blocks" if word == "stone" and not circle else word,
        kit.color(0, "a49c8a") if word == "stone" else None,
    )
    if grave:
        _graves(kit, land, stone)
    elif circle:
        count = kit.whole(9, 12)
        for i in range(count):
            a = 2 * math.pi * i / count
            x, z = math.cos(a) * 5.2, math.sin(a) * 5.2
            slab = bumpy(box(1.15, kit.between(2.6, 3.3), 0.65, 0.1).refine(3), kit.rng, 0.04, 0.4)
            fallen = kit.chance(0.18)
            kit.add(
                slab,
                stone,
                at=(x, land.at(x, z) - (0.0 if fallen else 0.2), z),
                turn=(
                    kit.between(-4, 4) + (82 if fallen else 0),
                    90 - math.degrees(a),
                    kit.between(-4, 4),
                ),
                crease=30,
                tint=kit.between(0.85, 1.0),
            )
            if i % 3 == 0:
                b = a + math.pi / count
                kit.add(
                    box(3.6, 0.55, 0.7, 0.08),
                    stone,
                    at=(math.cos(b) * 5.2, land.at(x, z) + 2.85, math.sin(b) * 5.2),
                    turn=(0, 90 - math.degrees(b), kit.between(-2, 2)),
                    crease=30,
                )
        kit.add(
            box(2.0, 0.8, 1.1, 0.1),
            stone,
            at=(0, land.at(0, 0) - 0.1, 0),
            turn=(0, 30, 0),
            crease=30,
        )
    else:
        _broken_temple(kit, land, stone)
    rubble = kit.material("stone", "9a9284")
    land.scatter(18, lambda x, y, z: rock(kit, rubble, x, y, z, kit.between(0.2, 0.6)), None, 0.8)
    land.scatter(5, lambda x, y, z: bush(kit, leaf, x, y, z, kit.between(0.5, 0.8)), None, 1.5)
    land.scatter(24, lambda x, y, z: tuft(kit, ground, x, y, z, 0.5))


def _graves(kit: Kit, land: Land, stone: Material) -> None:
    dirt = kit.material("dirt")
    for i in range(4):
        for j in range(4):
            x, z = -5.4 + 3.6 * i + kit.between(-0.3, 0.3), -5.4 + 3.6 * j + kit.between(-0.3, 0.3)
            y = land.at(x, z)
            head = cylinder(0.42, 0.2, sides=18).rotate((90, 0, 0)).translate(
                (0, 0.8, 0.1)
            ) + block((-0.42, 0, -0.1), (0.42, 0.8, 0.1))
            kit.add(
                head,
                stone,
                at=(x, y - 0.1, z - 0.9),
                turn=(kit.between(-10, 10), kit.between(-6, 6), kit.between(-8, 8)),
                tint=kit.between(0.8, 1.0),
            )
            kit.add(box(0.95, 0.22, 1.9, 0.1), dirt, at=(x, y - 0.06, z + 0.25), crease=60)


def _broken_temple(kit: Kit, land: Land, stone: Material) -> None:
    kit.add(block((-5.6, -0.8, -3.8), (5.6, 0.35, 3.8), 0.05), stone, at=(0, 0.15, 0))
    kit.add(block((-5.1, -0.5, -3.3), (5.1, 0.6, 3.3), 0.05), stone, at=(0, 0.2, 0), tint=0.92)
    tops: list[tuple[float, float]] = []
    for i in range(6):
        for z in (-2.7, 2.7):
            x = -4.5 + 1.8 * i
            if kit.chance(0.45):
                column(kit, x, z, 0.75, 3.8, 0.4, stone)
                tops.append((x, z))
            else:
                kit.add(
                    lathe(
                        [(0.54, 0), (0.54, 0.18), (0.42, 0.34), (0.39, kit.between(0.6, 2.4))],
                        kit.sides(16),
                    ),
                    stone,
                    at=(x, 0.75, z),
                    mapping="turned",
                )
    for (x0, z0), (x1, z1) in zip(tops, tops[1:], strict=False):
        if z0 == z1 and abs(x1 - x0) < 2:
            kit.add(box(2.4, 0.55, 0.9, 0.05), stone, at=((x0 + x1) / 2, 4.5, z0))
    for _ in range(4):
        kit.add(
            cylinder(0.39, kit.between(0.8, 1.8), sides=16),
            stone,
            at=(kit.between(-5, 5), 1.1, kit.between(-1.6, 1.6)),
            turn=(90, kit.between(0, 180), 0),
            mapping="turned",
        )
    for i in range(5):
        high = kit.between(0.8, 2.6)
        kit.add(
            block((-1.0, 0, -0.25), (1.0, high, 0.25), 0.05),
            stone,
            at=(-4 + 2.0 * i, 0.75, -0.9),
            tint=0.85,
        )
    kit.add(block((-1.8, -0.5, 0), (1.8, 0.28, 1.2), 0.04), stone, at=(0, 0.1, 3.7))


def mountain(kit: Kit) -> None:
    """A peak with a snow line, or a canyon between cliffs."""
    width = kit.between(28, 34)
    land = Land(kit, width, 1.0, 0.045)
    ridges = 1 - np.abs(land.noise(0.06))
    canyon = kit.says("canyon", "valley", "gorge", "badlands", "mesa")
    snowy = kit.says("snowy", "winter", "alps") or kit.element == "ice"
    if canyon:
        gap = np.abs(land.x - 3 * np.sin(land.z * 0.2)) / (width / 2)
        rise = np.clip((gap - 0.16) * 6, 0, 1)
        land.height = np.floor(rise * 3.2 + 0.4 * land.noise(0.08)) * 2.4 + 0.4 * land.noise(0.2)
        land.layer(kit.material("stone", kit.color(0, "b4683e"), "d8a06a"), base=-2)
        land.cover(kit.material("sand", "d09a62"), 0.17 - gap + 0.02 * land.noise(0.3), 0.2)
        land.scatter(
            16,
            lambda x, y, z: rock(
                kit, kit.material("stone", "a8603a"), x, y, z, kit.between(0.4, 1.2)
            ),
            lambda x, z: land.at(x, z) < 2,
            1.5,
        )
        return
    r = land.radius()
    peak = kit.between(13, 17)
    land.height = peak * np.clip(1.0 - r, 0, 1) ** 1.35 * (0.66 + 0.5 * ridges) + 0.6 * land.height
    land.layer(kit.material("stone", kit.color(0, "77726a")), base=-1.5)
    line = peak * (0.3 if snowy else 0.52)
    land.cover(kit.material("snow"), land.height - line - 1.4 * land.noise(0.12), 0.22)
    land.cover(
        kit.material("snow" if snowy and kit.says("winter") else "grass"),
        1.9 - land.height + 0.8 * land.noise(0.1),
        0.14,
    )
    bark, needle = kit.material("bark"), kit.material("leaves", "2c5a34")
    land.scatter(
        26,
        lambda x, y, z: pine(
            kit,
            bark,
            needle,
            x,
            y,
            z,
            kit.between(1.6, 2.6),
            kit.material("snow") if snowy else None,
        ),
        lambda x, z: land.at(x, z) < 2.6,
        1.3,
    )
    land.scatter(
        10,
        lambda x, y, z: rock(kit, kit.material("stone"), x, y, z, kit.between(0.5, 1.2)),
        lambda x, z: land.at(x, z) < 4,
    )


def desert(kit: Kit) -> None:
    """Dunes with cacti, rocks and bones, or an oasis."""
    width = kit.between(20, 24)
    land = Land(kit, width, 0.3, 0.06)
    lean = land.x * 0.28 + land.z * 0.1 + 0.9 * land.noise(0.03) * 2
    wave = (lean / 2.2 + kit.tone) % 1.0
    land.height += (
        1.5
        * np.where(wave < 0.72, wave / 0.72, (1 - wave) / 0.28) ** 1.3
        * (0.55 + 0.45 * land.noise(0.05))
    )
    oasis = kit.says("oasis")
    if oasis:
        r = land.radius()
        land.height = (
            land.height * np.clip((r - 0.3) * 3, 0.05, 1) - 1.1 * np.clip(0.38 - r, 0, 1) * 3
        )
        land.cover(kit.material("grass", "7a9a3a"), 0.46 - r + 0.05 * land.noise(0.2), 0.09)
        land.layer(kit.material("water", "2c94a4", "b0ece0"), -0.45 + 0 * land.x, -2.4)
    land.layer(kit.material("sand", kit.color(0, "dcbc82")), base=-2.6)
    stone = kit.material("stone", "b0885c")
    if oasis:
        ring = lambda x, z: 0.33 < math.hypot(x, z) / (width / 2) < 0.5  # noqa: E731
        land.scatter(8, lambda x, y, z: palm(kit, x, y, z, kit.between(3.4, 4.8)), ring, 1.5)
        land.scatter(9, lambda x, y, z: bush(kit, kit.material("leaves"), x, y, z, 0.6), ring, 1.0)
    else:
        land.scatter(
            kit.whole(7, 10),
            lambda x, y, z: _cactus(kit, x, y, z, kit.between(1.4, 2.8)),
            None,
            2.2,
        )
    land.scatter(
        10,
        lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 1.0)),
        lambda x, z: not oasis or math.hypot(x, z) > 5,
        1.2,
    )
    bone = kit.material("bone")
    for i in range(4 if not oasis else 0):
        x, z = 2.5 + 0.5 * i, 2.0
        y = land.at(2.5, 2.0)
        for side in (-1, 1):
            kit.add(
                rod(
                    (x, y - 0.1, z + side * 0.6),
                    (x, y + 0.75 - 0.1 * i, z + side * 0.25),
                    0.06,
                    0.03,
                    7,
                ),
                bone,
            )


def _cactus(kit: Kit, x: float, y: float, z: float, tall: float) -> None:
    from asset_forge.generation.providers.procedural.models.solids import tube

    green = kit.material("leaves", "4a7a3c", "8aa85a")
    r = 0.11 * tall
    kit.add(
        lathe(
            [(r * 0.9, -0.2), (r, tall * 0.3), (r, tall * 0.85), (r * 0.6, tall * 0.97), (0, tall)],
            12,
        ),
        green,
        at=(x, y, z),
        mapping="turned",
        crease=60,
    )
    for side in (-1, 1):
        if kit.chance(0.8):
            h = tall * kit.between(0.35, 0.55)
            kit.add(
                tube(
                    [
                        (x, y + h, z),
                        (x + side * 0.24 * tall, y + h + 0.02 * tall, z),
                        (x + side * 0.28 * tall, y + h + 0.1 * tall, z),
                        (x + side * 0.28 * tall, y + h + 0.32 * tall, z),
                    ],
                    [r * 0.6, r * 0.62, r * 0.62, r * 0.35],
                    10,
                ),
                green,
                crease=60,
            )


def volcano(kit: Kit) -> None:
    """A volcano with a lava lake and streams, or a plain of lava pools."""
    width = kit.between(26, 30)
    land = Land(kit, width, 0.5, 0.07)
    r = land.radius() * (1 + 0.07 * land.noise(0.08))
    rock_ = kit.material("stone", "3c3634", "5a4a44")
    lava = kit.material("lava", kit.color(0, "f04a0a"))
    if kit.says("volcano", "mountain", "crater", "caldera"):
        cone = 15.0 * np.clip(0.95 - r, 0, 1) ** 1.5
        rim = 15.0 * (0.95 - 0.24) ** 1.5
        land.height = np.where(
            r < 0.24, rim - 2.4 * np.clip((0.24 - r) * 14, 0, 1), cone
        ) + 0.45 * land.noise(0.12)
        land.layer(rock_, base=-1.5)
        angle = np.arctan2(land.z, land.x)
        stream = np.maximum.reduce(
            [
                0.14 - np.abs(np.sin((angle - a + 0.35 * np.sin(r * 9 + a)) / 2))
                for a in (0.6, 2.4, 4.3)
            ]
        )
        land.cover(lava, np.minimum(stream, r - 0.2), 0.12)
        land.layer(lava, np.where(r < 0.26, rim - 1.3, -1.0))
    else:
        land.height += 0.9 * land.noise(0.09) + 0.9 * np.clip(land.noise(0.05), 0, 1)
        land.layer(rock_, base=-1.6)
        land.layer(lava, -0.15 + 0 * land.x, -1.5)
        for _ in range(3):
            x, z = kit.between(-8, 8), kit.between(-8, 8)
            kit.add(
                lathe([(1.6, -0.5), (0.9, 1.2), (0.6, 1.9), (0.35, 1.5)], 10),
                rock_,
                at=(x, land.at(x, z), z),
                crease=30,
            )
            kit.add(cylinder(0.5, 0.2, sides=10), lava, at=(x, land.at(x, z) + 1.55, z))
    land.scatter(
        22,
        lambda x, y, z: rock(kit, rock_, x, y, z, kit.between(0.4, 1.2), 0.9),
        lambda x, z: land.at(x, z) < 5,
        1.2,
    )
    char = kit.material("bark", "2a2624")
    land.scatter(
        6,
        lambda x, y, z: kit.add(
            cylinder(0.16, kit.between(1.2, 2.4), 0.04, 7),
            char,
            at=(x, y - 0.2, z),
            turn=(kit.between(-12, 12), 0, kit.between(-12, 12)),
        ),
        lambda x, z: land.at(x, z) < 2,
        2,
    )


def tundra(kit: Kit) -> None:
    """Snow fields with pines and rocks, or a glacier of ice blocks."""
    width = kit.between(18, 21)
    land = Land(kit, width, 0.6, 0.05)
    snow, ice = kit.material("snow"), kit.material("ice", kit.color(0, "9cd0ea"))
    frozen = kit.says("glacier", "iceberg", "arctic", "icy", "ice")
    if frozen:
        pool = land.radius() * (1 + 0.2 * land.noise(0.1)) - 0.42
        land.height += np.where(pool < 0, -0.5, 0.2)
        land.layer(snow)
        land.layer(ice, -0.2 + 0 * land.x)
        land.scatter(
            kit.whole(8, 11),
            lambda x, y, z: kit.add(
                boulder(kit.between(0.9, 2.0), kit.rng, kit.between(0.9, 1.7), 16),
                ice,
                at=(x, y + 0.5, z),
                crease=12,
            ),
            lambda x, z: math.hypot(x, z) > width * 0.22,
            2.2,
        )
        land.scatter(
            9, lambda x, y, z: _cluster(kit, ice, x, y, z, kit.between(0.7, 1.3)), None, 1.6
        )
    else:
        land.layer(snow)
        path = np.abs(land.x - 1.8 * np.sin(land.z * 0.35)) - 0.8
        land.cover(kit.material("dirt", "8a7a6a"), -path, 0.04)
        bark, needle = kit.material("bark", "4e4038"), kit.material("leaves", "2e5442")
        land.scatter(
            kit.whole(15, 19),
            lambda x, y, z: pine(kit, bark, needle, x, y, z, kit.between(3.2, 5.6), snow),
            lambda x, z: abs(x - 1.8 * math.sin(z * 0.35)) > 1.9,
            1.9,
        )
    stone = kit.material("stone", "7c8088")
    land.scatter(10, lambda x, y, z: rock(kit, stone, x, y, z, kit.between(0.3, 0.9)), None, 1.0)


def village(kit: Kit) -> None:
    """A road with fences, trees, lamps, and tents or a bridge where they are asked for."""
    width = 18.0
    land = Land(kit, width, 0.25, 0.05)
    ground, leaf = _greens(kit)
    bend = 1.4 * np.sin(land.z * 0.3 + kit.tone)
    land.layer(ground)
    land.cover(
        kit.material("cobble" if not kit.says("camp", "campsite") else "dirt"),
        1.7 - np.abs(land.x - bend),
        0.09,
    )
    wood, iron = kit.material("wood"), kit.material("iron")
    side_of = lambda z: 1.4 * math.sin(z * 0.3 + kit.tone)  # noqa: E731
    for side in (-1, 1):
        for i in range(9):
            z = -8 + 2 * i
            x = side_of(z) + side * 2.4
            kit.add(
                box(0.14, 1.1, 0.14, 0.02), wood, at=(x, land.at(x, z) - 0.15, z), mapping="grain-y"
            )
            if i < 8:
                x2 = side_of(z + 2) + side * 2.4
                for dy in (0.4, 0.75):
                    kit.add(
                        rod(
                            (x, land.at(x, z) + dy, z),
                            (x2, land.at(x2, z + 2) + dy, z + 2),
                            0.045,
                            sides=6,
                        ),
                        wood,
                    )
    light = kit.light("ffc860")
    for z in (-5.0, 4.0):
        x = side_of(z) + 2.0
        y = land.at(x, z)
        kit.add(cylinder(0.07, 2.6, sides=8), iron, at=(x, y - 0.1, z))
        kit.add(box(0.26, 0.36, 0.26, 0.03), light, at=(x, y + 2.45, z))
        kit.add(lathe([(0.26, 0), (0.03, 0.25)], 4), iron, at=(x, y + 2.8, z))
    bark = kit.material("bark")
    away = lambda x, z: abs(x - side_of(z)) > 3.4  # noqa: E731
    land.scatter(
        8, lambda x, y, z: tree(kit, bark, leaf, x, y, z, kit.between(3.2, 4.6)), away, 2.6
    )
    land.scatter(8, lambda x, y, z: bush(kit, leaf, x, y, z, 0.6), away, 1.0)
    land.scatter(
        8,
        lambda x, y, z: rock(kit, kit.material("stone"), x, y, z, kit.between(0.2, 0.5)),
        away,
        1.0,
    )
    land.scatter(20, lambda x, y, z: tuft(kit, ground, x, y, z, 0.5), away)
    if kit.says("camp", "campsite", "clearing"):
        cloth = kit.material("cloth", kit.color(0, "a8926a"))
        from asset_forge.generation.providers.procedural.models.solids import prism

        for x, turn in ((-5.5, 60), (5.8, -50)):
            kit.add(
                prism([(-1.5, 0), (1.5, 0), (0, 1.8)], 2.8),
                cloth,
                at=(x, land.at(x, 0) - 0.1, 0),
                turn=(0, turn, 0),
            )
