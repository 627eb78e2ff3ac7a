"""ElevenLabs' own SDK against the simulated ElevenLabs."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import AsyncIterator

import httpx
import pytest
from elevenlabs.client import AsyncElevenLabs
from elevenlabs.core.api_error import ApiError
from tests.integration.simulation.conftest import patience_with

from asset_forge.simulation.providers import Fault, SimulatedProviders

VOICE = "21m00Tcm4TlvDq8ikWAM"
TEXT = "Well met, traveler. What brings you to the forge?"
ONCE = {"max_retries": 0}


async def joined(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def speak(sdk: AsyncElevenLabs, output_format: str = "wav_16000") -> bytes:
    return await joined(
        sdk.text_to_speech.convert(
            VOICE, text=TEXT, output_format=output_format, request_options=ONCE
        )
    )


async def test_speech_as_wav_lasts_as_long_as_its_text(elevenlabs_sdk: AsyncElevenLabs) -> None:
    content = await speak(elevenlabs_sdk)
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        assert sound.getnframes() / 16000 == pytest.approx(len(TEXT) / 15, abs=0.1)
        assert max(sound.readframes(sound.getnframes())) > 0


async def test_speech_is_mp3_unless_asked_otherwise_and_states_its_cost(
    elevenlabs_sdk: AsyncElevenLabs,
) -> None:
    async with elevenlabs_sdk.text_to_speech.with_raw_response.convert(
        VOICE, text=TEXT
    ) as response:
        content = await joined(response.data)
        assert response.headers["content-type"] == "audio/mpeg"
        assert response.headers["character-cost"] == str(len(TEXT))
        assert response.headers["request-id"]
    assert content.startswith(b"ID3")


async def test_a_sound_effect_lasts_as_long_as_asked(elevenlabs_sdk: AsyncElevenLabs) -> None:
    content = await joined(
        elevenlabs_sdk.text_to_sound_effects.convert(
            text="a heavy door", duration_seconds=2.0, output_format="pcm_16000"
        )
    )
    assert len(content) == 2 * 16000 * 2


async def test_music_is_stereo_lasts_as_long_as_asked_and_is_charged(
    elevenlabs_sdk: AsyncElevenLabs,
) -> None:
    before = (await elevenlabs_sdk.user.subscription.get()).character_count
    content = await joined(
        elevenlabs_sdk.music.compose(
            prompt="a calm tavern", music_length_ms=5000, output_format="pcm_44100"
        )
    )
    after = (await elevenlabs_sdk.user.subscription.get()).character_count
    assert len(content) == 5 * 44100 * 2 * 2
    assert content[:2] == content[2:4]
    assert after > before


async def test_voices_and_models_are_listed(elevenlabs_sdk: AsyncElevenLabs) -> None:
    voices = (await elevenlabs_sdk.voices.get_all()).voices
    assert VOICE in [voice.voice_id for voice in voices]
    assert "eleven_multilingual_v2" in [m.model_id for m in await elevenlabs_sdk.models.list()]


@pytest.mark.parametrize(
    ("fault", "http_status", "status"),
    [
        (Fault.UNAUTHORIZED, 401, "invalid_api_key"),
        (Fault.OUT_OF_CREDIT, 401, "quota_exceeded"),
        (Fault.FORBIDDEN, 403, "missing_permissions"),
        (Fault.NOT_FOUND, 404, "voice_not_found"),
        (Fault.RATE_LIMITED, 429, "rate_limit_exceeded"),
        (Fault.CONCURRENCY_LIMITED, 429, "too_many_concurrent_requests"),
        (Fault.OVERLOADED, 429, "system_busy"),
        (Fault.SERVER_ERROR, 500, "internal_server_error"),
        (Fault.REJECTED_PROMPT, 400, "content_against_policy"),
    ],
)
async def test_a_refusal_is_an_api_error_whose_detail_says_why(
    providers: SimulatedProviders,
    elevenlabs_sdk: AsyncElevenLabs,
    fault: Fault,
    http_status: int,
    status: str,
) -> None:
    providers.set_fault("elevenlabs", fault)
    with pytest.raises(ApiError) as caught:
        await speak(elevenlabs_sdk)
    assert caught.value.status_code == http_status
    assert caught.value.body["detail"]["status"] == status
    assert caught.value.body["detail"]["message"]
    assert not providers.journal.requests("elevenlabs", charged=True)


async def test_a_gateway_answers_with_a_page(
    providers: SimulatedProviders, elevenlabs_sdk: AsyncElevenLabs
) -> None:
    providers.set_fault("elevenlabs", Fault.BAD_GATEWAY)
    with pytest.raises(ApiError, match="502 Bad Gateway") as caught:
        await speak(elevenlabs_sdk)
    assert caught.value.status_code == 502


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.TIMEOUT, httpx.ReadTimeout),
        (Fault.SLOW_TRICKLE, httpx.ReadTimeout),
        (Fault.CONNECTION_RESET, httpx.NetworkError),
        (Fault.TRUNCATED_DOWNLOAD, httpx.RemoteProtocolError),
    ],
)
async def test_sound_lost_on_the_way_has_been_charged_all_the_same(
    providers: SimulatedProviders,
    elevenlabs_sdk: AsyncElevenLabs,
    fault: Fault,
    expected: type[Exception],
) -> None:
    providers.set_fault("elevenlabs", fault)
    with pytest.raises(expected):
        await joined(
            elevenlabs_sdk.text_to_speech.convert(
                VOICE,
                text=TEXT,
                request_options={"max_retries": 0, "timeout_in_seconds": patience_with(fault)},
            )
        )
    assert len(providers.journal.requests("elevenlabs", charged=True)) == 1


async def test_half_a_file_without_a_length_is_told_only_by_the_file(
    providers: SimulatedProviders, elevenlabs_sdk: AsyncElevenLabs
) -> None:
    whole = await speak(elevenlabs_sdk)
    providers.set_fault("elevenlabs", Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH)
    half = await speak(elevenlabs_sdk)
    assert whole.startswith(half)
    assert len(half) == len(whole) // 2


@pytest.mark.parametrize(
    ("fault", "content"),
    [
        (Fault.WRONG_TYPE_DOWNLOAD, b"<!doctype html>"),
        (Fault.MALFORMED_JSON, b'{"audi'),
        (Fault.MISSING_FIELDS, b""),
    ],
)
async def test_something_else_may_come_in_the_place_of_sound(
    providers: SimulatedProviders, elevenlabs_sdk: AsyncElevenLabs, fault: Fault, content: bytes
) -> None:
    providers.set_fault("elevenlabs", fault)
    found = await speak(elevenlabs_sdk)
    assert found.startswith(content)
    assert found[:4] != b"RIFF"


async def test_malformed_lists_are_malformed(
    providers: SimulatedProviders, elevenlabs_sdk: AsyncElevenLabs
) -> None:
    providers.set_fault("elevenlabs", Fault.MALFORMED_JSON)
    with pytest.raises((ApiError, json.JSONDecodeError)):
        await elevenlabs_sdk.voices.get_all()


async def test_a_wrong_key_is_refused_without_any_fault(
    variables: dict[str, str], elevenlabs_sdk: AsyncElevenLabs
) -> None:
    async with httpx.AsyncClient(trust_env=False) as line:
        sdk = AsyncElevenLabs(
            api_key="sk_real_looking",
            base_url=variables["ELEVENLABS_BASE_URL"],
            httpx_client=line,
        )
        with pytest.raises(ApiError) as caught:
            await speak(sdk)
    assert caught.value.body["detail"]["code"] == "invalid_api_key"


async def test_a_format_that_is_not_simulated_is_refused_by_name(
    elevenlabs_sdk: AsyncElevenLabs,
) -> None:
    with pytest.raises(ApiError, match="opus_48000_64"):
        await speak(elevenlabs_sdk, "opus_48000_64")
