"""The form of a dialogue file, as JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FORMAT = "asset-forge.dialogue/1"

EMOTIONS = (
    "amused", "angry", "annoyed", "ashamed", "calm", "fearful", "grateful", "happy", "hopeful",
    "proud", "sad", "secretive", "suspicious", "threatening",
)  # fmt: skip

_IDENTIFIER = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
_TEXT = {"type": "string", "minLength": 1}


def _object(description: str, **properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _list(items: Mapping[str, object], least: int = 0) -> dict[str, object]:
    return {"type": "array", "items": items, "minItems": least}


_CONDITION = {
    "description": "What must hold for a choice to be offered.",
    "oneOf": [
        _object("The speaker thinks at least so well of the player.",
                kind={"const": "reputation"}, atLeast={"type": "integer"}),
        _object("The player owns at least so much gold.",
                kind={"const": "gold"}, atLeast={"type": "integer", "minimum": 1}),
        _object("An earlier choice has set the flag.", kind={"const": "flag"}, flag=_IDENTIFIER),
    ],
}  # fmt: skip
_EFFECT = {
    "description": "What changes when a choice is taken.",
    "oneOf": [
        _object("The speaker's opinion of the player changes.",
                kind={"const": "reputation"}, change={"type": "integer"}),
        _object("The player gains or pays gold.",
                kind={"const": "gold"}, change={"type": "integer"}),
        _object("The player receives an item.", kind={"const": "item"}, item=_TEXT),
        _object("A flag is set for good.", kind={"const": "flag"}, flag=_IDENTIFIER),
    ],
}  # fmt: skip

DIALOGUE_SCHEMA: Final[dict[str, object]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Branching dialogue",
    **_object(
        "A conversation as a graph of nodes. It begins at `start`; a node without choices is an "
        "ending, and its `ending` names the outcome.",
        format={"const": FORMAT},
        title=_TEXT,
        language={"const": "en"},
        quest={"enum": ["fetch", "slay", "deliver", "investigate", "trade", "passage"]},
        speaker=_object("The character that speaks the nodes.", name=_TEXT, role=_TEXT,
                        mood=_TEXT),
        start=_IDENTIFIER,
        nodes=_list(
            _object(
                "One utterance of the speaker.",
                id=_IDENTIFIER,
                speaker=_TEXT,
                text=_TEXT,
                emotion={"enum": list(EMOTIONS)},
                ending={"enum": ["accepted", "declined", "hostile", "bargain", "forgiven", None]},
                choices=_list(
                    _object(
                        "One answer of the player.",
                        text=_TEXT,
                        next=_IDENTIFIER,
                        conditions=_list(_CONDITION),
                        effects=_list(_EFFECT),
                    )
                ),
            ),
            least=6,
        ),
    ),
}  # fmt: skip
"""JSON Schema (2020-12) of what `make_dialogue` returns."""
