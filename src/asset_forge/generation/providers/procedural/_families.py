"""Which nouns ask for which shape family, for each asset type.

The order of families is part of the product: a prompt without a known noun picks one by a hash of
its text, so even a family appended at the end changes what such prompts give.
"""

from collections.abc import Mapping
from typing import Final

Families = Mapping[str, tuple[str, ...]]


def _table(text: str) -> dict[str, tuple[str, ...]]:
    """Read lines of the form ``family: noun noun``; the family's own name is a noun of it too."""
    table: dict[str, tuple[str, ...]] = {}
    for line in text.strip().splitlines():
        family, nouns = line.split(":")
        family = family.strip()
        table[family] = (*table.get(family, (family,)), *nouns.split())
    return table


FAMILIES: Final[Mapping[str, Families]] = {
    "weapon": _table("""
        sword: blade saber sabre katana claymore rapier longsword broadsword greatsword scimitar
        sword: falchion cutlass
        dagger: knife dirk stiletto kris shiv tanto
        axe: hatchet tomahawk battleaxe greataxe labrys cleaver
        hammer: warhammer maul mallet sledgehammer
        mace: club morningstar cudgel flail bludgeon
        spear: lance pike halberd trident javelin glaive harpoon polearm
        bow: longbow shortbow recurve
        staff: wand rod scepter sceptre cane stave
        crossbow: arbalest ballista
        gun: pistol rifle blaster musket cannon revolver shotgun raygun
    """),
    "armor": _table("""
        helmet: helm hood visor headgear cap mask
        breastplate: cuirass chestplate armor armour plate mail chainmail hauberk tunic vest robe
        breastplate: jerkin
        shield: buckler targe aegis
        gauntlet: glove vambrace bracer handguard
        greaves: boots boot shoes leggings sabatons legplates
        pauldron: shoulder spaulder shoulderpad mantle
    """),
    "building": _table("""
        house: home cottage inn tavern mansion manor shop villa cabin townhouse residence mill
        house: smithy
        tower: lighthouse spire watchtower keep turret minaret belfry
        temple: shrine pantheon mausoleum sanctuary parthenon
        hut: yurt teepee tipi hovel igloo shack tent
        castle: fortress citadel fort stronghold palace bastion gatehouse
        barn: stable warehouse shed granary farmhouse hangar
        skyscraper: office apartment block station factory lab laboratory bunker base outpost
        church: chapel cathedral abbey monastery
        windmill: watermill turbine
    """),
    "character": _table("""
        human: man woman person villager hero heroine child boy girl merchant farmer thief rogue
        human: archer pirate
        knight: warrior soldier guard paladin guardian viking gladiator samurai barbarian captain
        knight: king queen
        wizard: mage witch sorcerer sorceress priest monk warlock necromancer druid cleric shaman
        robot: android mech droid automaton cyborg machine
        goblin: orc ogre troll dwarf gnome imp demon zombie kobold halfling elf
        beast: wolf dog horse bear lion tiger cat deer boar pig cow sheep fox dragon lizard fish rat
        bird: eagle owl crow raven chicken duck griffin phoenix parrot penguin hawk
        slime: blob ghost jelly ooze spirit wisp spectre specter phantom
        golem: giant elemental titan colossus treant ent
        spider: crab insect ant beetle scorpion bug tarantula
    """),
    "environment": _table("""
        forest: woods grove jungle meadow woodland park glade garden field clearing grassland swamp
        island: islet atoll archipelago beach lagoon coast shore
        cave: cavern grotto arch tunnel den lair mine
        crystals: crystal geode quartz amethyst gems
        ruins: ruin temple graveyard cemetery stonehenge monument colonnade
        mountain: hill cliff peak canyon valley alps ridge crag mesa
        desert: dunes dune oasis savanna cactus badlands
        volcano: lava crater caldera magma hell inferno
        tundra: snow glacier ice arctic winter iceberg
        village: road path camp campsite crossroads street bridge
    """),
    "prop": _table("""
        barrel: keg cask drum tun
        crate: box container
        chest: trunk coffer strongbox
        table: desk workbench altar counter
        chair: stool throne bench seat armchair
        lantern: lamp streetlight lamppost torch candle brazier
        well: fountain
        sign: signpost billboard notice placard
        wagon: cart carriage wheelbarrow
        bed: cot bunk bedroll
        statue: idol obelisk bust totem gravestone tombstone pillar column
        fence: gate railing barricade palisade
        pot: vase urn jar amphora cauldron bucket jug
        bookshelf: shelf cupboard wardrobe bookcase cabinet dresser
        anvil: forge
        campfire: bonfire fire fireplace
        tree: plant bush shrub stump log mushroom
        rock: boulder stone
        terminal: console generator computer machine panel
    """),
    "item": _table("""
        potion: flask vial elixir bottle poison tonic
        key: lockpick
        ring: band signet bracelet
        gem: jewel diamond ruby emerald sapphire crystal amethyst topaz orb
        book: tome grimoire spellbook journal diary codex
        scroll: map parchment letter
        coin: coins token medal medallion treasure
        food: apple bread cheese meat pie cake carrot fruit loaf drumstick ham
        amulet: necklace pendant talisman locket
        crown: tiara diadem circlet
        mug: cup goblet chalice tankard stein
        bag: pouch sack purse backpack satchel
        mushroom: toadstool fungus
        gear: cog battery chip device module
        horn: tusk fang bone skull
    """),
    "texture": _table("""
        brick: bricks masonry
        cobble: cobblestone cobblestones pavement paving
        planks: plank floorboards wood wooden parquet floor deck timber board oak pine
        bark: tree trunk log
        metal: plates steel plate armor iron metallic aluminum chrome
        rust: rusty corroded
        grass: lawn turf meadow moss
        sand: desert dunes beach
        fabric: cloth wool linen silk canvas carpet cotton denim rug knit
        leather: hide skin fur furry
        marble: granite onyx alabaster
        lava: magma molten
        ice: frozen glacier frost
        snow: snowy
        dirt: mud soil earth ground clay path
        roof: tiles shingles rooftiles slate shingle thatch tile
        scifi: panel panels spaceship hull circuit futuristic
        stone: rock cliff flagstone castle dungeon
        plaster: stucco concrete
        crystal: gem quartz amethyst
        scales: scale dragon snake reptile
        gravel: pebbles pebble rubble
        gold: golden brass bronze copper silver
        bone: bones ivory
        water: sea ocean river pool
    """),
}


def nouns_of(asset_type: str) -> Mapping[str, str]:
    """Every noun of an asset type and its family; the first family that names a noun keeps it."""
    found: dict[str, str] = {}
    for family, nouns in FAMILIES[asset_type].items():
        for noun in nouns:
            found.setdefault(noun, family)
    return found | {family: family for family in FAMILIES[asset_type]}
