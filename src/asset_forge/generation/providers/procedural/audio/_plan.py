"""From a prompt's words to the plan of a piece."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural.audio._style import (
    INSTRUMENT_OF_WORD,
    MOOD_OF_WORD,
    STRONG,
    STYLE_OF_WORD,
    STYLES,
    Style,
)
from asset_forge.generation.providers.procedural.audio._theory import BRIGHT_TO_DARK, Key
from asset_forge.generation.providers.procedural.words import Reading, forms_of

METERS: dict[str, tuple[int, int]] = {"4/4": (4, 4), "3/4": (3, 4), "6/8": (2, 6)}
"""Beats a bar and ticks a beat; a tick is a sixteenth note."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided before the first note."""

    style: str
    key: Key
    meter: str
    bars: int
    beats_per_minute: float
    lead: str
    chords: str
    figure: str
    bass: str
    bass_figure: str
    pad: str
    drums: str
    density: float
    room: float
    brightness: float
    sevenths: bool

    @property
    def bar(self) -> int:
        """Ticks a bar."""
        beats, ticks = METERS[self.meter]
        return beats * ticks

    @property
    def beat(self) -> int:
        """Ticks a beat."""
        return METERS[self.meter][1]


def plan_for(reading: Reading, rng: np.random.Generator, seconds: float) -> Plan:
    """Decide on style, key, meter, tempo and instruments for a piece of so many seconds."""
    named = _styles_named(reading)
    name = named[0] if named else sorted(STYLES)[int(rng.integers(len(STYLES)))]
    style = STYLES[name]
    # A second setting ("a battle in the desert") lends its scale and its melody instrument.
    color = STYLES[named[1]] if len(named) > 1 else style
    valence, energy = _mood(reading)
    meter = _pick(rng, style.meters)
    tempo = _tempo(style, rng, energy)
    bars, exact = _bars(seconds, tempo, METERS[meter][0])
    instruments = [INSTRUMENT_OF_WORD[w] for w in reading.words if w in INSTRUMENT_OF_WORD]
    return Plan(
        style=name,
        key=Key(int(rng.integers(48, 60)), _mode(_pick(rng, color.modes), valence)),
        meter=meter,
        bars=bars,
        beats_per_minute=exact,
        lead=instruments[0] if instruments else _pick(rng, color.leads),
        chords=instruments[1] if len(instruments) > 1 else _pick(rng, style.chords),
        figure=_pick(rng, style.figures),
        bass=_pick(rng, style.basses),
        bass_figure=_pick(rng, style.bass_figures),
        pad=_pick(rng, style.pads) if style.pads and energy < 0.85 else "",
        drums=_pick(rng, style.drums) if style.drums and energy > -0.75 else "",
        density=float(np.clip(style.density + 0.25 * energy, 0.1, 1.0)),
        room=style.room,
        brightness=style.brightness * 2 ** (0.8 * valence + 0.3 * energy),
        sevenths=style.sevenths,
    )


def _styles_named(reading: Reading) -> list[str]:
    """The styles that the prompt's words ask for, what happens before where it happens."""
    found = dict.fromkeys(
        STYLE_OF_WORD[form]
        for word in reading.words
        for form in forms_of(word)
        if form in STYLE_OF_WORD
    )
    return sorted(found, key=lambda style: style not in STRONG)


def _mood(reading: Reading) -> tuple[float, float]:
    more = [MOOD_OF_WORD[word] for word in reading.words if word in MOOD_OF_WORD]
    if reading.moods:
        more.append((reading.valence, reading.energy))
    if not more:
        return 0.0, 0.0
    return sum(v for v, _ in more) / len(more), sum(e for _, e in more) / len(more)


def _pick(rng: np.random.Generator, names: tuple[str, ...]) -> str:
    return names[int(rng.integers(len(names)))]


def _mode(mode: str, valence: float) -> str:
    """The mode, moved toward the bright or the dark end of the church modes by the mood."""
    if mode not in BRIGHT_TO_DARK:
        return mode
    wanted = BRIGHT_TO_DARK.index(mode) - round(3 * valence)
    # However dark the mood, the unstable ends stay for the styles that ask for them.
    low, high = min(1, BRIGHT_TO_DARK.index(mode)), max(4, BRIGHT_TO_DARK.index(mode))
    return BRIGHT_TO_DARK[min(max(wanted, low), high)]


def _tempo(style: Style, rng: np.random.Generator, energy: float) -> float:
    low, high = style.tempo
    return float(rng.uniform(low, high)) * 2 ** (0.32 * energy)


def _bars(seconds: float, tempo: float, beats: int) -> tuple[int, float]:
    """How many whole bars fill the time, and the tempo at which they do exactly.

    Whole phrases of four bars are worth 15 % of tempo, half phrases 7 %.
    """
    ideal = seconds * tempo / 60 / beats
    nearest = range(max(1, int(ideal * 0.8)), int(ideal * 1.25) + 2)

    def cost(bars: int) -> float:
        uneven = 0.0 if bars % 4 == 0 else 0.07 if bars % 2 == 0 else 0.15
        return abs(float(np.log(bars / ideal))) + uneven

    best = min(nearest, key=cost)
    return best, best * beats * 60 / seconds
