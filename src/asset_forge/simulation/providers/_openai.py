"""OpenAI as its customers see it: text, images and embeddings.

Written from OpenAI's public API reference:
- Chat completions: https://platform.openai.com/docs/api-reference/chat/object
- Responses: https://platform.openai.com/docs/api-reference/responses/object
- Images: https://platform.openai.com/docs/api-reference/images/object
- Embeddings: https://platform.openai.com/docs/api-reference/embeddings
- Errors: https://platform.openai.com/docs/guides/error-codes
- Rate limits and their headers: https://platform.openai.com/docs/guides/rate-limits

A 429 means either that requests come too fast (`rate_limit_exceeded`) or that the money has run out
(`insufficient_quota`). Answers are not streamed.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import ClassVar

from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._openai_media import embeddings, images
from asset_forge.simulation.providers._texts import Wanted, conversation, wanted_of
from asset_forge.simulation.providers._vendor import Call, Kind, Route, Vendor, bearer
from asset_forge.simulation.providers.content.words import count_tokens

MODELS = (
    "gpt-5.6-sol",
    "gpt-5.6-terra",
    "gpt-5.6-luna",
    "gpt-5.4-mini",
    "gpt-5-mini",
    "gpt-4.1-mini",
)
MEDIA_MODELS = (
    "gpt-image-2.6-flare",
    "gpt-image-2.6-sunburst",
    "gpt-image-2",
    "text-embedding-3-small",
)
_TOKENS_PER_SECOND = 80
_QUOTA = (
    "You exceeded your current quota, please check your plan and billing details. For more "
    "information on this error, read the docs: "
    "https://platform.openai.com/docs/guides/error-codes/api-errors."
)
_REFUSALS: Mapping[Fault, tuple[int, str, str, str | None]] = {
    Fault.UNAUTHORIZED: (
        401,
        "Incorrect API key provided. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    Fault.OUT_OF_CREDIT: (429, _QUOTA, "insufficient_quota", "insufficient_quota"),
    Fault.FORBIDDEN: (
        403,
        "Country, region, or territory not supported",
        "request_forbidden",
        "unsupported_country_region_territory",
    ),
    Fault.NOT_FOUND: (
        404,
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    Fault.RATE_LIMITED: (
        429,
        "Rate limit reached on requests per min (RPM): Limit 500, Used 500, Requested 1.",
        "requests",
        "rate_limit_exceeded",
    ),
    Fault.SERVER_ERROR: (
        500,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        None,
    ),
    Fault.OVERLOADED: (
        503,
        "The engine is currently overloaded, please try again later",
        "server_error",
        None,
    ),
}


class OpenAI(Vendor):
    """Chat completions, responses, images and embeddings."""

    provider: ClassVar = Provider.OPENAI
    without: ClassVar = frozenset({Fault.CONCURRENCY_LIMITED})  # there is no such published limit

    @property
    def routes(self) -> tuple[Route, ...]:
        """What costs money, the list of models, and the files that image URLs lead to."""
        chat, responses = "chat/completions", "responses"
        image, vectors = "images/generations", "embeddings"
        return (
            Route(chat, "POST", f"/v1/{chat}", self._chat, Kind.JSON, True, ("choices",)),
            Route(
                responses, "POST", f"/v1/{responses}", self._respond, Kind.JSON, True, ("output",)
            ),
            Route(image, "POST", f"/v1/{image}", self._images, Kind.JSON, True, ("data",)),
            Route(vectors, "POST", f"/v1/{vectors}", self._embed, Kind.JSON, True, ("data",)),
            Route("models", "GET", "/v1/models", self._models, essential=("data",)),
            Route("models", "GET", "/v1/models/{id}", self._model),
            Route("files", "GET", "/files/{name}", self._file, Kind.DOWNLOAD),
        )

    def key_of(self, request: Request) -> str:
        """Return the bearer token."""
        return bearer(request)

    def prompt_of(self, request: Request) -> str:
        """Return the prompt, the input, or the text of the conversation."""
        body = request.body
        return request.text("prompt") or conversation(body.get("input") or body.get("messages"))

    def headers(self) -> dict[str, str]:
        """Return the limits on requests and tokens."""
        return {
            "openai-version": "2020-10-01",
            "x-ratelimit-limit-requests": "500",
            "x-ratelimit-remaining-requests": "499",
            "x-ratelimit-reset-requests": "120ms",
            "x-ratelimit-limit-tokens": "200000",
            "x-ratelimit-remaining-tokens": "199000",
            "x-ratelimit-reset-tokens": "300ms",
        }

    def refuse(self, fault: Fault, request: Request) -> Reply:
        """Return `{"error": {"message", "type", "param", "code"}}`."""
        status, message, kind, code = _REFUSALS[fault]
        reply = _error(status, message, kind, code)
        if fault is Fault.RATE_LIMITED:
            reply.headers["x-ratelimit-remaining-requests"] = "0"
        return reply

    def invalid(self, message: str, parameter: str | None = None) -> Reply:
        """Return 400 with the parameter that is wrong."""
        return _error(400, message, "invalid_request_error", None, parameter)

    async def _chat(self, call: Call) -> Reply:
        request = call.request
        if problem := self._problem(request, "messages"):
            return problem
        wanted = wanted_of(request)
        text, filtered = wanted.text(), call.fault is Fault.REJECTED_PROMPT
        message = {"role": "assistant", "content": text, "refusal": None, "annotations": []}
        reason = "length" if wanted.cut_short else "stop"
        if filtered:
            text, reason = "", "content_filter"
            message |= {"content": "", "refusal": "I'm sorry, but I can't help with that."}
        used = _tokens(wanted, text)
        answer = {
            "id": f"chatcmpl-{wanted.id}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": request.text("model"),
            "choices": [
                {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
            ],
            "usage": {
                "prompt_tokens": used[0],
                "completion_tokens": used[1],
                "total_tokens": sum(used),
                "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
            },
            "service_tier": "default",
            "system_fingerprint": "fp_simulated",
        }
        return json_reply(answer, seconds=_seconds(used[1]), charged=True)

    async def _respond(self, call: Call) -> Reply:
        request = call.request
        if problem := self._problem(request, "input"):
            return problem
        wanted = wanted_of(request)
        text, filtered = wanted.text(), call.fault is Fault.REJECTED_PROMPT
        part: dict[str, object] = {"type": "output_text", "text": text, "annotations": []}
        if filtered:
            text, part = (
                "",
                {"type": "refusal", "refusal": "I'm sorry, but I can't help with that."},
            )
        reason = "content_filter" if filtered else "max_output_tokens" if wanted.cut_short else None
        status = "incomplete" if reason else "completed"
        used = _tokens(wanted, text)
        answer = {
            "id": f"resp_{wanted.id}",
            "object": "response",
            "created_at": int(time.time()),
            "status": status,
            "error": None,
            "incomplete_details": {"reason": reason} if reason else None,
            "instructions": request.body.get("instructions"),
            "max_output_tokens": request.body.get("max_output_tokens"),
            "model": request.text("model"),
            "output": [
                {
                    "type": "message",
                    "id": f"msg_{wanted.id}",
                    "status": status,
                    "role": "assistant",
                    "content": [part],
                }
            ],
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "text": request.body.get("text") or {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "usage": {
                "input_tokens": used[0],
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": used[1],
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": sum(used),
            },
            "metadata": {},
        }
        return json_reply(answer, seconds=_seconds(used[1]), charged=True)

    async def _images(self, call: Call) -> Reply:
        if call.fault is Fault.REJECTED_PROMPT:
            message = "Your request was rejected by the safety system."
            return _error(400, message, "image_generation_user_error", "moderation_blocked")
        return await images(self, call.request)

    async def _embed(self, call: Call) -> Reply:
        if call.fault is Fault.REJECTED_PROMPT:
            return self.invalid("Your request was rejected by the safety system.", "input")
        return embeddings(self, call.request)

    async def _models(self, call: Call) -> Reply:
        data = [_model(name) for name in MODELS + MEDIA_MODELS]
        return json_reply({"object": "list", "data": data}, seconds=0.1)

    async def _model(self, call: Call) -> Reply:
        if call.parts["id"] not in MODELS + MEDIA_MODELS:
            return self.refuse(Fault.NOT_FOUND, call.request)
        return json_reply(_model(call.parts["id"]), seconds=0.1)

    async def _file(self, call: Call) -> Reply:
        from asset_forge.simulation.providers._openai_media import stored_image

        return await stored_image(call.parts["name"], expired=call.fault is Fault.EXPIRED_URL)

    def _problem(self, request: Request, field: str) -> Reply | None:
        if not request.text("model"):
            return self.invalid("you must provide a model parameter", "model")
        if not request.body.get(field):
            return self.invalid(f"Missing required parameter: '{field}'.", field)
        if request.body.get("stream"):
            return self.invalid("The simulation does not stream; leave 'stream' out.", "stream")
        return None


def _tokens(wanted: Wanted, text: str) -> tuple[int, int]:
    return wanted.prompt_tokens, count_tokens(text) if text else 0


def _seconds(tokens: int) -> float:
    return 0.6 + tokens / _TOKENS_PER_SECOND


def _error(
    status: int, message: str, kind: str, code: str | None, parameter: str | None = None
) -> Reply:
    error = {"message": message, "type": kind, "param": parameter, "code": code}
    return json_reply({"error": error}, status)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1_715_367_049, "owned_by": "system"}
