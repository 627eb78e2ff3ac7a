"""What the words of a prompt mean for music: tempo, mode, meter, instruments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """A manner of music. Each tuple of names holds the choices that suit it.

    `tempo` is in beats a minute (in 6/8 a beat is a dotted quarter), `density` between 0 (long
    notes) and 1 (running notes), `room` the reverberation time in seconds, `brightness` the edge
    in hertz of the final low-pass.
    """

    tempo: tuple[int, int]
    modes: tuple[str, ...]
    meters: tuple[str, ...]
    leads: tuple[str, ...]
    chords: tuple[str, ...]
    figures: tuple[str, ...]
    basses: tuple[str, ...]
    bass_figures: tuple[str, ...]
    pads: tuple[str, ...] = ()
    drums: tuple[str, ...] = ()
    density: float = 0.5
    room: float = 1.4
    brightness: float = 9000.0
    sevenths: bool = False


STYLES: dict[str, Style] = {
    "tavern": Style((104, 132), ("mixolydian", "dorian", "ionian"), ("6/8", "4/4"),
        ("fiddle", "whistle", "lute"), ("lute",), ("strum", "offbeat"), ("upright",),
        ("root-fifth",), (), ("frame", "jig"), 0.75, 0.7, 9000),
    "battle": Style((136, 160), ("aeolian", "harmonic minor", "phrygian"), ("4/4",),
        ("brass", "strings"), ("strings",), ("ostinato",), ("contrabass", "synth bass"),
        ("driving",), ("choir",), ("war", "rock"), 0.7, 1.6, 10000),
    "boss": Style((148, 172), ("harmonic minor", "phrygian"), ("4/4",), ("brass", "organ", "saw"),
        ("strings", "organ"), ("ostinato",), ("synth bass",), ("driving",), ("choir",),
        ("war", "rock"), 0.85, 1.8, 11000),
    "dungeon": Style((58, 72), ("phrygian", "aeolian"), ("4/4",), ("bell", "reed"), ("harp",),
        ("sparse",), ("contrabass",), ("drone",), ("dark pad", "choir"), ("heart",),
        0.2, 3.6, 3800),
    "horror": Style((46, 60), ("phrygian", "hijaz"), ("4/4", "3/4"), ("music box", "glass"),
        ("dark pad",), ("block",), ("contrabass",), ("drone",), ("dark pad",), ("heart",),
        0.15, 4.0, 3200),
    "forest": Style((76, 96), ("dorian", "lydian"), ("4/4", "3/4"), ("flute", "whistle"),
        ("harp", "lute"), ("arpeggio",), ("upright",), ("long",), ("warm pad",), ("shaker",),
        0.45, 2.2, 8000),
    "victory": Style((116, 136), ("ionian", "lydian"), ("4/4",), ("brass",), ("brass", "strings"),
        ("block", "offbeat"), ("contrabass",), ("root-fifth",), ("strings",), ("march",),
        0.6, 1.8, 11000),
    "menu": Style((80, 100), ("lydian", "ionian", "dorian"), ("4/4",), ("piano", "glass"),
        ("electric piano",), ("arpeggio", "block"), ("round bass",), ("long",), ("warm pad",),
        ("shaker",), 0.4, 2.4, 8000, sevenths=True),
    "lullaby": Style((58, 72), ("ionian", "lydian"), ("3/4", "6/8"), ("music box", "flute"),
        ("harp",), ("arpeggio", "waltz"), ("round bass",), ("long",), ("warm pad",), (),
        0.3, 2.4, 6000),
    "chiptune": Style((132, 164), ("ionian", "aeolian", "mixolydian"), ("4/4",), ("pulse",),
        ("thin pulse",), ("fast arpeggio",), ("triangle",), ("driving", "octaves"), (), ("chip",),
        0.8, 0.3, 14000),
    "castle": Style((88, 112), ("ionian", "mixolydian", "dorian"), ("4/4", "3/4"),
        ("harpsichord", "brass", "strings"), ("harpsichord", "strings"), ("arpeggio", "block"),
        ("contrabass",), ("root-fifth", "walking"), ("strings",), ("march",), 0.55, 2.4, 9000),
    "desert": Style((84, 108), ("hijaz",), ("4/4",), ("reed", "lute"), ("lute",), ("sparse",),
        ("upright",), ("drone",), ("dark pad",), ("frame",), 0.65, 1.4, 8000),
    "sea": Style((96, 120), ("aeolian", "dorian", "mixolydian"), ("6/8",), ("accordion", "fiddle"),
        ("accordion", "lute"), ("offbeat", "waltz"), ("upright",), ("root-fifth",), (), ("jig",),
        0.65, 1.0, 8500),
    "space": Style((70, 92), ("lydian", "dorian"), ("4/4",), ("glass", "soft saw"),
        ("electric piano",), ("arpeggio",), ("synth bass",), ("long",), ("warm pad",), ("pulse",),
        0.35, 3.6, 9000, sevenths=True),
    "city": Style((98, 122), ("aeolian", "dorian"), ("4/4",), ("saw", "pulse"), ("electric piano",),
        ("fast arpeggio", "offbeat"), ("synth bass",), ("driving", "octaves"), ("warm pad",),
        ("electronic",), 0.6, 1.4, 12000),
    "town": Style((92, 116), ("ionian", "mixolydian"), ("4/4", "3/4"), ("flute", "piano", "lute"),
        ("lute", "piano"), ("arpeggio", "waltz"), ("upright",), ("root-fifth",), ("warm pad",),
        ("frame",), 0.55, 1.2, 9000),
    "ice": Style((72, 92), ("lydian", "aeolian", "dorian"), ("3/4", "4/4"), ("glass", "bell"),
        ("music box", "harp"), ("arpeggio",), ("round bass",), ("long",), ("warm pad",),
        ("shaker",), 0.4, 3.4, 11000),
    "temple": Style((60, 78), ("dorian", "aeolian", "ionian"), ("4/4", "3/4"), ("choir", "flute"),
        ("organ",), ("block",), ("organ",), ("long",), ("choir",), (), 0.25, 4.0, 6500),
    "sad": Style((56, 70), ("aeolian", "dorian"), ("4/4", "3/4"), ("piano", "strings"),
        ("piano", "harp"), ("arpeggio",), ("contrabass",), ("long",), ("strings",), (),
        0.3, 2.6, 5500),
    "mystery": Style((68, 88), ("dorian", "harmonic minor", "phrygian"), ("4/4", "3/4"),
        ("reed", "glass"), ("harp", "electric piano"), ("arpeggio", "sparse"), ("upright",),
        ("walking", "long"), ("dark pad",), ("heart", "shaker"), 0.4, 2.6, 6000),
    "jungle": Style((104, 126), ("dorian", "mixolydian"), ("4/4",), ("whistle", "marimba"),
        ("marimba",), ("ostinato",), ("upright",), ("root-fifth",), (), ("tribal",),
        0.65, 1.0, 9000),
    "epic": Style((96, 120), ("aeolian", "dorian", "harmonic minor"), ("4/4",),
        ("brass", "strings"), ("strings",),
        ("ostinato", "block"), ("contrabass",), ("driving",), ("choir",), ("war",),
        0.5, 2.8, 10000),
    "march": Style((108, 122), ("ionian", "mixolydian", "aeolian"), ("4/4",), ("brass", "whistle"),
        ("brass",), ("offbeat",), ("contrabass",), ("root-fifth",), (), ("march",),
        0.6, 1.4, 10000),
    "rock": Style((116, 144), ("aeolian", "mixolydian"), ("4/4",), ("saw",), ("power",),
        ("driving chords",), ("synth bass",), ("driving",), (), ("rock",), 0.65, 0.9, 11000),
    "jazz": Style((92, 132), ("dorian", "mixolydian"), ("4/4",), ("piano", "reed"),
        ("electric piano",), ("offbeat",), ("upright",), ("walking",), (), ("swing",),
        0.6, 1.0, 9000, sevenths=True),
    "waltz": Style((126, 156), ("ionian", "aeolian"), ("3/4",), ("strings", "accordion"),
        ("piano", "strings"), ("waltz",), ("contrabass",), ("long",), (), (), 0.55, 1.8, 9000),
}  # fmt: skip
"""Every style by its name; the first words of a prompt that name one decide."""

_WORDS: dict[str, str] = {
    "tavern": "tavern inn pub bar ale beer mead feast dance dancing jig reel bard hobbit halfling",
    "battle": "battle fight fighting combat war attack siege clash skirmish raid assault chase "
    "pursuit duel arena gladiator army action",
    "boss": "boss final demon dragon titan lich overlord showdown apocalypse hydra villain",
    "dungeon": "dungeon cave cavern crypt tomb catacomb underground sewer mine abyss labyrinth "
    "prison ruin shadow swamp",
    "horror": "horror scary creepy haunted ghost nightmare terror zombie vampire cursed asylum "
    "eerie spooky fear graveyard",
    "forest": "forest wood woodland grove meadow elf elven elves nature field river garden spring "
    "fairy glade hill mountain valley",
    "victory": "victory win triumph triumphant fanfare success celebration reward level levelup "
    "champion glory hero heroic",
    "menu": "menu title theme lobby loading background ambient calm relax relaxing relaxed chill "
    "lofi peaceful shop",
    "lullaby": "lullaby sleep sleeping baby cradle bedtime dream dreamy gentle tender night moon",
    "chiptune": "chiptune chip 8bit bit retro arcade pixel nes gameboy platformer",
    "castle": "castle king queen royal court throne palace noble medieval knight kingdom princess",
    "desert": "desert sand dune oasis pyramid egypt egyptian arabian arabic bazaar sultan pharaoh",
    "sea": "sea ocean pirate ship sailor shanty harbor harbour island sail sailing captain boat",
    "space": "space star stars galaxy planet cosmic nebula orbit alien starship astronaut scifi "
    "sci universe",
    "city": "city cyber cyberpunk synthwave neon electronic techno futuristic robot street hacker "
    "racing race driving edm",
    "town": "town village market farm home cozy homely shire harvest morning",
    "ice": "ice snow winter frozen frost glacier christmas crystal cold arctic",
    "temple": "temple church cathedral shrine monastery holy sacred choir angel heaven divine hymn "
    "ritual monk",
    "sad": "sad sorrow sorrowful grief melancholy melancholic mourning funeral lonely loss "
    "farewell tragic death weeping",
    "mystery": "mystery mysterious puzzle secret stealth sneaking detective riddle magic magical "
    "wizard witch investigation suspense suspenseful",
    "jungle": "jungle tribal tribe savage primal safari rainforest",
    "epic": "epic legend legendary saga cinematic orchestral trailer quest adventure adventurous "
    "journey viking mythic",
    "march": "march marching parade soldier soldiers military troops dwarf dwarven",
    "rock": "rock metal punk guitar heavy",
    "jazz": "jazz swing noir blues lounge casino speakeasy",
    "waltz": "waltz ball ballroom carousel circus masquerade",
}
STYLE_OF_WORD: dict[str, str] = {
    word: style for style, words in _WORDS.items() for word in words.split()
}
"""Which style a word asks for."""

STRONG = ("chiptune", "boss", "battle", "lullaby", "victory", "rock", "jazz", "waltz", "horror")
"""Styles that say what happens or in what manner; they win over the place where it happens."""

INSTRUMENT_OF_WORD: dict[str, str] = {
    "flute": "flute", "whistle": "whistle", "fiddle": "fiddle", "violin": "fiddle",
    "lute": "lute", "guitar": "lute", "harp": "harp", "piano": "piano", "organ": "organ",
    "harpsichord": "harpsichord", "trumpet": "brass", "horn": "brass", "horns": "brass",
    "brass": "brass", "strings": "strings", "cello": "strings", "orchestra": "strings",
    "choir": "choir", "bell": "bell", "bells": "bell", "chimes": "bell", "celesta": "glass",
    "musicbox": "music box", "box": "music box", "accordion": "accordion", "synth": "saw",
    "oboe": "reed", "clarinet": "reed", "saxophone": "reed", "marimba": "marimba",
    "xylophone": "marimba", "kalimba": "marimba", "bagpipe": "reed", "mandolin": "lute",
    "banjo": "harpsichord",
}  # fmt: skip
"""Instruments that a prompt may name for the melody."""

MOOD_OF_WORD: dict[str, tuple[float, float]] = {
    word: mood
    for mood, words in {
        (0.9, 0.6): "merry jolly fun festive joyous",
        (0.6, 0.9): "glorious exciting upbeat groovy",
        (0.6, -0.5): "tender hopeful soothing",
        (0.0, 0.9): "urgent rapid hectic quick racing",
        (0.0, -0.7): "still sleepy lazy drifting",
        (-0.7, -0.5): "melancholy tragic sorrowful",
        (-0.7, 0.8): "violent brutal raging",
    }.items()
    for word in words.split()
}
"""Valence and energy of mood words that matter to music only, beside those that every prompt is
read by."""
