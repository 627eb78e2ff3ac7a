"""Effects of machines, magic and games."""

from __future__ import annotations

import numpy as np

from asset_forge.generation.providers.procedural.audio._bodies import body_of, struck
from asset_forge.generation.providers.procedural.audio._signal import (
    Signal,
    band_pass,
    decay,
    filtered,
    in_room,
    low_pass,
    noise,
    phase_of,
    place,
    points,
    room_response,
    samples,
    swept,
    times,
    wander,
)
from asset_forge.generation.providers.procedural.audio._sound import Sound
from asset_forge.generation.providers.procedural.audio._tones import pulse_levels, saw_levels, waved

_PENTATONIC = (0, 2, 4, 7, 9, 12, 14, 16, 19, 21, 24)
_DARK = (0, 1, 3, 6, 7, 9, 12, 13, 15, 18, 19)


def laser(rng: np.random.Generator, sound: Sound) -> Signal:
    """A falling, frequency-modulated zap."""
    t = times(sound.count)
    high = float(rng.uniform(1700, 3200)) / sound.size
    hertz = 110 / sound.size + high * np.exp(-t * 9 / sound.seconds * 0.6)
    phase = phase_of(hertz)
    tone = np.sin(phase + 2.2 * np.exp(-t * 8) * np.sin(2.01 * phase))
    spark = noise(rng, sound.count, band_pass(1500, 9000, 1)) * np.exp(-t * 60)
    return tone * decay(sound.count, sound.seconds * 1.1, 0.002) + 0.3 * spark


def pickup(rng: np.random.Generator, sound: Sound) -> Signal:
    """A reward in a game: quick notes upward, bright and short."""
    total = np.zeros(sound.count)
    root = 659.26 * 2 ** (float(rng.integers(-3, 4)) / 12) / sound.size
    jumps = [(0, 5), (0, 4, 7), (0, 7, 12), (0, 4, 7, 12)][int(rng.integers(4))]
    gap = min(0.075, sound.seconds / (len(jumps) + 2))
    for k, jump in enumerate(jumps):
        hertz = root * 2 ** (jump / 12)
        rest = sound.count - samples(k * gap)
        length = max(2, rest if k == len(jumps) - 1 else samples(gap))
        t = times(length)
        tone = waved(t * hertz, hertz, pulse_levels(24, 0.25)) + 0.5 * np.sin(
            2 * np.pi * 2 * hertz * t
        )
        place(total, tone * decay(length, 0.45 if k == len(jumps) - 1 else 0.3), samples(k * gap))
    return total


def jump(rng: np.random.Generator, sound: Sound) -> Signal:
    """A platform game's hop: a pulse that slides upward."""
    low = float(rng.uniform(170, 260)) / sound.size
    hertz = low * 2 ** points(sound.count, (0, 0), (0.7, 1.6), (1, 1.8))
    tone = waved(np.cumsum(hertz) / 44_100, low * 4, pulse_levels(40, 0.3))
    return tone * points(sound.count, (0, 0), (0.03, 1), (0.6, 0.6), (1, 0))


def click(rng: np.random.Generator, sound: Sound) -> Signal:
    """A user-interface tick: a tiny body and a soft tone above it."""
    total = np.zeros(sound.count)
    place(total, struck(rng, body_of(sound.material, "plastic"), 0.6 * sound.size), 0)
    hertz = float(rng.uniform(900, 1700)) / sound.size * 2 ** (0.4 * sound.valence)
    total += 0.5 * np.sin(2 * np.pi * hertz * times(sound.count)) * decay(sound.count, 0.09)
    return total


def failure(rng: np.random.Generator, sound: Sound) -> Signal:
    """An error or a loss: two buzzing tones, the second lower."""
    root = float(rng.uniform(190, 260)) / sound.size
    bend = np.where(np.linspace(0, 1, sound.count) < 0.42, 1.0, 2 ** (-5 / 12))
    tone = waved(np.cumsum(root * bend) / 44_100, root, pulse_levels(40, 0.4))
    level = points(sound.count, (0, 0), (0.02, 1), (0.36, 0.8), (0.42, 0), (0.45, 1), (1, 0))
    return filtered(tone * level, low_pass(3200, 1))


def alarm(rng: np.random.Generator, sound: Sound) -> Signal:
    """A siren between two pitches."""
    rate = 1.2 + 1.5 * sound.force
    sweep = np.sin(2 * np.pi * rate * times(sound.count))
    hertz = float(rng.uniform(560, 820)) / sound.size * 2 ** (0.35 * sweep)
    return waved(np.cumsum(hertz) / 44_100, 900, saw_levels(20, 6)) * points(
        sound.count, (0, 0), (0.02, 1), (0.96, 1), (1, 0)
    )


def magic(rng: np.random.Generator, sound: Sound) -> Signal:
    """A spell: a rising shimmer of bells over a swell of air; dark moods fall instead of rise."""
    dark = sound.valence < -0.2 or sound.reading.says(
        "dark", "curse", "necromancer", "shadow", "death"
    )
    scale = _DARK if dark else _PENTATONIC
    total = np.zeros(sound.count)
    root = (220.0 if dark else 523.25) * 2 ** (float(rng.integers(-4, 5)) / 12) / sound.size
    notes = max(6, int(sound.seconds * 16))
    for k in range(notes):
        place_in = k / notes * 0.7
        step = int(place_in / 0.7 * (len(scale) - 1))
        step = len(scale) - 1 - step if dark else step
        hertz = root * 2 ** (scale[(step + int(rng.integers(0, 3))) % len(scale)] / 12)
        t = times(samples(0.9))
        bell = np.sin(
            2 * np.pi * hertz * t + 1.5 * np.exp(-6 * t) * np.sin(7.07 * np.pi * hertz * t)
        )
        start = int(place_in * sound.count)
        place(total, bell * decay(t.size, 0.8) * float(rng.uniform(0.2, 0.6)), start)
    air = noise(rng, sound.count, band_pass(400, 9000, 1))

    def rising(hertz: Signal, seconds: Signal) -> Signal:
        place_in = np.clip(seconds / sound.seconds, 0, 1)
        center = 500 * 2 ** (3.2 * (1 - place_in if dark else place_in))
        return np.sin(np.pi * place_in) ** 2 / (1 + ((hertz - center) / (0.25 * center)) ** 2)

    dry = total + 0.8 * swept(air, rising)
    room = room_response(rng, min(1.6, sound.seconds), 9000)
    return dry + 0.7 * in_room(np.stack((dry, dry)), room, around=False)[0]


def hum(rng: np.random.Generator, sound: Sound) -> Signal:
    """An engine or a machine: a harmonic hum that pulses, with a rattle over it."""
    base = float(rng.uniform(46, 64)) / sound.size * 2 ** (0.4 * sound.energy)
    drift = 1 + 0.012 * wander(rng, sound.count, 1.5)
    phase = np.cumsum(base * drift) / 44_100
    tone = waved(phase, base, [1, 0.7, 0.9, 0.35, 0.5, 0.2, 0.28, 0.12, 0.15, 0.1, 0.08, 0.06])
    beat = 0.75 + 0.25 * np.sin(2 * np.pi * phase / 4)
    rattle = (
        noise(rng, sound.count, band_pass(700, 4500, 1)) * np.maximum(0, np.sin(np.pi * phase)) ** 6
    )
    whine = np.sin(2 * np.pi * phase * 23) * 0.08
    return tone * beat + 0.2 * rattle + whine


def electric(rng: np.random.Generator, sound: Sound) -> Signal:
    """Sparks and arcs: mains buzz in bursts, cut by crackles."""
    t = times(sound.count)
    gate = (wander(rng, sound.count, 22) > 0.05).astype(float)
    arcs = noise(rng, sound.count, band_pass(1200, 14000, 1)) * np.maximum(
        0, np.sin(2 * np.pi * 100 * t)
    )
    buzz = waved(t * 100, 100, saw_levels(60, 30))
    level = points(sound.count, (0, 0), (0.02, 1), (0.7, 0.7), (1, 0))
    return (0.9 * arcs * gate + 0.25 * buzz * (0.3 + 0.7 * gate)) * level


def teleport(rng: np.random.Generator, sound: Sound) -> Signal:
    """A warp: detuned tones that spiral up and vanish."""
    total = np.zeros(sound.count)
    for k in range(5):
        hertz = (140 + 45 * k) / sound.size * 2 ** points(sound.count, (0, 0), (0.75, 3.4), (1, 4))
        shake = 1 + 0.03 * np.sin(2 * np.pi * (7 + k) * times(sound.count))
        total += np.sin(phase_of(hertz * shake) + float(rng.uniform(0, 6)))
    return total * points(sound.count, (0, 0), (0.15, 0.6), (0.75, 1), (1, 0))


def bell(rng: np.random.Generator, sound: Sound) -> Signal:
    """A bell or gong that is struck once."""
    total = np.zeros(sound.count)
    place(total, struck(rng, body_of(sound.material, "bronze"), 0.9 * sound.size, 1.0), 0)
    fundamental = 260 / sound.size
    for ratio, level, ring in (
        (0.5, 0.5, 1.0),
        (1, 1, 0.9),
        (1.2, 0.7, 0.7),
        (1.5, 0.4, 0.6),
        (2, 0.6, 0.5),
    ):
        t = times(sound.count)
        total += (
            level
            * np.sin(2 * np.pi * fundamental * ratio * t)
            * decay(sound.count, sound.seconds * ring)
        )
    return total
