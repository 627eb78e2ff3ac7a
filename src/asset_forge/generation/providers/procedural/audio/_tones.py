"""Ways to make a pitched tone: plucked strings, fading partials, wavetables, modulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.audio._signal import (
    SAMPLE_RATE,
    Signal,
    filtered,
    low_pass,
    samples,
    swell,
    times,
    wander,
)

_TABLE = 4096
_HIGHEST = 0.42 * SAMPLE_RATE


def plucked(
    rng: np.random.Generator, hertz: float, seconds: float, ring: float, brightness: float
) -> Signal:
    """A plucked string after Karplus and Strong, one period of the delay line at a time.

    `ring` is the time in seconds to fade by 60 dB, `brightness` the low-pass edge in hertz of the
    burst that excites it. The whole-sample delay line is resampled to the exact pitch.
    """
    period = max(8, int(SAMPLE_RATE / hertz - 0.5))
    factor = hertz * (period + 0.5) / SAMPLE_RATE
    count = samples(seconds)
    rows = int(count * factor / period) + 3
    burst = filtered(rng.uniform(-1, 1, period * 4), low_pass(brightness, 2))[period : 2 * period]
    burst -= burst.mean()
    # A string is plucked near its bridge: the comb leaves a node at a seventh of its length.
    burst -= 0.7 * np.roll(burst, max(1, period // 7))
    gain = 10 ** (-3 * (period + 0.5) / SAMPLE_RATE / ring)
    line = np.empty((rows, period))
    line[0] = burst
    carry = 0.0
    for row in range(1, rows):
        before = line[row - 1]
        line[row, 0] = gain * 0.5 * (before[0] + carry)
        line[row, 1:] = (0.5 * gain) * (before[1:] + before[:-1])
        carry = before[-1]
    string = line.ravel()
    where = np.arange(count) * factor
    sound = np.interp(where, np.arange(string.size), string)
    return sound / max(float(np.max(np.abs(sound))), 1e-9)


def fading(
    hertz: float, seconds: float, levels: Sequence[float], ring: float, dulling: float
) -> Signal:
    """Harmonics that fade, the higher the sooner.

    The first fades by 60 dB in `ring` seconds; each further one `dulling` times faster per step.
    Harmonic k is made by multiplying harmonic k − 1 with one complex factor.
    """
    t = times(samples(seconds))
    slow = 6.91 / ring
    turn = np.exp((2j * np.pi * hertz - slow * dulling) * t)
    partial: NDArray[np.complex128] = np.exp((2j * np.pi * hertz - slow) * t)
    total = np.zeros(t.size)
    for number, level in enumerate(levels, start=1):
        if hertz * number > _HIGHEST:
            break
        if number > 1:
            partial *= turn
        if level:
            total += level * np.imag(partial)
    return total


def modes(
    rng: np.random.Generator,
    partials: Sequence[tuple[float, float, float]],
    count: int,
) -> Signal:
    """A struck body: sine partials of `(hertz, level, seconds to −60 dB)` with random phases."""
    t = times(count)
    total = np.zeros(count)
    for hertz, level, ring in partials:
        if not 20 < hertz < _HIGHEST:
            continue
        reach = min(count, samples(ring * 1.2))
        phase = float(rng.uniform(0, 2 * np.pi))
        wave = np.exp(-6.91 / ring * t[:reach]) * np.sin(2 * np.pi * hertz * t[:reach] + phase)
        total[:reach] += level * wave
    return total


def waved(phase: Signal, hertz: float, levels: Sequence[float]) -> Signal:
    """A steady tone of harmonics read from a table; `phase` counts periods.

    Harmonics above 18.5 kHz at `hertz` are left out, so that nothing folds back.
    """
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=complex)
    top = min(len(levels), int(_HIGHEST / hertz), _TABLE // 2 - 1)
    spectrum[1 : top + 1] = -0.5j * _TABLE * np.asarray(levels[:top])
    table = np.fft.irfft(spectrum, _TABLE)
    return table[(phase * _TABLE).astype(np.int64) & (_TABLE - 1)]


def saw_levels(count: int, edge: float) -> list[float]:
    """The harmonics of a sawtooth, softened from harmonic number `edge` upward."""
    return [1 / k / np.sqrt(1 + (k / edge) ** 4) for k in range(1, count + 1)]


def pulse_levels(count: int, width: float) -> list[float]:
    """The harmonics of a pulse whose high part takes `width` (0 to 1) of the period."""
    return [float(np.sin(np.pi * k * width)) * 2 / (np.pi * k) for k in range(1, count + 1)]


def sung_phase(
    rng: np.random.Generator, hertz: float, count: int, vibrato: float, rate: float = 5.4
) -> Signal:
    """Phase in periods of a tone with vibrato of so many semitones that sets in after 0.25 s."""
    t = times(count)
    depth = vibrato * np.clip((t - 0.15) / 0.4, 0, 1)
    shake = depth * np.sin(2 * np.pi * rate * t + float(rng.uniform(0, 6.28)))
    shake += 0.05 * vibrato * wander(rng, count, 6)
    return np.cumsum(hertz * 2 ** (shake / 12)) / SAMPLE_RATE


def modulated(
    hertz: float, seconds: float, ratio: float, index: Signal | float, ring: float
) -> Signal:
    """Frequency modulation of a sine by another at `ratio` times its frequency, fading."""
    t = times(samples(seconds))
    carrier = 2 * np.pi * hertz * t
    return np.sin(carrier + index * np.sin(ratio * carrier)) * np.exp(-6.91 / ring * t)


def held(sound: Signal, attack: float, release: float) -> Signal:
    """The sound with its ends shaped: `attack` and `release` in seconds."""
    return sound * swell(sound.size, attack, release)
