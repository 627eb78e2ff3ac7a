"""From letters to the sounds of a voice.

The rules are English in spirit and rough: they give each word syllables of its own, not a
pronunciation that a listener could write down.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

Formants = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Phone:
    """A stretch of sound: formants in hertz at its start and end, seconds, how loud the vocal folds
    and the noise are, the noise's band in hertz (none: it passes the formants like breath)."""

    start: Formants
    end: Formants
    seconds: float
    voice: float
    noise: float = 0.0
    band: tuple[float, float] | None = None
    vowel: bool = False


# First three formants of a man's vowels: averages of Peterson and Barney (1952).
_VOWELS: dict[str, Formants] = {
    "AA": (730, 1090, 2440), "AE": (660, 1720, 2410), "AH": (640, 1190, 2390),
    "AO": (570, 840, 2410), "EH": (530, 1840, 2480), "ER": (490, 1350, 1690),
    "IH": (390, 1990, 2550), "IY": (270, 2290, 3010), "UH": (440, 1020, 2240),
    "UW": (300, 870, 2240),
}  # fmt: skip
_GLIDES = {"EY": ("EH", "IY"), "AY": ("AA", "IY"), "OW": ("AO", "UW"), "AW": ("AA", "UW"),
           "OY": ("AO", "IY")}  # fmt: skip
_SHORT = ("AH", "IH", "UH", "EH")
_SONORANTS: dict[str, tuple[Formants, float]] = {
    "M": ((280, 900, 2200), 0.35), "N": ((280, 1700, 2600), 0.35), "NG": ((280, 2300, 2750), 0.35),
    "L": ((360, 1300, 2700), 0.6), "R": ((420, 1200, 1600), 0.6), "W": ((300, 700, 2200), 0.55),
    "Y": ((270, 2200, 3000), 0.55),
}  # fmt: skip
_FRICATIVES: dict[str, tuple[float, float, float, float]] = {
    # low and high edge in hertz, noise, voice
    "S": (4300, 9500, 0.5, 0), "Z": (4300, 9500, 0.3, 0.3), "SH": (2100, 6500, 0.5, 0),
    "ZH": (2100, 6500, 0.3, 0.3), "F": (1500, 9000, 0.16, 0), "V": (1500, 9000, 0.08, 0.35),
    "TH": (1400, 8000, 0.14, 0), "DH": (1400, 8000, 0.07, 0.35),
}  # fmt: skip
_STOPS: dict[str, tuple[float, float, bool]] = {
    "P": (400, 1800, False), "B": (300, 1200, True), "T": (3000, 7500, False),
    "D": (2600, 6000, True), "K": (1400, 3400, False), "G": (1200, 2800, True),
}  # fmt: skip
_NEUTRAL: Formants = (500, 1500, 2500)

_SPELLINGS: dict[str, str] = {
    "eigh": "EY", "ough": "OW", "augh": "AO", "tion": "SH AH N", "sion": "ZH AH N", "ture": "CH ER",
    "igh": "AY", "tch": "CH", "dge": "J", "sch": "SH", "ear": "IY R", "oor": "AO R", "our": "AW R",
    "ire": "AY R", "are": "EH R", "ore": "AO R", "ure": "UH R", "air": "EH R", "all": "AO L",
    "ee": "IY", "ea": "IY", "oo": "UW", "ou": "AW", "ow": "OW", "ai": "EY", "ay": "EY",
    "ey": "IY", "ei": "EY", "ie": "IY", "oa": "OW", "oe": "OW", "oi": "OY", "oy": "OY",
    "au": "AO", "aw": "AO", "ue": "UW", "ew": "UW", "ar": "AA R", "er": "ER", "ir": "ER",
    "ur": "ER", "or": "AO R", "sh": "SH", "ch": "CH", "th": "TH", "ph": "F", "wh": "W", "ck": "K",
    "ng": "NG", "qu": "K W", "kn": "N", "wr": "R", "gh": "G", "ce": "S EH", "ci": "S IH",
    "cy": "S IY", "ge": "J EH", "gi": "J IH",
    "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH", "i": "IH",
    "j": "J", "k": "K", "l": "L", "m": "M", "n": "N", "o": "AA", "p": "P", "q": "K", "r": "R",
    "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W", "x": "K S", "y": "IH", "z": "Z",
}  # fmt: skip
_LONG = {"a": "EY", "e": "IY", "i": "AY", "o": "OW", "u": "UW", "y": "AY"}
_KNOWN: dict[str, str] = {
    "a": "AH", "the": "DH AH", "you": "Y UW", "your": "Y AO R", "to": "T UW", "who": "HH UW",
    "of": "AH V", "one": "W AH N", "two": "T UW", "have": "HH AE V", "do": "D UW", "was": "W AH Z",
    "were": "W ER", "what": "W AH T", "come": "K AH M", "some": "S AH M", "said": "S EH D",
    "give": "G IH V", "here": "HH IY R", "there": "DH EH R", "where": "W EH R", "i": "AY",
    "be": "B IY", "he": "HH IY", "she": "SH IY", "we": "W IY", "me": "M IY", "no": "N OW",
    "go": "G OW", "so": "S OW", "my": "M AY", "by": "B AY", "is": "IH Z", "as": "AE Z",
    "this": "DH IH S", "that": "DH AE T", "they": "DH EY", "with": "W IH DH", "are": "AA R",
    "blood": "B L AH D", "dead": "D EH D", "death": "D EH TH", "sword": "S AO R D",
    "goes": "G OW Z", "none": "N AH N", "love": "L AH V", "old": "OW L D", "gold": "G OW L D",
}  # fmt: skip
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SYLLABLES = ("K AA", "T IY", "M UW", "S EH", "N AO", "R IH", "L AA", "D OW", "HH AY", "SH UW",
              "G AH", "V EY", "Y AA", "B ER", "P IH", "Z AO")  # fmt: skip
_VOWEL_NAMES = frozenset((*_VOWELS, *_GLIDES))


def sounds_of(word: str) -> list[str]:
    """The names of a word's sounds; a letter of another script gets a syllable of its own."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c)
    )
    if plain in _KNOWN:
        return _KNOWN[plain].split()
    if plain.isascii() and plain.isdigit():
        return [sound for digit in plain[:6] for sound in sounds_of(_DIGITS[int(digit)])]
    result: list[str] = []
    at = 0
    while at < len(plain):
        spelled, size = _spelled(plain, at)
        if spelled:
            result += spelled.split()
        at += size
    return result


def _spelled(word: str, at: int) -> tuple[str, int]:
    """The sounds of the letters at a place, and how many letters they took."""
    letter = word[at]
    if letter not in _SPELLINGS:
        return _SYLLABLES[ord(letter) % len(_SYLLABLES)] if letter.isalnum() else "", 1
    rest = word[at:]
    if rest == "e" and at > 1:
        return "", 1  # a silent e
    if rest == "y":
        return "IY", 1
    if letter in _LONG and re.fullmatch(r"[aeiouy][^aeiouywxr]es?", rest):
        return _LONG[letter], 1
    if letter == "y" and at == 0 and len(word) > 1:
        return "Y", 1
    for size in (4, 3, 2):
        if len(rest) >= size and rest[:size] in _SPELLINGS:
            return _SPELLINGS[rest[:size]], size
    if rest[:2] == letter * 2:
        return _SPELLINGS[letter], 2
    return _SPELLINGS[letter], 1


def phones_of(sounds: list[str]) -> list[Phone]:
    """The sounds of a word as stretches of voice and noise."""
    result: list[Phone] = []
    for k, name in enumerate(sounds):
        after = _formants_of(sounds[k + 1]) if k + 1 < len(sounds) else None
        result += _phones(name, after)
    return result


def _phones(name: str, after: Formants | None) -> list[Phone]:
    toward = after or _NEUTRAL
    if name in _VOWEL_NAMES:
        first, last = _GLIDES.get(name, (name, name))
        seconds = 0.1 if name in _SHORT else 0.13 if name in _VOWELS else 0.18
        return [Phone(_VOWELS[first], _VOWELS[last], seconds, 1.0, vowel=True)]
    if name in _SONORANTS:
        formants, level = _SONORANTS[name]
        return [Phone(formants, formants, 0.07, level)]
    if name in _FRICATIVES:
        low, high, level, voice = _FRICATIVES[name]
        return [Phone(toward, toward, 0.1 if voice == 0 else 0.07, voice, level, (low, high))]
    if name in _STOPS:
        low, high, voiced = _STOPS[name]
        closed = Phone(toward, toward, 0.05, 0.12 if voiced else 0.0)
        burst = Phone(toward, toward, 0.012, 0.1 if voiced else 0.0, 0.6, (low, high))
        if voiced:
            return [closed, burst]
        return [closed, burst, Phone(toward, toward, 0.035, 0.0, 0.3)]
    if name == "CH":
        return [*_phones("T", after)[:2], Phone(toward, toward, 0.08, 0.0, 0.5, (2100, 6500))]
    if name == "J":
        return [*_phones("D", after)[:2], Phone(toward, toward, 0.06, 0.3, 0.3, (2100, 6500))]
    return [Phone(toward, toward, 0.06, 0.0, 0.4)]  # HH


def _formants_of(name: str) -> Formants | None:
    if name in _GLIDES:
        return _VOWELS[_GLIDES[name][0]]
    if name in _SONORANTS:
        return _SONORANTS[name][0]
    return _VOWELS.get(name)
