"""The workbench of a shape grammar: the reading, random numbers, materials, parts."""

import colorsys
from dataclasses import replace

import numpy as np
from manifold3d import Manifold

from asset_forge.generation.providers.procedural.models.assembly import Body, Paint
from asset_forge.generation.providers.procedural.models.materials import Material
from asset_forge.generation.providers.procedural.models.uv import Mapping
from asset_forge.generation.providers.procedural.textures._archive import vary
from asset_forge.generation.providers.procedural.textures._catalog import RECIPES
from asset_forge.generation.providers.procedural.textures._surface import Color
from asset_forge.generation.providers.procedural.words import Reading

# Which surface shows a material that prompts name, and its usual color (None: the surface's own).
_STUFF: dict[str, tuple[str, str | None]] = {
    "wood": ("wood", None),
    "bamboo": ("wood", "c4ac62"),
    "stone": ("stone", None),
    "marble": ("marble", None),
    "brick": ("brick", None),
    "iron": ("metal", "71757b"),
    "steel": ("metal", "b6bcc4"),
    "gold": ("gold", None),
    "silver": ("metal", "d3d7de"),
    "bronze": ("metal", "a8743e"),
    "crystal": ("crystal", None),
    "obsidian": ("marble", "1d1b22"),
    "leather": ("leather", None),
    "cloth": ("fabric", None),
    "bone": ("bone", None),
    "ice": ("ice", None),
    "clay": ("plaster", "b0673f"),
    "thatch": ("thatch", None),
    "plaster": ("plaster", None),
    "scales": ("scales", None),
    "jade": ("marble", "4c9c70"),
    "plastic": ("glass", "c0c4c8"),
    "paper": ("paper", None),
}
METALS = ("iron", "steel", "gold", "silver", "bronze")
_LIGHTS: dict[str, str] = {
    "fire": "ff7a1a",
    "ice": "6ad0ff",
    "lightning": "7ab0ff",
    "poison": "7cf03a",
    "holy": "fff0b0",
    "shadow": "9a30e0",
    "nature": "62e05a",
    "arcane": "a468ff",
    "water": "34b4ff",
    "earth": "e0a040",
    "blood": "e01028",
    "air": "c8f4ff",
}


def rgb(text: str) -> Color:
    """An sRGB color from hex."""
    red, green, blue = bytes.fromhex(text)
    return red / 255, green / 255, blue / 255


Triple = tuple[float, float, float]


class Kit:
    """The workbench for one model; ``scale`` is the width of texture tiles against a building's."""

    def __init__(
        self, reading: Reading, rng: np.random.Generator, detail: int, scale: float
    ) -> None:
        self.reading = reading
        self.rng = rng
        self.detail = detail
        self.scale = scale
        self.bodies: list[Body] = []
        self.age = 0.25 if reading.age is None else reading.age
        self.tone = float(rng.uniform(-1, 1))

    # Random choices -----------------------------------------------------------------------

    def between(self, low: float, high: float) -> float:
        """A random number."""
        return float(self.rng.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """A random whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, *choices: str) -> str:
        """One of the choices."""
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return bool(self.rng.random() < share)

    def says(self, *words: str) -> bool:
        """Whether the prompt has one of the words."""
        return self.reading.says(*words)

    def style(self, name: str) -> bool:
        """Whether the prompt asks for a style."""
        return name in self.reading.styles

    def sides(self, count: int) -> int:
        """How many sides a round thing gets at the asked detail."""
        if self.style("lowpoly"):
            return max(5, count // 3)
        return max(6, round(count * (0.6, 1.0, 1.6)[self.detail - 1]))

    # Materials ----------------------------------------------------------------------------

    def stuff(self, default: str, *allowed: str) -> str:
        """The first material that the prompt names and that is allowed here, or the default."""
        return next((word for word in self.reading.materials if word in allowed), default)

    def color(self, index: int, default: str, spread: float = 0.07) -> Color:
        """The prompt's nth color, or a default (hex) a little varied."""
        if index < len(self.reading.colors):
            red, green, blue = self.reading.colors[index]
            return red / 255, green / 255, blue / 255
        return vary(rgb(default), self.rng, spread)

    def material(
        self, word: str, color: Color | str | None = None, accent: Color | str | None = None
    ) -> Material:
        """A material by a prompt's word (``iron``) or a surface's name, in a color (RGB or hex)."""
        surface, usual = _STUFF.get(word, (word, None))
        recipe = RECIPES[surface]
        if color is None:
            color = vary(rgb(usual) if usual else recipe.color, self.rng, 0.05)
        if isinstance(color, str):
            color = rgb(color)
        if accent is None:
            accent = recipe.accent
        if isinstance(accent, str):
            accent = rgb(accent)
        emission = 1.0 if surface in ("glow", "lava", "scifi", "crystal") else 0.0
        # Three digits keep materials that are meant alike equal.
        color = (round(color[0], 3), round(color[1], 3), round(color[2], 3))
        meters = recipe.meters * self.scale
        return Material(surface, color, accent, self.age, self.reading.wear, meters, emission)

    def light(self, default: str = "ffb054") -> Material:
        """A glowing material in the color of the prompt's element."""
        color = next((_LIGHTS[e] for e in self.reading.elements if e in _LIGHTS), default)
        base = rgb(color)
        hue, saturation, value = colorsys.rgb_to_hsv(*base)
        return self.material("glow", base, colorsys.hsv_to_rgb(hue, saturation * 0.45, value))

    @property
    def element(self) -> str | None:
        """The prompt's first element."""
        return self.reading.elements[0] if self.reading.elements else None

    # Parts --------------------------------------------------------------------------------

    def add(
        self,
        solid: Manifold,
        material: Material,
        *,
        at: Triple = (0, 0, 0),
        turn: Triple = (0, 0, 0),
        mapping: Mapping = "box",
        crease: float = 38.0,
        tint: float = 1.0,
        paint: Paint | None = None,
    ) -> None:
        """Add a closed solid, turned (degrees about X, Y, Z) and moved; an empty one adds nothing.

        Texture coordinates are laid out before it is turned. ``crease`` is the angle in degrees
        above which an edge is hard, ``tint`` darkens the material.
        """
        if not solid.is_empty():
            crease = 1.0 if self.style("lowpoly") else crease
            steps = ((turn, at),) if any(turn) or any(at) else ()
            self.bodies.append(Body(solid, material, steps, mapping, crease, tint, paint))

    def move(self, first: int, by: Triple, turn: Triple = (0, 0, 0)) -> None:
        """Turn and move all bodies from the ``first`` on (an index into ``bodies``)."""
        for index in range(first, len(self.bodies)):
            body = self.bodies[index]
            self.bodies[index] = replace(body, steps=(*body.steps, (turn, by)))

    def shrink(self, first: int, factor: float) -> None:
        """Scale all bodies from the ``first`` on about the origin."""
        for index in range(first, len(self.bodies)):
            body = self.bodies[index]
            steps = tuple(
                (turn, (at[0] * factor, at[1] * factor, at[2] * factor)) for turn, at in body.steps
            )
            solid = body.solid.scale((factor, factor, factor))
            self.bodies[index] = replace(body, solid=solid, steps=steps)
