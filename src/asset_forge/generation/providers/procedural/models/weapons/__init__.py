"""Weapons: held along +Y, the grip at the origin; what shoots points toward +Z."""

from asset_forge.generation.providers.procedural.models.weapons._blades import dagger, sword
from asset_forge.generation.providers.procedural.models.weapons._hafted import (
    axe,
    hammer,
    mace,
    spear,
)
from asset_forge.generation.providers.procedural.models.weapons._ranged import (
    bow,
    crossbow,
    gun,
    staff,
)

GRAMMARS = {
    "sword": sword,
    "dagger": dagger,
    "axe": axe,
    "hammer": hammer,
    "mace": mace,
    "spear": spear,
    "bow": bow,
    "staff": staff,
    "crossbow": crossbow,
    "gun": gun,
}

__all__ = ["GRAMMARS"]
