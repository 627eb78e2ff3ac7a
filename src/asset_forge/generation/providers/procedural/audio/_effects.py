"""From a prompt to a sound effect: which family, how long, of what and how large."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from asset_forge.generation.providers.procedural.audio import _effects_made as made
from asset_forge.generation.providers.procedural.audio import _effects_nature as nature
from asset_forge.generation.providers.procedural.audio import _effects_solid as solid
from asset_forge.generation.providers.procedural.audio._options import read_options
from asset_forge.generation.providers.procedural.audio._signal import Signal, place, samples
from asset_forge.generation.providers.procedural.audio._sound import Sound
from asset_forge.generation.providers.procedural.audio._wave import (
    crossfaded,
    leveled,
    leveled_loop,
    to_wav,
)
from asset_forge.generation.providers.procedural.words import (
    Reading,
    forms_of,
    random_for,
    read_prompt,
)


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of effect: how it is made, its usual length in seconds, the words that ask for it."""

    make: Callable[[np.random.Generator, Sound], Signal]
    seconds: float
    words: frozenset[str]


def _family(
    make: Callable[[np.random.Generator, Sound], Signal], seconds: float, words: str
) -> Family:
    return Family(make, seconds, frozenset(words.split()))


FAMILIES: dict[str, Family] = {
    "explosion": _family(nature.explosion, 2.2, "explosion explode bomb blast grenade detonation "
        "cannon boom gunshot gun fireball dynamite rocket"),
    "thunder": _family(nature.thunder, 3.0, "thunder thunderstorm storm"),
    "electric": _family(made.electric, 1.2, "lightning electric electricity spark shock zap tesla "
        "static arc"),
    "laser": _family(made.laser, 0.4, "laser blaster phaser raygun plasma pew"),
    "clash": _family(solid.clash, 1.3, "sword clash blade parry dagger katana clang duel saber "
        "swords anvil"),
    "shatter": _family(solid.shatter, 1.1, "shatter break glass smash window vase bottle breaking "
        "crack shards"),
    "creak": _family(solid.creak, 1.6, "door creak gate hinge squeak chest floorboard coffin rope "
        "creaky"),
    "steps": _family(solid.steps, 1.8, "footstep footsteps step walk walking run running boots "
        "march stomp tread"),
    "coins": _family(solid.coins, 0.8, "coin coins gold treasure jingle keys key money loot chain "
        "pouch purse"),
    "pickup": _family(made.pickup, 0.5, "pickup collect powerup reward bonus item levelup success "
        "achievement gem heal point score"),
    "jump": _family(made.jump, 0.3, "jump hop bounce leap boing spring"),
    "click": _family(made.click, 0.12, "click button ui menu select tap hover tick toggle confirm "
        "interface notification"),
    "failure": _family(made.failure, 0.6, "fail failure error wrong denied lose lost gameover "
        "invalid cancel"),
    "alarm": _family(made.alarm, 2.0, "alarm siren alert warning"),
    "teleport": _family(made.teleport, 1.0, "teleport warp portal beam vanish transform"),
    "magic": _family(made.magic, 1.6, "magic spell magical enchant cast wizard fairy arcane potion "
        "summon curse sparkle chime rune healing"),
    "fire": _family(nature.fire, 3.0, "fire flame campfire burn torch fireplace bonfire blaze "
        "crackle lava"),
    "splash": _family(nature.splash, 1.2, "splash dive plunge plop"),
    "water": _family(nature.water, 3.0, "water river stream brook waterfall bubble fountain swim "
        "pour drink drip underwater"),
    "rain": _family(nature.rain, 3.0, "rain drizzle raindrop downpour"),
    "wind": _family(nature.wind, 4.0, "wind breeze gust blizzard howling hurricane tornado air"),
    "growl": _family(nature.growl, 1.5, "growl roar monster dragon beast bear wolf lion zombie "
        "snarl demon creature troll ogre groan dinosaur"),
    "chirp": _family(nature.chirp, 1.4, "bird chirp tweet mouse squeal songbird cricket"),
    "hiss": _family(nature.hiss, 1.2, "hiss steam snake gas leak valve spray"),
    "whoosh": _family(solid.whoosh, 0.6, "whoosh swoosh swing arrow bow swish dart throw bolt fly "
        "dash slash"),
    "lever": _family(solid.lever, 0.9, "lever switch lock unlock mechanism gear ratchet reload "
        "trap crank latch clockwork"),
    "hum": _family(made.hum, 3.0, "machine hum engine motor generator drone robot spaceship "
        "vehicle factory reactor computer"),
    "bell": _family(made.bell, 3.0, "bell gong ring chapel toll"),
    "crumble": _family(solid.crumble, 2.2, "crumble collapse rubble avalanche rockslide earthquake "
        "rumble debris landslide"),
    "hit": _family(solid.hit, 0.5, "hit punch impact thud kick blow slap slam knock damage hurt "
        "drop fall axe hammer mace shield stab"),
}  # fmt: skip
"""All kinds of effects by name. The order is that of a tie."""

_SURFACES = {
    "grass": "grass", "lawn": "grass", "meadow": "grass", "leaves": "leaves", "forest": "leaves",
    "snow": "snow", "snowy": "snow", "gravel": "gravel", "pebbles": "gravel", "sand": "sand",
    "beach": "sand", "desert": "sand", "mud": "mud", "muddy": "mud", "swamp": "mud",
    "water": "water", "puddle": "water", "puddles": "water",
}  # fmt: skip
_LENGTHS = {"short": 0.5, "quick": 0.5, "brief": 0.5, "fast": 0.7, "long": 1.9, "slow": 1.5,
            "endless": 2.5, "lasting": 1.9}  # fmt: skip
_SHORTEST, _LONGEST = 0.05, 12.0
_JOIN_SECONDS = 0.35


def make_sound_effect(prompt: str, seed: int, options: Mapping[str, object]) -> bytes:
    """A sound effect as a mono WAV of 16 bits at 44.1 kHz with its peak at −1 dBFS.

    The prompt's words pick one or two families (a second one is layered softer), the material, the
    ground, the size, the mood and the length. With `loop` the end is faded into the start.
    Raises ValueError for a bad option.
    """
    chosen = read_options("sound_effect", options)
    reading = read_prompt(prompt)
    names = families_for(reading) or [_any_family(prompt, seed)]
    seconds = chosen.seconds or _seconds(reading, FAMILIES[names[0]])
    if not chosen.loop:
        return to_wav(leveled(_layered(names, reading, prompt, seed, seconds)))
    join = min(_JOIN_SECONDS, seconds / 2)
    longer = _layered(names, reading, prompt, seed, seconds + join)
    return to_wav(leveled_loop(crossfaded(longer, samples(seconds))))


def families_for(reading: Reading) -> list[str]:
    """The families that the prompt names, at most two, those named by more words first."""
    hits: dict[str, int] = {}
    for word in reading.words:
        forms = forms_of(word)
        for name, family in FAMILIES.items():
            if any(form in family.words for form in forms):
                hits[name] = hits.get(name, 0) + 1
    if "steps" in hits:  # what is walked on does not sound by itself
        return ["steps"]
    return sorted(hits, key=lambda name: -hits[name])[:2]


def _any_family(prompt: str, seed: int) -> str:
    names = list(FAMILIES)
    return names[int(random_for(prompt, seed, "effect/family").integers(len(names)))]


def _seconds(reading: Reading, family: Family) -> float:
    factor = 1.0
    for word in reading.words:
        factor *= _LENGTHS.get(word, 1.0)
    return float(np.clip(family.seconds * factor * reading.size**0.5, _SHORTEST, _LONGEST))


def _layered(names: list[str], reading: Reading, prompt: str, seed: int, seconds: float) -> Signal:
    total = np.zeros(samples(seconds))
    sound = Sound(
        seconds=seconds,
        size=reading.size,
        material=reading.materials[0] if reading.materials else "",
        surface=next((_SURFACES[w] for w in reading.words if w in _SURFACES), ""),
        valence=reading.valence,
        energy=reading.energy,
        reading=reading,
    )
    for k, name in enumerate(names):
        made_sound = FAMILIES[name].make(random_for(prompt, seed, f"effect/{name}"), sound)
        highest = float(np.max(np.abs(made_sound)))
        place(total, made_sound * ((0.55 if k else 1.0) / max(highest, 1e-9)), 0)
    return total
