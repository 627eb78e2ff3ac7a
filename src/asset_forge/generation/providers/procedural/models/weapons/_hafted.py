"""Axes, hammers, maces and spears: a head on a shaft along +Y."""

from asset_forge.generation.providers.procedural.models.kit import Kit
from asset_forge.generation.providers.procedural.models.solids import (
    ball,
    blade,
    box,
    cylinder,
    lathe,
    plate,
    torus,
)
from asset_forge.generation.providers.procedural.models.weapons._blades import BLADES
from asset_forge.generation.providers.procedural.models.weapons._grips import (
    axe_head,
    pommel,
    shaft,
    spike,
    wrapped_grip,
)

_HEADS = (*BLADES, "marble")


def axe(kit: Kit) -> None:
    """Single or double axes on a shaft."""
    length = kit.between(0.6, 0.85) * (1.35 if kit.says("greataxe", "battleaxe", "two") else 1.0)
    double = (
        kit.style("double")
        or kit.says("labrys")
        or (kit.says("battleaxe", "greataxe") and kit.chance(0.6))
    )
    word = kit.stuff("steel", *_HEADS)
    head = kit.material(word, kit.color(0, "9aa0a8") if word == "steel" else None)
    radius = 0.016
    shaft(kit, -0.16, length - 0.14, radius)
    wrapped_grip(kit, 0.2, radius * 1.15)
    y = length - 0.26
    size = kit.between(0.13, 0.18) * kit.reading.width
    for side in (1, -1) if double else (1,):
        axe_head(kit, head, y, size, side)
    if not double:
        kit.add(box(0.07, 0.06, 0.035, 0.008), head, at=(-0.04, y - 0.03, 0))
    kit.add(cylinder(radius * 1.7, 0.12, sides=kit.sides(12)), head, at=(0, y - 0.06, 0))
    if double or kit.chance(0.4):
        kit.add(lathe([(0.018, 0), (0, 0.1)], 8), head, at=(0, length - 0.15, 0))
    if kit.element is not None:
        kit.add(ball(0.03, 8), kit.light(), at=(0, y, 0.012), crease=10)
        kit.add(ball(0.03, 8), kit.light(), at=(0, y, -0.012), crease=10)


def hammer(kit: Kit) -> None:
    """War hammers and mallets."""
    length = kit.between(0.75, 1.0)
    word = kit.stuff("wood" if kit.says("mallet") else "iron", *_HEADS)
    head = kit.material(word, kit.color(0, "787d84") if word == "iron" else None)
    trim = kit.material("bronze")
    shaft(kit, -0.2, length - 0.2, 0.019)
    wrapped_grip(kit, 0.24, 0.022)
    y, w, h = length - 0.3, kit.between(0.24, 0.34) * kit.reading.width, kit.between(0.11, 0.15)
    spiked = kit.chance(0.4)
    kit.add(box(w * 0.62, h, h, 0.012), head, at=(0, y, 0))
    kit.add(box(w * 0.28, h * 1.25, h * 1.25, 0.016), head, at=(w * 0.38, y - 0.125 * h, 0))
    if spiked:
        kit.add(
            lathe([(h * 0.45, 0), (h * 0.3, 0.05), (0, 0.2)], 8),
            head,
            at=(-w * 0.28, y + h / 2, 0),
            turn=(0, 0, 90),
            crease=20,
        )
    else:
        kit.add(box(w * 0.28, h * 1.25, h * 1.25, 0.016), head, at=(-w * 0.38, y - 0.125 * h, 0))
    for dx in (-0.2, 0.2):
        kit.add(box(0.016, h * 1.1, h * 1.1, 0.004), trim, at=(w * dx, y - 0.05 * h, 0))
    kit.add(lathe([(0.03, 0), (0.034, 0.02), (0.0, 0.06)], 8), trim, at=(0, y + h, 0))
    if kit.element is not None:
        kit.add(
            cylinder(h * 0.3, h * 1.04, sides=8),
            kit.light(),
            at=(0, y + h / 2, -h * 0.52),
            turn=(90, 0, 0),
        )
    pommel(kit, trim, -0.2, 0.026)


def mace(kit: Kit) -> None:
    """Maces: flanged, spiked or plain clubs; flails on a chain."""
    word = kit.stuff("wood" if kit.says("club", "cudgel") else "iron", *_HEADS)
    head = kit.material(word, kit.color(0, "82878e") if word == "iron" else None)
    if word == "wood":
        profile = [
            (0.018, -0.1),
            (0.02, 0.1),
            (0.05, 0.5),
            (0.062, 0.62),
            (0.05, 0.72),
            (0.0, 0.74),
        ]
        kit.add(lathe(profile, kit.sides(14)), head, mapping="turned")
        wrapped_grip(kit, 0.18, 0.021)
        for i in range(kit.whole(5, 11)):
            spike(kit, kit.material("iron"), 0.055, 0.6, i * 137.5, kit.between(-0.1, 0.08), 0.045)
        return
    length, radius = kit.between(0.5, 0.65), kit.between(0.05, 0.068)
    shaft(kit, -0.12, length, 0.016)
    wrapped_grip(kit, 0.18, 0.02)
    center = length + radius * 0.6
    if kit.says("flail"):
        for i in range(5):
            kit.add(
                torus(0.016, 0.005, 12, 6),
                head,
                at=(0.026 * i + 0.02, length + 0.012 * i, 0),
                turn=(90 * (i % 2), 0, 0),
            )
        kit.add(ball(radius, kit.sides(18)), head, at=(0.17 + radius, length + 0.05, 0))
        for i in range(14):
            spike(
                kit,
                head,
                radius,
                length + 0.05,
                i * 137.5,
                radius * 0.9 * (1 - 2 * (i + 0.5) / 14),
                0.05,
                0.17 + radius,
            )
    elif kit.chance(0.5):
        for i in range(kit.whole(6, 8)):
            outline = [
                (0.01, -0.08),
                (radius * 0.8, -0.06),
                (radius * 1.5, 0.0),
                (radius * 0.9, 0.07),
                (0.01, 0.085),
            ]
            kit.add(plate(outline, 0.012), head, at=(0, center, 0), turn=(0, i * 360 / 7, 0))
        kit.add(
            lathe([(0.022, -0.1), (0.028, 0), (0.022, 0.09), (0.0, 0.14)], 12),
            head,
            at=(0, center, 0),
        )
    else:
        kit.add(ball(radius, kit.sides(20)), head, at=(0, center, 0))
        for i in range(16):
            spike(
                kit,
                head,
                radius,
                center,
                i * 137.5,
                radius * 0.95 * (1 - 2 * (i + 0.5) / 16),
                0.045,
            )
    pommel(kit, head, -0.12, 0.022)


def spear(kit: Kit) -> None:
    """Spears, tridents, halberds and lances."""
    length = kit.between(1.6, 2.1)
    word = kit.stuff("steel", *_HEADS)
    head = kit.material(word, kit.color(0, "aab0b8") if word == "steel" else None)
    shaft(kit, -length * 0.4, length * 0.6, 0.017)
    y = length * 0.6
    if kit.says("trident", "fork"):
        kit.add(box(0.22, 0.03, 0.03, 0.008), head, at=(0, y - 0.01, 0))
        for x in (-0.1, 0, 0.1):
            kit.add(
                blade(
                    [
                        (0.012, y),
                        (0.012, y + 0.12),
                        (0.028, y + 0.2),
                        (0.0005, y + (0.32 if x == 0 else 0.28)),
                    ],
                    0.02,
                ).translate((x, 0, 0)),
                head,
                crease=20,
            )
    else:
        half = kit.between(0.028, 0.045) * kit.reading.width
        tip = kit.between(0.22, 0.34)
        kit.add(
            blade(
                [
                    (0.012, y),
                    (half, y + tip * 0.25),
                    (half * 0.85, y + tip * 0.5),
                    (0.0005, y + tip),
                ],
                0.022,
            ),
            head,
            mapping="grain-y",
            crease=20,
        )
        if kit.says("halberd", "glaive", "polearm"):
            axe_head(kit, head, y - 0.05, 0.17, 1)
            kit.add(lathe([(0.02, 0), (0, 0.15)], 6), head, at=(0, y - 0.05, 0), turn=(0, 0, 90))
    kit.add(
        lathe([(0.017, -0.06), (0.024, -0.03), (0.022, 0.02), (0.012, 0.05)], kit.sides(12)),
        head,
        at=(0, y, 0),
    )
    cloth = kit.material("cloth", kit.color(1, kit.pick("a02828", "284a90", "2c6c3c")))
    kit.add(
        lathe([(0.02, -0.16), (0.03, -0.14), (0.022, -0.05)], 10),
        cloth,
        at=(0, y, 0),
        mapping="turned",
    )
    kit.add(lathe([(0, -0.1), (0.018, -0.02), (0.018, 0.03)], 8), head, at=(0, -length * 0.4, 0))
    wrapped_grip(kit, 0.26, 0.019)
