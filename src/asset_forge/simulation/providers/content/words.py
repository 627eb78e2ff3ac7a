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
_DEEPEST: Final = 4
"""Where what may be empty or null begins to be, so that recursive schemas come to an end."""
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
    known: object = None
    if schema is None or set(_mapping(schema.get("properties"))) >= _DIALOGUE_FIELDS:
        from asset_forge.generation.providers.procedural.dialogue import make_dialogue

        known = json.loads(make_dialogue(prompt[-500:], seed, {}))
    if schema is None:
        return json.dumps(known)
    return json.dumps(_Writer(schema, random.Random(f"{prompt}|{seed}")).fit(schema, prompt, known))


class _Writer:
    """Makes values that fit a JSON schema of the kind that the vendors accept."""

    def __init__(self, root: Mapping[str, object], rng: random.Random) -> None:
        self._root = root
        self._rng = rng

    def fit(
        self, schema: Mapping[str, object], prompt: str, known: object = None, depth: int = 0
    ) -> object:
        """Return a value by a schema, taking from a known one what fits."""
        schema = self._resolved(schema, known, depth)
        if "const" in schema:
            return schema["const"]
        if choices := list(cast("Sequence[object]", schema.get("enum") or ())):
            return known if known in choices else self._rng.choice(choices)
        match _kind(schema):
            case "object":
                inner = _mapping(known)
                return {
                    name: self.fit(
                        _mapping(part), f"{name} of {prompt}", inner.get(name), depth + 1
                    )
                    for name, part in _mapping(schema.get("properties")).items()
                }
            case "array":
                return self._array(schema, prompt, known, depth)
            case "integer" | "number":
                return self._number(schema, known)
            case "boolean":
                return known if isinstance(known, bool) else self._rng.random() < 0.5
            case "null":
                return None
            case _:
                text = isinstance(known, str)
                return known if text else write_text(prompt, self._rng.randrange(1 << 16))

    def _array(
        self, schema: Mapping[str, object], prompt: str, known: object, depth: int
    ) -> list[object]:
        part = _mapping(schema.get("items"))
        if isinstance(known, list):
            return [self.fit(part, prompt, k, depth + 1) for k in cast("list[object]", known)]
        least = cast("int", schema.get("minItems", 0 if depth > _DEEPEST else 2))
        return [self.fit(part, prompt, None, depth + 1) for _ in range(least)]

    def _number(self, schema: Mapping[str, object], known: object) -> object:
        low = cast("float", schema.get("minimum", 1))
        high = cast("float", schema.get("maximum", low + 9))
        if isinstance(known, int) and low <= known <= high:
            return known
        return self._rng.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))

    def _resolved(
        self, schema: Mapping[str, object], known: object, depth: int
    ) -> Mapping[str, object]:
        """Follow references, and take the alternative that the known value needs."""
        if isinstance(reference := schema.get("$ref"), str):
            found: Mapping[str, object] = self._root
            for step in reference.removeprefix("#/").split("/"):
                found = _mapping(found.get(step)) if step not in ("#", "") else found
            return self._resolved(found, known, depth)
        for choice in ("anyOf", "oneOf", "allOf"):
            if options := cast("Sequence[object]", schema.get(choice) or ()):
                parts = [self._resolved(_mapping(option), known, depth) for option in options]
                filled = [part for part in parts if part.get("type") != "null"]
                if depth > _DEEPEST and known is None and len(filled) < len(parts):
                    return {"type": "null"}
                return next((p for p in filled if _suits(p, known)), (filled or parts)[0])
        return schema


def _kind(schema: Mapping[str, object]) -> str:
    """Return the type that a schema asks for; of several the first that is not null."""
    kinds = schema.get("type", "object" if "properties" in schema else "string")
    if isinstance(kinds, str):
        return kinds
    return next((kind for kind in cast("list[str]", kinds) if kind != "null"), "null")


def _suits(schema: Mapping[str, object], known: object) -> bool:
    """Say whether a known value is one of an alternative, as far as closed sets of values tell."""
    inner = _mapping(known)
    closed = [
        (inner.get(name), part.get("enum", [part.get("const")]))
        for name, part in (
            (name, _mapping(part)) for name, part in _mapping(schema.get("properties")).items()
        )
        if "enum" in part or "const" in part
    ]
    return bool(closed) and all(
        value in cast("Sequence[object]", allowed) for value, allowed in closed
    )


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
