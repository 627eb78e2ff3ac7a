"""Sounds from prompts: what is in the file, and that the prompt decides it."""

from __future__ import annotations

import hashlib
import io
import itertools
import os
import subprocess
import sys
import wave

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asset_forge.generation.providers.procedural.audio import (
    make_music,
    make_sound_effect,
    make_voice,
)
from asset_forge.generation.providers.procedural.options import AUDIO_OPTIONS

MAKERS = {"music": make_music, "sound_effect": make_sound_effect, "voice": make_voice}
SHORT = {"music": {"durationSeconds": 4}, "sound_effect": {}, "voice": {"durationSeconds": 1.5}}


def samples_of(data: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getsampwidth()) == (44_100, 2)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return frames.reshape(-1, file.getnchannels()).T / 32768


def mono(data: bytes) -> np.ndarray:
    return samples_of(data).mean(axis=0)


def centroid(signal: np.ndarray) -> float:
    """The mean frequency in hertz, weighted with power."""
    spectrum = np.abs(np.fft.rfft(signal)) ** 2
    hertz = np.fft.rfftfreq(signal.size, 1 / 44_100)
    return float((spectrum * hertz).sum() / spectrum.sum())


def share_below(signal: np.ndarray, hertz: float) -> float:
    power = np.abs(np.fft.rfft(signal)) ** 2
    return float(power[np.fft.rfftfreq(signal.size, 1 / 44_100) < hertz].sum() / power.sum())


def bands(signal: np.ndarray) -> np.ndarray:
    """How the energy spreads over octaves, as shares."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    hertz = np.fft.rfftfreq(signal.size, 1 / 44_100)
    edges = [0, 60, 120, 240, 480, 960, 1920, 3840, 7680, 22_051]
    total = [power[(hertz >= a) & (hertz < b)].sum() for a, b in itertools.pairwise(edges)]
    return np.array(total) / sum(total)


def onsets_a_second(signal: np.ndarray) -> float:
    """How often the spectrum jumps: peaks of positive spectral flux."""
    hop, size = 512, 1024
    views = np.lib.stride_tricks.sliding_window_view(signal, size)[::hop] * np.hanning(size)
    levels = np.log1p(100 * np.abs(np.fft.rfft(views, axis=1)))
    flux = np.maximum(0, np.diff(levels, axis=0)).sum(axis=1)
    middle = flux[1:-1]
    peaks = (middle > flux[:-2]) & (middle >= flux[2:]) & (middle > 0.25 * flux.max())
    return float(peaks.sum() / (signal.size / 44_100))


def pitch_of(signal: np.ndarray) -> tuple[float, float]:
    """The frequency in hertz of the strongest repetition, and how strong it is (0 to 1)."""
    part = signal - signal.mean()
    size = 2 * part.size
    acf = np.fft.irfft(np.abs(np.fft.rfft(part, size)) ** 2, size)[: part.size]
    acf /= acf[0]
    low, high = 44_100 // 500, 44_100 // 45
    best = low + int(np.argmax(acf[low:high]))
    return 44_100 / best, float(acf[best])


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize(
    "prompt", ["cheerful tavern", "huge explosion", "old wizard", "", "\ud800🦊"]
)
def test_a_sound_is_a_clean_wave_file(kind: str, prompt: str) -> None:
    sound = samples_of(MAKERS[kind](prompt, 1, SHORT[kind]))
    assert sound.shape[0] == (2 if kind == "music" else 1)
    assert np.sqrt(np.mean(sound**2)) > 0.02
    assert np.max(np.abs(sound)) <= 10 ** (-1 / 20) + 1e-4
    assert np.all(np.abs(sound.mean(axis=1)) < 1e-3)


@pytest.mark.parametrize("seconds", [4, 7.3, 20, 33])
def test_music_lasts_exactly_as_long_as_asked(seconds: float) -> None:
    for loop in (True, False):
        sound = samples_of(make_music("forest", 3, {"durationSeconds": seconds, "loop": loop}))
        assert sound.shape == (2, round(seconds * 44_100))


def test_music_stands_at_its_stated_loudness() -> None:
    for prompt in ("boss battle", "lullaby", "dungeon", "retro arcade"):
        sound = samples_of(make_music(prompt, 1, {}))
        assert 20 * np.log10(np.sqrt(np.mean(sound**2))) == pytest.approx(-17, abs=0.6)


@pytest.mark.parametrize("prompt", ["lullaby", "dark dungeon", "temple", "calm menu"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_end_of_a_loop_runs_into_its_start(prompt: str, seed: int) -> None:
    sound = samples_of(make_music(prompt, seed, {"durationSeconds": 10}))
    around = np.concatenate((sound[:, -4:], sound[:, :4]), axis=1)
    bends = np.abs(np.diff(sound, 2, axis=1))
    # A click would be the sharpest bend of all. Here the join is as smooth as any note's attack.
    assert np.abs(np.diff(around, 2, axis=1)).max() <= np.quantile(bends, 0.9999)
    # The tails of the last bar sound on in the first: it does not begin or end in silence.
    assert np.sqrt(np.mean(sound[:, -2205:] ** 2)) > 0.01


def test_a_piece_that_does_not_loop_fades_to_silence() -> None:
    sound = samples_of(make_music("lullaby", 1, {"durationSeconds": 10, "loop": False}))
    assert np.abs(sound[:, -200:]).max() < 0.003
    assert np.sqrt(np.mean(sound[:, -88_200:-44_100] ** 2)) > 0.005


def test_mood_words_set_tempo_and_brightness() -> None:
    for seed in range(3):
        quick = mono(make_music("cheerful fast tavern dance", seed, {"durationSeconds": 12}))
        slow = mono(make_music("dark slow dungeon", seed, {"durationSeconds": 12}))
        assert onsets_a_second(quick) > 1.5 * onsets_a_second(slow)
        assert centroid(quick) > 1.5 * centroid(slow)


def test_settings_sound_different() -> None:
    prompts = ["boss battle", "lullaby", "chiptune level", "church", "jungle", "pirate shanty"]
    spread = [bands(mono(make_music(p, 1, {"durationSeconds": 8}))) for p in prompts]
    for k, one in enumerate(spread):
        assert all(np.abs(one - other).sum() > 0.1 for other in spread[k + 1 :])


def test_an_instrument_that_is_named_changes_the_melody() -> None:
    flute = make_music("calm village with a flute", 1, {"durationSeconds": 6})
    organ = make_music("calm village with an organ", 1, {"durationSeconds": 6})
    assert np.abs(bands(mono(flute)) - bands(mono(organ))).sum() > 0.05


def test_an_explosion_is_lower_than_a_coin() -> None:
    for seed in range(3):
        blast = mono(make_sound_effect("explosion", seed, {}))
        coin = mono(make_sound_effect("gold coin", seed, {}))
        assert share_below(blast, 200) > 0.4
        assert share_below(coin, 200) < 0.02
        assert centroid(coin) > 3 * centroid(blast)


def test_size_lowers_the_pitch_and_lengthens_the_sound() -> None:
    tiny = mono(make_sound_effect("tiny dragon growl", 1, {}))
    huge = mono(make_sound_effect("huge dragon growl", 1, {}))
    assert huge.size > tiny.size
    assert centroid(huge) < 0.7 * centroid(tiny)


def test_materials_ring_as_long_as_they_do() -> None:
    def ringing(prompt: str) -> float:
        sound = mono(make_sound_effect(prompt, 2, {"durationSeconds": 1.2}))
        return float(np.sum(sound[13_230:] ** 2) / np.sum(sound**2))

    assert ringing("steel sword clash") > 10 * ringing("wooden sword clash")


def test_the_ground_changes_footsteps() -> None:
    snow, stone = (
        bands(mono(make_sound_effect(f"footsteps on {ground}", 1, {})))
        for ground in ("snow", "stone")
    )
    assert np.abs(snow - stone).sum() > 0.3


@pytest.mark.parametrize("prompt", ["campfire", "machine hum", "wind", "rain"])
def test_a_looped_ambience_has_no_seam(prompt: str) -> None:
    sound = mono(make_sound_effect(prompt, 1, {"durationSeconds": 2, "loop": True}))
    assert sound.size == 88_200
    assert abs(sound[0] - sound[-1]) <= np.quantile(np.abs(np.diff(sound)), 0.999)


def test_every_family_of_effects_makes_a_sound_of_its_own() -> None:
    from asset_forge.generation.providers.procedural.audio._effects import FAMILIES

    seen: dict[bytes, str] = {}
    for name, family in FAMILIES.items():
        data = make_sound_effect(min(family.words), 1, {"durationSeconds": 0.6})
        assert data not in seen, (name, seen.get(data))
        seen[data] = name


def test_speakers_differ_in_pitch() -> None:
    def pitch(prompt: str) -> float:
        sound = mono(make_voice(prompt, 1, {}))
        frames = [pitch_of(sound[k : k + 4410]) for k in range(0, sound.size - 4410, 2205)]
        return float(np.median([hertz for hertz, strength in frames if strength > 0.4]))

    words = "'we are here'"
    assert pitch(f"giant: {words}") < 0.75 * pitch(f"man: {words}")
    assert pitch(f"man: {words}") < 0.75 * pitch(f"child: {words}")


def test_a_whisper_has_no_pitch() -> None:
    spoken = mono(make_voice('man "aah aah aah"', 1, {}))
    whispered = mono(make_voice('man whispering "aah aah aah"', 1, {}))

    def strength(sound: np.ndarray) -> float:
        loud = [sound[k : k + 4410] for k in range(0, sound.size - 4410, 1000)]
        return float(np.median([pitch_of(part)[1] for part in loud if np.abs(part).max() > 0.2]))

    assert strength(whispered) < 0.5 * strength(spoken)


def test_vowels_have_the_formants_of_their_spelling() -> None:
    # "ee" has its energy far below and far above 1 kHz, "ah" around it.
    see, bar = (mono(make_voice(f'man "{word}"', 5, {})) for word in ("eeee", "aa"))
    assert bands(bar)[4:6].sum() > 3 * bands(see)[4:6].sum()


def test_a_question_rises() -> None:
    def last_pitch(text: str) -> float:
        sound = mono(make_voice(f'man "{text}"', 4, {}))
        loud = np.flatnonzero(np.abs(sound) > 0.1)[-1]
        return pitch_of(sound[loud - 4000 : loud - 500])[0]

    assert last_pitch("you saw me?") > 1.2 * last_pitch("you saw me.")


def test_more_words_last_longer_up_to_the_limit() -> None:
    one = mono(make_voice('guard "halt"', 1, {}))
    many = mono(make_voice('guard "halt, or we will have to open the gates and fight"', 1, {}))
    assert one.size < many.size <= 4 * 44_100
    limited = mono(make_voice('guard "' + "halt " * 90 + '"', 1, {"durationSeconds": 2}))
    assert 44_100 < limited.size <= 2 * 44_100


@pytest.mark.parametrize("kind", MAKERS)
def test_prompt_and_seed_decide(kind: str) -> None:
    make, options = MAKERS[kind], SHORT[kind]
    assert make("an old guard", 1, options) == make("an old guard", 1, options)
    assert make("an old guard", 1, options) != make("an old guard", 2, options)
    assert make("an old guard", 1, options) != make("a young fairy", 1, options)


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "import hashlib;from asset_forge.generation.providers.procedural.audio import *\n"
        "for m,o in ((make_music,{'durationSeconds':5}),(make_sound_effect,{}),(make_voice,{})):\n"
        "    print(hashlib.sha256(m('angry orc battle with fire', 7, o)).hexdigest())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": salt},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for salt in ("1", "2")
    }
    here = "".join(
        hashlib.sha256(make("angry orc battle with fire", 7, options)).hexdigest() + "\n"
        for make, options in (
            (make_music, {"durationSeconds": 5}),
            (make_sound_effect, {}),
            (make_voice, {}),
        )
    )
    assert answers == {here}


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (
            "music",
            {"durationSeconds": 3},
            "option durationSeconds is 3; use a number from 4 to 120",
        ),
        ("music", {"durationSeconds": 10**400}, "use a number from 4 to 120"),
        ("music", {"durationSeconds": float("nan")}, "durationSeconds is nan"),
        ("music", {"durationSeconds": True}, "durationSeconds is True"),
        ("music", {"loop": 1}, "option loop is 1; use true or false"),
        ("sound_effect", {"durationSeconds": "long"}, "a number from 0.05 to 12"),
        ("voice", {"loop": True}, "option loop is unknown; use durationSeconds"),
        ("sound_effect", {"loop": 3, "pitch": 2}, "loop is 3.*option pitch is unknown"),
    ],
)
def test_a_bad_option_is_refused(kind: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MAKERS[kind]("wind", 1, options)


def test_every_option_is_described() -> None:
    assert set(AUDIO_OPTIONS) == set(MAKERS)
    for options in AUDIO_OPTIONS.values():
        for name, option in options.items():
            assert option.name == name
            assert option.description.endswith(".")
            assert option.default is None or option.read(option.default) == option.default


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.integers(-(2**63), 2**63))
def test_any_text_makes_an_effect_and_a_voice(prompt: str, seed: int) -> None:
    effect = samples_of(make_sound_effect(prompt, seed, {"durationSeconds": 0.2}))
    assert effect.shape == (1, 8820)
    assert effect.any()
    bark = samples_of(make_voice(prompt, seed, {"durationSeconds": 0.5}))
    assert 0 < bark.shape[1] <= 22_050
    assert bark.any()


@settings(max_examples=8, deadline=None)
@given(st.text(max_size=60), st.integers(0, 2**31), st.booleans())
def test_any_text_makes_music(prompt: str, seed: int, loop: bool) -> None:
    sound = samples_of(make_music(prompt, seed, {"durationSeconds": 4, "loop": loop}))
    assert sound.shape == (2, 176_400)
    assert np.abs(sound).max() > 0.1


@pytest.mark.parametrize("seconds", [0.05, 0.06, 0.3, 12])
def test_every_family_fits_any_length(seconds: float) -> None:
    from asset_forge.generation.providers.procedural.audio._effects import FAMILIES

    for family in FAMILIES.values() if seconds < 1 else list(FAMILIES.values())[::5]:
        prompt = max(family.words)
        for loop in (True, False):
            options = {"durationSeconds": seconds, "loop": loop}
            sound = samples_of(make_sound_effect(prompt, 1, options))
            assert sound.shape == (1, round(seconds * 44_100))
            assert sound.any()
