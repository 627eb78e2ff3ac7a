"""Effects of the elements and of living things."""

from __future__ import annotations

import numpy as np

from asset_forge.generation.providers.procedural.audio._bodies import body_of, scattered
from asset_forge.generation.providers.procedural.audio._signal import (
    Signal,
    band_pass,
    decay,
    filtered,
    high_pass,
    low_pass,
    noise,
    phase_of,
    place,
    points,
    resonance,
    samples,
    swept,
    tilt,
    times,
    wander,
)
from asset_forge.generation.providers.procedural.audio._sound import Sound
from asset_forge.generation.providers.procedural.audio._tones import saw_levels, waved


def explosion(rng: np.random.Generator, sound: Sound) -> Signal:
    """A blast: a crack, a wave of dulling noise, a falling boom and debris."""
    t = times(sound.count)
    raw = noise(rng, sound.count, tilt(-3))

    def dulling(hertz: Signal, seconds: Signal) -> Signal:
        edge = 90 + 5200 / sound.size * np.exp(-seconds * 7 / sound.size)
        return 1 / (1 + (hertz / edge) ** 2)

    blast = swept(raw, dulling) * decay(sound.count, sound.seconds * 0.9, 0.004)
    boom = np.sin(phase_of(34 / sound.size + 70 * np.exp(-t * 9))) * np.exp(-t * 3.2 / sound.size)
    crack = noise(rng, sound.count, high_pass(900, 1)) * np.exp(-t * 70)
    debris = scattered(rng, body_of(sound.material, "stone"), 1, sound.count, 30, 0.35)
    return np.tanh(1.6 * (blast / np.max(np.abs(blast)) + 0.9 * boom + 0.25 * crack)) + 0.1 * debris


def thunder(rng: np.random.Generator, sound: Sound) -> Signal:
    """A near crack, then rolls that come from farther and farther away."""
    total = np.zeros(sound.count)
    for k in range(9):
        at = 0.0 if k == 0 else float(rng.uniform(0.08, 0.65)) * sound.seconds
        length = samples(min(float(rng.uniform(0.5, 1.6)), sound.seconds))
        edge = 3500 if k == 0 else float(rng.uniform(90, 350))
        roll = noise(rng, length, low_pass(edge, 1)) * decay(
            length, length / 44_100, 0.02 + 0.05 * k
        )
        place(total, roll * (1 if k == 0 else 0.7), samples(at))
    rumble = noise(rng, sound.count, band_pass(25, 110)) * decay(sound.count, sound.seconds, 0.1)
    return total + 0.8 * rumble


def fire(rng: np.random.Generator, sound: Sound) -> Signal:
    """Flames: a low flutter, hiss, and crackles in clusters."""
    gusts = 0.6 + 0.4 * wander(rng, sound.count, 5)
    flutter = noise(rng, sound.count, band_pass(40, 320, 1)) * gusts
    hiss = noise(rng, sound.count, band_pass(2500, 11000, 1)) * gusts**2
    crackles = np.zeros(sound.count)
    for at in rng.uniform(0, 1, int(38 * sound.seconds * (1 + 0.5 * sound.energy))):
        length = samples(float(rng.uniform(0.002, 0.012)))
        snap = noise(rng, length, band_pass(900, 12000, 1)) * np.exp(-np.linspace(0, 6, length))
        place(crackles, snap * float(rng.pareto(2.2) + 0.2), int(at * sound.count))
    return 0.55 * flutter + 0.12 * hiss + 0.4 * np.clip(crackles, -4, 4)


def wind(rng: np.random.Generator, sound: Sound) -> Signal:
    """Gusts through a moving resonance, with a whistle over them."""
    raw = noise(rng, sound.count, tilt(-2))
    gusts = wander(rng, sound.count, 0.7) + 0.4 * wander(rng, sound.count, 2.1)
    marks = gusts[:: max(1, sound.count // 400)]
    middle = 420 / sound.size * (1 - 0.3 * sound.valence)

    def moving(hertz: Signal, seconds: Signal) -> Signal:
        index = np.clip(seconds / sound.seconds * (marks.size - 1), 0, marks.size - 1)
        gust = marks[index.astype(int)]
        center = middle * 2**gust
        howl = 1 / (1 + ((hertz - center) / (0.3 * center)) ** 2)
        whistle = 1 / (1 + ((hertz - 3.1 * center) / (0.04 * center)) ** 2)
        return (0.5 + 0.4 * gust) * (howl + 0.25 * whistle) + 0.05

    return swept(raw, moving)


def water(rng: np.random.Generator, sound: Sound) -> Signal:
    """Running water: bubbles that ring and rise (after Minnaert) over a soft rush."""
    total = 0.12 * noise(rng, sound.count, band_pass(400, 5000, 1))
    total *= 0.8 + 0.2 * wander(rng, sound.count, 3)
    for at in rng.uniform(0, 1, int(90 * sound.seconds)):
        place(total, _bubble(rng, sound.size), int(at * sound.count))
    return total


def splash(rng: np.random.Generator, sound: Sound) -> Signal:
    """Something falls into water: a slap, spray, then bubbles."""
    total = noise(rng, sound.count, band_pass(300, 9000, 1)) * decay(sound.count, 0.5 * sound.size)
    spray = noise(rng, sound.count, band_pass(2500, 12000, 1))
    total += 0.5 * spray * decay(sound.count, sound.seconds, 0.06)
    t = times(sound.count)
    total += 1.2 * np.sin(phase_of(70 / sound.size + 60 * np.exp(-t * 20))) * np.exp(-t * 14)
    for at in rng.exponential(0.28, int(50 * sound.size) + 10):
        place(total, 1.5 * _bubble(rng, sound.size * 1.5), int(at * sound.count))
    return total


def _bubble(rng: np.random.Generator, size: float) -> Signal:
    hertz = float(rng.uniform(420, 2200)) / size
    t = times(samples(float(rng.uniform(0.02, 0.07))))
    rise = hertz * (1 + 4 * float(rng.uniform(0, 1)) * t)
    return np.sin(phase_of(rise)) * np.exp(-t * 0.05 * hertz) * float(rng.uniform(0.1, 0.6))


def rain(rng: np.random.Generator, sound: Sound) -> Signal:
    """A bed of distant drops, and near ones that tick."""
    total = 0.35 * noise(rng, sound.count, band_pass(900, 12000, 1))
    for at in rng.uniform(0, 1, int(120 * sound.seconds)):
        length = samples(0.006)
        drop = noise(rng, length, band_pass(1500, 14000, 1)) * np.exp(-np.linspace(0, 7, length))
        place(total, drop * float(rng.uniform(0.2, 1.2)), int(at * sound.count))
    return total


def growl(rng: np.random.Generator, sound: Sound) -> Signal:
    """A beast's throat: a rough low saw with subharmonics through moving formants."""
    t = times(sound.count)
    base = 78 / sound.size * points(sound.count, (0, 0.75), (0.3, 1.25), (0.7, 1.05), (1, 0.6))
    base = base * (1 + 0.1 * wander(rng, sound.count, 14)) * (1 + 0.2 * sound.energy)
    phase = np.cumsum(base) / 44_100
    rough = 0.65 + 0.35 * np.sign(np.sin(np.pi * phase)) * (
        0.6 + 0.4 * wander(rng, sound.count, 40)
    )
    voice = waved(phase, 60, saw_levels(60, 40)) * rough
    voice += 0.35 * noise(rng, sound.count, band_pass(200, 3500, 1)) * np.abs(np.sin(np.pi * phase))

    def throat(hertz: Signal, seconds: Signal) -> Signal:
        opening = np.sin(np.pi * np.clip(seconds / sound.seconds, 0, 1))
        first, second = (
            (260 + 420 * opening) / sound.size**0.5,
            (850 + 500 * opening) / sound.size**0.5,
        )
        return (
            1 / (1 + ((hertz - first) / 110) ** 2)
            + 0.6 / (1 + ((hertz - second) / 170) ** 2)
            + 0.2 / (1 + ((hertz - 2500) / 400) ** 2)
        )

    level = points(sound.count, (0, 0), (0.08, 0.8), (0.45, 1), (0.8, 0.5), (1, 0))
    return np.tanh(3 * swept(voice, throat) * level) * np.minimum(1, t / 0.01)


def chirp(rng: np.random.Generator, sound: Sound) -> Signal:
    """Small animals: a few whistled slurs."""
    total = np.zeros(sound.count)
    at = 0.0
    base = float(rng.uniform(2300, 4200)) / sound.size
    while at == 0 or at < sound.seconds - 0.1:
        count = samples(float(rng.uniform(0.05, 0.14)))
        slur = points(
            count, (0, 1), (0.5, float(rng.uniform(0.8, 1.5))), (1, float(rng.uniform(0.8, 1.2)))
        )
        note = np.sin(phase_of(base * slur)) * np.sin(np.linspace(0, np.pi, count))
        place(total, note * float(rng.uniform(0.5, 1)), samples(at))
        at += count / 44_100 + float(rng.uniform(0.02, 0.16))
    return total


def hiss(rng: np.random.Generator, sound: Sound) -> Signal:
    """Steam, a snake or a leak: high noise under pressure that gives way."""
    air = noise(rng, sound.count, band_pass(2200, 12000, 1))
    whistle = filtered(air, resonance(4300 / sound.size, 350))
    level = points(sound.count, (0, 0), (0.06, 1), (0.6, 0.7), (1, 0))
    return (air + 0.8 * whistle) * level * (0.85 + 0.15 * wander(rng, sound.count, 12))
