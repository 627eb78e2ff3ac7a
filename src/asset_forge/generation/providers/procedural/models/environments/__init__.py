"""Environments: square pieces of land that can be laid side by side."""

from asset_forge.generation.providers.procedural.models.environments._places import (
    cave,
    crystals,
    desert,
    forest,
    island,
    mountain,
    ruins,
    tundra,
    village,
    volcano,
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
