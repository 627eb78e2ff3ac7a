"""Items: what a player picks up, resting on the ground."""

from asset_forge.generation.providers.procedural.models.items._finds import (
    coin,
    gear,
    horn,
    key,
    mushroom,
)
from asset_forge.generation.providers.procedural.models.items._food import food
from asset_forge.generation.providers.procedural.models.items._jewels import (
    amulet,
    crown,
    gem,
    ring,
)
from asset_forge.generation.providers.procedural.models.items._vessels import bag, mug, potion
from asset_forge.generation.providers.procedural.models.items._writings import book, scroll

GRAMMARS = {
    "potion": potion,
    "key": key,
    "ring": ring,
    "gem": gem,
    "book": book,
    "scroll": scroll,
    "coin": coin,
    "food": food,
    "amulet": amulet,
    "crown": crown,
    "mug": mug,
    "bag": bag,
    "mushroom": mushroom,
    "gear": gear,
    "horn": horn,
}

__all__ = ["GRAMMARS"]
