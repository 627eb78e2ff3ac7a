"""Environments: square pieces of land that can be laid side by side."""

from asset_forge.generation.providers.procedural.models.environments._caves import cave, crystals
from asset_forge.generation.providers.procedural.models.environments._heights import (
    mountain,
    volcano,
)
from asset_forge.generation.providers.procedural.models.environments._ruins import ruins
from asset_forge.generation.providers.procedural.models.environments._shores import desert, island
from asset_forge.generation.providers.procedural.models.environments._woods import (
    forest,
    tundra,
    village,
)

GRAMMARS = {
    "forest": forest,
    "island": island,
    "cave": cave,
    "crystals": crystals,
    "ruins": ruins,
    "mountain": mountain,
    "desert": desert,
    "volcano": volcano,
    "tundra": tundra,
    "village": village,
}

__all__ = ["GRAMMARS"]
