"""Buildings: standing on the ground, their door toward +Z."""

from asset_forge.generation.providers.procedural.models.buildings._houses import (
    barn,
    house,
    hut,
    skyscraper,
    windmill,
)
from asset_forge.generation.providers.procedural.models.buildings._stone import (
    castle,
    church,
    temple,
    tower,
)

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
