"""From a prompt to a dialogue file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from asset_forge.generation.providers.procedural.dialogue._cast import Cast, cast_for
from asset_forge.generation.providers.procedural.dialogue._schema import FORMAT
from asset_forge.generation.providers.procedural.dialogue._tree import Node, grow
from asset_forge.generation.providers.procedural.dialogue._writing import sentences
from asset_forge.generation.providers.procedural.options import DIALOGUE_OPTIONS, read_options
from asset_forge.generation.providers.procedural.words import random_for, read_prompt

_TITLES: Final = {
    "fetch": "The search for {thing.the}",
    "slay": "The shadow over {place.the}",
    "deliver": "{thing.the} for {place.the}",
    "investigate": "The riddle of {place.the}",
    "trade": "The price of {thing.the}",
    "passage": "The way through {place.the}",
}


def make_dialogue(prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A branching dialogue as UTF-8 JSON in the form of `DIALOGUE_SCHEMA`.

    The prompt gives the speaker's role, mood, task and the things, places and foes that are talked
    about; what it leaves open is chosen by the seed. Raises ValueError for a bad option.
    """
    count = read_options(DIALOGUE_OPTIONS, options)["nodes"]
    cast = cast_for(prompt, read_prompt(prompt), random_for(prompt, seed, "dialogue/cast"))
    nodes = grow(cast, random_for(prompt, seed, "dialogue/tree"), count)
    title = _TITLES[cast.quest].format(thing=cast.thing, place=cast.place)
    document = {
        "format": FORMAT,
        "title": sentences(title),
        "language": "en",
        "quest": cast.quest,
        "speaker": {"name": cast.name, "role": cast.role.text, "mood": cast.tone},
        "start": nodes[0].id,
        "nodes": [_node(node, cast) for node in nodes],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _node(node: Node, cast: Cast) -> dict[str, object]:
    return {
        "id": node.id,
        "speaker": cast.name,
        "text": node.text,
        "emotion": node.emotion,
        "ending": None if node.choices else node.id,
        "choices": [
            {
                "text": choice.text,
                "next": choice.next,
                "conditions": list(choice.conditions),
                "effects": list(choice.effects),
            }
            for choice in node.choices
        ],
    }
