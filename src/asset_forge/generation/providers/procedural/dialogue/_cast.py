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
_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")
_ROLE_ENDINGS = (
    "smith",
    "keeper",
    "monger",
    "master",
    "seller",
    "maker",
    "herder",
    "wright",
    "ologist",
)
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
    nouns = _nouns(reading.text, _names(prompt))
    # "Goblins" who are many are not who speaks, they are whom one speaks of.
    role = next((n for n, k in nouns if "role" in k and not ("foe" in k and n.plural)), None)
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


def _nouns(text: str, names: dict[str, str]) -> list[tuple[Noun, frozenset[str]]]:
    """The noun phrases in order with what they can be.

    Two nouns side by side are one ("goblin merchant", "space station"): the second says what it
    is. A describing word before a noun belongs to it; punctuation and other words part phrases.
    """
    found: dict[Noun, frozenset[str]] = {}
    tokens = [*_TOKEN.findall(text), "."]
    at = 0
    while at < len(tokens) - 1:
        before, word, after = tokens[at - 1] if at else ".", tokens[at], tokens[at + 1]
        at += 1
        if not _can_be_noun(word):
            continue
        if word in names and not _kinds(word):
            last = next(reversed(found), None)
            if before == "of" and last and "place" in found[last]:
                kinds = found.pop(last)  # "the village of Eldermoor" is one place
                found[Noun(f"{last.text} of {names[word]}", last.plural)] = kinds
            else:
                found.setdefault(noun((names[word],), name=True), frozenset())
            continue
        phrase = (word,)
        if _can_be_noun(after) and after not in names:
            phrase = (word, after)
            at += 1
        kinds = _kinds(phrase[-1])
        # The speaker's mood is shown by what is said, not by how the role is called.
        if "role" not in kinds and (before in _DESCRIBING or before in _MATTER):
            phrase = (before, *phrase)
        found.setdefault(noun(phrase), kinds)
    return list(found.items())


def _one(role: Noun) -> Noun:
    """A speaker is one: `city guards` becomes `city guard`."""
    *modifiers, head = role.text.split(" ")
    head = next((form for form in forms_of(head) if form in lexicon.ROLES), head)
    return Noun(" ".join((*modifiers, head)))


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
    kinds = {kind for kind, table in tables.items() if any(f in table for f in forms)}
    if any(form.endswith(_ROLE_ENDINGS) for form in forms):
        kinds.add("role")
    return frozenset(kinds)


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


def _quest(reading: Reading, rng: np.random.Generator, *, has_foe: bool, has_thing: bool) -> str:
    for word in reading.words:
        for form in forms_of(word):
            if form in lexicon.QUESTS:
                return lexicon.QUESTS[form]
    if has_foe:
        return "slay"
    return _pick(
        rng, ("fetch", "deliver", "trade") if has_thing else ("slay", "investigate", "fetch")
    )


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]
