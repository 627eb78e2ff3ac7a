"""Effects of solid things: blades, hits, doors, steps, coins, glass, levers."""

from __future__ import annotations

import numpy as np

from asset_forge.generation.providers.procedural.audio._bodies import (
    Body,
    body_of,
    rustle,
    scattered,
    stick_slip,
    struck,
)
from asset_forge.generation.providers.procedural.audio._signal import (
    Signal,
    band_pass,
    decay,
    low_pass,
    noise,
    place,
    points,
    samples,
    swept,
    times,
    wander,
)
from asset_forge.generation.providers.procedural.audio._sound import Sound


def clash(rng: np.random.Generator, sound: Sound) -> Signal:
    """Two blades meet, slide along each other and ring."""
    total = np.zeros(sound.count)
    body = body_of(sound.material, "steel")
    for k in range(2):
        place(total, struck(rng, body, sound.size * (1 + 0.13 * k), 1.4), samples(0.004 * k))
    scrape = noise(rng, samples(0.16), band_pass(2500, 9000, 1)) * decay(samples(0.16), 0.14)
    place(total, 0.35 * scrape, samples(0.01))
    place(total, 0.3 * struck(rng, body, sound.size * 0.8), samples(float(rng.uniform(0.05, 0.1))))
    return total


def hit(rng: np.random.Generator, sound: Sound) -> Signal:
    """A blow on something: the body's ring over a dull thump."""
    body = body_of(sound.material, "leather")
    t = times(sound.count)
    hertz = 55 / sound.size * (1 + 1.6 * np.exp(-t * 45))
    total = np.sin(2 * np.pi * np.cumsum(hertz) / 44_100) * np.exp(-t * 16 / sound.size)
    place(total, 0.9 * struck(rng, body, sound.size, 0.8 + 0.6 * sound.force), 0)
    place(total, 0.4 * rustle(rng, 0.07, 300, 3000), 0)
    return total


def shatter(rng: np.random.Generator, sound: Sound) -> Signal:
    """Something brittle breaks: a crack, then shards that land."""
    body = body_of(sound.material, "crystal")
    total = np.zeros(sound.count)
    crack = noise(rng, samples(0.08), band_pass(1500, 15000, 1)) * decay(samples(0.08), 0.07)
    place(total, 0.8 * crack, 0)
    place(total, struck(rng, body, sound.size, 1.5), samples(0.002))
    pieces = int(60 * sound.size * sound.seconds) + 12
    return total + scattered(rng, body, sound.size, sound.count, pieces, 0.22)


def creak(rng: np.random.Generator, sound: Sound) -> Signal:
    """A hinge: slips that hurry and hesitate, in a body of wood or metal."""
    body = body_of(sound.material, "wood")
    hinge = body_of("iron", "iron")
    turns = 26 + 34 * (0.5 + 0.5 * wander(rng, sound.count, 2.2))
    rates = turns * points(sound.count, (0, 0.5), (0.35, 1.4), (0.7, 0.9), (1, 0.35)) / sound.size
    panel = stick_slip(rng, body, sound.size, rates)
    squeak = stick_slip(rng, hinge, sound.size * 0.6, rates * 3.3)
    level = points(sound.count, (0, 0), (0.12, 1), (0.8, 0.8), (0.92, 0.0), (1, 0))
    total = (panel + 0.35 * squeak * (0.5 + 0.5 * wander(rng, sound.count, 3))) * level
    slam = struck(rng, body, sound.size * 1.5, 0.7)
    place(total, slam * float(np.max(np.abs(total))), int(sound.count * 0.93))
    return total


def steps(rng: np.random.Generator, sound: Sound) -> Signal:
    """Footsteps: heel and toe on the surface that the prompt names."""
    total = np.zeros(sound.count)
    gap = (0.34 if sound.energy > 0.3 else 0.52) * sound.size**0.4
    at = 0.0
    while at == 0 or at < sound.seconds - 0.15:
        strength = float(rng.uniform(0.75, 1.0))
        place(total, strength * _step(rng, sound), samples(at))
        at += gap * float(rng.uniform(0.95, 1.05))
    return total


def _step(rng: np.random.Generator, sound: Sound) -> Signal:
    surfaces = {
        "grass": (0.14, 900, 6000, 5), "leaves": (0.2, 1500, 9000, 14),
        "snow": (0.2, 700, 5000, 18),
        "gravel": (0.18, 1200, 9000, 22), "sand": (0.16, 500, 4000, 6), "mud": (0.2, 150, 1400, 5),
        "water": (0.25, 400, 5000, 8),
    }  # fmt: skip
    total = np.zeros(samples(0.4))
    if sound.surface in surfaces:
        seconds, low, high, grains = surfaces[sound.surface]
        for _ in range(grains):
            grain = rustle(rng, float(rng.uniform(0.01, 0.05)), low, high)
            place(
                total, grain * float(rng.uniform(0.3, 1)), samples(float(rng.uniform(0, seconds)))
            )
        place(total, 0.6 * rustle(rng, seconds, low / 2, high / 2), 0)
        thump = 0.5
    else:
        body = body_of(sound.material, "stone")
        place(total, 0.7 * struck(rng, body, sound.size), 0)
        place(total, 0.4 * struck(rng, body, sound.size * 0.8), samples(0.09))
        thump = 0.8
    t = times(total.size)
    return total + thump * np.sin(2 * np.pi * 75 / sound.size * t) * np.exp(-t * 40)


def coins(rng: np.random.Generator, sound: Sound) -> Signal:
    """Coins or small metal things that jingle; one coin rings and settles."""
    body = body_of(sound.material if sound.material in _COIN_METALS else "gold", "gold")
    total = np.zeros(sound.count)
    many = sound.reading.says("coins", "bag", "pile", "treasure", "pouch", "keys", "chain", "armor")
    blows = int(rng.integers(9, 16)) if many else 3
    at = 0.0
    for k in range(blows):
        tone = struck(rng, body, float(rng.uniform(0.8, 1.15)) * sound.size)
        place(total, tone * (0.9**k) * float(rng.uniform(0.5, 1)), samples(at))
        at += float(rng.uniform(0.02, 0.09)) if many else 0.11 * 0.75**k
    return total


_COIN_METALS = ("gold", "silver", "bronze", "steel", "iron")


def lever(rng: np.random.Generator, sound: Sound) -> Signal:
    """A mechanism: a ratchet of clicks and a latch that falls shut."""
    body = body_of(sound.material, "iron")
    total = np.zeros(sound.count)
    at, gap = 0.01, 0.085 / max(0.5, 1 + 0.4 * sound.energy)
    while at < sound.seconds * 0.6:
        place(total, 0.35 * struck(rng, body, 0.5 * sound.size), samples(at))
        at += gap * float(rng.uniform(0.85, 1.15))
    place(total, struck(rng, body, 1.3 * sound.size, 0.8), samples(at + 0.03))
    return total


def whoosh(rng: np.random.Generator, sound: Sound) -> Signal:
    """Something flies past: noise whose band rises and falls; an arrow strikes at the end."""
    arrow = sound.reading.says("arrow", "bow", "bolt", "dart")
    air = noise(rng, sound.count, low_pass(12000, 1))
    low, high = 350 / sound.size, 2600 / sound.size * (1 + 0.4 * sound.energy)
    passing = 0.35 if arrow else 0.5

    def band(hertz: Signal, seconds: Signal) -> Signal:
        near = np.exp(-(((seconds / sound.seconds - passing) / 0.22) ** 2))
        center = low + (high - low) * near
        return near**1.5 / (1 + ((hertz - center) / (0.35 * center)) ** 2)

    total = swept(air, band)
    if arrow:
        blow = struck(rng, body_of(sound.material, "wood"), 0.8, 0.8)
        place(total, blow * float(np.max(np.abs(total))), int(sound.count * 0.62))
        quiver = np.sin(2 * np.pi * 62 * times(sound.count)) * decay(sound.count, 0.35)
        place(total, 0.4 * float(np.max(np.abs(total))) * quiver, int(sound.count * 0.63))
    return total


def crumble(rng: np.random.Generator, sound: Sound) -> Signal:
    """Stones, planks or earth that fall: a rumble under many landings."""
    body: Body = body_of(sound.material, "stone")
    pieces = scattered(rng, body, sound.size * 2, sound.count, int(70 * sound.seconds) + 20, 0.3)
    rumble = noise(rng, sound.count, low_pass(160, 2)) * decay(sound.count, sound.seconds, 0.08)
    return pieces + 0.5 * rumble
