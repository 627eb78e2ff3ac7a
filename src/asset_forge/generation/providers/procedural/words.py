"""Reading a prompt: what is asked for, of what, how old, how large and in which mood."""

import functools
import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural import _vocabulary as vocabulary
from asset_forge.generation.providers.procedural._families import FAMILIES, nouns_of

Rgb = tuple[int, int, int]

_WORD = re.compile(r"[^\W_]+")
# What follows one of these only describes: in "a chest of gold coins" the chest is asked for.
_BREAKS = frozenset(
    {"with", "of", "in", "on", "for", "from", "by", "under", "near", "at", "inside", "against"}
    | {"beneath", "over", "and", "that", "which"}
)
_SUFFIXES = (
    ("ies", "y"),
    ("ves", "f"),
    ("es", ""),
    ("s", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("en", ""),
)
_NEGATIONS = frozenset({"no", "not", "without", "never"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a prompt says, in the terms that generators work with.

    ``age`` runs from 0 (new) to 1 (a ruin), ``valence`` and ``energy`` from -1 to 1; ``size``,
    ``width`` and ``height`` are factors on a usual specimen. Tuples keep the order of the prompt.
    """

    text: str
    words: tuple[str, ...]
    materials: tuple[str, ...]
    colors: tuple[Rgb, ...]
    age: float | None
    wear: tuple[str, ...]
    moods: tuple[str, ...]
    valence: float
    energy: float
    size: float
    width: float
    height: float
    styles: tuple[str, ...]
    elements: tuple[str, ...]
    counts: tuple[tuple[int, str], ...]

    def family(self, asset_type: str) -> str:
        """The shape family asked for, or one picked by the prompt's hash when no noun is known.

        The head of an English noun phrase stands at its end, before any "of" or "with": the last
        known noun of the first phrase that has one decides. Raises ``ValueError`` for an unknown
        asset type.
        """
        if asset_type not in FAMILIES:
            raise ValueError(
                f"asset type {asset_type!r} has no shape families; use one of {', '.join(FAMILIES)}"
            )
        nouns = nouns_of(asset_type)
        for phrase in self._phrases():
            known = [nouns[form] for word in phrase for form in forms_of(word) if form in nouns]
            if known:
                return known[-1]
        names = tuple(FAMILIES[asset_type])
        return names[_digest(self.text, 0, f"family/{asset_type}") % len(names)]

    def names_family(self, asset_type: str) -> bool:
        """Whether the prompt holds a noun that is known for the asset type."""
        nouns = nouns_of(asset_type)
        return any(form in nouns for word in self.words for form in forms_of(word))

    def says(self, *words: str) -> bool:
        """Whether the prompt has one of the words, in any of its simple forms."""
        return any(form in words for word in self.words for form in forms_of(word))

    def count(self, *units: str, default: int) -> int:
        """The number that stands before one of the units ("three-story" → 3), else ``default``."""
        for number, unit in self.counts:
            if any(form in units for form in forms_of(unit)):
                return number
        return default

    def _phrases(self) -> list[list[str]]:
        phrases: list[list[str]] = [[]]
        for word in self.words:
            if word in _BREAKS:
                phrases.append([])
            else:
                phrases[-1].append(word)
        return phrases


def read_prompt(prompt: str) -> Reading:
    """Read any text; what is not understood still counts in :func:`random_for`."""
    text = normalize(prompt)
    words = tuple(_WORD.findall(text))
    said = _affirmed(words)
    moods = _matches(said, {word: word for word in vocabulary.MOODS})
    ages = [
        vocabulary.AGES[form] for word in said for form in forms_of(word) if form in vocabulary.AGES
    ]
    builds = [
        vocabulary.BUILDS[form]
        for word in said
        for form in forms_of(word)[:1]
        if form in vocabulary.BUILDS
    ]
    sizes = [vocabulary.SIZES[word] for word in said if word in vocabulary.SIZES]
    return Reading(
        text=text,
        words=words,
        materials=_matches(said, vocabulary.MATERIALS),
        colors=tuple(dict.fromkeys(_colors(said))),
        age=max(ages) if ages else None,
        wear=_matches(said, vocabulary.WEAR),
        moods=moods,
        valence=_mean([vocabulary.MOODS[mood][0] for mood in moods]),
        energy=_mean([vocabulary.MOODS[mood][1] for mood in moods]),
        size=_between(_product(sizes), 0.35, 2.6),
        width=_between(_product([width for width, _ in builds]), 0.5, 1.8),
        height=_between(_product([height for _, height in builds]), 0.5, 1.8),
        styles=_matches(said, vocabulary.STYLES),
        elements=_matches(said, vocabulary.ELEMENTS),
        counts=_counts(words),
    )


def normalize(prompt: str) -> str:
    """The prompt's words in one spelling: Unicode NFKC, case folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", prompt).casefold().split())


def random_for(prompt: str, seed: int, purpose: str) -> np.random.Generator:
    """A generator of random numbers that depends on nothing but its arguments.

    The same prompt (up to case and spacing), seed and purpose give the same numbers in every
    process and on every machine; a different purpose gives an independent stream.
    """
    return np.random.Generator(np.random.PCG64(_digest(normalize(prompt), seed, purpose)))


@functools.lru_cache(maxsize=4096)
def forms_of(word: str) -> tuple[str, ...]:
    """The word itself and what it may be an inflection of: ``spiked`` → ``spik``, ``spike``."""
    stems = [
        word[: -len(end)] + put
        for end, put in _SUFFIXES
        if word.endswith(end) and len(word) > len(end) + 2
    ]
    return tuple(dict.fromkeys((word, *stems)))


def _digest(text: str, seed: int, purpose: str) -> int:
    # JSON keeps the three apart (no two triples spell alike); lone surrogates are escaped by it.
    return int.from_bytes(
        hashlib.sha256(json.dumps([text, seed, purpose]).encode()).digest(), "big"
    )


def _affirmed(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without those denied: in "not rusty" nothing is rusty."""
    return tuple(word for i, word in enumerate(words) if i == 0 or words[i - 1] not in _NEGATIONS)


def _matches(words: tuple[str, ...], table: Mapping[str, str]) -> tuple[str, ...]:
    found = [
        next((table[form] for form in forms_of(word) if form in table), None) for word in words
    ]
    return tuple(dict.fromkeys(meaning for meaning in found if meaning is not None))


def _colors(words: tuple[str, ...]) -> list[Rgb]:
    found: list[Rgb] = []
    for before, word in zip(("", *words), words, strict=False):
        if word not in vocabulary.COLORS:
            continue
        shade = {"dark": 0.55, "deep": 0.7, "light": 1.3, "pale": 1.35, "bright": 1.2}.get(
            before, 1.0
        )
        red, green, blue = (min(255, round(channel * shade)) for channel in vocabulary.COLORS[word])
        found.append((red, green, blue))
    return found


def _counts(words: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    pairs = itertools.pairwise(words)
    return tuple((number, unit) for word, unit in pairs if (number := _number(word)) is not None)


def _number(word: str) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 3:
        return int(word)
    return vocabulary.NUMBERS.get(word)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _product(values: list[float]) -> float:
    return float(np.prod(values[:8])) if values else 1.0


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
