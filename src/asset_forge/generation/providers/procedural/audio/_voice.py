"""Speech-like barks: a source of harmonics and noise through the formants of syllables.

What comes out has the rhythm, melody and timbre of a speaker; it is not intelligible speech and
does not replace a recording or a speech model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asset_forge.generation.providers.procedural.audio._options import read_options
from asset_forge.generation.providers.procedural.audio._phonemes import (
    Phone,
    phones_of,
    sounds_of,
)
from asset_forge.generation.providers.procedural.audio._signal import (
    SAMPLE_RATE,
    Signal,
    in_room,
    room_response,
    samples,
    swept,
    times,
    wander,
)
from asset_forge.generation.providers.procedural.audio._speaker import (
    Speaker,
    speaker_for,
    words_spoken,
)
from asset_forge.generation.providers.procedural.audio._wave import leveled, to_wav
from asset_forge.generation.providers.procedural.words import random_for, read_prompt

_FRAME_SECONDS = 0.005
_TOP_HERTZ = 5600.0
_LARGEST_TEXT = 400
_USUAL_SECONDS = 4.0
_REST = Phone((500, 1500, 2500), (500, 1500, 2500), 0.14, 0.0)
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?…—]")


@dataclass(frozen=True, slots=True)
class _Utterance:
    """Phones in order with the tune: for each phone its accent, and how the whole ends."""

    phones: list[Phone]
    accents: list[float]
    question: bool
    exclaimed: bool


def make_voice(prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A voice-like bark as a mono WAV of 16 bits at 44.1 kHz with its peak at −1 dBFS.

    The syllables are those of the words in quotes, or of the prompt; the speaker and the manner
    come from its other words. Raises ValueError for a bad option.
    """
    limit = read_options("voice", options).seconds or _USUAL_SECONDS
    rng = random_for(prompt, seed, "voice")
    speaker = speaker_for(read_prompt(prompt), rng)
    room = 0.8 * speaker.room
    utterance = _utterance(words_spoken(prompt), speaker, rng, max(0.2, limit - 0.1 - room))
    dry = _spoken(utterance, speaker, rng)
    if room:
        dry = np.concatenate((dry, np.zeros(samples(room))))
        wet = in_room(np.stack((dry, dry)), room_response(rng, room * 1.3, 4500), around=False)
        dry = dry + 1.4 * speaker.room * wet[0]
    return to_wav(leveled(dry[: samples(limit)]))


def _utterance(text: str, speaker: Speaker, rng: np.random.Generator, limit: float) -> _Utterance:
    """The words as phones at the speaker's speed, whole words only, up to the time limit.

    The first word is always spoken; text without any letter becomes a hum.
    """
    phones: list[Phone] = []
    accents: list[float] = []
    spent = 0.0
    for token in _TOKEN.findall(text[:_LARGEST_TEXT]):
        word = [_REST] if not token[0].isalnum() else phones_of(sounds_of(token))
        accent = _accents(word, rng)
        length = sum(phone.seconds for phone in word) / speaker.speed
        if phones and spent + length > limit:
            break
        if phones or word != [_REST]:
            phones += word
            accents += accent
            spent += length
    while phones and phones[-1] == _REST:
        phones.pop()
        accents.pop()
    if not phones:
        phones = phones_of(["HH", "M", "M", "M"])
        accents = [0.0] * len(phones)
    ending = text.rstrip()[-1:]
    return _Utterance(phones, accents, ending == "?", "!" in text)


def _accents(word: list[Phone], rng: np.random.Generator) -> list[float]:
    """The first vowel of a longer word carries its accent."""
    vowels = [k for k, phone in enumerate(word) if phone.vowel]
    strength = float(rng.uniform(0.5, 1.0)) if len(word) > 3 else 0.15
    return [strength if vowels and k == vowels[0] else 0.0 for k in range(len(word))]


def _spoken(utterance: _Utterance, speaker: Speaker, rng: np.random.Generator) -> Signal:
    """Synthesize: voiced harmonics weighted by the vocal tract, plus noise shaped by it."""
    phones = utterance.phones
    stretch = [1.0 + 0.25 * accent for accent in utterance.accents]
    stretch[-1] *= 1.5  # the last sound before silence is drawn out
    lengths = np.array([p.seconds for p in phones]) * np.array(stretch) / speaker.speed
    edges = np.concatenate(([0.0], np.cumsum(lengths)))
    frames = np.arange(0, edges[-1] + 0.06, _FRAME_SECONDS)
    index = np.clip(np.searchsorted(edges, frames, "right") - 1, 0, len(phones) - 1)
    inside = np.clip((frames - edges[index]) / lengths[index], 0, 1)[:, np.newaxis]
    start = np.array([p.start for p in phones])[index]
    end = np.array([p.end for p in phones])[index]
    formants = _smooth(start + (end - start) * inside, 9) * speaker.throat
    sounding = (frames < edges[-1]).astype(float)
    voice = _smooth(np.array([p.voice for p in phones])[index] * sounding, 5)
    pitch = _pitch(utterance, speaker, rng, frames, edges)
    count = samples(frames[-1])
    sound = np.zeros(count)
    if speaker.whisper < 1:
        sound += _harmonics(rng, speaker, frames, pitch, formants, voice, count)
    return sound + _noises(rng, speaker, phones, frames, index, formants, voice, sounding, count)


def _smooth(track: Signal, width: int) -> Signal:
    """A moving Hann average over frames, the first axis."""
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    columns = track.reshape(track.shape[0], -1)
    padded = np.pad(columns, ((width // 2, width // 2), (0, 0)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0)
    return np.sum(views * window, axis=-1).reshape(track.shape)


def _pitch(
    utterance: _Utterance, speaker: Speaker, rng: np.random.Generator, frames: Signal, edges: Signal
) -> Signal:
    """The pitch in hertz at each frame: it falls over a phrase, rises on accents and questions."""
    part = np.clip(frames / edges[-1], 0, 1)
    semitones = 2.5 - 5.0 * part
    for k, accent in enumerate(utterance.accents):
        if accent:
            middle, width = (edges[k] + edges[k + 1]) / 2, 0.09
            height = 4.5 * accent * (1.5 if utterance.exclaimed else 1.0)
            semitones += height * np.exp(-(((frames - middle) / width) ** 2))
    if utterance.question:
        semitones += 9 * np.clip((part - 0.7) / 0.3, 0, 1) ** 1.5
    semitones *= 0.5 + speaker.lively
    semitones += 0.35 * wander(rng, frames.size, 0.05 * SAMPLE_RATE / 10)
    semitones += 0.9 * speaker.tremor * np.sin(2 * np.pi * 5.8 * frames)
    return speaker.pitch * 2 ** (semitones * (1 - speaker.flat) / 12)


def _tract(hertz: Signal, formants: Signal, throat: float) -> NDArray[np.complex128]:
    """The vocal tract's transfer function: a cascade of five resonances.

    `hertz` and each column of `formants` broadcast against each other.
    """
    fixed = np.full_like(formants[:, :1], 1.0)
    columns = np.hstack((formants, 3500 * throat * fixed, 4500 * throat * fixed))
    widths = (80.0, 100.0, 140.0, 220.0, 300.0)
    total = np.ones(np.broadcast_shapes(hertz.shape, columns[:, :1].shape), dtype=complex)
    for k, width in enumerate(widths):
        center = columns[:, k : k + 1]
        total *= center**2 / (center**2 - hertz**2 + 1j * hertz * width)
    return total


def _harmonics(
    rng: np.random.Generator, speaker: Speaker, frames: Signal, pitch: Signal,
    formants: Signal, voice: Signal, count: int,
) -> Signal:  # fmt: skip
    """The vocal folds' harmonics, each with its own gain in time."""
    t = times(count)
    hertz = np.interp(t, frames, pitch)
    hertz *= 1 + (0.006 + 0.03 * speaker.rough) * wander(rng, count, 60)
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    first: NDArray[np.complex128] = np.exp(1j * phase)
    partial = np.ones(count, dtype=complex)
    total: Signal = np.zeros(count)
    for k in range(1, 1 + min(90, int(_TOP_HERTZ / float(pitch.min())))):
        partial *= first
        high = (k * pitch)[:, np.newaxis]
        gain: NDArray[np.complex128] = _tract(high, formants, speaker.throat)[:, 0] * voice / k**1.1
        gain *= np.clip((_TOP_HERTZ * 1.3 - high[:, 0]) / 1000, 0, 1)
        total += np.interp(t, frames, np.real(gain)) * np.real(partial)
        total -= np.interp(t, frames, np.imag(gain)) * np.imag(partial)
    if speaker.rough > 0.2:
        growl = 1 - speaker.rough * (0.5 + 0.5 * np.cos(phase / 2 + 2 * wander(rng, count, 25)))
        total *= growl
    if speaker.flat:
        total *= 0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 55 * t))
        total += 0.6 * np.roll(total, samples(0.0085))
    return total


def _noises(
    rng: np.random.Generator, speaker: Speaker, phones: list[Phone], frames: Signal,
    index: NDArray[np.intp], formants: Signal, voice: Signal, sounding: Signal, count: int,
) -> Signal:  # fmt: skip
    """Breath through the formants, and the bands of consonants."""
    level = np.array([p.noise for p in phones])[index] * sounding
    banded = np.array([p.band is not None for p in phones])[index]
    low = np.array([(p.band or (100, 200))[0] for p in phones])[index] * speaker.throat**0.5
    high = np.array([(p.band or (100, 200))[1] for p in phones])[index] * speaker.throat**0.5
    breath = np.where(banded, 0.0, level) + (speaker.breath + 0.9 * speaker.whisper) * voice
    breath = _smooth(breath, 5)
    hiss = _smooth(np.where(banded, level, 0.0), 3)
    raw = rng.standard_normal(count)

    def shape(hertz: Signal, seconds: Signal) -> Signal:
        at = np.clip(np.round(seconds[:, 0] / _FRAME_SECONDS).astype(int), 0, frames.size - 1)
        air = np.abs(_tract(hertz, formants[at], speaker.throat)) * (hertz / (hertz + 900))
        inside = (hertz / low[at, None]) ** 4 / (1 + (hertz / low[at, None]) ** 4)
        inside = inside / (1 + (hertz / high[at, None]) ** 8)
        return 0.25 * breath[at, None] * air + 1.1 * hiss[at, None] * inside

    return swept(raw, shape)
