"""From a score to stereo sound."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asset_forge.generation.providers.procedural.audio._composition import Note, Score, compose
from asset_forge.generation.providers.procedural.audio._instruments import INSTRUMENTS, drum
from asset_forge.generation.providers.procedural.audio._options import read_options
from asset_forge.generation.providers.procedural.audio._plan import plan_for
from asset_forge.generation.providers.procedural.audio._signal import (
    SAMPLE_RATE,
    Signal,
    frequencies,
    high_pass,
    in_room,
    low_pass,
    place,
    place_around,
    room_response,
    samples,
)
from asset_forge.generation.providers.procedural.audio._theory import hertz
from asset_forge.generation.providers.procedural.audio._wave import mastered, to_wav
from asset_forge.generation.providers.procedural.words import random_for, read_prompt

_MIX: dict[str, tuple[float, float, float]] = {
    "lead": (0.62, 0.1, 0.30),
    "second": (0.45, -0.35, 0.35),
    "chords": (0.30, -0.2, 0.25),
    "bass": (0.62, 0.0, 0.06),
    "pad": (0.17, 0.0, 0.45),
    "drums": (0.42, 0.05, 0.12),
}
"""For each part its level, its place from −1 (left) to 1 (right), and its share of the room."""

_ECHOING = frozenset({"glass", "saw", "soft saw", "pulse", "electric piano"})
_ENDING_SECONDS = 3.0
_USUAL_SECONDS = 20.0


def make_music(prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A piece of music as a stereo WAV of 16 bits at 44.1 kHz, at −17 dBFS RMS, peaks ≤ −1 dBFS.

    Words of mood, setting, genre and instruments decide on key, mode, meter, tempo, form and
    orchestra. A loop (the default) fills its time with whole bars, and whatever still sounds at
    the end sounds on at the start; otherwise the piece closes on its tonic and fades.
    Raises ValueError for a bad option.
    """
    chosen = read_options("music", options)
    seconds, loop = chosen.seconds or _USUAL_SECONDS, chosen.loop
    total = samples(seconds)
    ending = 0 if loop else samples(min(_ENDING_SECONDS, seconds / 4))
    plan = plan_for(
        read_prompt(prompt), random_for(prompt, seed, "music/plan"), (total - ending) / SAMPLE_RATE
    )
    score = compose(plan, random_for(prompt, seed, "music/notes"), loop=loop)
    mix = _performed(score, random_for(prompt, seed, "music/sound"), total, ending)
    return to_wav(mastered(mix))


def _performed(score: Score, rng: np.random.Generator, total: int, ending: int) -> Signal:
    """Play all notes, set them in a room and shade the whole.

    `ending` samples follow the last bar; 0 makes a loop.
    """
    plan = score.plan
    tick = (total - ending) / (plan.bars * plan.bar)
    notes = list(score.notes)
    if ending:
        notes += _final_chord(score, ending / tick)
    add = place if ending else place_around
    dry, send = np.zeros((2, total)), np.zeros((2, total))
    lead = np.zeros(total)
    for start, note, sound in _sounded(notes, rng, tick, tight=plan.style == "chiptune"):
        level, side, share = _MIX[note.part]
        spread = side + (0.02 * (note.pitch - 60) if note.part in ("chords", "pad") else 0)
        angle = (float(np.clip(spread, -0.8, 0.8)) + 1) * np.pi / 4
        stereo = np.stack((np.cos(angle) * sound, np.sin(angle) * sound)) * level * note.loudness
        add(dry, stereo, start)
        add(send, stereo * share, start)
        if note.part == "lead":
            add(lead, sound * level * note.loudness, start)
    if plan.lead in _ECHOING:
        _echo(send, lead, round(tick * plan.beat * 3 / 4), around=not ending)
    room = in_room(send, room_response(rng, plan.room, plan.brightness), around=not ending)
    mix = _shaded(dry + 1.3 * room + 0.5 * send, plan.brightness)
    if ending:
        fade = round(ending * 0.6)
        mix[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return mix


def _sounded(
    notes: list[Note], rng: np.random.Generator, tick: float, *, tight: bool
) -> list[tuple[int, Note, Signal]]:
    """Each note with its first sample and its sound; equal notes are made once."""
    made: dict[tuple[str, int, int, int], Signal] = {}
    result: list[tuple[int, Note, Signal]] = []
    for note in notes:
        loudness = round(note.loudness * 4)
        length = round(note.length * 4)
        key = (note.sound, note.pitch, length, loudness)
        if note.part == "drums":
            key = (note.sound, int(rng.integers(3)), 0, 0)
            if key not in made:
                made[key] = drum(rng, note.sound)
        elif key not in made:
            seconds = length / 4 * tick / SAMPLE_RATE
            play = INSTRUMENTS[note.sound]
            made[key] = _balanced(play(rng, hertz(note.pitch), seconds, loudness / 4))
        late = 0 if tight else round(float(rng.normal(0, 0.003)) * SAMPLE_RATE)
        result.append((max(0, round(note.start * tick) + late), note, made[key]))
    return result


def _balanced(sound: Signal) -> Signal:
    """The sound scaled so that its loudest twentieth of a second has a root mean square of 0.25."""
    block = SAMPLE_RATE // 20
    padded = np.pad(sound, (0, -sound.size % block)).reshape(-1, block)
    loudest = float(np.sqrt(np.max(np.mean(padded**2, axis=1))))
    return sound * (0.25 / max(loudest, 1e-6))


def _final_chord(score: Score, ticks: float) -> list[Note]:
    """The tonic, held through the ending."""
    plan = score.plan
    start = plan.bars * plan.bar
    steps = (0, 2, 4, 7)
    chord = [Note("chords", plan.chords, start, ticks, plan.key.pitch(step), 0.7) for step in steps]
    low = plan.key.tonic - 12
    return [
        *chord,
        Note("lead", plan.lead, start, ticks, plan.key.pitch(7), 0.8),
        Note("bass", plan.bass, start, ticks, low if low <= 45 else low - 12, 0.8),
    ]


def _echo(send: Signal, lead: Signal, delay: int, *, around: bool) -> None:
    """Add three repeats of the melody, left and right in turn."""
    for k in range(1, 4):
        late = np.roll(lead, k * delay)
        if not around:
            late[: k * delay] = 0
        send[k % 2] += late * 0.45**k


def _shaded(mix: Signal, brightness: float) -> Signal:
    """Soften above the plan's brightness and drop rumble; end and start are one for the filter."""
    hertz_of_bin = frequencies(mix.shape[-1])
    gain = low_pass(brightness, 1)(hertz_of_bin) * high_pass(30, 2)(hertz_of_bin)
    return np.fft.irfft(np.fft.rfft(mix) * gain, mix.shape[-1])
