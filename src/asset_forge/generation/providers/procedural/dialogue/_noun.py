"""Nouns with what English needs around them: articles, pronouns and verbs that agree."""

from __future__ import annotations

import re
from dataclasses import dataclass


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SAYS_YOU = re.compile(r"(eu|ewe|uni(?!n|m)|u[bcfhkqrst][aeiou]|one(?!i)|once|ouija)")
_SILENT_H = ("hour", "honest", "honor", "honour", "heir")
_SINGULAR_ENDINGS = ("ss", "us", "is")
_PLURALS = _words("""
    people men women children mice geese teeth wolves undead sheep folk cattle troops thieves elves
    dwarves oxen fungi lice
    """)
_INSIDE = _words("""
    forest woods wood jungle cave caves cavern city kingdom dungeon valley swamp marsh desert town
    village mine mines sewer sewers mountains hills tundra castle prison tunnel tunnels meadow grove
    palace library garden tomb crypt catacombs wasteland canyon hut
    """)
_SINGULARS = frozenset(
    ("atlas", "canvas", "gas", "christmas", "alias", "chaos", "cosmos", "lens", "series", "news")
)
_LONGEST_WORD = 32


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun phrase without an article, such as `silver amulet`; a name stands alone."""

    text: str
    plural: bool = False
    name: bool = False

    @property
    def the(self) -> str:
        """With the definite article: `the amulet`."""
        return self.text if self.name else f"the {self.text}"

    @property
    def at(self) -> str:
        """Where one is: `in the forest`, `at the gate`."""
        inside = self.text.split(" of ")[0].split(" ")[-1].casefold() in _INSIDE
        return f"{'in' if inside else 'at'} {self.the}"

    @property
    def a(self) -> str:
        """With the indefinite article: `an amulet`, `some coins`."""
        if self.name:
            return self.text
        return f"some {self.text}" if self.plural else f"{article(self.text)} {self.text}"

    @property
    def it(self) -> str:
        """The pronoun as a subject: `it`, `they`; a name is repeated, since it tells no gender."""
        return self.text if self.name else "they" if self.plural else "it"

    @property
    def them(self) -> str:
        """The pronoun as an object: `it`, `them`; a name is repeated."""
        return self.text if self.name else "them" if self.plural else "it"

    @property
    def has(self) -> str:
        """The verb that agrees: `has`, `have`."""
        return "have" if self.plural else "has"

    @property
    def was(self) -> str:
        """The verb that agrees: `was`, `were`."""
        return "were" if self.plural else "was"

    @property
    def is_(self) -> str:
        """The verb that agrees: `is`, `are`."""
        return "are" if self.plural else "is"

    def __str__(self) -> str:
        return self.text


def noun(words: tuple[str, ...], *, name: bool = False) -> Noun:
    """A noun phrase from words as they stand in a prompt, the noun last; long words are cut."""
    text = " ".join(word[:_LONGEST_WORD] for word in words)
    return Noun(text, plural=not name and looks_plural(words[-1]), name=name)


def looks_plural(word: str) -> bool:
    """Whether a word reads as a plural by its ending."""
    if word in _PLURALS or word in _SINGULARS:
        return word in _PLURALS
    return len(word) > 3 and word.endswith("s") and not word.endswith(_SINGULAR_ENDINGS)


def article(text: str) -> str:
    """`a` or `an`, by how the first word sounds: an hour, a unicorn, an 8-bit tune."""
    word = text.casefold()
    if word.startswith(_SILENT_H):
        return "an"
    if _SAYS_YOU.match(word):
        return "a"
    if re.match(r"(8|11(?!\d)|18(?!\d))", word):
        return "an"
    return "an" if word[:1] and word[0] in "aeiouàáâãäåæèéêëìíîïòóôõöøùúûü" else "a"
