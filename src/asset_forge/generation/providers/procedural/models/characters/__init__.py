"""Characters: standing on the ground, facing +Z."""

from asset_forge.generation.providers.procedural.models.characters._beasts import (
    beast,
    bird,
    golem,
    slime,
    spider,
)
from asset_forge.generation.providers.procedural.models.characters._people import (
    goblin,
    human,
    knight,
    robot,
    wizard,
)

GRAMMARS = {
    "human": human,
    "knight": knight,
    "wizard": wizard,
    "robot": robot,
    "goblin": goblin,
    "beast": beast,
    "bird": bird,
    "slime": slime,
    "golem": golem,
    "spider": spider,
}

__all__ = ["GRAMMARS"]
