"""Buildings: standing on the ground, their door toward +Z."""

from asset_forge.generation.providers.procedural.models.buildings._castles import castle
from asset_forge.generation.providers.procedural.models.buildings._farms import barn, windmill
from asset_forge.generation.providers.procedural.models.buildings._houses import house
from asset_forge.generation.providers.procedural.models.buildings._huts import hut
from asset_forge.generation.providers.procedural.models.buildings._modern import skyscraper
from asset_forge.generation.providers.procedural.models.buildings._temples import church, temple
from asset_forge.generation.providers.procedural.models.buildings._towers import tower

GRAMMARS = {
    "house": house,
    "tower": tower,
    "temple": temple,
    "hut": hut,
    "castle": castle,
    "barn": barn,
    "skyscraper": skyscraper,
    "church": church,
    "windmill": windmill,
}

__all__ = ["GRAMMARS"]
