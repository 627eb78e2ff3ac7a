"""Sounds as ElevenLabs sends them: checked, measured, and put into WAV files."""

from __future__ import annotations

import contextlib
import io
import wave
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.asset_types import AssetType
from asset_forge.generation.providers.elevenlabs_provider import (
    ElevenLabsModels,
    ElevenLabsProvider,
    is_voice_id,
)
from asset_forge.generation.providers.sounds import MUSIC_RATE, as_wave, seconds_of

MODELS = ElevenLabsModels("eleven_multilingual_v2", "sfx", "music_v1", "voice", 24_000)


def wav(frames: int = 2400, rate: int = 24_000, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(b"\x01" * (frames * channels * width))
    return file.getvalue()


@given(st.integers(1, 5000), st.sampled_from([8000, 24_000, 48_000]), st.integers(1, 2))
def test_the_length_of_a_sound_is_that_of_its_frames(frames: int, rate: int, channels: int) -> None:
    assert seconds_of(wav(frames, rate, channels)) == pytest.approx(frames / rate)


@given(st.data())
def test_a_sound_whose_end_is_missing_is_refused(data: st.DataObject) -> None:
    whole = wav(400)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(ValueError, match="sound is"):
        seconds_of(whole[:cut])


@given(st.integers(0, 43), st.integers(1, 255))
def test_a_header_that_is_wrong_is_refused_or_read(position: int, change: int) -> None:
    data = bytearray(wav(400))
    data[position] ^= change
    with contextlib.suppress(ValueError):
        assert seconds_of(bytes(data)) > 0


@pytest.mark.parametrize("data", [b"", b"<!doctype html>", b'{"audio": "', b"ID3\x03", wav(0)])
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="sound is"):
        seconds_of(data)


def test_a_sound_without_a_rate_is_refused() -> None:
    data = bytearray(wav())
    data[24:28] = bytes(4)
    with pytest.raises(ValueError, match="no WAV file"):
        seconds_of(bytes(data))


@pytest.mark.parametrize("seconds", [3.0, 2.5, 4.5])
def test_samples_of_about_the_length_that_was_asked_for_are_music(seconds: float) -> None:
    samples = bytes(range(4)) * round(seconds * MUSIC_RATE)
    with wave.open(io.BytesIO(as_wave(samples, 3.0))) as sound:
        assert sound.getparams()[:3] == (2, 2, MUSIC_RATE)
        assert sound.readframes(sound.getnframes()) == samples
    assert seconds_of(as_wave(samples, 3.0)) == pytest.approx(seconds)


@pytest.mark.parametrize("frames", [0, MUSIC_RATE * 3 // 2, MUSIC_RATE * 6])
def test_half_of_the_music_is_none(frames: int) -> None:
    with pytest.raises(ValueError, match="are not 3 seconds of music"):
        as_wave(bytes(4) * frames, 3.0)


def test_a_sample_that_is_cut_is_no_music() -> None:
    with pytest.raises(ValueError, match="of samples are not"):
        as_wave(bytes(4) * MUSIC_RATE * 3 + b"\0", 3.0)


@pytest.mark.parametrize("text", ["../user", "a/b", "a?b", "é", "", "a" * 65, "a b", "a%2fb"])
def test_what_would_change_the_address_is_no_voice(text: str) -> None:
    assert not is_voice_id(text)


FAULTY: list[tuple[AssetType, dict[str, Any], str]] = [
    (AssetType.VOICE, {"durationSeconds": 2}, "no option 'durationSeconds' here; choose from voic"),
    (AssetType.VOICE, {"voiceId": "../user"}, "must be the id of a voice"),
    (AssetType.VOICE, {"voiceId": 3}, "must be the id of a voice"),
    (AssetType.SOUND_EFFECT, {"durationSeconds": 31}, "a number from 0.5 to 30"),
    (AssetType.SOUND_EFFECT, {"durationSeconds": float("nan")}, "a number from 0.5 to 30"),
    (AssetType.SOUND_EFFECT, {"durationSeconds": True}, "a number from 0.5 to 30"),
    (AssetType.SOUND_EFFECT, {"loop": "yes"}, "loop must be true or false"),
    (AssetType.MUSIC, {"durationSeconds": 2.9}, "a number from 3 to 600"),
    (AssetType.MUSIC, {"durationSeconds": "20"}, "a number from 3 to 600"),
    (AssetType.MUSIC, {"loop": True}, "choose from durationSeconds, instrumental"),
]


@pytest.mark.parametrize(("type_", "options", "message"), FAULTY)
def test_options_that_cannot_be_honored_are_refused(
    type_: AssetType, options: dict[str, Any], message: str
) -> None:
    provider = ElevenLabsProvider("key", base_url="http://x", models=MODELS, request_seconds=1)
    with pytest.raises(ValueError, match=message):
        provider.check_options(type_, options)
