"""Items: what a player picks up, resting on the ground."""

from asset_forge.generation.providers.procedural.models.items._food import food
from asset_forge.generation.providers.procedural.models.items._goods import (
    amulet,
    bag,
    book,
    coin,
    crown,
    gear,
    gem,
    horn,
    key,
    mug,
    mushroom,
    potion,
    ring,
    scroll,
)

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
