"""Anthropic as its customers see it: messages.

Written from Anthropic's public API reference:
- Messages: https://docs.claude.com/en/api/messages
- Errors: https://docs.claude.com/en/api/errors
- Rate limits and their headers: https://docs.claude.com/en/api/rate-limits
- Refusals: https://docs.claude.com/en/docs/test-and-evaluate/strengthen-guardrails/handle-streaming-refusals

An account without credit is told so with 400 and `invalid_request_error`; a provider without
capacity answers 529 and `overloaded_error`. Answers are not streamed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import ClassVar, cast

from asset_forge.ids import new_id
from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._texts import conversation, wanted_of
from asset_forge.simulation.providers._vendor import Call, Kind, Route, Vendor, bearer
from asset_forge.simulation.providers.content.words import count_tokens, write_json

MODELS = ("claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5", "claude-haiku-4-5")
_TOKENS_PER_SECOND = 70
_REFUSALS: Mapping[Fault, tuple[int, str, str]] = {
    Fault.UNAUTHORIZED: (401, "authentication_error", "invalid x-api-key"),
    Fault.OUT_OF_CREDIT: (
        400,
        "invalid_request_error",
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing "
        "to upgrade or purchase credits.",
    ),
    Fault.FORBIDDEN: (
        403,
        "permission_error",
        "Your API key does not have permission to use the specified resource.",
    ),
    Fault.NOT_FOUND: (404, "not_found_error", "model: not found"),
    Fault.RATE_LIMITED: (
        429,
        "rate_limit_error",
        "This request would exceed your organization's rate limit of 50 requests per minute.",
    ),
    Fault.CONCURRENCY_LIMITED: (
        429,
        "rate_limit_error",
        "Number of concurrent connections has exceeded your rate limit. Please try again later.",
    ),
    Fault.SERVER_ERROR: (500, "api_error", "Internal server error"),
    Fault.OVERLOADED: (529, "overloaded_error", "Overloaded"),
}


class Anthropic(Vendor):
    """Messages, the counting of their tokens, and the list of models."""

    provider: ClassVar = Provider.ANTHROPIC

    def _routes(self) -> tuple[Route, ...]:
        """Messages cost money; the rest does not."""
        counting = "messages/count_tokens"
        essential = ("content", "usage")
        return (
            Route(counting, "POST", f"/v1/{counting}", self._count, essential=("input_tokens",)),
            Route("messages", "POST", "/v1/messages", self._message, Kind.JSON, True, essential),
            Route("models", "GET", "/v1/models", self._models, essential=("data",)),
        )

    def key_of(self, request: Request) -> str:
        """Return the `X-Api-Key` header, or the bearer token."""
        return request.headers.get("x-api-key") or bearer(request)

    def prompt_of(self, request: Request) -> str:
        """Return the text of the conversation."""
        return conversation(request.body.get("messages"))

    def headers(self) -> dict[str, str]:
        """Return the limit on requests."""
        return {
            "anthropic-organization-id": "simulated",
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "49",
        }

    def refuse(self, fault: Fault, request: Request) -> Reply:
        """Return `{"type": "error", "error": {"type", "message"}, "request_id"}`."""
        status, kind, message = _REFUSALS[fault]
        return _error(status, kind, message)

    def invalid(self, message: str, parameter: str | None = None) -> Reply:
        """Return 400 with the parameter that is wrong before the message."""
        said = f"{parameter}: {message}" if parameter else message
        return _error(400, "invalid_request_error", said)

    async def _message(self, call: Call) -> Reply:
        request = call.request
        if problem := self._problem(request):
            return problem
        wanted = wanted_of(request, request.body.get("system"))
        tool = _forced_tool(request.body)
        if call.fault is Fault.REJECTED_PROMPT:
            content, reason, written = [], "refusal", ""
        elif tool:
            written = write_json(wanted.prompt, _mapping(tool.get("input_schema")))
            used = {"type": "tool_use", "id": f"toolu_{wanted.id}", "name": tool.get("name")}
            content, reason = [used | {"input": json.loads(written)}], "tool_use"
        else:
            written = wanted.text
            content = [{"type": "text", "text": written, "citations": None}]
            reason = "max_tokens" if wanted.cut_short else "end_turn"
        tokens = count_tokens(written)
        answer = {
            "id": f"msg_{wanted.id}",
            "type": "message",
            "role": "assistant",
            "model": request.text("model"),
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "usage": {
                "input_tokens": wanted.prompt_tokens,
                "output_tokens": tokens,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 0,
                "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
                "service_tier": "standard",
            },
        }
        return json_reply(answer, seconds=0.8 + tokens / _TOKENS_PER_SECOND, charged=True)

    async def _count(self, call: Call) -> Reply:
        wanted = wanted_of(call.request, call.request.body.get("system"))
        return json_reply({"input_tokens": wanted.prompt_tokens}, seconds=0.1)

    async def _models(self, call: Call) -> Reply:
        created = "2025-09-29T00:00:00Z"
        data = [
            {"type": "model", "id": name, "display_name": name, "created_at": created}
            for name in MODELS
        ]
        page = {"has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]}
        return json_reply({"data": data} | page, seconds=0.1)

    def _problem(self, request: Request) -> Reply | None:
        if "anthropic-version" not in request.headers:
            return self.invalid("header is required", "anthropic-version")
        for name in ("model", "messages", "max_tokens"):
            if not request.body.get(name):
                return self.invalid("Field required", name)
        if request.body.get("stream"):
            return self.invalid("The simulation does not stream; leave it out", "stream")
        return None


def _error(status: int, kind: str, message: str) -> Reply:
    request_id = f"req_{new_id().replace('-', '')}"
    body = {
        "type": "error",
        "error": {"type": kind, "message": message},
        "request_id": request_id,
    }
    return json_reply(body, status, headers={"request-id": request_id})


def _forced_tool(body: Mapping[str, object]) -> Mapping[str, object] | None:
    """Return the tool that the model has to use, if there is one."""
    choice = _mapping(body.get("tool_choice"))
    tools = [_mapping(tool) for tool in cast("list[object]", body.get("tools") or [])]
    if choice.get("type") == "tool":
        return next((tool for tool in tools if tool.get("name") == choice.get("name")), None)
    return tools[0] if choice.get("type") == "any" and tools else None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
