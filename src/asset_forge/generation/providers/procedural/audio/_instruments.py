"""The instruments of the music by name: each turns a note into samples."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from asset_forge.generation.providers.procedural.audio._signal import (
    Signal,
    band_pass,
    filtered,
    low_pass,
    noise,
    resonance,
    samples,
    times,
)
from asset_forge.generation.providers.procedural.audio._tones import (
    fading,
    held,
    modes,
    modulated,
    plucked,
    pulse_levels,
    saw_levels,
    sung_phase,
    waved,
)

Instrument = Callable[[np.random.Generator, float, float, float], Signal]
"""`(rng, hertz, seconds, loudness)` to mono samples; seconds is how long the key is held."""


def _string(ring: float, brightness: float, release: float) -> Instrument:
    def play(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
        length = min(seconds + release, ring * 1.1)
        edge = brightness * (0.5 + loudness)
        return held(plucked(rng, hertz, length, ring, edge), 0.001, release)

    return play


def _ensemble(
    levels: list[float], vibrato: float, attack: float, release: float, voices: int, air: float
) -> Instrument:
    """Bowed, blown and electronic voices: `voices` slightly detuned copies, `air` breath noise."""

    def play(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
        count = samples(seconds + release)
        total = np.zeros(count)
        for k in range(voices):
            detuned = hertz * 2 ** ((k - (voices - 1) / 2) * 0.09 / 12)
            phase = sung_phase(rng, detuned, count, vibrato) + float(rng.random())
            total += waved(phase, detuned, levels)
        if air:
            breath = noise(rng, count, resonance(hertz * 2, hertz))
            total += air * breath * np.exp(-times(count) * 3) + 0.3 * air * breath
        return held(total / voices**0.5, min(attack, seconds / 2), release)

    return play


def _brass(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    """Horns: the louder the moment, the more high harmonics."""
    count = samples(seconds + 0.12)
    phase = sung_phase(rng, hertz, count, 0.12)
    t = times(count)
    push = np.minimum(1, t / 0.05) * (0.75 + 0.25 * np.exp(-t * 5)) * (0.6 + 0.5 * loudness)
    dull = waved(phase, hertz, saw_levels(12, 2.2))
    clear = waved(phase, hertz, saw_levels(40, 9.0))
    return held(dull * (1 - push) + clear * push, 0.03, 0.12)


def _choir(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    """Four singers on an open vowel: a sawtooth through the formants of "ah"."""
    count = samples(seconds + 0.5)
    total = np.zeros(count)
    for k in range(3):
        detuned = hertz * 2 ** ((k - 1) * 0.12 / 12)
        total += waved(sung_phase(rng, detuned, count, 0.25), detuned, saw_levels(30, 20))
    throat = [resonance(700, 130), resonance(1100, 150), resonance(2600, 220)]
    sung = filtered(total, lambda f: throat[0](f) + 0.6 * throat[1](f) + 0.25 * throat[2](f) + 0.05)
    return held(sung * 0.8, min(0.25, seconds / 2), 0.5)


def _bell(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    """A church bell's partials: hum, prime, minor third, fifth, octave and above."""
    ratios = ((0.5, 0.5, 5.0), (1, 1, 4), (1.2, 0.6, 2.8), (1.5, 0.4, 2.2), (2, 0.6, 2),
              (2.66, 0.3, 1.3), (4.1, 0.2, 0.8))  # fmt: skip
    count = samples(min(4.0, seconds + 2.5))
    return held(modes(rng, [(hertz * r, a, d) for r, a, d in ratios], count) * 0.5, 0.001, 0.4)


def _music_box(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    count = samples(min(2.2, seconds + 1.2))
    tooth = modes(rng, [(hertz * 2, 1, 1.8), (hertz * 6.27, 0.25, 0.5), (hertz * 12.4, 0.1, 0.15)],
                  count)  # fmt: skip
    return held(tooth * 0.7, 0.001, 0.2)


def _glass(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    index = 1.6 * loudness * np.exp(-5 * times(samples(min(3.0, seconds + 1.5))))
    return held(modulated(hertz * 2, min(3.0, seconds + 1.5), 3.5, index, 2.4) * 0.7, 0.002, 0.3)


def _electric_piano(
    rng: np.random.Generator, hertz: float, seconds: float, loudness: float
) -> Signal:
    length = seconds + 0.25
    t = times(samples(length))
    body = modulated(hertz, length, 1, 1.4 * loudness * np.exp(-2.5 * t), 3.5)
    return held(body + 0.12 * modulated(hertz, length, 14, 0.6 * np.exp(-18 * t), 0.5), 0.002, 0.25)


def _piano(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    """Two strings a cent or two apart, and the felt's thud."""
    length = seconds + 0.3
    edge = 3 + 5 * loudness
    levels = [1 / k**0.8 / (1 + (k / edge) ** 2) for k in range(1, 14)]
    ring = float(np.clip(5.0 * (220 / hertz) ** 0.5, 1.2, 7))
    sound = fading(hertz, length, levels, ring, 0.45)
    sound += fading(hertz * 1.0012, length, levels, ring * 0.8, 0.5)
    thud = noise(rng, samples(0.03), band_pass(150, 900)) * np.linspace(1, 0, samples(0.03))
    sound[: thud.size] += 0.12 * thud
    return held(sound * 0.4, 0.002, 0.25)


def _marimba(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    bar = [(hertz, 1.0, 0.9), (hertz * 3.93, 0.35 * loudness, 0.3), (hertz * 9.6, 0.12, 0.08)]
    return modes(rng, bar, samples(0.9))


def _power(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    """An overdriven guitar."""
    string = plucked(rng, hertz, seconds + 0.1, 6.0, 6000)
    return held(filtered(np.tanh(9 * string), band_pass(90, 4200, 1)) * 0.7, 0.002, 0.08)


def _chip(levels: list[float], wobble: float) -> Instrument:
    def play(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
        count = samples(seconds + 0.01)
        tone = waved(sung_phase(rng, hertz, count, wobble, 6.5), hertz, levels)
        return held(tone * (0.55 + 0.45 * np.exp(-8 * times(count))), 0.002, 0.01)

    return play


def _synth_bass(rng: np.random.Generator, hertz: float, seconds: float, loudness: float) -> Signal:
    count = samples(seconds + 0.05)
    phase = sung_phase(rng, hertz, count, 0.0)
    fall = np.exp(-9 * times(count))
    bright, dull = saw_levels(24, 10), saw_levels(12, 3)
    tone = waved(phase, hertz, bright) * fall + waved(phase, hertz, dull) * (1 - fall)
    return held(tone, 0.004, 0.05)


_SAW = saw_levels(40, 14)
_BOWED = [1.0, 0.7, 0.55, 0.42, 0.4, 0.22, 0.25, 0.16, 0.12, 0.1, 0.09, 0.05, 0.04, 0.03]
_FLUTE = [1.0, 0.35, 0.12, 0.04, 0.02]
_REED = [0.6, 0.2, 0.9, 0.2, 0.7, 0.2, 0.4, 0.12, 0.2, 0.08, 0.08]
_ORGAN = [1.0, 0.8, 0.3, 0.6, 0.0, 0.25, 0.0, 0.35, 0.0, 0.0, 0.0, 0.12]
_ACCORDION = [1.0, 0.6, 0.7, 0.3, 0.45, 0.25, 0.2, 0.15, 0.12, 0.08]

INSTRUMENTS: dict[str, Instrument] = {
    "lute": _string(1.8, 5200, 0.12),
    "harp": _string(3.2, 3200, 0.6),
    "harpsichord": _string(2.2, 12000, 0.08),
    "upright": _string(1.6, 1100, 0.1),
    "fiddle": _ensemble(_BOWED, 0.22, 0.04, 0.08, 1, 0.05),
    "strings": _ensemble(_BOWED, 0.16, 0.07, 0.22, 3, 0.02),
    "contrabass": _ensemble(_BOWED[:8], 0.08, 0.06, 0.15, 2, 0.02),
    "flute": _ensemble(_FLUTE, 0.18, 0.05, 0.1, 1, 0.1),
    "whistle": _ensemble([1.0, 0.2, 0.18, 0.05], 0.15, 0.02, 0.06, 1, 0.08),
    "reed": _ensemble(_REED, 0.15, 0.04, 0.08, 1, 0.03),
    "organ": _ensemble(_ORGAN, 0.0, 0.02, 0.1, 2, 0.0),
    "accordion": _ensemble(_ACCORDION, 0.0, 0.04, 0.06, 3, 0.0),
    "saw": _ensemble(_SAW, 0.12, 0.01, 0.12, 3, 0.0),
    "soft saw": _ensemble(saw_levels(16, 5), 0.1, 0.15, 0.4, 3, 0.0),
    "warm pad": _ensemble(saw_levels(12, 3), 0.06, 0.5, 0.8, 3, 0.0),
    "dark pad": _ensemble(saw_levels(7, 1.6), 0.1, 0.7, 1.0, 3, 0.0),
    "round bass": _ensemble([1.0, 0.3, 0.08], 0.0, 0.02, 0.1, 1, 0.0),
    "pulse": _chip(pulse_levels(60, 0.25), 0.12),
    "thin pulse": _chip(pulse_levels(60, 0.125), 0.0),
    "triangle": _chip([0.0 if k % 2 == 0 else (-1) ** (k // 2) / k**2 for k in range(1, 20)], 0.0),
    "brass": _brass,
    "choir": _choir,
    "bell": _bell,
    "music box": _music_box,
    "glass": _glass,
    "electric piano": _electric_piano,
    "piano": _piano,
    "marimba": _marimba,
    "power": _power,
    "synth bass": _synth_bass,
}
"""Every instrument that a style may name."""


def drum(rng: np.random.Generator, name: str) -> Signal:
    """One stroke of a drum, at its usual loudness."""
    t = times(samples(_DRUM_SECONDS.get(name, 0.3)))
    n = t.size
    match name:
        case "kick" | "war drum" | "tom" | "frame low" | "frame high" | "chip kick":
            low, drop, ring, skin = _SKINS[name]
            hertz = low * (1 + drop * np.exp(-t * 38))
            body = np.sin(2 * np.pi * np.cumsum(hertz) / 44_100) * np.exp(-6.91 * t / ring)
            slap = noise(rng, n, low_pass(2500, 1)) * np.exp(-t * 90)
            return body + skin * slap
        case "snare" | "chip snare":
            wires = noise(rng, n, band_pass(1200, 9000, 1)) * np.exp(-t * 22)
            return 0.45 * wires + 0.5 * np.sin(2 * np.pi * 190 * t) * np.exp(-t * 30)
        case "wood":
            return modes(rng, [(820, 0.8, 0.12), (1560, 0.4, 0.07)], n)
        case "cymbal":
            return 0.3 * noise(rng, n, band_pass(3000, 14000, 1)) * np.exp(-t * 3.2)
        case "tambourine":
            jingles = noise(rng, n, band_pass(5500, 13000)) * np.exp(-t * 24)
            return 0.35 * jingles * (0.6 + 0.4 * np.sin(2 * np.pi * 38 * t))
        case "shaker":
            return 0.22 * noise(rng, n, band_pass(4500, 11000)) * np.sin(np.pi * t / t[-1]) ** 2
        case _:
            return 0.28 * noise(rng, n, band_pass(7000, 15000)) * np.exp(-t * 60)


_DRUM_SECONDS = {"cymbal": 1.8, "war drum": 0.9, "shaker": 0.09, "hat": 0.12, "chip hat": 0.08,
                 "kick": 0.4, "frame low": 0.5}  # fmt: skip
_SKINS = {
    "kick": (48.0, 2.2, 0.32, 0.25),
    "war drum": (62.0, 0.5, 0.8, 0.35),
    "tom": (105.0, 0.6, 0.45, 0.2),
    "frame low": (84.0, 0.4, 0.42, 0.25),
    "frame high": (180.0, 0.25, 0.18, 0.3),
    "chip kick": (60.0, 4.0, 0.2, 0.0),
}
