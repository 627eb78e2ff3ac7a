"""ElevenLabs: speech, sound effects and music, each as a WAV file.

Written from https://elevenlabs.io/docs/api-reference/text-to-speech/convert,
/text-to-sound-effects/convert and /music/compose. The three are answered by the sound itself, and
there are no idempotency keys.
"""

from __future__ import annotations

import io
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
from asset_forge.generation.providers.expansion import load
from asset_forge.generation.providers.marks import mark_request

if TYPE_CHECKING:
    import httpx
    from elevenlabs.client import AsyncElevenLabs
    from elevenlabs.core.http_response import AsyncHttpResponse
    from elevenlabs.core.request_options import RequestOptions

    Sound = AbstractAsyncContextManager[AsyncHttpResponse[AsyncIterator[bytes]]]

MUSIC_RATE: Final = 44_100
"""Samples a second of music, which comes in stereo."""

_NO_RETRIES: Final[RequestOptions] = {"max_retries": 0}
_CONNECT_SECONDS: Final = 10.0
_SOUND_BYTES: Final = 256 << 20
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
                if not (isinstance(value, str) and value.isalnum() and len(value) <= 64):
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
            request_options=_NO_RETRIES,
        )
        data, charged = await _read(answer)
        _frames(data)
        return _content(data, Usage(characters=charged or len(request.prompt)))

    async def _sound_effect(self, request: ProviderRequest) -> Content:
        client = await self._open()
        seconds = _seconds(request)
        answer = client.text_to_sound_effects.with_raw_response.convert(
            text=request.prompt,
            model_id=self._models.sound_effect,
            output_format=f"wav_{self._models.sample_rate}",  # pyright: ignore[reportArgumentType]
            duration_seconds=seconds,
            loop=bool(request.options.get("loop", False)),
            request_options=_NO_RETRIES,
        )
        data, _ = await _read(answer)
        return _content(data, Usage(seconds=_frames(data)))

    async def _music(self, request: ProviderRequest) -> Content:
        client = await self._open()
        seconds = _seconds(request) or 0.0
        answer = client.music.with_raw_response.compose(
            prompt=request.prompt,
            model_id=self._models.music,
            music_length_ms=round(seconds * 1000),
            force_instrumental=bool(request.options.get("instrumental", True)),
            output_format=f"pcm_{MUSIC_RATE}",  # pyright: ignore[reportArgumentType]
            request_options=_NO_RETRIES,
        )
        samples, _ = await _read(answer)
        return _content(_as_wave(samples, seconds), Usage(seconds=seconds))

    async def _open(self) -> AsyncElevenLabs:
        if self._client is None:
            sdk = await load("elevenlabs.client")
            if self._http is None:
                import httpx

                self._http = httpx.AsyncClient(
                    timeout=httpx.Timeout(self._request_seconds, connect=_CONNECT_SECONDS),
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


async def _read(sound: Sound) -> tuple[bytes, int]:
    """Read a sound to its end; return it and the characters that it was charged as, 0 if unsaid."""
    async with sound as answer:
        if not {"content-length", "transfer-encoding"} & {name.lower() for name in answer.headers}:
            raise ValueError("the sound comes without its length, so that its end may be missing")
        data = bytearray()
        async for chunk in answer.data:
            data += chunk
            if len(data) > _SOUND_BYTES:
                raise ValueError(f"the sound is larger than {_SOUND_BYTES} bytes")
        charged = answer.headers.get("character-cost", "")
    return bytes(data), int(charged) if charged.isdigit() else 0


def _content(data: bytes, usage: Usage) -> Content:
    return Content(data, "wav", "audio/wav", usage)


def _frames(data: bytes) -> float:
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
    except (wave.Error, EOFError) as error:
        raise ValueError(f"the sound is no WAV file ({error})") from error


def _as_wave(samples: bytes, seconds: float) -> bytes:
    """Put a WAV header before raw samples of 16 bits, whose number tells mono from stereo.

    Raises:
        ValueError: There are not as many as so many seconds have, give or take a tenth.
    """
    of_one_channel = seconds * MUSIC_RATE * 2
    channels = round(len(samples) / of_one_channel)
    complete = abs(len(samples) - channels * of_one_channel) <= 0.1 * len(samples)
    if channels not in (1, 2) or len(samples) % (2 * channels) or not complete:
        raise ValueError(f"{len(samples)} bytes of samples are not {seconds:g} seconds of music")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(channels)
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
