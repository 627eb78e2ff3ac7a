"""Melodies out of motifs: a rhythm and a contour that return, varied, over the chords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural.audio._patterns import CELLS
from asset_forge.generation.providers.procedural.audio._plan import Plan

_LOW, _HIGH = 5, 18
_ENDING_TONES = (0, 2, 4)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the form: where it starts in ticks, its chord and its place in a phrase of four."""

    index: int
    start: int
    degree: int
    section: str
    place: int
    last: bool
    strength: float


@dataclass(frozen=True, slots=True)
class Motif:
    """A bar's rhythm in ticks and the steps from note to note; one step fewer than notes."""

    rhythm: tuple[int, ...]
    steps: tuple[int, ...]


MelodyNote = tuple[float, float, int, float]
"""Start and length in ticks, scale step, loudness."""


def melody_of(plan: Plan, bars: list[Bar], rng: np.random.Generator) -> list[MelodyNote]:
    """The melody over all bars.

    Each section owns two motifs. Bars 1 and 3 of a phrase state the first (the second time bent
    to another height), bar 2 answers with the second, bar 4 comes to rest on a chord tone. A
    section that returns repeats its notes, apart from what the chords and a few turns change.
    """
    motifs = {
        section: (_motif(plan, rng), _motif(plan, rng))
        for section in sorted({bar.section for bar in bars})
    }
    at = 9 if plan.density < 0.4 else 11
    notes: list[MelodyNote] = []
    for bar in bars:
        first, second = motifs[bar.section]
        if plan.density < 0.3 and bar.place == 1:
            continue  # slow music breathes
        if bar.place == 3 or bar.last:
            written = _cadence(plan, bar, first, at)
        else:
            motif = second if bar.place == 1 else first
            if bar.place == 2 and rng.random() < 0.5:
                motif = Motif(motif.rhythm, tuple(-step for step in motif.steps))
            lift = 2 if bar.section == "B" else 0
            written = _bar(plan, bar, motif, at, lift)
        notes += written
        at = written[-1][2]
    return _ornamented(plan, notes, rng)


def _motif(plan: Plan, rng: np.random.Generator) -> Motif:
    rhythm: list[int] = []
    left = plan.bar
    while left:
        sizes = [size for size in (plan.beat, 2 * plan.beat) if size in CELLS and size <= left]
        size = sizes[-1] if len(sizes) > 1 and rng.random() > plan.density else sizes[0]
        cells = CELLS[size]
        weights = np.array([np.exp(-8 * abs(suits - plan.density)) for suits, _ in cells])
        rhythm += cells[int(rng.choice(len(cells), p=weights / weights.sum()))][1]
        left -= size
    steps = rng.choice([-3, -2, -1, 0, 1, 2, 3, 4], size=len(rhythm) - 1,
                       p=[0.05, 0.12, 0.27, 0.08, 0.27, 0.12, 0.06, 0.03])  # fmt: skip
    return Motif(tuple(rhythm), tuple(int(step) for step in steps))


def _bar(plan: Plan, bar: Bar, motif: Motif, at: int, lift: int) -> list[MelodyNote]:
    """A motif over the bar's chord: notes on a beat are chord tones, the others pass between."""
    step = _nearest_chord_tone(bar.degree, at + lift - (1 if at > 13 else 0))
    notes: list[MelodyNote] = []
    when = 0
    for k, length in enumerate(motif.rhythm):
        if k:
            step = _within(step + motif.steps[k - 1])
            if when % plan.beat == 0:
                step = _nearest_chord_tone(bar.degree, step)
        loud = 0.85 if when == 0 else 0.75 if when % plan.beat == 0 else 0.62
        notes.append((bar.start + when, length * 0.94, step, loud * bar.strength))
        when += length
    return notes


def _cadence(plan: Plan, bar: Bar, motif: Motif, at: int) -> list[MelodyNote]:
    """The motif's beginning, then a long chord tone: the tonic where the chord has it."""
    notes = _bar(plan, bar, motif, at, 0)
    kept = [note for note in notes if note[0] < bar.start + plan.bar / 2][:4]
    when = kept[-1][0] + round(kept[-1][1] / 0.94)
    goals = [
        step
        for step in range(_LOW, _HIGH + 1)
        if (step - bar.degree) % 7 in _ENDING_TONES
        and (step % 7 == 0 or bar.degree % 7 not in (0, 3, 5))
    ]
    goal = min(goals, key=lambda step: (abs(step - kept[-1][2]), step))
    rest = bar.start + plan.bar - when
    return [*kept, (when, rest * 0.9, goal, 0.8 * bar.strength)] if rest > 0 else kept


def _nearest_chord_tone(degree: int, step: int) -> int:
    tones = [s for s in range(_LOW, _HIGH + 1) if (s - degree) % 7 in _ENDING_TONES]
    return min(tones, key=lambda s: (abs(s - step), s))


def _within(step: int) -> int:
    """Fold a step that leaves the range back into it."""
    if step > _HIGH:
        return 2 * _HIGH - step
    return 2 * _LOW - step if step < _LOW else step


def _ornamented(plan: Plan, notes: list[MelodyNote], rng: np.random.Generator) -> list[MelodyNote]:
    """Grace notes before some long notes of the folk instruments."""
    if plan.lead not in ("fiddle", "whistle", "lute", "flute", "accordion", "reed"):
        return notes
    result: list[MelodyNote] = []
    for start, length, step, loudness in notes:
        if length >= plan.beat * 0.9 and rng.random() < 0.45:
            result.append((start, 0.45, step + 1, loudness * 0.7))
            start, length = start + 0.5, length - 0.5
        result.append((start, length, step, loudness))
    return result
