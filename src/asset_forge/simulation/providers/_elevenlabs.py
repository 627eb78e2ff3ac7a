"""ElevenLabs as its customers see it: speech, sound effects and music.

Written from ElevenLabs' public API reference:
- Text to speech: https://elevenlabs.io/docs/api-reference/text-to-speech/convert
- Sound effects: https://elevenlabs.io/docs/api-reference/text-to-sound-effects/convert
- Music: https://elevenlabs.io/docs/api-reference/music/compose
- Voices, models, subscription: https://elevenlabs.io/docs/api-reference/voices/get-all,
  https://elevenlabs.io/docs/api-reference/models/list,
  https://elevenlabs.io/docs/api-reference/user/subscription/get
- Errors: https://elevenlabs.io/docs/eleven-api/resources/errors and
  https://help.elevenlabs.io/hc/en-us/articles/19572237925521-API-Error-Code-400-or-401 and
  https://help.elevenlabs.io/hc/en-us/articles/19571824571921-API-Error-Code-429

An account without credit is answered 401, as a wrong key is: only the body tells them apart.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import ClassVar

from asset_forge.ids import new_id
from asset_forge.simulation.providers._elevenlabs_lists import models, subscription, voices
from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._vendor import Call, Kind, Route, Vendor
from asset_forge.simulation.providers.content.sounds import make_sound, output_format

_CHARACTERS = 10_000
_EFFECT_CHARACTERS = 450
_MUSIC_CHARACTERS = 4_100
_CHARACTERS_PER_SECOND = 15
_CREDITS_PER_SOUND_SECOND = 20
_CREDITS_PER_MUSIC_SECOND = 50
_REFUSALS: Mapping[Fault, tuple[int, str, str, str, str]] = {
    Fault.UNAUTHORIZED: (
        401,
        "authentication_error",
        "invalid_api_key",
        "invalid_api_key",
        "Invalid API key",
    ),
    Fault.OUT_OF_CREDIT: (
        401,
        "invalid_request",
        "quota_exceeded",
        "quota_exceeded",
        "This request exceeds your quota. You have 0 credits remaining.",
    ),
    Fault.FORBIDDEN: (
        403,
        "authorization_error",
        "insufficient_permissions",
        "missing_permissions",
        "The API key you used is missing the permission for this endpoint.",
    ),
    Fault.NOT_FOUND: (
        404,
        "not_found",
        "voice_not_found",
        "voice_not_found",
        "A voice with the given voice_id was not found.",
    ),
    Fault.RATE_LIMITED: (
        429,
        "rate_limit_error",
        "rate_limit_exceeded",
        "rate_limit_exceeded",
        "Too many requests. Wait before retrying.",
    ),
    Fault.CONCURRENCY_LIMITED: (
        429,
        "rate_limit_error",
        "concurrent_limit_exceeded",
        "too_many_concurrent_requests",
        "Too many concurrent requests. Your current subscription allows 5 at the same time.",
    ),
    Fault.OVERLOADED: (
        429,
        "rate_limit_error",
        "system_busy",
        "system_busy",
        "We are sorry, the system is experiencing heavy traffic, please try again.",
    ),
    Fault.SERVER_ERROR: (
        500,
        "internal_error",
        "internal_error",
        "internal_server_error",
        "An unexpected error occurred.",
    ),
}


class ElevenLabs(Vendor):
    """Speech, sound effects and music, paid for in credits (characters)."""

    provider: ClassVar = Provider.ELEVENLABS

    def __init__(self) -> None:
        self.used_credits = 0

    def _routes(self) -> tuple[Route, ...]:
        """The three that make sound, and the lists."""
        speech, sound = "text-to-speech", "sound-generation"
        subscription, essential = "user/subscription", ("tier", "character_count")
        return (
            Route(speech, "POST", "/v1/text-to-speech/{voice}", self._speak, Kind.FILE, True),
            Route(sound, "POST", "/v1/sound-generation", self._effect, Kind.FILE, True),
            Route("music", "POST", "/v1/music", self._compose, Kind.FILE, True),
            Route("voices", "GET", "/v1/voices", self._voices, essential=("voices",)),
            Route(subscription, "GET", f"/v1/{subscription}", self._account, essential=essential),
            Route("models", "GET", "/v1/models", self._models),
        )

    def key_of(self, request: Request) -> str:
        """Return the `xi-api-key` header."""
        return request.headers.get("xi-api-key", "")

    def prompt_of(self, request: Request) -> str:
        """Return the text or the prompt."""
        return request.text("text") or request.text("prompt")

    def refuse(self, fault: Fault, request: Request) -> Reply:
        """Return `{"detail": {"type", "code", "message", "status", "request_id"}}`."""
        return _error(*_REFUSALS[fault])

    def invalid(self, message: str, parameter: str | None = None) -> Reply:
        """Return 400 with the parameter that is wrong."""
        code = "invalid_parameters"
        return _error(400, "validation_error", code, code, message, parameter)

    async def _speak(self, call: Call) -> Reply:
        text = call.request.text("text")
        if not text:
            return self.invalid("The text must not be empty.", "text")
        if len(text) > _CHARACTERS:
            return self._too_long("text", text, _CHARACTERS)
        if call.fault is Fault.REJECTED_PROMPT:
            return _policy("content_against_policy")
        seconds = max(0.5, len(text) / _CHARACTERS_PER_SECOND)
        latency = 0.3 + len(text) / 300
        return await self._sound(call, text, seconds, credits=len(text), latency=latency)

    async def _effect(self, call: Call) -> Reply:
        text = call.request.text("text")
        if not text:
            return self.invalid("The text must not be empty.", "text")
        if len(text) > _EFFECT_CHARACTERS:
            return self._too_long("text", text, _EFFECT_CHARACTERS)
        given = call.request.body.get("duration_seconds")
        seconds = float(given) if isinstance(given, int | float) else 4.0
        if not 0.5 <= seconds <= 30:
            return self.invalid("duration_seconds must be between 0.5 and 30.", "duration_seconds")
        if call.fault is Fault.REJECTED_PROMPT:
            return _policy("content_against_policy")
        price = round(seconds * _CREDITS_PER_SOUND_SECOND)
        return await self._sound(call, text, seconds, credits=price, latency=2.0)

    async def _compose(self, call: Call) -> Reply:
        request = call.request
        prompt = request.text("prompt")
        if not prompt and not request.body.get("composition_plan"):
            return self.invalid("Give a prompt or a composition_plan.", "prompt")
        if len(prompt) > _MUSIC_CHARACTERS:
            return self._too_long("prompt", prompt, _MUSIC_CHARACTERS)
        milliseconds = request.number("music_length_ms", 30_000)
        if not 3_000 <= milliseconds <= 600_000:
            message = "music_length_ms must be between 3000 and 600000."
            return self.invalid(message, "music_length_ms")
        if call.fault is Fault.REJECTED_PROMPT:
            return _policy("bad_prompt")
        seconds = milliseconds / 1000
        price = round(seconds * _CREDITS_PER_MUSIC_SECOND)
        return await self._sound(call, prompt, seconds, credits=price, latency=6.0, channels=2)

    def _too_long(self, parameter: str, text: str, most: int) -> Reply:
        message = f"The {parameter} has {len(text)} characters; the limit is {most}."
        return self.invalid(message, parameter)

    async def _sound(
        self,
        call: Call,
        text: str,
        seconds: float,
        *,
        credits: int,  # noqa: A002
        latency: float,
        channels: int = 1,
    ) -> Reply:
        asked = call.request.query.get("output_format", "mp3_44100_128")
        wanted = output_format(asked)
        if wanted is None:
            return _error(
                400,
                "validation_error",
                "invalid_output_format",
                "invalid_output_format",
                f"The simulation makes no {asked!r}; use mp3, pcm, wav, ulaw or alaw.",
                "output_format",
            )
        seed = call.request.number("seed", 0)
        content = await asyncio.to_thread(make_sound, text, seconds, wanted, seed, channels)
        self.used_credits += credits
        headers = {"character-cost": str(credits), "request-id": new_id()}
        return Reply(200, content, wanted.media_type, headers, latency, charged=True)

    async def _voices(self, call: Call) -> Reply:
        return json_reply(voices(), seconds=0.2)

    async def _models(self, call: Call) -> Reply:
        return json_reply(models(), seconds=0.2)

    async def _account(self, call: Call) -> Reply:
        return json_reply(subscription(self.used_credits), seconds=0.2)


def _error(
    http_status: int,
    kind: str,
    code: str,
    status: str,
    message: str,
    parameter: str | None = None,
) -> Reply:
    request_id = new_id().replace("-", "")
    detail = {"type": kind, "code": code, "message": message, "status": status}
    detail |= {"request_id": request_id} | ({"param": parameter} if parameter else {})
    return json_reply({"detail": detail}, http_status, headers={"request-id": request_id})


def _policy(status: str) -> Reply:
    message = "The prompt violates our terms of service."
    return _error(400, "validation_error", status, status, message, "text")
