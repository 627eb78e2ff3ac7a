"""The score behind the music: harmony, voices, meter and form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from asset_forge.generation.providers.procedural.audio._composition import Score, compose
from asset_forge.generation.providers.procedural.audio._instruments import INSTRUMENTS, drum
from asset_forge.generation.providers.procedural.audio._patterns import CELLS, DRUMS, FILLS
from asset_forge.generation.providers.procedural.audio._plan import METERS, plan_for
from asset_forge.generation.providers.procedural.audio._style import (
    INSTRUMENT_OF_WORD,
    STRONG,
    STYLE_OF_WORD,
    STYLES,
)
from asset_forge.generation.providers.procedural.audio._theory import (
    MODES,
    PROGRESSIONS,
    Key,
    voiced,
)
from asset_forge.generation.providers.procedural.words import random_for, read_prompt


def score_of(prompt: str, seed: int = 1, seconds: float = 20, *, loop: bool = True) -> Score:
    plan = plan_for(read_prompt(prompt), random_for(prompt, seed, "plan"), seconds)
    return compose(plan, random_for(prompt, seed, "notes"), loop=loop)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("loop", [True, False])
def test_every_style_keeps_its_scale_and_its_time(style: str, loop: bool) -> None:
    score = score_of(style, seed=3, loop=loop)
    plan = score.plan
    scale = {plan.key.pitch(step) % 12 for step in range(7)}
    for note in score.notes:
        assert 0 <= note.start < plan.bars * plan.bar
        assert 0 < note.loudness <= 1.5
        if note.part in ("lead", "pad", "chords"):
            allowed = (
                scale | {(pitch + 7) % 12 for pitch in scale}
                if plan.figure == "driving chords"
                else scale
            )
            assert note.pitch % 12 in allowed
    assert plan.style == style
    assert {note.part for note in score.notes} >= {"lead", "chords", "bass"}


def test_everything_that_a_style_names_exists() -> None:
    for style in STYLES.values():
        assert set(style.modes) <= set(MODES)
        assert set(style.modes) <= set(PROGRESSIONS)
        assert set(style.meters) <= set(METERS)
        names = (*style.leads, *style.chords, *style.basses, *style.pads)
        assert set(names) <= set(INSTRUMENTS)
        for kit, meter in itertools.product(style.drums, style.meters):
            beats, ticks = METERS[meter]
            assert beats * ticks in DRUMS[kit]
    assert set(STYLE_OF_WORD.values()) == set(STYLES)
    assert set(STRONG) <= set(STYLES)
    assert set(INSTRUMENT_OF_WORD.values()) <= set(INSTRUMENTS)


def test_rhythms_fill_their_time() -> None:
    for size, cells in CELLS.items():
        assert all(sum(cell) == size for _, cell in cells)
    for pattern in DRUMS.values():
        for ticks, drums in pattern.items():
            assert all(len(hits) == ticks and set(hits) <= set("Xxo.") for hits in drums.values())
    assert set(FILLS) <= set(DRUMS)


def test_drums_and_instruments_sound() -> None:
    rng = np.random.default_rng(1)
    drums = {name for kit in DRUMS.values() for pattern in kit.values() for name in pattern}
    for name in drums | {name for fill in FILLS.values() for name in fill}:
        assert 0.1 < np.abs(drum(rng, name)).max() < 4
    for name, play in INSTRUMENTS.items():
        for hertz in (41.2, 440.0, 2093.0):
            sound = play(rng, hertz, 0.3, 0.7)
            assert np.isfinite(sound).all(), name
            assert np.abs(sound).max() > 0.05, name


def test_voices_move_little_from_chord_to_chord() -> None:
    key = Key(50, "aeolian")
    before: tuple[int, ...] | None = None
    for degree in (0, 5, 2, 6, 0, 3, 4, 0):
        notes = voiced(key.chord(degree), before, 50, 72)
        assert sorted(notes) == list(notes)
        assert {note % 12 for note in notes} == set(key.chord(degree))
        if before is not None:
            assert max(abs(a - b) for a, b in zip(notes, before, strict=True)) <= 7
            assert sum(abs(a - b) for a, b in zip(notes, before, strict=True)) <= 12
        before = notes


def test_a_loop_leads_back_and_an_ending_closes() -> None:
    for seed in range(5):
        assert score_of("castle", seed).degrees[-1] in (4, 6)
        assert score_of("castle", seed, loop=False).degrees[-1] == 0


def test_a_section_that_returns_keeps_its_rhythm() -> None:
    score = score_of("tavern", seed=2, seconds=40)
    bar = score.plan.bar
    rhythms = [
        tuple(n.start % bar for n in score.notes if n.part == "lead" and n.start // bar == k)
        for k in (0, 4)
    ]
    firsts = [tuple(start for start in rhythm if start == int(start)) for rhythm in rhythms]
    assert firsts[0]
    assert set(firsts[0]) & set(firsts[1])


def test_melodies_rest_on_chord_tones() -> None:
    for prompt in ("forest", "battle", "lullaby"):
        score = score_of(prompt, seed=4)
        plan = score.plan
        for note in score.notes:
            if note.part == "lead" and note.start % plan.bar == 0 and note.length > 1:
                chord = plan.key.chord(score.degrees[int(note.start // plan.bar)])
                assert note.pitch % 12 in chord


def test_words_decide_on_tempo_mode_and_lead() -> None:
    slow = score_of("slow sad piano music").plan
    fast = score_of("frantic battle").plan
    assert fast.beats_per_minute > 1.6 * slow.beats_per_minute
    assert slow.lead == "piano"
    assert slow.key.mode in ("dorian", "aeolian", "phrygian")
    assert score_of("joyful happy town").plan.key.mode in ("lydian", "ionian")
    assert score_of("battle in the desert").plan.key.mode == "hijaz"
    assert score_of("lullaby").plan.meter in ("3/4", "6/8")
    assert score_of("town without any drums").plan.style == "town"


@pytest.mark.parametrize("seconds", [4.0, 5.0, 11.7, 20.0, 120.0])
def test_whole_bars_fill_any_time(seconds: float) -> None:
    for style in STYLES:
        plan = score_of(style, seconds=seconds).plan
        beats = METERS[plan.meter][0]
        assert plan.bars * beats * 60 / plan.beats_per_minute == pytest.approx(seconds)
        low, high = STYLES[style].tempo
        assert low * 0.55 < plan.beats_per_minute < high * 1.8
