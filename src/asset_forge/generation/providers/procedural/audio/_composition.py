"""Writing the notes: form, harmony, accompaniment and drums around a melody."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from asset_forge.generation.providers.procedural.audio._melody import Bar, melody_of
from asset_forge.generation.providers.procedural.audio._patterns import CYMBALS, DRUMS, FILLS
from asset_forge.generation.providers.procedural.audio._plan import Plan
from asset_forge.generation.providers.procedural.audio._theory import (
    PROGRESSIONS,
    TURNAROUND,
    voiced,
)

_FORMS = ("A", "AB", "ABA", "AABA", "AABAC", "AABACA", "AABACABA")


@dataclass(frozen=True, slots=True)
class Note:
    """A note of a part: start and length in ticks, MIDI pitch, loudness from 0 to 1.

    For drums `sound` names the drum and the pitch is 0.
    """

    part: str
    sound: str
    start: float
    length: float
    pitch: int
    loudness: float


@dataclass(frozen=True, slots=True)
class Score:
    """All notes of a piece and the chord degrees of its bars."""

    plan: Plan
    notes: tuple[Note, ...]
    degrees: tuple[int, ...]


def compose(plan: Plan, rng: np.random.Generator, *, loop: bool) -> Score:
    """Write a piece of `plan.bars` bars.

    A loop's last bar leads back to its first; otherwise it closes on the tonic.
    """
    bars = _bars(plan, rng, loop=loop)
    notes: list[Note] = []
    chords = _voicings(plan, bars)
    for bar, notes_of_chord in zip(bars, chords, strict=True):
        notes += _accompaniment(plan, bar, notes_of_chord, rng)
        notes += _bass(plan, bar)
        if plan.pad:
            notes += [
                Note("pad", plan.pad, bar.start, plan.bar, pitch, 0.5) for pitch in notes_of_chord
            ]
    for start, length, step, loudness in melody_of(plan, bars, rng):
        pitch = plan.key.pitch(step)
        notes.append(Note("lead", plan.lead, start, length, pitch, loudness))
    notes += _second_voice(plan, bars, notes, rng)
    notes += _drums(plan, bars, rng)
    return Score(plan, tuple(notes), tuple(bar.degree for bar in bars))


def _bars(plan: Plan, rng: np.random.Generator, *, loop: bool) -> list[Bar]:
    phrases = -(-plan.bars // 4)
    form = "".join(_FORMS[min(phrases, len(_FORMS)) - 1])
    while len(form) < phrases:
        form += form
    main, contrast = PROGRESSIONS[plan.key.mode]
    choices = {
        "A": main[int(rng.integers(len(main)))],
        "B": contrast[int(rng.integers(len(contrast)))],
        "C": main[int(rng.integers(len(main)))],
    }
    bars = [
        Bar(
            index=i,
            start=i * plan.bar,
            degree=choices[form[i // 4]][i % 4],
            section=form[i // 4],
            place=i % 4,
            last=i == plan.bars - 1,
            strength=_strength(i // 4, phrases),
        )
        for i in range(plan.bars)
    ]
    ending = TURNAROUND.get(plan.key.mode, 4) if loop and plan.bars > 1 else 0
    bars[-1] = replace(bars[-1], degree=ending)
    return bars


def _strength(phrase: int, phrases: int) -> float:
    """How full a phrase is played: it grows toward the last but stays within a third."""
    return 1.0 if phrases == 1 else 0.7 + 0.3 * phrase / (phrases - 1)


def _voicings(plan: Plan, bars: list[Bar]) -> list[tuple[int, ...]]:
    result: list[tuple[int, ...]] = []
    before: tuple[int, ...] | None = None
    for bar in bars:
        before = voiced(plan.key.chord(bar.degree, seventh=plan.sevenths), before, 50, 72)
        result.append(before)
    return result


def _accompaniment(
    plan: Plan, bar: Bar, chord: tuple[int, ...], rng: np.random.Generator
) -> list[Note]:
    """The chord of a bar in the plan's figure."""
    bar_ticks, beat = plan.bar, plan.beat
    half = beat // 2
    soft = 0.5 * bar.strength

    def note(at: float, length: float, pitch: int, loudness: float) -> Note:
        return Note("chords", plan.chords, bar.start + at, length, pitch, loudness * bar.strength)

    def block(at: float, length: float, loudness: float) -> list[Note]:
        return [note(at, length, pitch, loudness) for pitch in chord]

    match plan.figure:
        case "arpeggio" | "fast arpeggio":
            step = half if plan.figure == "arpeggio" else max(1, beat // 4)
            ladder = (*chord, chord[0] + 12, *reversed(chord[1:]))
            return [
                note(at, step * 2, ladder[k % len(ladder)], 0.62 if at % beat == 0 else 0.45)
                for k, at in enumerate(range(0, bar_ticks, step))
            ]
        case "ostinato":
            accents = (0, 3, 6, 8, 11, 14) if bar_ticks == 16 else (0, 4, 6, 10)
            return [
                note(at, 1.6, chord[k % 2 * (len(chord) - 1)], 0.7 if at in accents else 0.4)
                for k, at in enumerate(range(0, bar_ticks, 2))
            ] + block(0, 3, 0.4)
        case "strum":
            hits = [(0.0, 0.6), (beat, 0.4), *((b * beat + beat / 2, 0.45) for b in range(2))]
            return [
                note(at + k * 0.12, beat, pitch, loudness)
                for at, loudness in hits
                for k, pitch in enumerate(chord)
            ]
        case "offbeat":
            return [n for at in range(half, bar_ticks, beat) for n in block(at, half, 0.5)]
        case "waltz":
            return (
                [n for at in range(half, bar_ticks, half) for n in block(at, half, soft)]
                if beat == 6
                else [n for at in (4, 8) if at < bar_ticks for n in block(at, 3, 0.5)]
            )
        case "sparse":
            at = int(rng.choice([0, beat, 2 * beat])) % bar_ticks
            return [note(at + k, beat * 2, pitch, 0.5) for k, pitch in enumerate(chord)]
        case "driving chords":
            fifth = (chord[0] - 12, chord[0] - 5, chord[0])
            return [
                note(at, 1.8, pitch, 0.6 if at % beat == 0 else 0.45)
                for at in range(0, bar_ticks, 2)
                for pitch in fifth
            ]
        case _:
            return block(0, bar_ticks * 0.95, 0.55)


def _bass(plan: Plan, bar: Bar) -> list[Note]:
    root = plan.key.pitch(bar.degree) - 12
    while root > 45:
        root -= 12
    fifth, beat, ticks = root + 7, plan.beat, plan.bar
    if (plan.key.chord(bar.degree)[2] - root) % 12 == 6:
        fifth = root + 12  # a diminished fifth in the bass would limp
    pattern: list[tuple[float, float, int]]
    match plan.bass_figure:
        case "driving":
            pattern = [(at, 1.8, root) for at in range(0, ticks, 2)]
        case "octaves":
            pattern = [(at, 1.8, root + 12 * (k % 2)) for k, at in enumerate(range(0, ticks, 2))]
        case "root-fifth":
            half = ticks // 2 if beat != 4 or ticks != 12 else 8
            pattern = [(0, half * 0.9, root), (half, (ticks - half) * 0.9, fifth)]
        case "walking":
            ways = [root, plan.key.pitch(bar.degree + 2) - 12, fifth, fifth + 2]
            ways = [p - 12 if p > root + 12 else p for p in ways]
            pattern = [(at, beat * 0.9, ways[k % 4]) for k, at in enumerate(range(0, ticks, beat))]
        case "drone":
            tonic = plan.key.tonic - 12
            pattern = [(0, ticks, tonic if tonic <= 45 else tonic - 12)]
        case _:
            pattern = [(0, ticks * 0.95, root)]
    return [
        Note("bass", plan.bass, bar.start + at, length, pitch, 0.75 if at == 0 else 0.6)
        for at, length, pitch in pattern
    ]


def _second_voice(
    plan: Plan, bars: list[Bar], notes: list[Note], rng: np.random.Generator
) -> list[Note]:
    """In strong sections the chord notes below the melody answer it, where a longer note rests."""
    if plan.density < 0.35:
        return []
    result: list[Note] = []
    for lead in (n for n in notes if n.part == "lead" and n.length >= plan.beat):
        bar = bars[min(int(lead.start // plan.bar), len(bars) - 1)]
        if bar.section == "A" and bar.index < 4:
            continue
        tones = plan.key.chord(bar.degree)
        below = [p for p in range(lead.pitch - 9, lead.pitch - 2) if p % 12 in tones]
        if below and rng.random() < 0.8:
            soft = lead.loudness * 0.6
            result.append(replace(lead, part="second", pitch=below[-1], loudness=soft))
    return result


def _drums(plan: Plan, bars: list[Bar], rng: np.random.Generator) -> list[Note]:
    if not plan.drums:
        return []
    pattern = DRUMS[plan.drums][plan.bar]
    result: list[Note] = []
    for bar in bars:
        fill = FILLS.get(plan.drums) if bar.place == 3 or bar.last else None
        for drum, hits in pattern.items():
            for at, mark in enumerate(hits):
                if mark == "." or (fill and at >= plan.bar * 3 // 4 and drum != "kick"):
                    continue
                loud = {"X": 1.0, "x": 0.7, "o": 0.4}[mark] * float(rng.uniform(0.88, 1.0))
                result.append(Note("drums", drum, bar.start + at, 1, 0, loud * bar.strength))
        if fill:
            for k, at in enumerate(range(plan.bar * 3 // 4, plan.bar)):
                sound = fill[k % len(fill)]
                result.append(Note("drums", sound, bar.start + at, 1, 0, 0.5 + 0.1 * k))
        if bar.place == 0 and bar.index and plan.drums in CYMBALS:
            result.append(Note("drums", "cymbal", bar.start, 1, 0, 0.6))
    return result
