"""From samples to a WAV file: level, limit, and the loop's join."""

from __future__ import annotations

import io
import wave

import numpy as np

from asset_forge.generation.providers.procedural.audio._signal import (
    SAMPLE_RATE,
    Signal,
    filtered,
    high_pass,
    samples,
)

PEAK = 10 ** (-1 / 20)
"""No sample passes −1 dBFS."""

MUSIC_LOUDNESS = 10 ** (-17 / 20)
"""The root mean square that music is brought to: −17 dBFS."""

_KNEE = 0.6
_FULL_SCALE = 32767


def leveled(signal: Signal) -> Signal:
    """A one-shot scaled so that its highest sample stands at −1 dBFS; silence stays silence.

    Rumble below 15 Hz goes and no offset is left. The file starts and ends at 0.
    """
    clean = filtered(signal, high_pass(15))
    edge = min(samples(0.003), clean.size // 4)
    if edge:
        ramp = np.linspace(0, 1, edge)
        clean[:edge] *= ramp
        clean[-edge:] *= ramp[::-1]
    highest = float(np.max(np.abs(clean)))
    return clean * (PEAK / highest) if highest > 0 else clean


def leveled_loop(signal: Signal) -> Signal:
    """Like `leveled`, for a sound whose end runs into its start: the ends are left alone."""
    centered = signal - np.mean(signal, axis=-1, keepdims=True)
    highest = float(np.max(np.abs(centered)))
    return centered * (PEAK / highest) if highest > 0 else centered


def mastered(music: Signal) -> Signal:
    """Music at −17 dBFS root mean square, its peaks rounded off below −1 dBFS.

    Below 0.6 of full scale the curve is straight; above, it bends toward the peak and never
    reaches it. The curve looks at one sample at a time, so that a seamless loop stays one.
    """
    centered: Signal = music - np.mean(music, axis=-1, keepdims=True)
    loudness = float(np.sqrt(np.mean(centered**2)))
    if loudness == 0:
        return centered
    loud = centered * (MUSIC_LOUDNESS / loudness)
    size = np.abs(loud)
    room = PEAK - _KNEE
    bent = np.where(size > _KNEE, _KNEE + room * np.tanh((size - _KNEE) / room), size)
    return np.sign(loud) * bent


def crossfaded(signal: Signal, count: int) -> Signal:
    """The first `count` samples of a longer mono sound, the rest faded into its start.

    The join is seamless since the sample after the last is the first of the rest.
    """
    rest = signal[count:]
    ramp = np.linspace(0, 1, rest.size)
    looped = signal[:count].copy()
    looped[: rest.size] = looped[: rest.size] * np.sqrt(ramp) + rest * np.sqrt(1 - ramp)
    return looped


def to_wav(signal: Signal) -> bytes:
    """A RIFF file of 16-bit PCM at 44.1 kHz from a mono `(n,)` or stereo `(2, n)` signal.

    Raises ValueError for a sample outside ±1, which would clip.
    """
    highest = float(np.max(np.abs(signal), initial=0.0))
    if not highest <= 1.0:
        raise ValueError(f"the signal reaches {highest:.3f}; at most 1.0 fits (level it first)")
    frames = np.ascontiguousarray(np.atleast_2d(signal).T)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(frames.shape[1])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(frames * _FULL_SCALE).astype("<i2").tobytes())
    return buffer.getvalue()
