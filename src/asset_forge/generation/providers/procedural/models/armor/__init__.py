"""Armor: pieces to wear, their front toward +Z."""

from asset_forge.generation.providers.procedural.models.armor._bodies import breastplate, pauldron
from asset_forge.generation.providers.procedural.models.armor._helmets import helmet
from asset_forge.generation.providers.procedural.models.armor._limbs import gauntlet, greaves
from asset_forge.generation.providers.procedural.models.armor._shields import shield

GRAMMARS = {
    "helmet": helmet,
    "breastplate": breastplate,
    "shield": shield,
    "gauntlet": gauntlet,
    "greaves": greaves,
    "pauldron": pauldron,
}

__all__ = ["GRAMMARS"]
