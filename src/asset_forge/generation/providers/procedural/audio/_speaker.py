"""Who speaks, what is said, and how: read from the prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np

from asset_forge.generation.providers.procedural.words import Reading, forms_of


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice: pitch in hertz, formants relative to a man's, speed relative to calm speech.

    From 0 to 1: `rough` (growl), `breath`, `tremor` (an old voice), `lively` (range of the
    intonation), `room` (an echo), `flat` (a machine's monotone), `whisper`.
    """

    pitch: float = 118.0
    throat: float = 1.0
    speed: float = 1.0
    rough: float = 0.1
    breath: float = 0.06
    tremor: float = 0.0
    lively: float = 0.5
    room: float = 0.0
    flat: float = 0.0
    whisper: float = 0.0


_KINDS: dict[str, tuple[Speaker, str]] = {
    "man": (Speaker(), "man male guy soldier guard knight king lord father merchant farmer captain "
        "warrior hero paladin monk priest sailor pirate blacksmith bandit thief hunter"),
    "woman": (Speaker(205, 1.16, lively=0.6), "woman female lady queen mother princess priestess "
        "heroine sorceress barmaid girl nurse"),
    "child": (Speaker(295, 1.34, 1.08, lively=0.8), "child kid boy baby halfling kobold"),
    "giant": (Speaker(58, 0.76, 0.78, 0.4, room=0.3), "giant titan golem colossus treant ogre "
        "troll ent huge"),
    "goblin": (Speaker(235, 1.2, 1.25, 0.6, 0.1, lively=0.9), "goblin imp gremlin gnome rat"),
    "orc": (Speaker(84, 0.87, 0.95, 0.8, 0.1), "orc barbarian brute minotaur bear lizard"),
    "dwarf": (Speaker(98, 0.92, 1.0, 0.35), "dwarf viking"),
    "elf": (Speaker(178, 1.1, 0.95, 0.0, 0.12, room=0.15), "elf elven angel druid nymph"),
    "fairy": (Speaker(385, 1.45, 1.2, 0.0, 0.12, lively=1.0, room=0.2), "fairy pixie sprite mouse"),
    "robot": (Speaker(110, 1.0, 0.95, 0.0, 0.0, lively=0.0, flat=1.0), "robot android machine "
        "computer cyborg droid ai mech"),
    "ghost": (Speaker(150, 1.05, 0.75, 0.05, 0.5, 0.25, 0.7, 0.9), "ghost spirit specter spectre "
        "phantom wraith banshee"),
    "demon": (Speaker(56, 0.76, 0.85, 0.9, 0.15, room=0.6), "demon devil dragon monster beast lich "
        "overlord evil boss"),
    "zombie": (Speaker(80, 0.9, 0.6, 0.85, 0.35, 0.2, 0.2), "zombie undead ghoul mummy skeleton"),
    "witch": (Speaker(255, 1.12, 1.05, 0.45, 0.12, 0.35, 0.9), "witch hag crone"),
    "wizard": (Speaker(102, 0.97, 0.85, 0.2, 0.15, 0.25, 0.6, 0.2), "wizard mage sage hermit elder "
        "grandfather sorcerer necromancer"),
}  # fmt: skip
_KIND_OF_WORD = {word: kind for kind, (_, words) in _KINDS.items() for word in words.split()}

_CRIES = {
    "laugh": "ha ha ha ha!", "cackle": "hee hee hee hee!", "scream": "aah aah!", "grunt": "hugh!",
    "sigh": "haa oh.", "cough": "kuh! kuh!", "gasp": "huh!", "yawn": "ha aw oh.",
    "cry": "oo hoo hoo.",
    "groan": "oh oo.", "cheer": "yay! hoo ray!", "giggle": "hee hee hee!",
}  # fmt: skip
_QUOTED = re.compile('["“„«]([^"“”„«»]+)["”“»]|(?<!\\w)[\'‘]([^‘]+?)[\'’](?!\\w)')
_SAID = re.compile(
    r"\b(?:says?|saying|shouts?|shouting|whispers?|whispering|yells?)\b:?\s+(.+)", re.IGNORECASE
)


def words_spoken(prompt: str) -> str:
    """What the voice says: the quoted words, else those after a colon or "saying", a named cry
    ("laughing" gives "ha ha"), else the prompt itself."""
    quoted = [a or b for a, b in _QUOTED.findall(prompt)]
    if any(part.strip() for part in quoted):
        return " ".join(quoted)
    _, colon, rest = prompt.partition(":")
    if colon and rest.strip():
        return rest
    said = _SAID.search(prompt)
    if said:
        return said.group(1)
    for word in re.findall(r"\w+", prompt.casefold()):
        for form in forms_of(word):
            if form in _CRIES:
                return _CRIES[form]
    return prompt


def speaker_for(reading: Reading, rng: np.random.Generator) -> Speaker:
    """The voice that the prompt's words describe; nobody named, some man or woman."""
    kinds = [_KIND_OF_WORD[f] for w in reading.words for f in forms_of(w) if f in _KIND_OF_WORD]
    if kinds:
        voice = _KINDS[kinds[0]][0]
    elif rng.random() < 0.5:
        voice = _KINDS["man"][0]
    else:
        voice = _KINDS["woman"][0]
    voice = replace(
        voice,
        pitch=voice.pitch * 2 ** float(rng.normal(0, 0.08)),
        throat=voice.throat * 2 ** float(rng.normal(0, 0.03)),
        speed=voice.speed * (1 + 0.15 * reading.energy),
        lively=min(1.0, max(0.0, voice.lively + 0.3 * reading.energy + 0.1 * reading.valence)),
    )
    return _described(voice, reading)


def _described(voice: Speaker, reading: Reading) -> Speaker:
    """The voice changed by adjectives and manners of speaking."""
    says = reading.says
    if says("old", "elderly", "ancient", "aged", "frail"):
        voice = replace(voice, tremor=0.6, speed=voice.speed * 0.85, breath=voice.breath + 0.12)
    if says("young"):
        voice = replace(voice, pitch=voice.pitch * 1.12, throat=voice.throat * 1.05)
    if says("deep", "low"):
        voice = replace(voice, pitch=voice.pitch * 0.78, throat=voice.throat * 0.94)
    if says("high", "squeaky", "shrill"):
        voice = replace(voice, pitch=voice.pitch * 1.35, throat=voice.throat * 1.08)
    if says("gruff", "hoarse", "raspy", "rough", "growl", "snarl", "angry", "furious"):
        voice = replace(voice, rough=min(1.0, voice.rough + 0.45))
    if says("whisper", "quietly", "hushed", "secretly"):
        voice = replace(voice, whisper=1.0, speed=voice.speed * 0.95)
    if says("shout", "yell", "scream", "battle", "cry", "loud", "warcry"):
        voice = replace(
            voice, pitch=voice.pitch * 1.35, lively=1.0, rough=min(1.0, voice.rough + 0.15)
        )
    if says("echo", "cave", "hall", "cavern", "cathedral"):
        voice = replace(voice, room=max(voice.room, 0.6))
    if says("sad", "tired", "dying", "weak"):
        voice = replace(voice, pitch=voice.pitch * 0.92, speed=voice.speed * 0.8, breath=0.25)
    return voice
