"""Filling the slots of lines and making sentences of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from asset_forge.generation.providers.procedural.dialogue._cast import Cast
from asset_forge.generation.providers.procedural.dialogue._noun import Noun

_SENTENCE_START = re.compile(r"(^|[.!?] )(\w)")


class Writer:
    """Writes lines for one cast, and does not take the same one again while others are left."""

    def __init__(self, cast: Cast, rng: np.random.Generator) -> None:
        self._cast = cast
        self._rng = rng
        self._used: dict[str, int] = {}

    def line(self, choices: Sequence[str], extra: Noun | None = None) -> str:
        """One of the lines, least used first, with its slots filled."""
        fewest = min(self._used.get(text, 0) for text in choices)
        fresh = [text for text in choices if self._used.get(text, 0) == fewest]
        text = fresh[int(self._rng.integers(len(fresh)))]
        self._used[text] = fewest + 1
        cast = self._cast
        filled = text.format(
            name=cast.name,
            role=cast.role,
            thing=cast.thing,
            place=cast.place,
            foe=cast.foe,
            reward=cast.reward,
            extra=extra,
        )
        return sentences(filled)


def sentences(text: str) -> str:
    """Text with single spaces and each sentence beginning with a capital."""
    spaced = " ".join(text.split())
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), spaced)
