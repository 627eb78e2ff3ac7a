"""Dialogues that a language model writes: the form it is asked for, and the check of what it wrote.

The form is the offline provider's, so that a game reads both with the same code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import Meta

INSTRUCTIONS: Final = (
    "You write branching dialogues for games. Answer with one JSON document in the form that is "
    "given, in English. The nodes form a graph that begins at `start`: each choice leads to the id "
    "of another node in `next`. Write 8 to 16 nodes of one or two sentences each, with two to four "
    "choices where the talk goes on, one of them without conditions; a node without choices is an "
    "ending and names its `ending`, the others have null there. From each node the talk can come "
    "to an ending. Use lower-case words joined by underscores as ids and flags."
)

_Identifier = Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$", max_length=100)]
_Text = Annotated[str, Meta(pattern=r"^[^\x00]+\Z", max_length=5000)]  # no database takes a NUL


class _Part(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A part of the document; it has its fields and no others."""


class _ReputationAtLeast(_Part, tag_field="kind", tag="reputation"):
    at_least: int


class _GoldAtLeast(_Part, tag_field="kind", tag="gold"):
    at_least: Annotated[int, Meta(ge=1)]


class _FlagSet(_Part, tag_field="kind", tag="flag"):
    flag: _Identifier


class _ReputationChange(_Part, tag_field="kind", tag="reputation"):
    change: int


class _GoldChange(_Part, tag_field="kind", tag="gold"):
    change: int


class _Item(_Part, tag_field="kind", tag="item"):
    item: _Text


class _Flag(_Part, tag_field="kind", tag="flag"):
    flag: _Identifier


class _Choice(_Part):
    text: _Text
    next: _Identifier
    conditions: list[_ReputationAtLeast | _GoldAtLeast | _FlagSet]
    effects: list[_ReputationChange | _GoldChange | _Item | _Flag]


class _Node(_Part):
    id: _Identifier
    speaker: _Text
    text: _Text
    emotion: Literal[
        "amused", "angry", "annoyed", "ashamed", "calm", "fearful", "grateful", "happy", "hopeful",
        "proud", "sad", "secretive", "suspicious", "threatening",
    ]  # fmt: skip
    ending: Literal["accepted", "declined", "hostile", "bargain", "forgiven"] | None
    choices: list[_Choice]


class _Speaker(_Part):
    name: _Text
    role: _Text
    mood: _Text


class _Dialogue(_Part):
    format: Literal["asset-forge.dialogue/1"]
    title: _Text
    language: Literal["en"]
    quest: Literal["fetch", "slay", "deliver", "investigate", "trade", "passage"]
    speaker: _Speaker
    start: _Identifier
    nodes: Annotated[list[_Node], Meta(min_length=6, max_length=500)]


def read_dialogue(text: str) -> dict[str, Any]:
    """Check a dialogue and return it as plain JSON.

    Raises:
        ValueError: It is not of the form, or the talk does not hold together.
    """
    dialogue = msgspec.json.decode(text, type=_Dialogue)
    nodes = {node.id: node for node in dialogue.nodes}
    if len(nodes) < len(dialogue.nodes):
        raise ValueError("two nodes of the dialogue have the same id")
    for name in (dialogue.start, *(c.next for node in dialogue.nodes for c in node.choices)):
        if name not in nodes:
            raise ValueError(f"the dialogue leads to {name[:50]!r}, which is no node of it")
    for node in dialogue.nodes:
        if node.choices:
            node.ending = None  # the talk goes on, whatever the model called this place
        elif node.ending is None:
            raise ValueError(f"the dialogue ends at {node.id[:50]!r} without saying how")
    _check_that_it_ends(dialogue)
    return cast("dict[str, Any]", msgspec.to_builtins(dialogue))


def _check_that_it_ends(dialogue: _Dialogue) -> None:
    """Refuse a talk that can come to a place from which no choices lead to an ending."""
    leads_to = {node.id: {choice.next for choice in node.choices} for node in dialogue.nodes}
    comes_from: dict[str, set[str]] = {name: set() for name in leads_to}
    for name, following in leads_to.items():
        for after in following:
            comes_from[after].add(name)
    ending = _reached([name for name, following in leads_to.items() if not following], comes_from)
    lost = _reached([dialogue.start], leads_to) - ending
    if lost:
        raise ValueError(f"the dialogue never comes to an end from {min(lost)[:50]!r}")


def _reached(first: list[str], leads_to: Mapping[str, set[str]]) -> set[str]:
    reached, ahead = set[str](), first
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += leads_to[name]
    return reached


def answer_schema() -> dict[str, Any]:
    """Return the JSON Schema to ask for, in the subset that the vendors' strict modes take.

    OpenAI's and Anthropic's structured outputs know neither lengths, ranges nor patterns, and want
    each object closed; what they leave out is checked by `read_dialogue`.
    """
    from asset_forge.generation.providers.procedural.dialogue import DIALOGUE_SCHEMA

    return cast("dict[str, Any]", _strict(DIALOGUE_SCHEMA))


_LEFT_OUT: Final = frozenset({"$schema", "title", "minItems", "minLength", "minimum", "pattern"})


def _strict(schema: object) -> object:
    if isinstance(schema, list):
        return [_strict(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, Mapping):
        return schema
    found: dict[str, object] = {}
    for name, part in cast("Mapping[str, object]", schema).items():
        if name == "properties":
            properties = cast("Mapping[str, object]", part)
            found[name] = {key: _strict(value) for key, value in properties.items()}
        elif name == "oneOf":
            found["anyOf"] = _strict(part)
        elif name == "const":
            found |= {"type": "string", "enum": [part]}
        elif name == "enum":
            names = cast("list[object]", part)
            found |= {"type": ["string", "null"] if None in names else "string", "enum": names}
        elif name not in _LEFT_OUT:
            found[name] = _strict(part)
    return found
