"""Props: what stands around in a scene, on the ground and facing +Z."""

from asset_forge.generation.providers.procedural.models.props._furniture import (
    barrel,
    bed,
    bookshelf,
    chair,
    chest,
    crate,
    table,
)
from asset_forge.generation.providers.procedural.models.props._outdoors import (
    anvil,
    campfire,
    fence,
    lantern,
    pot,
    rock,
    sign,
    statue,
    terminal,
    tree,
    wagon,
    well,
)

GRAMMARS = {
    "barrel": barrel,
    "crate": crate,
    "chest": chest,
    "table": table,
    "chair": chair,
    "lantern": lantern,
    "well": well,
    "sign": sign,
    "wagon": wagon,
    "bed": bed,
    "statue": statue,
    "fence": fence,
    "pot": pot,
    "bookshelf": bookshelf,
    "anvil": anvil,
    "campfire": campfire,
    "tree": tree,
    "rock": rock,
    "terminal": terminal,
}

__all__ = ["GRAMMARS"]
