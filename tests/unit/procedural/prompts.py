"""What is tested and shown: twenty prompts for each 3D type, and prompts for textures."""

MODEL_PROMPTS: dict[str, tuple[str, ...]] = {
    "weapon": (
        "a steel longsword", "ancient rusty iron sword", "crimson crystal sword of fire",
        "golden ornate dagger", "black obsidian katana", "viking battle axe", "mossy stone axe",
        "huge iron warhammer", "thunder hammer", "spiked mace", "wooden club with spikes", "flail",
        "elven spear", "poseidon's trident", "recurve longbow of elven make", "wizard staff of ice",
        "poison wand", "heavy crossbow", "futuristic plasma rifle", "a zorgon blade",
    ),
    "armor": (
        "knight's steel helmet", "viking horned helmet", "golden crown helm of the king",
        "samurai helmet, red", "steel breastplate", "leather chest armor", "ornate golden cuirass",
        "dark demonic plate armor", "round wooden shield", "kite shield, blue and gold",
        "iron tower shield", "buckler of bronze", "steel gauntlets", "leather gloves",
        "golden gauntlet of fire", "iron greaves", "leather boots", "spiked pauldrons",
        "dragonscale shoulder armor", "a blorvic guard",
    ),
    "building": (
        "a cozy cottage with thatched roof", "three-story timbered inn", "brick townhouse",
        "blue mansion", "stone watchtower", "white lighthouse", "tall wizard tower",
        "marble temple", "ancient ruined temple", "mud hut", "igloo", "nomad yurt",
        "medieval castle", "dark evil castle", "red barn", "glass skyscraper",
        "sci-fi outpost base", "village church", "dutch windmill", "a florbian dwelling",
    ),
    "character": (
        "a village farmer", "a slim elf archer", "fat merchant in purple", "child in yellow shirt",
        "armored knight", "viking warrior", "old wizard in blue robe", "dark necromancer",
        "rusty robot", "friendly white android", "green goblin", "huge orc", "grey wolf",
        "brown horse", "raven", "pink slime", "ghost", "stone golem", "giant black spider",
        "a snurgle",
    ),
    "environment": (
        "green forest clearing", "dark autumn forest", "tropical island", "small island with palm",
        "stone cave", "natural rock arch", "purple crystal cavern", "blue crystals",
        "ancient temple ruins", "stone circle ruins", "snowy mountain", "rocky canyon",
        "sand desert with cactus", "oasis in the dunes", "volcano", "lava wasteland",
        "snowy pine forest in winter", "icy glacier", "village road", "a vrellish land",
    ),
    "prop": (
        "old wooden barrel", "wooden crate", "sci-fi metal crate", "treasure chest",
        "round wooden table", "wooden chair", "golden throne", "iron lantern", "street lamp",
        "stone well", "wooden signpost", "farm wagon", "canopy bed", "stone knight statue",
        "wooden fence", "blue ceramic vase", "bookshelf", "blacksmith anvil", "campfire",
        "a grelbo contraption",
    ),
    "item": (
        "red healing potion", "round mana flask, blue", "skeleton key", "golden key",
        "diamond ring", "emerald gem", "ancient spellbook", "red leather journal", "magic scroll",
        "pile of gold coins", "apple", "loaf of bread", "roasted meat drumstick", "wheel of cheese",
        "jeweled amulet", "royal crown", "wooden beer mug", "leather pouch", "glowing mushroom",
        "a quizzle",
    ),
}  # fmt: skip

TEXTURE_PROMPTS: tuple[str, ...] = (
    "old red brick wall", "castle stone blocks", "mossy cobblestones", "oak floor planks",
    "rough pine bark", "riveted metal plates", "rusty iron", "fresh grass", "desert sand",
    "blue woven fabric", "brown leather", "white marble", "glowing lava", "cracked ice",
    "fresh snow", "muddy dirt path", "terracotta roof tiles", "sci-fi hull panels",
    "weathered rock", "purple crystal", "green dragon scales", "river gravel", "polished gold",
    "ocean water", "thatched straw roof", "old bone", "plaster wall", "brown fur",
    "dark wood grain", "brushed metal",
)  # fmt: skip
