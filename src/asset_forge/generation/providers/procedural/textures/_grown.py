"""Surfaces that grew, were woven or tanned: bark, leaves, hides, cloth, straw, bone."""

import numpy as np

from asset_forge.generation.providers.procedural.noise import Noise, mix, step
from asset_forge.generation.providers.procedural.textures._surface import (
    Look,
    Surface,
    constant,
    darker,
    shaded,
)


def bark(look: Look, noise: Noise) -> Surface:
    """Furrowed bark, the furrows along y."""
    ridges = noise.fractal(7.0, 1.1, (1.0, 0.22))
    furrow = 1 - np.abs(2 * ridges - 1)
    flakes = noise.warped(noise.cells(6, 0.9, 1).border, 0.05)
    deep = step(furrow, 0.55, 0.95) * 0.8 + 0.3 * step(flakes, 0.12, 0.0)
    grain = noise.fractal(16.0, 0.9, (1.0, 0.4))
    tone = 1.0 - 0.62 * np.clip(deep, 0, 1) + 0.4 * (grain - 0.5)
    height = np.clip(0.9 - 0.8 * deep + 0.2 * (grain - 0.5), 0, 1)
    return Surface(
        shaded(look.color, tone), height, 0.85 + 0.1 * grain, constant(0, noise.size), 0.05
    )


def grass(look: Look, noise: Noise) -> Surface:
    """Short turf: blades in tufts, with paler dry places."""
    blades = noise.fractal(24.0, 0.75, (1.0, 0.35))
    tufts = noise.fractal(5.0, 1.2)
    dry = step(noise.fractal(2.0, 1.8), 0.55, 0.8) * (0.35 + 0.5 * look.age)
    tone = 0.5 + 0.75 * blades + 0.35 * (tufts - 0.5)
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), dry)
    height = np.clip(0.65 * blades + 0.35 * tufts, 0, 1)
    return Surface(albedo, height, 0.9 - 0.1 * blades, constant(0, noise.size), 0.03)


def leaves(look: Look, noise: Noise) -> Surface:
    """A dense canopy of leaves seen from outside."""
    big, small = noise.cells(9, 1.0), noise.cells(15, 1.0)
    shade = noise.per(big.index)
    fine = noise.per(small.index)
    dome = np.clip(1 - big.nearest, 0, 1) * 0.6 + np.clip(1 - small.nearest, 0, 1) * 0.4
    tone = 0.35 + 0.55 * dome + 0.35 * (shade - 0.5) + 0.3 * (fine - 0.5) + 0.2
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), step(fine, 0.72, 0.95) * 0.7)
    return Surface(albedo, dome, 0.72 + 0.2 * fine, constant(0, noise.size), 0.05)


def leather(look: Look, noise: Noise) -> Surface:
    """Tanned hide: fine pebbling, creases, rubbed places."""
    cells = noise.cells(26, 0.95)
    pebbles = step(cells.border, 0.0, 0.3)
    creases = step(np.abs(noise.fractal(3.0, 1.4) - 0.5), 0.03, 0.0)
    rubbed = noise.fractal(3.0, 1.8)
    tone = 0.72 + 0.2 * pebbles + 0.35 * (rubbed - 0.5) - 0.3 * creases
    tone += 0.5 * look.age * step(rubbed, 0.6, 0.8)
    height = np.clip(0.5 + 0.35 * pebbles - 0.4 * creases + 0.2 * (rubbed - 0.5), 0, 1)
    rough = 0.5 + 0.2 * (1 - pebbles) + 0.15 * (rubbed - 0.5)
    return Surface(shaded(look.color, tone), height, rough, constant(0, noise.size), 0.008)


def fabric(look: Look, noise: Noise) -> Surface:
    """A plain weave of warp and weft threads."""
    x, y = noise.grid()
    count = 32
    over = (np.floor(x * count) + np.floor(y * count)) % 2
    warp = np.abs(np.sin(np.pi * x * count))
    weft = np.abs(np.sin(np.pi * y * count))
    thread = np.where(over > 0, warp * (0.5 + 0.5 * weft), weft * (0.5 + 0.5 * warp))
    fuzz = noise.fractal(14.0, 0.7)
    fold = noise.fractal(2.0, 2.0)
    fade = 1 + 0.35 * look.age * (fold - 0.4)
    tone = (0.82 + 0.18 * thread + 0.2 * (fuzz - 0.5) + 0.22 * (fold - 0.5)) * fade
    albedo = mix(shaded(look.color, tone), shaded(darker(look.color, 0.9), tone), over)
    return Surface(
        albedo, 0.7 * thread + 0.3 * fuzz, 0.85 + 0.1 * fuzz, constant(0, noise.size), 0.003
    )


def fur(look: Look, noise: Noise) -> Surface:
    """Short fur, the hair along y."""
    hair = noise.fractal(16.0, 0.8, (1.0, 0.15))
    clumps = noise.fractal(5.0, 1.3, (1.0, 0.5))
    patch = step(noise.fractal(2.0, 2.0), 0.5, 0.85) * 0.4
    tone = 0.6 + 0.55 * hair + 0.4 * (clumps - 0.5)
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), patch)
    return Surface(
        albedo, 0.6 * hair + 0.4 * clumps, 0.8 + 0.15 * hair, constant(0, noise.size), 0.01
    )


def skin(look: Look, noise: Noise) -> Surface:
    """Smooth skin with pores and faint blotches."""
    pores = noise.fractal(30.0, 0.7)
    blotches = noise.fractal(2.5, 1.8)
    tone = 0.96 + 0.1 * (pores - 0.5) + 0.16 * (blotches - 0.5)
    albedo = shaded(look.color, tone)
    albedo[..., 0] = np.clip(albedo[..., 0] * (1 + 0.08 * (blotches - 0.4)), 0, 1)
    return Surface(
        albedo, 0.5 + 0.3 * (pores - 0.5), 0.55 + 0.15 * pores, constant(0, noise.size), 0.004
    )


def scales(look: Look, noise: Noise) -> Surface:
    """Overlapping reptile scales in rows."""
    x, y = noise.grid()
    rows, columns = 14, 10
    best = constant(0.0, noise.size)
    which = np.zeros(x.shape, np.int64)
    for layer in (1, 0):
        row = np.floor(y * rows).astype(np.int64) + layer
        across = x * columns + (row % 2) * 0.5
        column = np.floor(across).astype(np.int64) % columns
        u = (across % 1.0) - 0.5
        v = y * rows - row + 1.0
        dome = 1.15 - np.hypot(u * 1.5, (v - 0.35) * 0.9)
        height = np.where(dome > 0.35, 0.4 + 0.5 * dome - 0.28 * (2 - v), 0.0)
        which = np.where(height > best, (row % rows) * columns + column, which)
        best = np.maximum(best, height)
    shade = noise.per(which)
    grain = noise.fractal(10.0, 1.0)
    relief = np.clip(best / max(float(best.max()), 1e-6), 0, 1)
    tone = 0.35 + 0.7 * relief + 0.25 * (shade - 0.5) + 0.15 * (grain - 0.5)
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), step(relief, 0.75, 1) * 0.5)
    return Surface(albedo, relief, 0.42 + 0.2 * grain, constant(0, noise.size), 0.03)


def thatch(look: Look, noise: Noise) -> Surface:
    """Bundled straw, the stalks along y, in layers."""
    _, y = noise.grid()
    stalks = noise.fractal(24.0, 0.6, (1.0, 0.06))
    ragged = noise.fractal(10.0, 0.9, (1.0, 0.6))
    layer = (y * 4 + 0.25 * ragged) % 1.0
    lip = step(layer, 0.97, 0.85) * (0.55 + 0.45 * layer)
    tone = (0.5 + 0.75 * stalks) * (0.55 + 0.6 * lip)
    height = np.clip(0.5 * stalks + 0.6 * lip, 0, 1)
    return Surface(shaded(look.color, tone), height, constant(0.92, noise.size),
                   constant(0, noise.size), 0.04)  # fmt: skip


def bone(look: Look, noise: Noise) -> Surface:
    """Bone or ivory: streaks, pits, yellowed hollows."""
    streaks = noise.fractal(4.0, 1.2, (1.0, 0.25))
    pits = step(noise.fractal(14.0, 0.9), 0.68, 0.8)
    yellow = noise.fractal(2.0, 1.8)
    tone = 0.9 + 0.22 * (streaks - 0.5) - 0.4 * pits
    albedo = mix(
        shaded(look.color, tone), shaded((0.62, 0.5, 0.32), tone), yellow * (0.25 + 0.4 * look.age)
    )
    height = np.clip(0.7 + 0.25 * (streaks - 0.5) - 0.5 * pits, 0, 1)
    return Surface(albedo, height, 0.5 + 0.25 * streaks, constant(0, noise.size), 0.01)


def paper(look: Look, noise: Noise) -> Surface:
    """Old paper or parchment."""
    fibers = noise.fractal(18.0, 0.8)
    stains = noise.fractal(2.0, 1.6)
    tone = 0.92 + 0.12 * (fibers - 0.5)
    dark = step(stains, 0.5, 0.8) * (0.25 + 0.4 * look.age)
    albedo = mix(shaded(look.color, tone), shaded((0.55, 0.42, 0.24), tone), dark)
    return Surface(albedo, fibers, constant(0.9, noise.size), constant(0, noise.size), 0.004)
