"""Props: what stands around in a scene, on the ground and facing +Z."""

from asset_forge.generation.providers.procedural.models.props._containers import (
    barrel,
    chest,
    crate,
)
from asset_forge.generation.providers.procedural.models.props._furniture import (
    bed,
    bookshelf,
    chair,
    table,
)
from asset_forge.generation.providers.procedural.models.props._lights import campfire, lantern
from asset_forge.generation.providers.procedural.models.props._plants import rock, tree
from asset_forge.generation.providers.procedural.models.props._works import (
    anvil,
    pot,
    statue,
    terminal,
)
from asset_forge.generation.providers.procedural.models.props._yard import fence, sign, wagon, well

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
