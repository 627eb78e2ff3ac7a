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

from collections.abc import Mapping
from typing import ClassVar

from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._openai_media import embeddings, images, stored_image
from asset_forge.simulation.providers._openai_texts import completion, response
from asset_forge.simulation.providers._texts import conversation
from asset_forge.simulation.providers._vendor import Call, Kind, Route, Vendor, bearer

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
    "gpt-image-2.5-flare",
    "gpt-image-2.5-sunburst",
    "gpt-image-2",
    "text-embedding-3-small",
)
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

    def _routes(self) -> tuple[Route, ...]:
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
        problem = self._problem(call.request, "messages")
        return problem or completion(call.request, rejected=_is_rejected(call))

    async def _respond(self, call: Call) -> Reply:
        problem = self._problem(call.request, "input")
        return problem or response(call.request, rejected=_is_rejected(call))

    async def _images(self, call: Call) -> Reply:
        if _is_rejected(call):
            message = "Your request was rejected by the safety system."
            return _error(400, message, "image_generation_user_error", "moderation_blocked")
        return await images(self, call.request)

    async def _embed(self, call: Call) -> Reply:
        if _is_rejected(call):
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
        return await stored_image(call.parts["name"], expired=call.fault is Fault.EXPIRED_URL)

    def _problem(self, request: Request, field: str) -> Reply | None:
        if not request.text("model"):
            return self.invalid("you must provide a model parameter", "model")
        if not request.body.get(field):
            return self.invalid(f"Missing required parameter: '{field}'.", field)
        if request.body.get("stream"):
            return self.invalid("The simulation does not stream; leave 'stream' out.", "stream")
        return None


def _is_rejected(call: Call) -> bool:
    return call.fault is Fault.REJECTED_PROMPT


def _error(
    status: int, message: str, kind: str, code: str | None, parameter: str | None = None
) -> Reply:
    error = {"message": message, "type": kind, "param": parameter, "code": code}
    return json_reply({"error": error}, status)


def _model(name: str) -> dict[str, object]:
    return {"id": name, "object": "model", "created": 1_715_367_049, "owned_by": "system"}
