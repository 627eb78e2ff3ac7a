"""Surfaces of earth, rock, ice and metal, and of what flows."""

import numpy as np

from asset_forge.generation.providers.procedural.noise import Noise, mix, step
from asset_forge.generation.providers.procedural.textures._surface import (
    Look,
    Surface,
    blend,
    constant,
    darker,
    flat,
    shaded,
)


def stone(look: Look, noise: Noise) -> Surface:
    """Natural rock: strata, chips and lichen-pale patches."""
    base = noise.fractal(3.0, 1.15)
    grain = noise.fractal(14.0, 0.9)
    ridge = 1 - np.abs(2 * noise.fractal(4.0, 1.2) - 1)
    cracks = step(noise.warped(noise.cells(4).border, 0.05), 0.035, 0.0) * step(base, 0.35, 0.6)
    tone = 0.78 + 0.5 * (base - 0.5) + 0.32 * (grain - 0.5) + 0.15 * ridge - 0.35 * cracks
    pale = step(noise.fractal(2.5, 1.4), 0.6, 0.8) * 0.35
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), pale)
    height = np.clip(0.45 * base + 0.25 * grain + 0.3 * ridge - 0.5 * cracks, 0, 1)
    return Surface(albedo, height, 0.78 + 0.2 * grain, constant(0, noise.size), 0.04)


def plaster(look: Look, noise: Noise) -> Surface:
    """Lime plaster, trowelled."""
    strokes = noise.fractal(5.0, 1.1, (0.5, 1.0))
    stain = noise.fractal(2.0, 1.8)
    tone = 0.92 + 0.14 * (strokes - 0.5) + 0.14 * (stain - 0.5)
    return Surface(
        shaded(look.color, tone), strokes, 0.85 + 0.1 * strokes, constant(0, noise.size), 0.01
    )


def dirt(look: Look, noise: Noise) -> Surface:
    """Bare earth with stones in it."""
    lumps = noise.fractal(4.0, 1.1)
    grain = noise.fractal(18.0, 0.8)
    cells = noise.cells(14, 1.0)
    stones = step(cells.nearest, 0.34, 0.2) * step(noise.per(cells.index), 0.72, 0.74)
    tone = 0.66 + 0.5 * (lumps - 0.5) + 0.5 * (grain - 0.5)
    albedo = mix(
        shaded(look.color, tone + 0.2),
        shaded((0.5, 0.47, 0.43), 0.7 + 0.5 * noise.per(cells.index)),
        stones,
    )
    height = np.clip(0.5 * lumps + 0.25 * grain + 0.35 * stones, 0, 1)
    return Surface(albedo, height, 0.95 - 0.2 * stones, constant(0, noise.size), 0.035)


def sand(look: Look, noise: Noise) -> Surface:
    """Wind-rippled sand."""
    x, y = noise.grid()
    wander = (noise.fractal(2.0, 2.2) - 0.5) * 1.4
    ripple = 0.5 + 0.5 * np.sin(2 * np.pi * (y * 12 + x * 1 + wander * 2.2))
    ripple = ripple**1.4
    grain = noise.fractal(40.0, 0.4)
    tone = 0.86 + 0.16 * (ripple - 0.5) + 0.24 * (grain - 0.5)
    return Surface(shaded(look.color, tone), 0.8 * ripple + 0.2 * grain,
                   0.85 + 0.1 * grain, constant(0, noise.size), 0.018)  # fmt: skip


def snow(look: Look, noise: Noise) -> Surface:
    """Fresh snow, softly drifted."""
    drift = noise.fractal(2.0, 2.0)
    crust = noise.fractal(12.0, 1.0)
    sparkle = step(noise.fractal(60.0, 0.2), 0.82, 0.95)
    tone = 0.93 + 0.12 * (drift - 0.5) + 0.08 * (crust - 0.5)
    albedo = mix(shaded(look.color, tone), flat((0.72, 0.82, 0.95), noise.size), 0.5 * (1 - drift))
    return Surface(albedo, 0.75 * drift + 0.25 * crust, 0.6 - 0.35 * sparkle,
                   constant(0, noise.size), 0.03)  # fmt: skip


def marble(look: Look, noise: Noise) -> Surface:
    """Polished marble with veins."""
    cloud = noise.fractal(2.0, 1.7)
    veins = step(np.abs(noise.fractal(2.0, 1.5) - 0.5), 0.045, 0.0)
    thin = step(np.abs(noise.fractal(4.0, 1.3) - 0.5), 0.02, 0.0) * 0.5
    tone = 0.93 + 0.16 * (cloud - 0.5)
    share = np.clip(veins * (0.3 + cloud) + thin, 0, 1) * 0.8
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), share)
    return Surface(albedo, 0.8 - 0.1 * share, 0.16 + 0.12 * cloud, constant(0, noise.size), 0.002)


def ice(look: Look, noise: Noise) -> Surface:
    """Clear ice with cracks and trapped air."""
    cells = noise.cells(4, 1.0)
    border = noise.warped(cells.border, 0.03)
    cracks = step(border, 0.05, 0.0) + 0.5 * step(np.abs(noise.fractal(3.0, 1.3) - 0.5), 0.02, 0.0)
    cloud = noise.fractal(2.0, 1.6)
    shade = noise.per(cells.index)
    tone = 0.7 + 0.3 * cloud + 0.15 * (shade - 0.5)
    albedo = mix(
        shaded(look.color, tone), flat((0.93, 0.98, 1.0), noise.size), np.clip(cracks, 0, 1) * 0.7
    )
    bubbles = step(noise.fractal(24.0, 0.7), 0.74, 0.82)
    albedo = mix(albedo, flat((1, 1, 1), noise.size), bubbles * 0.35)
    height = np.clip(0.6 + 0.25 * cloud - 0.3 * np.clip(cracks, 0, 1), 0, 1)
    return Surface(albedo, height, 0.12 + 0.3 * np.clip(cracks, 0, 1) + 0.1 * cloud,
                   constant(0, noise.size), 0.015)  # fmt: skip


def crystal(look: Look, noise: Noise) -> Surface:
    """Facets of a gem, each lit from its own side."""
    cells = noise.cells(5, 1.0)
    angle = noise.per(cells.index) * 2 * np.pi
    tilt = noise.per(cells.index)
    x, y = noise.grid()
    # Whole numbers of waves across the tile, or the facets would break at its edge.
    slope = (np.rint(np.cos(angle) * 5) * x + np.rint(np.sin(angle) * 5) * y) % 1.0
    tone = 0.55 + 0.5 * tilt + 0.15 * slope
    edge = step(cells.border, 0.07, 0.0)
    albedo = mix(shaded(look.color, tone), shaded(look.accent, 0.9 + 0.3 * tilt), edge * 0.7)
    glow = shaded(look.color, 0.22 * tone)
    height = np.clip(0.4 + 0.35 * tilt + 0.2 * slope - 0.1 * edge, 0, 1)
    return Surface(albedo, height, 0.08 + 0.15 * tilt, constant(0.1, noise.size), 0.03, glow)


def lava(look: Look, noise: Noise) -> Surface:
    """Cooled crust over a glowing melt."""
    cells = noise.cells(5, 1.0)
    border = noise.warped(cells.border, 0.07)
    heat = step(border + 0.3 * (noise.fractal(3.0) - 0.5), 0.22, 0.0)
    heat = np.clip(heat + 0.5 * step(noise.fractal(2.0, 1.6), 0.66, 0.9), 0, 1)
    grain = noise.fractal(9.0, 1.0)
    crust = shaded((0.13, 0.10, 0.09), 0.6 + 0.9 * grain)
    melt = mix(shaded(look.color, 0.7 + 0.3 * grain), flat(look.accent, noise.size), heat**2)
    glow = melt * (heat**1.3)[..., None]
    height = np.clip((1 - heat) * (0.6 + 0.4 * grain), 0, 1)
    return Surface(mix(crust, melt, heat), height, 0.92 - 0.4 * heat,
                   constant(0, noise.size), 0.05, glow)  # fmt: skip


def water(look: Look, noise: Noise) -> Surface:
    """A water surface with small waves and caustic light."""
    waves = noise.fractal(4.0, 2.4)
    caustic = 1 - np.abs(2 * noise.fractal(4.0, 2.2) - 1)
    tone = 0.72 + 0.4 * (waves - 0.5)
    albedo = mix(shaded(look.color, tone), shaded(look.accent, tone), step(caustic, 0.9, 1.0) * 0.6)
    return Surface(albedo, waves, constant(0.08, noise.size), constant(0, noise.size), 0.02)


def metal(look: Look, noise: Noise) -> Surface:
    """Forged metal: brushed, dented, scratched with age."""
    brush = noise.fractal(10.0, 0.5, (0.05, 1.0))
    dents = noise.fractal(3.0, 2.4)
    smudge = noise.fractal(2.5, 2.0)
    scratches = np.zeros_like(brush)
    for stretch in ((0.04, 1.0), (1.0, 0.06)):
        scratches = np.maximum(scratches, step(noise.fractal(20.0, 0.4, stretch), 0.78, 0.9))
    scratches *= 0.3 + look.age
    tone = 0.88 + 0.12 * (brush - 0.5) + 0.22 * (smudge - 0.5) * (0.4 + look.age)
    albedo = mix(
        shaded(look.color, tone), shaded(blend(look.color, (1, 1, 1), 0.4), tone), scratches * 0.5
    )
    tarnish = step(smudge, 0.5, 0.85) * look.age * 0.8
    albedo = mix(albedo, shaded(darker(look.color, 0.45), tone), tarnish)
    rough = 0.26 + 0.12 * (brush - 0.5) + 0.3 * tarnish + 0.15 * (smudge - 0.5)
    height = np.clip(0.5 + 0.6 * (dents - 0.5) * (0.4 + look.age), 0, 1)
    return Surface(albedo, height, np.clip(rough, 0.05, 1), constant(1.0, noise.size), 0.006)


def rust(look: Look, noise: Noise) -> Surface:
    """Iron that is eaten by rust, flaking to bare metal."""
    bare = step(noise.fractal(3.0, 1.3), 0.62, 0.72)
    grain = noise.fractal(10.0, 0.9)
    blotch = noise.fractal(3.0, 1.4)
    scale = mix(shaded(darker(look.color, 0.45), 0.7 + 0.8 * grain),
                shaded(look.color, 0.75 + 0.7 * grain), step(blotch, 0.3, 0.7))  # fmt: skip
    albedo = mix(scale, shaded((0.42, 0.40, 0.39), 0.8 + 0.3 * grain), bare)
    height = np.clip((1 - bare) * (0.4 + 0.5 * grain) + 0.2 * blotch, 0, 1)
    return Surface(albedo, height, 0.9 - 0.4 * bare, bare, 0.03)


def glass(look: Look, noise: Noise) -> Surface:
    """Glass with faint streaks; a window's or a bottle's."""
    streaks = noise.fractal(2.0, 1.8, (1.0, 0.4))
    tone = 0.85 + 0.3 * (streaks - 0.5)
    return Surface(
        shaded(look.color, tone), streaks, 0.08 + 0.1 * streaks, constant(0, noise.size), 0.003
    )


def glow(look: Look, noise: Noise) -> Surface:
    """Light itself: a flame, a lit window, a rune."""
    flicker = noise.fractal(3.0, 1.6)
    light = mix(
        flat(look.color, noise.size), flat(look.accent, noise.size), step(flicker, 0.45, 0.8)
    )
    dark = light * 0.35
    return Surface(dark, flicker, constant(0.6, noise.size), constant(0, noise.size), 0.004, light)
