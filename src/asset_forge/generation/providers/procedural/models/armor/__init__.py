"""Armor: pieces to wear, their front toward +Z."""

from asset_forge.generation.providers.procedural.models.armor._pieces import (
    breastplate,
    gauntlet,
    greaves,
    helmet,
    pauldron,
    shield,
)

GRAMMARS = {
    "helmet": helmet,
    "breastplate": breastplate,
    "shield": shield,
    "gauntlet": gauntlet,
    "greaves": greaves,
    "pauldron": pauldron,
}

__all__ = ["GRAMMARS"]
