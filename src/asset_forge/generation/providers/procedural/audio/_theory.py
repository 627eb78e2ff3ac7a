"""Scales, chords, progressions and the leading of voices."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

MODES: dict[str, tuple[int, ...]] = {
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "hijaz": (0, 1, 4, 5, 7, 8, 10),
}
"""Semitones above the tonic of each mode's seven degrees."""

BRIGHT_TO_DARK = ("lydian", "ionian", "mixolydian", "dorian", "aeolian", "phrygian")
"""The church modes from the brightest to the darkest; a mood moves a style along them."""

PROGRESSIONS: dict[str, tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]] = {
    "lydian": (((0, 1, 0, 4), (0, 1, 5, 4), (0, 2, 1, 4)), ((5, 1, 0, 4), (2, 5, 1, 4))),
    "ionian": (
        ((0, 3, 4, 0), (0, 5, 3, 4), (0, 4, 5, 3), (0, 3, 1, 4), (0, 2, 3, 4)),
        ((3, 0, 3, 4), (5, 2, 3, 4), (5, 3, 0, 4), (1, 4, 0, 4)),
    ),
    "mixolydian": (((0, 6, 3, 0), (0, 3, 6, 0), (0, 6, 0, 4)), ((3, 0, 6, 0), (6, 3, 0, 6))),
    "dorian": (((0, 3, 0, 6), (0, 2, 3, 6), (0, 6, 3, 0)), ((2, 6, 0, 3), (6, 2, 3, 6))),
    "aeolian": (
        ((0, 5, 2, 6), (0, 3, 6, 2), (0, 5, 3, 4), (0, 6, 5, 6), (0, 2, 6, 3)),
        ((5, 6, 0, 0), (2, 6, 3, 5), (3, 0, 5, 6)),
    ),
    "harmonic minor": (
        ((0, 3, 4, 0), (0, 5, 3, 4), (0, 0, 5, 4), (0, 3, 5, 4)),
        ((5, 3, 0, 4), (3, 4, 5, 4), (5, 0, 3, 4)),
    ),
    "phrygian": (((0, 1, 0, 6), (0, 1, 2, 1), (0, 5, 1, 0)), ((5, 6, 1, 0), (2, 1, 6, 1))),
    "hijaz": (((0, 1, 0, 6), (0, 3, 1, 0), (0, 0, 1, 0)), ((3, 1, 0, 6), (1, 0, 6, 0))),
}
"""Four-bar progressions of each mode in degrees from 0: for the main phrase, for a contrast."""

TURNAROUND = {"mixolydian": 6, "dorian": 6, "phrygian": 1, "hijaz": 1}
"""The degree that leads back to the tonic where it is not the dominant."""


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic and a mode: `tonic` is a MIDI note number between 48 and 59."""

    tonic: int
    mode: str

    def pitch(self, step: int) -> int:
        """The MIDI note of a scale step; step 0 is the tonic, 7 the octave, −1 the step below."""
        scale = MODES[self.mode]
        octave, degree = divmod(step, 7)
        return self.tonic + 12 * octave + scale[degree]

    def chord(self, degree: int, *, seventh: bool = False) -> tuple[int, ...]:
        """The pitch classes of the chord of thirds on a degree, its root first."""
        steps = (0, 2, 4, 6) if seventh else (0, 2, 4)
        return tuple(self.pitch(degree + step) % 12 for step in steps)


def voiced(
    pitch_classes: Sequence[int], before: Sequence[int] | None, low: int, high: int
) -> tuple[int, ...]:
    """The chord's notes between two MIDI notes so that the voices move least from `before`.

    Without a chord before, the closest position around the middle of the range. A voicing has each
    pitch class once, and no two voices cross.
    """
    middle = (low + high) / 2
    places = [[n for n in range(low, high + 1) if n % 12 == p] for p in pitch_classes]
    best: tuple[float, tuple[int, ...]] | None = None
    for choice in itertools.product(*places):
        notes = tuple(sorted(choice))
        spread = notes[-1] - notes[0]
        cost = 0.3 * spread + 0.4 * abs(sum(notes) / len(notes) - middle)
        if before is not None:
            cost += sum(abs(a - b) for a, b in zip(notes, before, strict=False))
        # A second between the lowest voices sounds muddy.
        cost += 4 if notes[1] - notes[0] < 3 else 0
        if best is None or (cost, notes) < best:
            best = (cost, notes)
    if best is None:
        raise ValueError(f"no voicing of {tuple(pitch_classes)} between notes {low} and {high}")
    return best[1]


def hertz(note: float) -> float:
    """The frequency of a MIDI note number, A4 = 69 at 440 Hz."""
    return 440.0 * 2 ** ((note - 69) / 12)
