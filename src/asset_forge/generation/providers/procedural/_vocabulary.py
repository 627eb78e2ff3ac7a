"""The words that a prompt is read by: materials, colors, ages, moods, sizes, styles, elements."""

from collections.abc import Mapping
from typing import Final

Rgb = tuple[int, int, int]


def _groups(text: str) -> dict[str, str]:
    """Read lines of the form ``meaning: word word`` into word → meaning."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        meaning, words = line.split(":")
        for word in (meaning.strip(), *words.split()):
            found.setdefault(word, meaning.strip())
    return found


MATERIALS: Final[Mapping[str, str]] = _groups("""
    wood: wooden oak pine birch timber log plank mahogany ebony driftwood willow ash teak maple
    bamboo: reed wicker cane
    stone: rock granite rocky basalt slate limestone concrete cobblestone flint
    marble: alabaster onyx
    brick: bricks
    iron: wrought metal metallic
    steel: chrome mithril titanium aluminum silvered damascus
    gold: golden gilded brass
    silver: platinum silvery
    bronze: copper coppery
    crystal: crystalline glass diamond quartz gem amethyst ruby sapphire emerald
    obsidian: volcanic
    leather: hide furry fur
    cloth: fabric wool linen silk canvas cotton velvet felt
    bone: skeletal ivory skull horn
    ice: icy frozen
    clay: ceramic terracotta porcelain earthenware mud adobe
    thatch: straw hay
    plaster: stucco timbered plastered whitewashed
    scales: scaly dragonscale chitin
    jade: jadeite
    plastic: rubber
    paper: parchment
""")

COLORS: Final[Mapping[str, Rgb]] = {
    "red": (178, 34, 34), "crimson": (153, 12, 40), "scarlet": (205, 36, 20),
    "maroon": (105, 18, 30), "ruby": (158, 16, 64), "orange": (222, 116, 26),
    "amber": (232, 160, 30), "rust": (150, 72, 34), "yellow": (228, 198, 52),
    "lemon": (240, 224, 90), "gold": (218, 170, 62), "golden": (218, 170, 62),
    "green": (58, 128, 58), "lime": (140, 200, 50), "olive": (110, 112, 48),
    "emerald": (22, 140, 86), "mint": (140, 214, 174), "jade": (44, 142, 104),
    "moss": (92, 112, 52), "teal": (18, 128, 128), "turquoise": (48, 188, 184),
    "cyan": (38, 188, 212), "blue": (44, 86, 170), "navy": (24, 36, 92), "azure": (62, 138, 222),
    "sapphire": (20, 60, 160), "cobalt": (24, 70, 170), "sky": (124, 182, 226),
    "indigo": (64, 44, 132), "purple": (112, 48, 140), "violet": (132, 68, 180),
    "lavender": (172, 150, 212), "amethyst": (146, 88, 196), "magenta": (192, 38, 140),
    "pink": (228, 138, 168), "rose": (206, 86, 110), "brown": (106, 72, 44), "tan": (190, 154, 110),
    "beige": (212, 194, 160), "cream": (236, 224, 196), "ivory": (238, 232, 214),
    "white": (232, 232, 230), "black": (34, 34, 38), "gray": (128, 128, 130),
    "grey": (128, 128, 130), "silver": (190, 194, 200), "charcoal": (54, 56, 60),
    "copper": (184, 112, 70), "bronze": (150, 108, 58),
}  # fmt: skip

# How worn a thing is: 0 is fresh from the maker, 1 has stood in the weather for centuries.
AGES: Final[Mapping[str, float]] = {
    "new": 0.0, "pristine": 0.0, "fresh": 0.0, "polished": 0.02, "shiny": 0.02, "clean": 0.02,
    "modern": 0.05, "futuristic": 0.05, "gleaming": 0.02, "used": 0.4, "worn": 0.55, "old": 0.65,
    "scratched": 0.5, "dirty": 0.55, "dusty": 0.5, "weathered": 0.7, "battered": 0.7, "aged": 0.65,
    "faded": 0.6, "chipped": 0.6, "damaged": 0.75, "broken": 0.85, "cracked": 0.8,
    "abandoned": 0.85, "rusty": 0.85, "rusted": 0.85, "corroded": 0.9, "mossy": 0.8,
    "overgrown": 0.85, "rotten": 0.9, "ruined": 0.95, "crumbling": 0.95, "ancient": 0.9,
    "forgotten": 0.85, "antique": 0.7, "medieval": 0.45, "decayed": 0.95, "tattered": 0.8,
}  # fmt: skip

WEAR: Final[Mapping[str, str]] = _groups("""
    rust: rusty rusted corroded oxidized
    moss: mossy overgrown vine vines
    dust: dusty dirty muddy grimy sandy
    snow: snowy snow-covered frosted frosty
    crack: cracked broken crumbling ruined shattered chipped damaged
    blood: bloody bloodstained gory
""")

# Mood words as (valence, energy), each from -1 to 1, after Russell's circumplex of affect.
MOODS: Final[Mapping[str, tuple[float, float]]] = {
    "dark": (-0.6, 0.0), "cheerful": (0.9, 0.5), "happy": (0.9, 0.4), "joyful": (1.0, 0.6),
    "playful": (0.8, 0.6), "eerie": (-0.6, -0.2), "creepy": (-0.7, 0.0), "spooky": (-0.6, 0.1),
    "haunted": (-0.7, -0.1), "epic": (0.3, 1.0), "heroic": (0.6, 0.9), "triumphant": (0.9, 0.9),
    "majestic": (0.5, 0.6), "noble": (0.5, 0.3), "royal": (0.5, 0.4), "calm": (0.5, -0.8),
    "peaceful": (0.7, -0.8), "serene": (0.6, -0.9), "gentle": (0.5, -0.6), "relaxing": (0.6, -0.9),
    "ambient": (0.1, -0.8), "tense": (-0.5, 0.7), "suspenseful": (-0.5, 0.5), "scary": (-0.8, 0.6),
    "terrifying": (-0.9, 0.8), "sad": (-0.8, -0.6), "melancholic": (-0.6, -0.6),
    "somber": (-0.6, -0.5), "gloomy": (-0.6, -0.4), "mournful": (-0.8, -0.5),
    "lonely": (-0.6, -0.6), "angry": (-0.7, 0.8), "furious": (-0.8, 1.0), "aggressive": (-0.5, 0.9),
    "intense": (-0.1, 0.9), "evil": (-0.9, 0.5), "cursed": (-0.9, 0.3), "demonic": (-0.9, 0.7),
    "sinister": (-0.8, 0.2), "menacing": (-0.8, 0.5), "grim": (-0.7, 0.0), "holy": (0.7, 0.1),
    "sacred": (0.6, 0.0), "divine": (0.7, 0.3), "blessed": (0.7, 0.2), "cozy": (0.8, -0.5),
    "warm": (0.5, -0.2), "bright": (0.7, 0.3), "sunny": (0.8, 0.3), "mysterious": (-0.2, -0.2),
    "magical": (0.5, 0.2), "enchanted": (0.5, 0.1), "mystical": (0.3, -0.1), "dreamy": (0.4, -0.6),
    "wild": (0.0, 0.7), "chaotic": (-0.3, 1.0), "energetic": (0.6, 1.0), "fast": (0.2, 0.9),
    "slow": (0.0, -0.7), "frantic": (-0.4, 1.0), "romantic": (0.7, -0.2), "nostalgic": (0.1, -0.4),
    "cute": (0.9, 0.3), "friendly": (0.8, 0.2), "grumpy": (-0.5, 0.1), "battle": (-0.1, 1.0),
    "combat": (-0.1, 0.9), "adventurous": (0.6, 0.7), "brave": (0.5, 0.6), "lively": (0.8, 0.8),
    "quiet": (0.2, -0.8), "soft": (0.4, -0.6), "loud": (0.0, 0.8), "powerful": (0.2, 0.8),
    "ominous": (-0.7, 0.2), "bleak": (-0.7, -0.5),
}  # fmt: skip

SIZES: Final[Mapping[str, float]] = {
    "tiny": 0.45, "miniature": 0.4, "little": 0.65, "small": 0.7, "short": 0.8, "compact": 0.8,
    "baby": 0.6, "large": 1.35, "big": 1.35, "tall": 1.3, "long": 1.25, "great": 1.3, "grand": 1.4,
    "huge": 1.7, "giant": 1.9, "massive": 1.8, "enormous": 1.9, "gigantic": 2.0, "colossal": 2.2,
    "towering": 1.8, "oversized": 1.6,
}  # fmt: skip

# Build words as (width factor, height factor).
BUILDS: Final[Mapping[str, tuple[float, float]]] = {
    "slim": (0.8, 1.03), "slender": (0.78, 1.05), "thin": (0.72, 1.0), "skinny": (0.68, 1.0),
    "narrow": (0.75, 1.1), "lean": (0.85, 1.02), "fat": (1.45, 0.97), "chubby": (1.3, 0.95),
    "plump": (1.3, 0.95), "stout": (1.3, 0.85), "wide": (1.35, 0.95), "broad": (1.3, 1.0),
    "thick": (1.35, 1.0), "muscular": (1.25, 1.03), "burly": (1.3, 1.0), "tall": (0.92, 1.2),
    "short": (1.05, 0.75), "dwarf": (1.25, 0.68), "child": (0.9, 0.62), "boy": (0.9, 0.68),
    "girl": (0.85, 0.66), "giant": (1.15, 1.5), "squat": (1.3, 0.75), "heavy": (1.3, 1.0),
    "curved": (1.0, 1.0), "elf": (0.82, 1.04), "halfling": (1.0, 0.6), "gnome": (1.1, 0.55),
    "ogre": (1.5, 1.3), "troll": (1.3, 1.35),
}  # fmt: skip

STYLES: Final[Mapping[str, str]] = _groups("""
    lowpoly: low-poly poly faceted
    ornate: decorated elaborate fancy elegant engraved royal jeweled baroque luxurious gilded
    ornate: legendary
    simple: plain basic crude rough primitive minimal rustic
    scifi: futuristic cyberpunk space alien neon cyber tech laser plasma robotic
    gothic: vampire spiky spiked
    cartoon: cute toon stylized chibi whimsical
    elven: elvish
    dwarven: runic runes
    viking: norse
    japanese: samurai oriental ninja
    steampunk: clockwork
    curved: bent crooked twisted
    round: circular rounded spherical
    square: rectangular boxy
    double: twin paired two-handed double-bladed
""")

ELEMENTS: Final[Mapping[str, str]] = _groups("""
    fire: flaming burning fiery flame ember lava molten infernal magma hot
    ice: frost frozen icy frosty glacial cold winter
    lightning: thunder electric storm shock tesla
    poison: toxic venom venomous acid
    holy: divine sacred angelic celestial light blessed radiant sun
    shadow: dark void cursed demonic necrotic black evil
    nature: leaf forest vine druidic druid floral wild
    arcane: magic magical enchanted mystic mystical glowing rune runic spell
    water: ocean sea aquatic rain river tidal
    earth: rocky stony
    blood: bloody crimson-soaked
    air: wind
""")

NUMBERS: Final[Mapping[str, int]] = {
    "one": 1, "single": 1, "two": 2, "twin": 2, "double": 2, "pair": 2, "dual": 2, "three": 3,
    "triple": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "dozen": 12, "multi": 3,
}  # fmt: skip
