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
    """An answer that a language model is asked for."""

    id: str
    """A new id for the answer, 32 hexadecimal digits."""
    prompt: str
    """What the user said last."""
    prompt_tokens: int
    """Of the whole conversation with its system prompt."""
    json: bool
    schema: Mapping[str, object] | None
    most_tokens: int | None

    def text(self) -> str:
        """Write the answer, cut off where it may not be longer."""
        full = self._full()
        return full if self.most_tokens is None else full[: self._most_characters]

    @property
    def cut_short(self) -> bool:
        """Whether the answer is longer than it may be."""
        return self.most_tokens is not None and len(self._full()) > self._most_characters

    @property
    def _most_characters(self) -> int:
        return (self.most_tokens or 0) * CHARACTERS_PER_TOKEN

    def _full(self) -> str:
        return write_json(self.prompt, self.schema) if self.json else write_text(self.prompt)


def wanted_of(request: Request, system: object = None) -> Wanted:
    """Read what is wanted from a request in one of OpenAI's two forms, or Anthropic's."""
    body = request.body
    messages = body.get("messages") or body.get("input")
    said = [_content(system or body.get("instructions")), conversation(messages)]
    form, schema = _form(body)
    most = next(
        (
            value
            for name in ("max_completion_tokens", "max_output_tokens", "max_tokens")
            if isinstance(value := body.get(name), int)
        ),
        None,
    )
    return Wanted(
        id=new_id().replace("-", ""),
        prompt=_last(messages),
        prompt_tokens=count_tokens("\n".join(said)),
        json=form,
        schema=schema,
        most_tokens=most,
    )


def conversation(messages: object) -> str:
    """Return the text of a list of messages, or of a plain input."""
    if isinstance(messages, str):
        return messages
    if not isinstance(messages, list):
        return ""
    parts = [_content(_mapping(m).get("content") or m) for m in cast("list[object]", messages)]
    return "\n".join(part for part in parts if part)


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
