"""Words that a dialogue's prompt is read by, beside those that every prompt is."""

from __future__ import annotations

from asset_forge.generation.providers.procedural._families import nouns_of


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ROLES = _words("""
    blacksmith smith merchant trader vendor shopkeeper guard guardsman innkeeper bartender
    barkeep barmaid bard minstrel healer alchemist scholar librarian beggar elder chief
    chieftain mayor scientist doctor nurse fisherman baker cook chef monk nun hermit prince
    princess mercenary assassin bandit engineer mechanic pilot astronaut detective spy miner
    hunter ranger scout herbalist jester noble lord lady duke baron emperor empress sailor
    shepherd carpenter mason tailor jeweler gravedigger executioner jailer prisoner oracle
    prophet spirit vampire werewolf mermaid fairy ai hacker officer commander general soldier
    teacher student orphan grandmother grandfather widow stranger traveler ferryman smuggler
    keeper gatekeeper lighthousekeeper gardener butler maid courier messenger apprentice
    collector gambler dancer singer painter writer actor inventor sculptor tracker trapper
    banker lawyer brewer butcher sorcerer guide navigator mutant clerk judge sheriff outlaw
""") | frozenset(nouns_of("character"))
FOES = _words("""
    wolf wolves dragon dragons goblin goblins bandit bandits spider spiders undead skeleton
    skeletons zombie zombies demon demons cult cultists rat rats monster monsters beast beasts
    orc orcs troll trolls ogre vampire vampires werewolf raiders pirates thieves thief witch
    necromancer kraken hydra basilisk wraith ghost ghosts ghoul ghouls lich bear boar serpent
    snake snakes bats warlord enemy invaders slime slimes giant giants harpies wyvern aliens
""")
PLACES = (
    _words("""
    town city kingdom bridge gate market mine mines harbor harbour library station woods sewer
    sewers dungeon prison ship tavern academy school arena river lake sea crypt tomb pass valley
    marsh farm field colony planet outpost laboratory lab vault palace
""")
    | frozenset(nouns_of("environment"))
    | frozenset(nouns_of("building"))
)
PLAIN = _words("""
    a an the and or but of in on at to from for with without by about into over under near who
    whom whose which that this these those his her its their my your our he she it they we you i
    me him them us is are was were be been being has have had do does did will would can could
    should may might must not no nor so as if then than too very just also some any all each
    every one two three four five six seven eight nine ten between through during after before
    against around where when while because how what why there here up down out off again more
    most other another such only own same quest dialogue dialog conversation talk talks speech
    tree npc character story branching scene asks ask asking tells tell telling says say saying
    wants want wanting needs need needing seeks seek seeking looks look looking gives give
    giving offers offer offering sells sell selling buys buy buying lost loses lose losing
    missing stolen steal steals stole finds find finding found meets meet hates hate loves love
    loving fears fear warns warn warning guards guarding protects protect protecting attacks
    attack attacking kill kills slay hunts hunt hunting knows know hides hide hiding lives live
    living works work working runs run tries try help helps helping player hero someone
    something thing things make makes made get gets getting takes take taking deliver delivers
    delivery bring brings trade trades trading fetch quests game rpg fantasy style voice text
    lines words english long short simple funny please create generate write went goes go gone
    came come comes whispering shouting man's like likes new
""")
ADJECTIVES = _words("""
    rare secret magic strange precious sacred royal hidden famous little forgotten golden holy
    enchanted ancient young poor rich wise mad crazy drunk blind lazy greedy kind cruel shy
    clever stupid fat thin tall retired wounded dying haunted wild deep northern southern
    eastern western far last first final fallen silent black white local hungry lonely good bad
    best evil legendary powerful mighty tiny huge dead grumpy nervous afraid scared worried
    desperate terrified frightened angry gruff surly bitter jolly friendly suspicious weary
    tired cryptic secretive proud
""")

TONES: dict[str, str] = {
    word: tone
    for tone, words in {
        "friendly": "cheerful happy friendly kind jolly warm merry joyful playful cozy cute bright "
        "lively sunny funny",
        "grumpy": "grumpy angry gruff surly bitter furious annoyed rude tired drunk bored",
        "fearful": "nervous afraid scared worried frightened terrified desperate fearful tense shy "
        "frantic",
        "sad": "sad lonely grieving mournful melancholic melancholy weary gloomy widow dying poor "
        "somber bleak",
        "mysterious": "mysterious eerie cryptic secretive creepy spooky strange mystical hooded "
        "enchanted magical secret haunted ghost oracle hermit witch",
        "menacing": "evil sinister menacing cruel dark cursed demonic ominous demon vampire lich "
        "assassin villain warlord",
        "proud": "noble proud royal heroic brave king queen knight prince princess majestic "
        "emperor lord lady paladin captain",
    }.items()
    for word in words.split()
}
QUESTS: dict[str, str] = {
    word: quest
    for quest, words in {
        "fetch": "lost lose stolen steal missing find search recover retrieve artifact relic "
        "treasure fetch theft thief",
        "slay": "monster slay kill hunt dragon beast wolf attack goblin bandit undead spider rat "
        "demon war raid infestation",
        "deliver": "deliver letter message parcel package courier send messenger carry",
        "investigate": "mystery murder disappear haunted curse investigate clue vanish strange "
        "ghost detective secret illness plague",
        "trade": "merchant sell buy trade trader shop shopkeeper vendor price bargain market deal",
        "passage": "guard gate pass bridge enter gatekeeper border ferryman toll door checkpoint",
    }.items()
    for word in words.split()
}

SPARE_PLACES = ("old mill", "north road", "river crossing", "market square", "ruined abbey",
                "lower harbor", "salt marsh", "miners' camp")  # fmt: skip
SPARE_FOES = ("bandits", "wolves", "cave spiders", "grave robbers", "raiders", "river serpents")
SPARE_THINGS = ("silver locket", "family ledger", "carved idol", "iron strongbox", "sealed letter",
                "copper lantern", "map case")  # fmt: skip
SPARE_ROLES = ("innkeeper", "ranger", "healer", "ferryman", "scholar", "miller", "scout")
REWARDS = (
    "forty silver coins",
    "a purse of gold",
    "a good horse",
    "a blade from my own rack",
    "a season's food and lodging",
    "my family's old shield",
    "three healing draughts",
)
NAME_STARTS = ("Al", "Bran", "Cor", "Da", "El", "Fen", "Gar", "Hal", "Is", "Jor", "Ka", "Lor",
               "Mar", "Ner", "Or", "Per", "Ros", "Sel", "Tam", "Ul", "Ves", "Wil",
               "Yr")  # fmt: skip
NAME_ENDS = ("a", "an", "da", "den", "dric", "ek", "en", "ia", "ic", "ina", "is", "ka", "la", "mir",
             "na", "or", "ra", "ric", "sa", "ta", "va", "wen", "wick")  # fmt: skip
