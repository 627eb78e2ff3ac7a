"""OpenAI's two ways to ask a language model, answered in one piece.

Written from:
- https://platform.openai.com/docs/api-reference/chat/create
- https://platform.openai.com/docs/api-reference/responses/create

A rejected prompt is not an error here: the answer ends with `content_filter`, and holds a refusal.
"""

from __future__ import annotations

import time
from typing import Final

from asset_forge.simulation.providers._http import Reply, Request, json_reply
from asset_forge.simulation.providers._texts import Wanted, wanted_of
from asset_forge.simulation.providers.content.words import count_tokens

_TOKENS_PER_SECOND: Final = 80
_REFUSAL: Final = "I'm sorry, but I can't help with that."


def completion(request: Request, *, rejected: bool) -> Reply:
    """Answer `POST /v1/chat/completions`."""
    wanted = wanted_of(request, request.body.get("instructions"))
    text = "" if rejected else wanted.text
    reason = "content_filter" if rejected else "length" if wanted.cut_short else "stop"
    message: dict[str, object] = {"role": "assistant", "content": text, "annotations": []}
    message["refusal"] = _REFUSAL if rejected else None
    read, written = _tokens(wanted, text)
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    answer: dict[str, object] = {
        "id": f"chatcmpl-{wanted.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.text("model"),
        "choices": [choice],
        "usage": {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }
    return json_reply(answer, seconds=_seconds(written), charged=True)


def response(request: Request, *, rejected: bool) -> Reply:
    """Answer `POST /v1/responses`."""
    wanted = wanted_of(request, request.body.get("instructions"))
    text = "" if rejected else wanted.text
    part: dict[str, object] = {"type": "output_text", "text": text, "annotations": []}
    if rejected:
        part = {"type": "refusal", "refusal": _REFUSAL}
    reason = "content_filter" if rejected else "max_output_tokens" if wanted.cut_short else None
    status = "incomplete" if reason else "completed"
    read, written = _tokens(wanted, text)
    message: dict[str, object] = {"type": "message", "id": f"msg_{wanted.id}", "status": status}
    message |= {"role": "assistant", "content": [part]}
    answer: dict[str, object] = {
        "id": f"resp_{wanted.id}",
        "object": "response",
        "created_at": int(time.time()),
        "status": status,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": request.body.get("instructions"),
        "max_output_tokens": request.body.get("max_output_tokens"),
        "model": request.text("model"),
        "output": [message],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "text": request.body.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        },
        "metadata": {},
    }
    return json_reply(answer, seconds=_seconds(written), charged=True)


def _tokens(wanted: Wanted, text: str) -> tuple[int, int]:
    return wanted.prompt_tokens, count_tokens(text) if text else 0


def _seconds(tokens: int) -> float:
    return 0.6 + tokens / _TOKENS_PER_SECOND
