"""What a request to a language model wants: its conversation, and the form of the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from asset_forge.ids import new_id
from asset_forge.simulation.providers._http import Request
from asset_forge.simulation.providers.content.words import (
    CHARACTERS_PER_TOKEN,
    count_tokens,
    write_json,
    write_text,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a language model is asked for, and what it answers."""

    id: str
    """A new id for the answer, 32 hexadecimal digits."""
    prompt: str
    """What the user said last."""
    prompt_tokens: int
    """Of the whole conversation with its system prompt."""
    text: str
    cut_short: bool
    """Whether the text ends because it may not be longer."""


def wanted_of(request: Request, system: object) -> Wanted:
    """Answer a request in one of OpenAI's two forms, or Anthropic's, whose system prompt is given.

    The answer is JSON where a schema or a JSON mode is asked for, or the system prompt speaks of
    JSON; otherwise it is prose.
    """
    body = request.body
    messages = body.get("messages") or body.get("input")
    prompt, rules = _last(messages), _content(system) or _rules(messages)
    is_json, schema = _form(body)
    is_json = is_json or "json" in rules.lower()
    full = write_json(prompt, schema) if is_json else write_text(prompt)
    text = full if (most := _most_tokens(body)) is None else full[: most * CHARACTERS_PER_TOKEN]
    return Wanted(
        id=new_id().replace("-", ""),
        prompt=prompt,
        prompt_tokens=count_tokens(f"{_content(system)}\n{conversation(messages)}"),
        text=text,
        cut_short=len(text) < len(full),
    )


def _most_tokens(body: Mapping[str, object]) -> int | None:
    for name in ("max_completion_tokens", "max_output_tokens", "max_tokens"):
        if isinstance(value := body.get(name), int):
            return value
    return None


def conversation(messages: object) -> str:
    """Return the text of a list of messages, or of a plain input."""
    if isinstance(messages, str):
        return messages
    if not isinstance(messages, list):
        return ""
    parts = [_content(_mapping(m).get("content") or m) for m in cast("list[object]", messages)]
    return "\n".join(part for part in parts if part)


def _rules(messages: object) -> str:
    """Return what the system and developer messages among the others say."""
    said = (
        [_mapping(m) for m in cast("list[object]", messages)] if isinstance(messages, list) else []
    )
    return "\n".join(
        _content(m.get("content")) for m in said if m.get("role") in ("system", "developer")
    )


def _last(messages: object) -> str:
    """Return what the user said last."""
    if not isinstance(messages, list):
        return conversation(messages)
    said = [_mapping(m) for m in cast("list[object]", messages)]
    users = [m for m in said if m.get("role") == "user"]
    return _content(users[-1].get("content")) if users else ""


def _content(content: object) -> str:
    """Return the text of one message, written as a text or as a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (
        p if isinstance(p, str) else _mapping(p).get("text")
        for p in cast("Sequence[object]", content)
    )
    return "\n".join(part for part in parts if isinstance(part, str))


def _form(body: Mapping[str, object]) -> tuple[bool, Mapping[str, object] | None]:
    """Say whether the answer is to be JSON, and by which schema."""
    form = _mapping(
        body.get("response_format")
        or _mapping(body.get("text")).get("format")
        or _mapping(body.get("output_config")).get("format")
        or body.get("output_format")
    )
    kind = form.get("type")
    if kind == "json_schema":
        schema = _mapping(form.get("json_schema")).get("schema") or form.get("schema")
        return True, _mapping(schema) or None
    return kind == "json_object", None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
