"""Every surface by name: who draws it, its usual colors, and the meters that a tile covers."""

from dataclasses import dataclass
from typing import Final

from asset_forge.generation.providers.procedural.textures import _ground, _grown, _masonry
from asset_forge.generation.providers.procedural.textures._surface import Color, Maker


@dataclass(frozen=True, slots=True)
class Recipe:
    """A surface's maker, its usual colors as sRGB hex, and the width of a tile in meters."""

    make: Maker
    color: Color
    accent: Color
    meters: float


def _rgb(text: str) -> Color:
    red, green, blue = bytes.fromhex(text)
    return red / 255, green / 255, blue / 255


def _recipe(make: Maker, color: str, accent: str, meters: float) -> Recipe:
    return Recipe(make, _rgb(color), _rgb(accent), meters)


RECIPES: Final[dict[str, Recipe]] = {
    "brick": _recipe(_masonry.brick, "96523c", "a39a8c", 1.2),
    "blocks": _recipe(_masonry.blocks, "9a958a", "6b675f", 2.4),
    "cobble": _recipe(_masonry.cobble, "8b8780", "5a4c3c", 1.6),
    "gravel": _recipe(_masonry.gravel, "98928a", "6f6455", 1.0),
    "roof": _recipe(_masonry.roof, "9a4b36", "6b3426", 1.8),
    "planks": _recipe(_masonry.planks, "94683f", "6b4a2c", 1.2),
    "wood": _recipe(_masonry.wood, "8a5f3a", "5f3f25", 0.8),
    "plates": _recipe(_masonry.plates, "8f959c", "5c6066", 1.5),
    "scifi": _recipe(_masonry.scifi, "7d8794", "38d0ff", 2.0),
    "bark": _recipe(_grown.bark, "705844", "4a3a2c", 0.9),
    "grass": _recipe(_grown.grass, "5c8a34", "a0a04e", 1.5),
    "leaves": _recipe(_grown.leaves, "3f7a30", "7ea646", 1.4),
    "leather": _recipe(_grown.leather, "6f4526", "4a2d19", 0.4),
    "fabric": _recipe(_grown.fabric, "a08c6c", "7a6a50", 0.25),
    "fur": _recipe(_grown.fur, "7c6450", "c0a888", 0.5),
    "skin": _recipe(_grown.skin, "d6a27c", "b07858", 0.5),
    "scales": _recipe(_grown.scales, "4c7a4a", "b0b060", 0.5),
    "thatch": _recipe(_grown.thatch, "c0a05a", "8c7440", 1.5),
    "bone": _recipe(_grown.bone, "e2d8be", "b8a884", 0.4),
    "paper": _recipe(_grown.paper, "e4d5ae", "b89c6c", 0.3),
    "stone": _recipe(_ground.stone, "8c8880", "b4b0a0", 1.6),
    "plaster": _recipe(_ground.plaster, "e2d8c2", "b8ac94", 2.0),
    "dirt": _recipe(_ground.dirt, "6f5238", "8c8478", 1.5),
    "sand": _recipe(_ground.sand, "dcbf88", "b89a66", 2.0),
    "snow": _recipe(_ground.snow, "f2f6fa", "c4d6ec", 3.0),
    "marble": _recipe(_ground.marble, "eceae6", "84868c", 1.5),
    "ice": _recipe(_ground.ice, "9cd0ea", "e6f6ff", 2.0),
    "crystal": _recipe(_ground.crystal, "8a5ad8", "e0ccff", 0.5),
    "lava": _recipe(_ground.lava, "f04a0a", "ffd24a", 2.5),
    "water": _recipe(_ground.water, "2c6e94", "a4dcea", 3.0),
    "metal": _recipe(_ground.metal, "a8adb4", "6a6e74", 0.5),
    "gold": _recipe(_ground.metal, "e6b64a", "b07e28", 0.5),
    "rust": _recipe(_ground.rust, "a85a2a", "5a3018", 1.0),
    "glass": _recipe(_ground.glass, "6f8ea0", "b8d4e0", 0.6),
    "glow": _recipe(_ground.glow, "ff9a2e", "ffe08a", 0.3),
}
