"""Filters, noise, envelopes and space: the signal tools that every sound is made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
"""Samples a second of every file."""

Signal: TypeAlias = NDArray[np.float64]
"""Samples around ±1: one axis for mono, `(2, n)` for stereo."""

Gain: TypeAlias = Callable[[Signal], Signal]
"""From frequencies in hertz to linear amplitude factors."""

_FRAME = 1024
_HOP = _FRAME // 4


def samples(seconds: float) -> int:
    """The number of samples in a time, at least one."""
    return max(1, round(seconds * SAMPLE_RATE))


def times(count: int) -> Signal:
    """The time in seconds of each of `count` samples."""
    return np.arange(count) / SAMPLE_RATE


def fast_length(count: int) -> int:
    """The smallest length of the form 2^a·3^b·5^c (a ≥ 1) from `count` up, quick to transform."""
    best = 1 << max(1, (count - 1).bit_length())
    fives = 1
    while fives < best:
        threes = fives
        while threes < best:
            twos = max(1, (-(-count // threes) - 1).bit_length())
            best = min(best, threes << twos)
            threes *= 3
        fives *= 5
    return best


def frequencies(count: int) -> Signal:
    """The frequencies in hertz of a real transform over `count` samples."""
    return np.linspace(0.0, count // 2 * SAMPLE_RATE / count, count // 2 + 1)


def filtered(signal: Signal, gain: Gain) -> Signal:
    """A mono signal with each frequency scaled by `gain`, without a shift in time.

    The ends do not leak into each other: the transform is padded by a tenth of a second.
    """
    size = fast_length(signal.size + SAMPLE_RATE // 10)
    spectrum = np.fft.rfft(signal, size)
    spectrum *= gain(frequencies(size))
    return np.fft.irfft(spectrum, size)[: signal.size]


def low_pass(edge: float, order: int = 2) -> Gain:
    """The magnitude of a Butterworth low-pass with its −3 dB point at `edge` hertz."""
    return lambda f: 1 / np.sqrt(1 + (f / edge) ** (2 * order))


def high_pass(edge: float, order: int = 2) -> Gain:
    """The magnitude of a Butterworth high-pass with its −3 dB point at `edge` hertz."""
    return lambda f: (f / edge) ** order / np.sqrt(1 + (f / edge) ** (2 * order))


def band_pass(low: float, high: float, order: int = 2) -> Gain:
    """What lies between `low` and `high` hertz."""
    below, above = low_pass(high, order), high_pass(low, order)
    return lambda f: below(f) * above(f)


def resonance(center: float, width: float) -> Gain:
    """One peak of height 1 at `center` hertz, `width` hertz wide at −3 dB."""
    return lambda f: 1 / np.sqrt(1 + ((f - center) / (width / 2)) ** 2)


def tilt(decibels_per_octave: float, pivot: float = 1000.0) -> Gain:
    """A slope of so many decibels an octave around `pivot` hertz; below 20 Hz it is level."""
    power = decibels_per_octave / 6.0206
    return lambda f: (np.maximum(f, 20.0) / pivot) ** power


def noise(rng: np.random.Generator, count: int, gain: Gain | None = None) -> Signal:
    """Gaussian noise of standard deviation 1, colored by `gain` where given."""
    raw = rng.standard_normal(count)
    if gain is None:
        return raw
    colored = filtered(raw, gain)
    return colored / max(float(np.std(colored)), 1e-9)


def swept(signal: Signal, gain_at: Callable[[Signal, Signal], Signal]) -> Signal:
    """A mono signal through a filter that changes with time.

    `gain_at(frequencies, seconds)` gets a row of frequencies in hertz and a column of times, and
    returns the factors for all of them, frames × frequencies. Overlap-add with Hann windows.
    """
    frames = 1 + (signal.size + _FRAME) // _HOP
    padded = np.zeros((frames + 3) * _HOP)
    padded[_FRAME // 2 : _FRAME // 2 + signal.size] = signal
    window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(_FRAME) / _FRAME))
    grains = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP][:frames] * window
    centers = (np.arange(frames) * _HOP / SAMPLE_RATE)[:, np.newaxis]
    hertz = frequencies(_FRAME)[np.newaxis, :]
    spectra = np.fft.rfft(grains, axis=1) * gain_at(hertz, centers)
    grains = np.fft.irfft(spectra, _FRAME, axis=1) * (window / 2)
    total = np.zeros((frames + 3, _HOP))
    for quarter in range(4):
        total[quarter : quarter + frames] += grains[:, quarter * _HOP : (quarter + 1) * _HOP]
    return total.ravel()[_FRAME // 2 : _FRAME // 2 + signal.size]


def decay(count: int, seconds: float, attack: float = 0.001) -> Signal:
    """A quick linear rise, then an exponential fall that reaches −60 dB after `seconds`."""
    t = times(count)
    return np.minimum(1.0, t / max(attack, 1e-5)) * np.exp(-6.91 * t / max(seconds, 1e-4))


def swell(count: int, attack: float, release: float) -> Signal:
    """Rise over `attack` seconds, hold at 1, fall over `release` seconds at the end."""
    t = times(count)
    end = count / SAMPLE_RATE
    rise = np.clip(t / max(attack, 1e-4), 0, 1)
    fall = np.clip((end - t) / max(release, 1e-4), 0, 1)
    level: Signal = np.minimum(rise, fall)
    return level * level * (3 - 2 * level)


def points(count: int, *pairs: tuple[float, float]) -> Signal:
    """A line through `(place, value)` pairs; places run from 0 (start) to 1 (end)."""
    return np.interp(np.linspace(0, 1, count), [x for x, _ in pairs], [y for _, y in pairs])


def phase_of(hertz: Signal) -> Signal:
    """The phase in radians of an oscillator whose frequency at each sample is `hertz`."""
    return 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE


def wander(rng: np.random.Generator, count: int, hertz: float) -> Signal:
    """A smooth random walk between about −1 and 1 that turns `hertz` times a second."""
    knots = max(4, int(count / SAMPLE_RATE * hertz) + 4)
    values = rng.uniform(-1, 1, knots)
    where = np.linspace(0, knots - 1.001, count)
    index = where.astype(int)
    part = where - index
    part = part * part * (3 - 2 * part)
    return values[index] * (1 - part) + values[index + 1] * part


def place(target: Signal, sound: Signal, start: int) -> None:
    """Add `sound` to `target` from sample `start`; what lies outside is dropped."""
    begin, end = max(0, start), min(target.shape[-1], start + sound.shape[-1])
    if end > begin:
        target[..., begin:end] += sound[..., begin - start : end - start]


def place_around(target: Signal, sound: Signal, start: int) -> None:
    """Add `sound` to `target` from sample `start`; what passes the end goes on at the start."""
    count = target.shape[-1]
    start %= count
    while sound.shape[-1]:
        room = min(count - start, sound.shape[-1])
        target[..., start : start + room] += sound[..., :room]
        sound, start = sound[..., room:], 0


def room_response(rng: np.random.Generator, seconds: float, brightness: float) -> Signal:
    """A stereo room: noise that fades by 60 dB in `seconds`, its high end sooner.

    `brightness` is the low-pass edge in hertz of the early part. Both channels have energy 1.
    """
    count = samples(seconds * 1.1)
    t = times(count)
    sides: list[Signal] = []
    for _ in range(2):
        raw = rng.standard_normal(count)
        dull = filtered(raw, low_pass(brightness * 0.3, 1)) * np.exp(-6.91 * t / seconds)
        clear = filtered(raw, low_pass(brightness, 1)) * np.exp(-14 * t / seconds)
        side = (dull + 0.6 * clear) * np.minimum(1, t / 0.012)
        side = filtered(side, high_pass(150, 1))
        sides.append(side / np.sqrt(np.sum(side**2)))
    return np.stack(sides)


def in_room(dry: Signal, room: Signal, *, around: bool) -> Signal:
    """A stereo send through a stereo room, as long as the send.

    With `around` the tail past the end is added at the start, so that a loop stays whole.
    """
    count, tail = dry.shape[-1], room.shape[-1] - 1
    size = fast_length(count + tail)
    wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(room, size), size)
    result = wet[:, :count].copy()
    if around:
        rest = wet[:, count : count + tail]
        place_around(result, rest, 0)
    return result
