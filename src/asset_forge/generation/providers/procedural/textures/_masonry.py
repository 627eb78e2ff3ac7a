"""Surfaces that are laid of pieces: bricks, cobbles, blocks, roof tiles, planks, plates, panels."""

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.noise import Field, Noise, mix, step
from asset_forge.generation.providers.procedural.textures._surface import (
    Look,
    Surface,
    constant,
    flat,
    shaded,
)


def courses(
    noise: Noise, rows: int, columns: int, shift: float = 0.5
) -> tuple[Field, Field, NDArray[np.int64]]:
    """Running bond: per pixel its place in its piece (u, v in [0, 1]) and the piece's index."""
    x, y = noise.grid()
    row = np.floor(y * rows).astype(np.int64)
    across = x * columns + (row % 2) * shift
    column = np.floor(across).astype(np.int64) % columns
    return across % 1.0, (y * rows) % 1.0, row * columns + column


def edge_distance(u: Field, v: Field, aspect: float) -> Field:
    """Distance to a piece's nearest edge in piece heights; ``aspect`` is width by height."""
    return np.minimum(np.minimum(u, 1 - u) * aspect, np.minimum(v, 1 - v))


def _laid(
    look: Look,
    noise: Noise,
    layout: tuple[Field, Field, NDArray[np.int64]],
    aspect: float,
    joint: float,
    bevel: float,
) -> tuple[Field, Field, Field]:
    """(how much a pixel is piece and not joint, the piece's shade, a fine grain)."""
    u, v, index = layout
    ragged = (noise.fractal(8.0, 1.2) - 0.5) * (0.06 + 0.16 * look.age)
    distance = edge_distance(u, v, aspect) + ragged
    piece = step(distance, joint, joint + bevel)
    return piece, noise.per(index), noise.fractal(10.0, 1.0)


def brick(look: Look, noise: Noise) -> Surface:
    """Fired bricks in mortar."""
    piece, shade, grain = _laid(look, noise, courses(noise, 8, 4), 2.0, 0.06, 0.07)
    tone = 0.72 + 0.42 * shade + 0.3 * (grain - 0.5)
    albedo = mix(shaded(look.accent, 0.85 + 0.3 * grain), shaded(look.color, tone), piece)
    height = piece * (0.72 + 0.18 * shade + 0.15 * (grain - 0.5)) + (1 - piece) * 0.12 * grain
    rough = mix(constant(0.95, noise.size), 0.72 + 0.2 * grain, piece)
    return Surface(albedo, height, rough, constant(0, noise.size), 0.016)


def blocks(look: Look, noise: Noise) -> Surface:
    """Dressed stone blocks."""
    piece, shade, grain = _laid(look, noise, courses(noise, 4, 3), 1.33, 0.02, 0.06)
    stain = noise.fractal(3.0, 1.8)
    tone = 0.78 + 0.26 * shade + 0.5 * (grain - 0.5) + 0.3 * (stain - 0.5)
    albedo = mix(shaded(look.color, 0.45 + 0.2 * grain), shaded(look.color, tone), piece)
    height = piece * (0.7 + 0.12 * shade + 0.3 * (grain - 0.5)) + (1 - piece) * 0.15
    return Surface(albedo, height, 0.75 + 0.2 * grain, constant(0, noise.size), 0.022)


def cobble(look: Look, noise: Noise) -> Surface:
    """Rounded cobblestones set in earth."""
    cells = noise.cells(7, 0.75)
    grain = noise.fractal(10.0, 1.1)
    inside = step(cells.border + 0.1 * (grain - 0.5), 0.05, 0.22)
    dome = np.clip(1 - cells.nearest**2 * 1.3, 0, 1)
    shade = noise.per(cells.index)
    albedo = mix(
        shaded(look.accent, 0.6 + 0.6 * grain),
        shaded(look.color, 0.62 + 0.5 * shade + 0.3 * (grain - 0.5)),
        inside,
    )
    height = inside * (0.45 + 0.45 * dome + 0.12 * (grain - 0.5)) + (1 - inside) * 0.2 * grain
    return Surface(albedo, height, 0.9 - 0.25 * inside, constant(0, noise.size), 0.035)


def gravel(look: Look, noise: Noise) -> Surface:
    """Loose pebbles."""
    cells = noise.cells(20, 0.95)
    grain = noise.fractal(16.0, 1.0)
    shade = noise.per(cells.index)
    dome = np.clip(1.05 - cells.nearest * 1.1, 0, 1) * step(cells.border, 0.0, 0.25)
    warm = noise.per(cells.index)[..., None] * np.array([0.10, 0.04, -0.04])
    albedo = shaded(look.color, 0.3 + 0.75 * dome * (0.5 + 0.7 * shade) + 0.2 * (grain - 0.5))
    albedo = np.clip(albedo + warm * dome[..., None], 0, 1)
    return Surface(albedo, dome, 0.85 - 0.15 * dome, constant(0, noise.size), 0.03)


def roof(look: Look, noise: Noise) -> Surface:
    """Overlapping roof tiles, the lower edge of each row standing out."""
    x, y = noise.grid()
    rows, columns = 8, 8
    row = np.floor(y * rows).astype(np.int64)
    across = x * columns + (row % 2) * 0.5
    column = np.floor(across).astype(np.int64) % columns
    u, v = across % 1.0, (y * rows) % 1.0
    grain = noise.fractal(10.0, 1.1)
    shade = noise.per(row * columns + column)
    round_end = 1.0 - 0.22 * (2 * u - 1) ** 4 - v - 0.1 * (grain - 0.5) * look.age
    lip = step(round_end, 0.0, 0.05)
    gap = step(np.minimum(u, 1 - u), 0.01, 0.06)
    height = (0.3 + 0.6 * v + 0.12 * (1 - (2 * u - 1) ** 2)) * lip * gap
    tone = (0.7 + 0.4 * shade + 0.35 * (grain - 0.5)) * (0.35 + 0.65 * lip * gap)
    tone *= 0.72 + 0.28 * step(v, 0.0, 0.25)
    return Surface(
        shaded(look.color, tone), height, 0.7 + 0.2 * grain, constant(0, noise.size), 0.035
    )


def planks(look: Look, noise: Noise) -> Surface:
    """Boards side by side, running along x, with butt joints and nails."""
    x, y = noise.grid()
    count = 6
    row = np.floor(y * count).astype(np.int64)
    shift = noise.rng.random(count)[row]
    u, v = (x + shift) % 1.0, (y * count) % 1.0
    shade = noise.per(row)
    grain, rings = wood_grain(noise)
    gap = step(np.minimum(np.minimum(v, 1 - v), np.minimum(u, 1 - u) * count), 0.015, 0.05)
    tone = 0.74 + 0.3 * shade + 0.34 * (grain - 0.5) - 0.3 * rings
    nail = np.zeros_like(x)
    for at in ((0.05, 0.25), (0.05, 0.75), (0.95, 0.25), (0.95, 0.75)):
        nail = np.maximum(nail, step(np.hypot((u - at[0]) * count, v - at[1]), 0.09, 0.06))
    albedo = shaded(look.color, tone * (0.25 + 0.75 * gap))
    gray = flat((0.5, 0.48, 0.45), noise.size) * (0.7 + 0.5 * (grain - 0.5))[..., None]
    albedo = mix(albedo, gray * (0.3 + 0.7 * gap[..., None]), constant(0.5 * look.age, noise.size))
    albedo = mix(albedo, flat((0.16, 0.15, 0.15), noise.size), nail)
    height = gap * (0.7 + 0.2 * (grain - 0.5) - 0.15 * rings + 0.1 * shade) + 0.1 * nail
    return Surface(albedo, height, 0.62 + 0.25 * grain, 0.6 * nail, 0.014)


def wood_grain(noise: Noise) -> tuple[Field, Field]:
    """(fine fibers, darker ring lines), both along x."""
    fibers = noise.fractal(6.0, 1.0, (0.12, 1.0))
    wander = noise.fractal(2.0, 2.2, (0.5, 1.0))
    phase = (wander * 9.0) % 1.0
    rings = step(np.abs(phase - 0.5), 0.18, 0.0)
    return fibers, rings


def wood(look: Look, noise: Noise) -> Surface:
    """Plain timber without joints, the grain along x."""
    grain, rings = wood_grain(noise)
    tone = 0.9 + 0.5 * (grain - 0.5) - 0.28 * rings
    albedo = shaded(look.color, tone)
    gray = shaded((0.5, 0.48, 0.44), 0.85 + 0.6 * (grain - 0.5))
    albedo = mix(albedo, gray, constant(0.45 * max(0.0, look.age - 0.3), noise.size))
    cracks = step(grain, 0.3, 0.2) * look.age
    height = np.clip(0.6 + 0.4 * (grain - 0.5) - 0.2 * rings - 0.5 * cracks, 0, 1)
    albedo *= (1 - 0.5 * cracks)[..., None]
    return Surface(albedo, height, 0.55 + 0.3 * grain, constant(0, noise.size), 0.006)


def plates(look: Look, noise: Noise) -> Surface:
    """Riveted metal plates."""
    layout = courses(noise, 2, 2, 0.0)
    u, v, index = layout
    scratch = noise.fractal(5.0, 0.7, (0.1, 1.0))
    dents = noise.fractal(3.0, 2.2)
    shade = noise.per(index)
    edge = edge_distance(u, v, 1.0)
    plate = step(edge, 0.008, 0.025)
    rivets = np.zeros_like(u)
    for a in (0.08, 0.36, 0.64, 0.92):
        for at in ((a, 0.08), (a, 0.92), (0.08, a), (0.92, a)):
            distance = np.hypot(u - at[0], v - at[1])
            rivets = np.maximum(rivets, np.clip(1 - (distance / 0.032) ** 2, 0, 1))
    tone = (0.82 + 0.16 * shade + 0.25 * (scratch - 0.5)) * (0.3 + 0.7 * plate)
    height = plate * (0.5 + 0.12 * (dents - 0.5)) + 0.4 * np.sqrt(rivets)
    rough = np.clip(0.36 + 0.3 * (scratch - 0.3) + 0.25 * look.age, 0.08, 1)
    return Surface(shaded(look.color, tone), height, rough, 0.2 + 0.8 * plate, 0.018)


def scifi(look: Look, noise: Noise) -> Surface:
    """Hull panels of several sizes with seams, vents and lit strips."""
    size = noise.size
    x, y = noise.grid()
    height, shade, light = constant(0.6, size), constant(0.5, size), constant(0.0, size)
    cells = 4
    for row in range(cells):
        for column in range(cells):
            inside = (np.floor(x * cells) == column) & (np.floor(y * cells) == row)
            u, v = (x * cells) % 1.0, (y * cells) % 1.0
            kind = noise.rng.integers(6)
            tone = 0.3 + 0.5 * noise.rng.random()
            seam = step(np.minimum(np.minimum(u, 1 - u), np.minimum(v, 1 - v)), 0.015, 0.04)
            relief = 0.25 + 0.35 * seam + 0.1 * tone
            if kind == 1:
                relief = relief - 0.3 * (np.sin(v * 50) > 0) * (np.abs(u - 0.5) < 0.32)
            elif kind == 2:
                inner = np.maximum(np.abs(u - 0.5), np.abs(v - 0.5))
                relief = relief + 0.25 * step(inner, 0.34, 0.30)
            elif kind == 3:
                strip = step(np.abs(v - 0.5), 0.07, 0.05) * step(np.abs(u - 0.5), 0.36, 0.33)
                light = np.where(inside, strip, light)
                relief = relief - 0.2 * strip
            height = np.where(inside, relief, height)
            shade = np.where(inside, tone * (0.35 + 0.65 * seam), shade)
    grain = noise.fractal(8.0, 0.8)
    albedo = shaded(look.color, 0.55 + 0.6 * shade + 0.15 * (grain - 0.5))
    glow = flat(look.accent, size) * light[..., None]
    albedo = mix(albedo, glow * 0.4, light)
    rough = 0.35 + 0.3 * grain
    return Surface(albedo, height, rough, 0.85 * (1 - light), 0.02, glow)
