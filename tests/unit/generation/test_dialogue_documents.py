"""Dialogues that a language model wrote: what is taken, and what is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asset_forge.generation.providers.dialogue_document import answer_schema, read_dialogue
from asset_forge.generation.providers.procedural.dialogue import DIALOGUE_SCHEMA, make_dialogue

Dialogue = dict[str, Any]


def written(seed: int = 1, nodes: int = 8) -> Dialogue:
    found: Dialogue = json.loads(make_dialogue("a gruff gate guard", seed, {"nodes": nodes}))
    return found


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.integers(6, 60), st.text(min_size=1, max_size=60))
def test_every_dialogue_of_the_offline_provider_is_taken_as_it_is(
    seed: int, nodes: int, prompt: str
) -> None:
    text = make_dialogue(prompt, seed, {"nodes": nodes}).decode()
    assert read_dialogue(text) == json.loads(text)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_what_is_taken_is_of_the_published_form(seed: int) -> None:
    read = read_dialogue(json.dumps(written(seed)))
    jsonschema.validate(read, DIALOGUE_SCHEMA, cls=jsonschema.Draft202012Validator)
    jsonschema.validate(read, answer_schema(), cls=jsonschema.Draft202012Validator)


def ends(dialogue: Dialogue) -> list[Dialogue]:
    return [node for node in dialogue["nodes"] if not node["choices"]]


def dangling(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["choices"][0]["next"] = "nowhere"


def without_start(dialogue: Dialogue) -> None:
    dialogue["start"] = "nowhere"


def twice(dialogue: Dialogue) -> None:
    dialogue["nodes"].append(dialogue["nodes"][0])


def endless(dialogue: Dialogue) -> None:
    back: Dialogue = {"text": "Again.", "next": dialogue["start"], "conditions": [], "effects": []}
    for node in ends(dialogue):
        node["choices"], node["ending"] = [back], None


def trapped(dialogue: Dialogue) -> None:
    """One choice leads into a place that leads to itself alone, though others end."""
    trap = {**dialogue["nodes"][0], "id": "trap", "ending": None}
    trap["choices"] = [{"text": "Hm.", "next": "trap", "conditions": [], "effects": []}]
    dialogue["nodes"].append(trap)
    dialogue["nodes"][0]["choices"][0]["next"] = "trap"


def unnamed(dialogue: Dialogue) -> None:
    ends(dialogue)[0]["ending"] = None


def short(dialogue: Dialogue) -> None:
    del dialogue["nodes"][5:]


def wordy(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["note"] = "by the way"


def dumb(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["text"] = ""


def unprintable(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["text"] = "Halt!\x00"


def shouting(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["id"] = "START"


def bored(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["emotion"] = "bored"


def other(dialogue: Dialogue) -> None:
    dialogue["format"] = "asset-forge.dialogue/2"


def bribed(dialogue: Dialogue) -> None:
    dialogue["nodes"][0]["choices"][0]["conditions"] = [{"kind": "gold", "atLeast": 0}]


FAULTY: list[tuple[Callable[[Dialogue], None], str]] = [
    (dangling, "leads to 'nowhere', which is no node"),
    (without_start, "leads to 'nowhere', which is no node"),
    (twice, "two nodes of the dialogue have the same id"),
    (endless, "never comes to an end from "),
    (trapped, "never comes to an end from 'trap'"),
    (unnamed, "without saying how"),
    (short, "length >= 6"),
    (wordy, "unknown field `note`"),
    (dumb, "matching regex"),
    (unprintable, "matching regex"),
    (shouting, "matching regex"),
    (bored, "Invalid enum value 'bored'"),
    (other, "Invalid enum value"),
    (bribed, ">= 1"),
]


@pytest.mark.parametrize(("spoil", "message"), FAULTY)
def test_what_a_game_could_not_play_is_refused(
    spoil: Callable[[Dialogue], None], message: str
) -> None:
    dialogue = written()
    spoil(dialogue)
    with pytest.raises(ValueError, match=message):
        read_dialogue(json.dumps(dialogue))


@pytest.mark.parametrize("text", ["", "null", "[]", "Once upon a time", '{"format": ', "\ud800"])
def test_what_is_no_dialogue_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each reader says it in words of its own
        read_dialogue(text)


def test_a_place_where_the_talk_goes_on_is_no_ending() -> None:
    dialogue = written()
    dialogue["nodes"][0]["ending"] = "accepted"
    assert read_dialogue(json.dumps(dialogue))["nodes"][0]["ending"] is None


def objects(schema: object) -> list[Dialogue]:
    """List the schemas within a schema."""
    if isinstance(schema, list):
        return [found for part in cast("list[object]", schema) for found in objects(part)]
    if not isinstance(schema, dict):
        return []
    fields = cast("Dialogue", schema)
    return [fields, *(found for part in fields.values() for found in objects(part))]


# What OpenAI's and Anthropic's structured outputs have in common.
STRICT = {"type", "description", "properties", "required", "additionalProperties", "items", "anyOf",
          "enum"}  # fmt: skip


def test_the_schema_that_is_asked_for_is_of_the_vendors_strict_subset() -> None:
    parts = [part for part in objects(answer_schema()) if "type" in part or "anyOf" in part]
    assert len(parts) > 30
    for part in parts:
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])
        assert not part.keys() - STRICT
