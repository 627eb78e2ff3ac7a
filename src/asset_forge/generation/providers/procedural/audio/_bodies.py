"""How materials sound when struck, scraped and broken: modal synthesis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural.audio._signal import (
    Signal,
    band_pass,
    low_pass,
    noise,
    place,
    samples,
    times,
)
from asset_forge.generation.providers.procedural.audio._tones import modes


@dataclass(frozen=True, slots=True)
class Body:
    """A material: lowest mode in hertz of a usual piece, ring in seconds, how unevenly the modes
    lie (1 is a string), how much sooner high modes fade, and the hardness of its click."""

    hertz: float
    ring: float
    spread: float
    damping: float
    click: float
    top: float


BODIES: dict[str, Body] = {
    "steel": Body(620, 1.5, 1.62, 0.35, 0.5, 14000),
    "iron": Body(380, 1.0, 1.55, 0.45, 0.6, 10000),
    "gold": Body(2400, 0.8, 1.48, 0.3, 0.3, 15000),
    "bronze": Body(300, 2.4, 1.42, 0.4, 0.3, 9000),
    "wood": Body(190, 0.16, 1.35, 0.6, 0.8, 4500),
    "bamboo": Body(420, 0.12, 1.4, 0.5, 0.7, 6000),
    "stone": Body(240, 0.09, 1.3, 0.3, 1.4, 7000),
    "crystal": Body(1700, 1.1, 1.5, 0.25, 0.35, 15000),
    "ice": Body(1200, 0.35, 1.45, 0.35, 0.8, 13000),
    "clay": Body(520, 0.22, 1.5, 0.5, 0.8, 8000),
    "bone": Body(680, 0.07, 1.38, 0.4, 0.9, 7000),
    "cloth": Body(90, 0.07, 1.3, 0.8, 1.2, 1200),
    "leather": Body(120, 0.08, 1.3, 0.7, 1.2, 2200),
    "plastic": Body(480, 0.06, 1.3, 0.5, 0.7, 6000),
}
"""The materials by name."""

SAME_AS: dict[str, str] = {
    "marble": "stone", "brick": "stone", "obsidian": "crystal", "silver": "gold", "jade": "crystal",
    "thatch": "cloth", "plaster": "clay", "scales": "leather", "paper": "cloth",
}  # fmt: skip
"""Materials that sound like another."""


def body_of(material: str, otherwise: str) -> Body:
    """The body of a material by name, or of the second where the first is not known."""
    return BODIES.get(SAME_AS.get(material, material), BODIES[otherwise])


def struck(rng: np.random.Generator, body: Body, size: float, force: float = 1.0) -> Signal:
    """One blow: modes that ring by the material, and the click of the contact.

    `size` lowers the pitch and lengthens the ring; a harder blow is brighter.
    """
    base = body.hertz / size * float(rng.uniform(0.88, 1.13))
    ring = body.ring * size**0.5
    partials: list[tuple[float, float, float]] = []
    for k in range(16):
        hertz = base * (1 + k) ** body.spread * float(rng.uniform(0.95, 1.06))
        if hertz > body.top * 1.3:
            break
        fade = ring * (base / hertz) ** body.damping
        level = float(rng.uniform(0.4, 1.0)) / (1 + (hertz / (body.top * 0.4 * force)) ** 2)
        partials.append((hertz, level / (1 + 0.15 * k), fade))
    count = samples(ring * 1.2 + 0.05)
    sound = modes(rng, partials, count)
    sound /= max(float(np.max(np.abs(sound))), 1e-9)
    t = times(count)
    edge = min(16000.0, body.top * 1.2 * force)
    contact = noise(rng, count, low_pass(edge, 1)) * np.exp(-t / (0.003 + 0.004 * size))
    return (sound + 0.5 * body.click * contact) * np.minimum(1, t / 0.0007)


def scattered(
    rng: np.random.Generator, body: Body, size: float, count: int, pieces: int, hurry: float
) -> Signal:
    """Many small pieces that land one after the other, fewer and softer with time.

    `hurry` is the mean place of a landing, as a share of the whole.
    """
    total = np.zeros(count)
    kinds = [struck(rng, body, size * float(rng.uniform(0.35, 0.8))) for _ in range(min(6, pieces))]
    for _ in range(pieces):
        where = float(rng.exponential(hurry))
        if where >= 1:
            continue
        piece = kinds[int(rng.integers(len(kinds)))]
        place(total, piece * float(rng.uniform(0.15, 0.6)) * (1 - where), int(where * count))
    return total


def stick_slip(rng: np.random.Generator, body: Body, size: float, rates: Signal) -> Signal:
    """A creak: tiny slips at `rates` a second, each a short blow on the body."""
    count = rates.size
    turns = np.cumsum(rates * (1 + 0.25 * rng.standard_normal(count))) / 44_100
    slips = np.flatnonzero(np.diff(np.floor(turns)) > 0)
    pulses = np.zeros(count)
    pulses[slips] = rng.uniform(0.4, 1.0, slips.size)
    blow = struck(rng, body, size)[: samples(0.05)]
    blow = blow * np.linspace(1, 0, blow.size) ** 2
    size_of = 1 << (count + blow.size).bit_length()
    spectrum = np.fft.rfft(pulses, size_of) * np.fft.rfft(blow, size_of)
    return np.fft.irfft(spectrum, size_of)[:count]


def rustle(rng: np.random.Generator, seconds: float, low: float, high: float) -> Signal:
    """A soft burst of noise, rising and falling: cloth, leaves, snow."""
    count = samples(seconds)
    return noise(rng, count, band_pass(low, high, 1)) * np.sin(np.linspace(0, np.pi, count)) ** 2
