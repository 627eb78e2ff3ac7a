"""Characters: standing on the ground, facing +Z."""

from asset_forge.generation.providers.procedural.models.characters._beasts import beast
from asset_forge.generation.providers.procedural.models.characters._birds import bird
from asset_forge.generation.providers.procedural.models.characters._casters import wizard
from asset_forge.generation.providers.procedural.models.characters._creatures import (
    golem,
    slime,
    spider,
)
from asset_forge.generation.providers.procedural.models.characters._fighters import knight
from asset_forge.generation.providers.procedural.models.characters._people import goblin, human
from asset_forge.generation.providers.procedural.models.characters._robots import robot

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
