"""ElevenLabs: speech, sound effects and music, each as a WAV file.

Written from https://elevenlabs.io/docs/api-reference/text-to-speech/convert,
/text-to-sound-effects/convert and /music/compose. The three are answered by the sound itself, and
there are no idempotency keys.
"""

from __future__ import annotations

import io
import re
import wave
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asset_forge.asset_types import AssetType
from asset_forge.generation.providers.base import (
    Calls,
    Content,
    ProviderRequest,
    ProviderResult,
    Usage,
)
from asset_forge.generation.providers.marks import mark_request
from asset_forge.generation.providers.prompts import shortened
from asset_forge.generation.providers.sdk import CONNECT_SECONDS, load

if TYPE_CHECKING:
    import httpx
    from elevenlabs.client import AsyncElevenLabs
    from elevenlabs.core.http_response import AsyncHttpResponse
    from elevenlabs.core.request_options import RequestOptions

    Sound = AbstractAsyncContextManager[AsyncHttpResponse[AsyncIterator[bytes]]]

MUSIC_RATE: Final = 44_100
"""Samples a second of music, which comes as raw samples of 16 bits in stereo."""

EFFECT_CHARACTERS: Final = 450
"""The longest prompt of a sound effect; a longer one is cut at a word. Speech takes 10,000 and
music 4,100, which is more than the service accepts."""

_REQUEST: Final[RequestOptions] = {"max_retries": 0, "chunk_size": 64 * 1024}
_SOUND_BYTES: Final = 256 << 20
_COSTS: Final = ("character-cost", "x-character-count")
_MAX_SEED: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class _Range:
    """A length in seconds; the default None leaves it to the vendor."""

    default: float | None
    shortest: float
    longest: float


_LENGTHS: Final[Mapping[AssetType, _Range]] = {
    AssetType.MUSIC: _Range(20.0, 3.0, 600.0),
    AssetType.SOUND_EFFECT: _Range(None, 0.5, 30.0),
}
_OPTIONS: Final[Mapping[AssetType, tuple[str, ...]]] = {
    AssetType.VOICE: ("voiceId",),
    AssetType.SOUND_EFFECT: ("durationSeconds", "loop"),
    AssetType.MUSIC: ("durationSeconds", "instrumental"),
}


@dataclass(frozen=True, slots=True)
class ElevenLabsModels:
    """Which model makes what, the voice that speaks unless another is asked for, and its rate."""

    voice: str
    sound_effect: str
    music: str
    voice_id: str
    sample_rate: int

    def of(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model for a type; None for what ElevenLabs does not make."""
        return {
            AssetType.VOICE: self.voice,
            AssetType.SOUND_EFFECT: self.sound_effect,
            AssetType.MUSIC: self.music,
        }.get(type)


class ElevenLabsProvider:
    """Makes voices, sound effects and music with one ElevenLabs account."""

    name = "elevenlabs"

    def __init__(
        self, key: str, *, base_url: str, models: ElevenLabsModels, request_seconds: float
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._models = models
        self._request_seconds = request_seconds
        self._client: AsyncElevenLabs | None = None
        self._http: httpx.AsyncClient | None = None

    def model_for(self, type: AssetType) -> str | None:  # noqa: A002
        """Name the model that makes sounds of this type."""
        return self._models.of(type)

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Refuse unknown options and values outside their ranges with a ValueError."""
        known = _OPTIONS.get(type, ())
        for name, value in options.items():
            if name not in known:
                choices = ", ".join(known)
                raise ValueError(f"elevenlabs has no option {name!r} here; choose from {choices}")
            if name == "durationSeconds":
                _check_length(_LENGTHS[type], value)
            elif name == "voiceId":
                if not (isinstance(value, str) and is_voice_id(value)):
                    raise ValueError("voiceId must be the id of a voice: 1 to 64 letters or digits")
            elif not isinstance(value, bool):
                raise ValueError(f"{name} must be true or false")

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        """Make the sound in one paid request."""
        kinds = {
            AssetType.VOICE: ("speech", self._speech),
            AssetType.SOUND_EFFECT: ("sound-effect", self._sound_effect),
            AssetType.MUSIC: ("music", self._music),
        }
        purpose, make = kinds[request.type]

        async def send() -> Content:
            return await make(request)

        await self._open()  # loads the SDK, which is no part of the request's time
        content = await calls.content(purpose, send)
        return ProviderResult(content.data, content.file_type, content.media_type)

    async def close(self) -> None:
        """Close the connections to ElevenLabs."""
        if self._http is not None:
            await self._http.aclose()

    async def _speech(self, request: ProviderRequest) -> Content:
        client = await self._open()
        voice = str(request.options.get("voiceId", self._models.voice_id))
        answer = client.text_to_speech.with_raw_response.convert(
            voice,
            text=request.prompt,
            model_id=self._models.voice,
            output_format=f"wav_{self._models.sample_rate}",  # pyright: ignore[reportArgumentType]
            seed=request.seed % (_MAX_SEED + 1),
            request_options=_REQUEST,
        )
        data, credits_ = await _read(answer)
        seconds_of(data)
        return _content(data, Usage(characters=credits_ or len(request.prompt)))

    async def _sound_effect(self, request: ProviderRequest) -> Content:
        client = await self._open()
        seconds = _seconds(request)
        answer = client.text_to_sound_effects.with_raw_response.convert(
            text=shortened(request.prompt, EFFECT_CHARACTERS),
            model_id=self._models.sound_effect,
            output_format=f"wav_{self._models.sample_rate}",  # pyright: ignore[reportArgumentType]
            duration_seconds=seconds,
            loop=bool(request.options.get("loop", False)),
            request_options=_REQUEST,
        )
        data, credits_ = await _read(answer)
        length = seconds_of(data)
        return _content(data, _of_sound(credits_, length))

    async def _music(self, request: ProviderRequest) -> Content:
        client = await self._open()
        seconds = _seconds(request) or 0.0
        answer = client.music.with_raw_response.compose(
            prompt=request.prompt,
            model_id=self._models.music,
            music_length_ms=round(seconds * 1000),
            force_instrumental=bool(request.options.get("instrumental", True)),
            output_format=f"pcm_{MUSIC_RATE}",  # pyright: ignore[reportArgumentType]
            request_options=_REQUEST,
        )
        samples, credits_ = await _read(answer)
        sound = as_wave(samples, seconds)
        return _content(sound, _of_sound(credits_, seconds_of(sound)))

    async def _open(self) -> AsyncElevenLabs:
        if self._client is None:
            sdk = await load("elevenlabs.client")
            if self._http is None:
                import httpx

                self._http = httpx.AsyncClient(
                    timeout=httpx.Timeout(self._request_seconds, connect=CONNECT_SECONDS),
                    event_hooks={"request": [mark_request]},
                )
            client: AsyncElevenLabs = sdk.AsyncElevenLabs(
                api_key=self._key,
                base_url=self._base_url,
                timeout=self._request_seconds,
                httpx_client=self._http,
            )
            self._client = client
        return self._client


def is_voice_id(text: str) -> bool:
    """Say whether a text may be the id of a voice, which becomes a part of an address."""
    return text.isascii() and text.isalnum() and len(text) <= 64


async def _read(sound: Sound) -> tuple[bytes, int]:
    """Read a sound to its end; return it and the credits that it was charged as, 0 if unsaid."""
    async with sound as answer:
        headers = {name.lower(): value.strip() for name, value in answer.headers.items()}
        if not {"content-length", "transfer-encoding"} & headers.keys():
            raise ValueError("the sound comes without its length, so that its end may be missing")
        data = bytearray()
        async for chunk in answer.data:
            data += chunk
            if len(data) > _SOUND_BYTES:
                raise ValueError(f"the sound is larger than {_SOUND_BYTES} bytes")
    said = (headers[name] for name in _COSTS if re.fullmatch("[0-9]{1,9}", headers.get(name, "")))
    return bytes(data), int(next(said, 0))


def _content(data: bytes, usage: Usage) -> Content:
    return Content(data, "wav", "audio/wav", usage)


def _of_sound(credits_: int, seconds: float) -> Usage:
    """Count the credits where they are told; one is charged as a character of speech is."""
    return Usage(characters=credits_) if credits_ else Usage(seconds=seconds)


def seconds_of(data: bytes) -> float:
    """Return the length of a WAV file in seconds.

    Raises:
        ValueError: It is none, it is empty, or its end is missing.
    """
    try:
        with wave.open(io.BytesIO(data)) as sound:
            held = len(sound.readframes(sound.getnframes()))
            width = sound.getnchannels() * sound.getsampwidth()
            if not held or held < sound.getnframes() * width:
                raise ValueError("the sound is shorter than its header says")
            return sound.getnframes() / sound.getframerate()
    except (wave.Error, EOFError, RuntimeError, ZeroDivisionError) as error:  # `wave` raises any
        raise ValueError(f"the sound is no WAV file ({error})") from error


def as_wave(samples: bytes, seconds: float) -> bytes:
    """Put a WAV header before raw samples.

    The vendor keeps to the length only roughly; half of a piece, or one of another form, is told
    by the number of its samples.

    Raises:
        ValueError: There are far fewer or more than so many seconds have, or a half one.
    """
    rightly = seconds * MUSIC_RATE * 4
    if len(samples) % 4 or not 0.6 * rightly <= len(samples) <= 1.6 * rightly:
        raise ValueError(f"{len(samples)} bytes of samples are not {seconds:g} seconds of music")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(MUSIC_RATE)
        sound.writeframes(samples)
    return file.getvalue()


def _seconds(request: ProviderRequest) -> float | None:
    given = request.options.get("durationSeconds", _LENGTHS[request.type].default)
    return float(given) if isinstance(given, int | float) else None


def _check_length(allowed: _Range, value: object) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
    if not allowed.shortest <= number <= allowed.longest:
        raise ValueError(
            f"durationSeconds must be a number from {allowed.shortest:g} to {allowed.longest:g}"
        )
