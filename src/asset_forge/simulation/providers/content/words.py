"""Text in the place of a language model's: prose, or JSON that keeps to a schema that is asked for.

A dialogue comes from the product's own offline writer, so that it can be played; all else is made
here from the prompt.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Final, cast

CHARACTERS_PER_TOKEN: Final = 4
"""A rule of thumb for English that OpenAI and Anthropic both give."""
_DIALOGUE_FIELDS: Final = frozenset({"nodes", "start", "speaker"})
_DETAILS: Final = (
    "with worn edges and a few honest scratches",
    "in muted, earthy colors",
    "with a clear silhouette that reads well from afar",
    "lit softly from above",
    "with fine engravings along the rim",
    "built from few, bold shapes",
    "in the style of a hand-painted fantasy game",
    "with a matte surface and a faint sheen on the metal",
)


def count_tokens(text: str) -> int:
    """Estimate how many tokens a text has; at least one."""
    return max(1, math.ceil(len(text) / CHARACTERS_PER_TOKEN))


def write_text(prompt: str, seed: int = 0, *, most_tokens: int | None = None) -> str:
    """Describe the thing that a prompt asks for, in one or two sentences."""
    rng = random.Random(f"{prompt}|{seed}")
    subject = re.sub(r"\s+", " ", prompt).strip().rstrip(".")[-400:] or "a plain object"
    text = f"{subject}, {', '.join(rng.sample(_DETAILS, 3))}."
    return text if most_tokens is None else text[: most_tokens * CHARACTERS_PER_TOKEN]


def write_json(prompt: str, schema: Mapping[str, object] | None, seed: int = 0) -> str:
    """Write a JSON document: by the schema, or a dialogue where no schema says otherwise."""
    if schema is None or set(_mapping(schema.get("properties"))) >= _DIALOGUE_FIELDS:
        from asset_forge.generation.providers.procedural.dialogue import make_dialogue

        return make_dialogue(prompt[-500:], seed, {}).decode()
    return json.dumps(_instance(schema, schema, prompt, random.Random(f"{prompt}|{seed}"), 0))


def _instance(
    schema: Mapping[str, object],
    root: Mapping[str, object],
    prompt: str,
    rng: random.Random,
    depth: int,
) -> object:
    """Return something that fits a JSON schema of the kind that the vendors accept."""
    schema = _resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if choices := cast("Sequence[object]", schema.get("enum") or ()):
        return rng.choice(list(choices))
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kind, list):
        kinds = cast("list[str]", kind)
        kind = next((k for k in kinds if k != "null"), "null")
    if kind == "object":
        return {
            name: _instance(_mapping(part), root, f"{name} of {prompt}", rng, depth + 1)
            for name, part in _mapping(schema.get("properties")).items()
        }
    if kind == "array":
        least = cast("int", schema.get("minItems", 0 if depth > 4 else 2))
        part = _mapping(schema.get("items"))
        return [_instance(part, root, prompt, rng, depth + 1) for _ in range(least)]
    if kind in ("integer", "number"):
        low = cast("float", schema.get("minimum", 1))
        high = cast("float", schema.get("maximum", low + 9))
        return rng.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))
    if kind == "boolean":
        return rng.random() < 0.5
    return None if kind == "null" else write_text(prompt, rng.randrange(1 << 16))


def _resolved(schema: Mapping[str, object], root: Mapping[str, object]) -> Mapping[str, object]:
    if isinstance(reference := schema.get("$ref"), str):
        found: Mapping[str, object] = root
        for step in reference.removeprefix("#/").split("/"):
            found = _mapping(found.get(step))
        return _resolved(found, root)
    for choice in ("anyOf", "oneOf", "allOf"):
        if options := cast("Sequence[object]", schema.get(choice) or ()):
            parts = [_mapping(option) for option in options]
            return _resolved(next((p for p in parts if p.get("type") != "null"), parts[0]), root)
    return schema


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
