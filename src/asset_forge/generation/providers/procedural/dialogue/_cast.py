"""Who speaks and what about: the parts of a dialogue that the prompt gives."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural import _vocabulary as vocabulary
from asset_forge.generation.providers.procedural.dialogue import _lexicon as lexicon
from asset_forge.generation.providers.procedural.dialogue._noun import Noun, noun
from asset_forge.generation.providers.procedural.words import Reading, forms_of

_DESCRIBING = (
    lexicon.ADJECTIVES
    | frozenset(vocabulary.MOODS)
    | frozenset(vocabulary.AGES)
    | frozenset(vocabulary.SIZES)
    | frozenset(vocabulary.COLORS)
)
_MATTER = frozenset(vocabulary.MATERIALS) | frozenset(vocabulary.ELEMENTS)
_MOST_EXTRAS = 6
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Cast:
    """The speaker and the matters of a dialogue; `extras` are further nouns of the prompt."""

    name: str
    role: Noun
    tone: str
    quest: str
    thing: Noun
    place: Noun
    foe: Noun
    reward: str
    extras: tuple[Noun, ...]


def cast_for(prompt: str, reading: Reading, rng: np.random.Generator) -> Cast:
    """Read the parts from the prompt's words; what it leaves open is chosen by `rng`."""
    nouns = _nouns(reading.words, _names(prompt))
    role = next((n for n, kinds in nouns if "role" in kinds), None)
    rest = [(n, kinds) for n, kinds in nouns if n != role]
    foe = next((n for n, kinds in rest if "foe" in kinds), None)
    rest = [(n, kinds) for n, kinds in rest if n != foe]
    place = next((n for n, kinds in rest if "place" in kinds), None)
    rest = [(n, kinds) for n, kinds in rest if n != place]
    thing = next((n for n, kinds in rest if not kinds), None)
    extras = tuple(n for n, _ in rest if n != thing)[:_MOST_EXTRAS]
    return Cast(
        name=_pick(rng, lexicon.NAME_STARTS) + _pick(rng, lexicon.NAME_ENDS),
        role=_one(role) if role else Noun(_pick(rng, lexicon.SPARE_ROLES)),
        tone=_tone(reading, rng),
        quest=_quest(reading, rng, has_foe=foe is not None, has_thing=thing is not None),
        thing=thing or Noun(_pick(rng, lexicon.SPARE_THINGS)),
        place=place or Noun(_pick(rng, lexicon.SPARE_PLACES)),
        foe=foe or Noun(_pick(rng, lexicon.SPARE_FOES), plural=True),
        reward=_pick(rng, lexicon.REWARDS),
        extras=extras,
    )


def _nouns(words: tuple[str, ...], names: dict[str, str]) -> list[tuple[Noun, frozenset[str]]]:
    """The nouns in order with what they can be; the describing word before one belongs to it."""
    found: dict[Noun, frozenset[str]] = {}
    for before, word in zip(("", *words), words, strict=False):
        if not _can_be_noun(word):
            continue
        kinds = _kinds(word)
        if not kinds and word in names:
            found.setdefault(noun(names[word], name=True), kinds)
            continue
        describes = before in _DESCRIBING or before in _MATTER
        # The speaker's mood is shown by what is said, not by how the role is called.
        adjective = before if describes and "role" not in kinds else ""
        found.setdefault(noun(word, adjective), kinds)
    return list(found.items())


def _one(role: Noun) -> Noun:
    """A speaker is one: `guards` becomes `guard`."""
    form = next((form for form in forms_of(role.text) if form in lexicon.ROLES), role.text)
    return Noun(form)


def _can_be_noun(word: str) -> bool:
    if word in lexicon.ROLES or word in lexicon.PLACES or word in lexicon.FOES:
        return True
    if len(word) < 2 or not _LETTERS.search(word):
        return False
    if word in lexicon.PLAIN or word in _DESCRIBING or word in _MATTER:
        return False
    return not (len(word) > 5 and word.endswith(("ing", "ed", "ly")))


def _kinds(word: str) -> frozenset[str]:
    """What a noun can be: someone who speaks, a foe, a place; nothing of these is a thing."""
    tables = {"role": lexicon.ROLES, "foe": lexicon.FOES, "place": lexicon.PLACES}
    forms = forms_of(word)
    return frozenset(kind for kind, table in tables.items() if any(f in table for f in forms))


def _names(prompt: str) -> dict[str, str]:
    """Capitalized words inside the prompt by their lower case; a title in capitals has none."""
    words = re.findall(r"[^\W\d_]+", prompt)
    if len(words) < 3 or sum(w[0].isupper() for w in words) > len(words) / 2:
        return {}
    return {w.casefold(): w for w in words[1:] if w[0].isupper() and w[1:].islower()}


def _tone(reading: Reading, rng: np.random.Generator) -> str:
    for word in reading.words:
        for form in forms_of(word):
            if form in lexicon.TONES:
                return lexicon.TONES[form]
    if reading.valence > 0.2:
        return "friendly"
    if reading.valence < -0.2:
        return "grumpy" if reading.energy > 0 else "sad"
    return _pick(rng, ("calm", "friendly", "grumpy", "mysterious", "fearful"))


def _quest(
    reading: Reading, rng: np.random.Generator, *, has_foe: bool, has_thing: bool
) -> str:
    for word in reading.words:
        for form in forms_of(word):
            if form in lexicon.QUESTS:
                return lexicon.QUESTS[form]
    if has_foe:
        return "slay"
    return _pick(rng, ("fetch", "deliver", "trade") if has_thing else ("slay", "investigate", "fetch"))


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
