"""ElevenLabs: speech, sound effects and music, each as a WAV file.

Written from https://elevenlabs.io/docs/api-reference/text-to-speech/convert,
/text-to-sound-effects/convert and /music/compose. The three are answered by the sound itself, and
there are no idempotency keys.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from asset_forge.asset_types import AssetType
from asset_forge.generation.providers.base import (
    Calls,
    Charged,
    Content,
    ProviderRequest,
    ProviderResult,
    Usage,
)
from asset_forge.generation.providers.connections import CONNECT_SECONDS, KEPT_CONNECTIONS
from asset_forge.generation.providers.marks import mark_request
from asset_forge.generation.providers.prompts import shortened
from asset_forge.generation.providers.sdk import load
from asset_forge.generation.providers.sounds import MUSIC_RATE, as_wave, seconds_of

if TYPE_CHECKING:
    import httpx
    from elevenlabs.client import AsyncElevenLabs
    from elevenlabs.core.http_response import AsyncHttpResponse
    from elevenlabs.core.request_options import RequestOptions

    Sound = AbstractAsyncContextManager[AsyncHttpResponse[AsyncIterator[bytes]]]

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


@dataclass(frozen=True, slots=True)
class _Read:
    """A sound with the credits that it was charged as, 0 where that is not told."""

    data: bytes
    credits: int
    seconds: float

    @property
    def usage(self) -> Usage:
        """The credits where they are told: one is charged as a character of speech is."""
        return Usage(characters=self.credits) if self.credits else Usage(seconds=self.seconds)


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
        sound = await _read(answer)
        return _content(sound.data, Usage(characters=sound.credits or len(request.prompt)))

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
        sound = await _read(answer)
        return _content(sound.data, sound.usage)

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
        sound = await _read(answer, lambda samples: as_wave(samples, seconds))
        return _content(sound.data, sound.usage)

    async def _open(self) -> AsyncElevenLabs:
        if self._client is None:
            sdk = await load("elevenlabs.client")
            if self._http is None:
                import httpx

                self._http = httpx.AsyncClient(
                    timeout=httpx.Timeout(self._request_seconds, connect=CONNECT_SECONDS),
                    limits=httpx.Limits(max_keepalive_connections=KEPT_CONNECTIONS),
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


async def _read(answer: Sound, form: Callable[[bytes], bytes] = bytes) -> _Read:
    """Read a sound to its end, put it into the form of a WAV file, and measure it.

    Raises:
        Charged: It is damaged, and its headers tell that it was charged.
    """
    async with answer as response:
        headers = {name.lower(): value.strip() for name, value in response.headers.items()}
        said = (
            headers[name] for name in _COSTS if re.fullmatch("[0-9]{1,9}", headers.get(name, ""))
        )
        credits_ = int(next(said, 0))
        try:
            data = form(await _whole(response.data, headers))
            return _Read(data, credits_, seconds_of(data))
        except Exception as error:
            if not credits_:
                raise
            raise Charged(error, Usage(characters=credits_)) from error


async def _whole(chunks: AsyncIterator[bytes], headers: Mapping[str, str]) -> bytes:
    if not {"content-length", "transfer-encoding"} & headers.keys():
        raise ValueError("the sound comes without its length, so that its end may be missing")
    data = bytearray()
    async for chunk in chunks:
        data += chunk
        if len(data) > _SOUND_BYTES:
            raise ValueError(f"the sound is larger than {_SOUND_BYTES} bytes")
    return bytes(data)


def _content(data: bytes, usage: Usage) -> Content:
    return Content(data, "wav", "audio/wav", usage)


def _seconds(request: ProviderRequest) -> float | None:
    given = request.options.get("durationSeconds", _LENGTHS[request.type].default)
    return float(given) if isinstance(given, int | float) else None


def _check_length(allowed: _Range, value: object) -> None:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1.0
    if not allowed.shortest <= number <= allowed.longest:
        raise ValueError(
            f"durationSeconds must be a number from {allowed.shortest:g} to {allowed.longest:g}"
        )
