"""The options that a request may set, declared so that they can be checked and described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_MODEL_TYPES: Final = (
    "character",
    "environment",
    "prop",
    "item",
    "weapon",
    "armor",
    "building",
)


@dataclass(frozen=True, slots=True)
class Option:
    """A whole number: one of ``choices``, or any from ``low`` to ``high`` where there are none."""

    name: str
    default: int
    description: str
    choices: tuple[int, ...] = ()
    low: int = 0
    high: int = 0

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(map(str, self.choices))
        return f"a whole number from {self.low} to {self.high}"

    def read(self, value: object) -> int:
        """The value, or ``ValueError`` with what is allowed."""
        if isinstance(value, int) and not isinstance(value, bool) and self._takes(value):
            return value
        raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")

    def _takes(self, value: int) -> bool:
        return value in self.choices if self.choices else self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``; without a default the prompt decides."""

    name: str
    default: float | None
    description: str
    low: float
    high: float

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        return f"a number from {self.low:g} to {self.high:g}"

    def read(self, value: object) -> float:
        """The value, or ``ValueError`` with what is allowed."""
        if isinstance(value, int | float) and not isinstance(value, bool) and self._takes(value):
            return float(value)
        raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")

    def _takes(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Flag:
    """A yes or no."""

    name: str
    default: bool
    description: str

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        return "true or false"

    def read(self, value: object) -> bool:
        """The value, or ``ValueError`` with what is allowed."""
        if not isinstance(value, bool):
            raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")
        return value


AnyOption = Option | Number | Flag
Schema = Mapping[str, Option]
AnySchema = Mapping[str, AnyOption]


def schema(*options: Option) -> Schema:
    """Options by name."""
    return {option.name: option for option in options}


MODEL_OPTIONS: Final = schema(
    Option("textureSize", 512, "Width of the largest textures in pixels.", (256, 512, 1024)),
    Option("maxTriangles", 40_000, "The most triangles the model may have.", (), 500, 49_999),
    Option("detail", 2, "How finely round shapes are divided: 1 coarse, 3 fine.", (1, 2, 3)),
)
TEXTURE_OPTIONS: Final = schema(
    Option("textureSize", 1024, "Width and height of each map in pixels.", (256, 512, 1024, 2048)),
)
DIALOGUE_OPTIONS: Final = schema(
    Option("nodes", 14, "The number of nodes, endings included.", low=6, high=60),
)
AUDIO_OPTIONS: Final[Mapping[str, AnySchema]] = {
    "music": {
        "durationSeconds": Number(
            "durationSeconds", 20.0, "The length of the file in seconds.", 4.0, 120.0
        ),
        "loop": Flag(
            "loop", True, "Whether the end runs into the start; otherwise the piece closes."
        ),
    },
    "sound_effect": {
        "durationSeconds": Number(
            "durationSeconds",
            None,
            "The length of the file in seconds; without it the prompt decides.",
            0.05,
            12.0,
        ),
        "loop": Flag("loop", False, "Whether the end runs into the start, as ambience needs it."),
    },
    "voice": {
        "durationSeconds": Number(
            "durationSeconds",
            4.0,
            "The longest that the bark may be, in seconds; words beyond it are left out.",
            0.3,
            12.0,
        ),
    },
}
OPTIONS: Final[Mapping[str, AnySchema]] = {
    **dict.fromkeys(_MODEL_TYPES, MODEL_OPTIONS),
    "texture": TEXTURE_OPTIONS,
    "dialogue": DIALOGUE_OPTIONS,
    **AUDIO_OPTIONS,
}
"""What may be set for each asset type, by name."""


def read_any_options(
    allowed: AnySchema, given: Mapping[str, object]
) -> dict[str, int | float | bool | None]:
    """Every option with its given or default value; all faults are in one ``ValueError``."""
    faults: list[str] = []
    values: dict[str, int | float | bool | None] = {n: o.default for n, o in allowed.items()}
    for name, value in given.items():
        if name not in allowed:
            faults.append(f"option {name[:50]} is unknown; use {', '.join(allowed)}")
            continue
        try:
            values[name] = allowed[name].read(value)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("; ".join(faults))
    return values


def read_options(allowed: Schema, given: Mapping[str, object]) -> dict[str, int]:
    """The same for a schema of whole numbers alone."""
    read_any_options(allowed, given)
    return {n: option.read(given.get(n, option.default)) for n, option in allowed.items()}


def check_options(asset_type: str, given: Mapping[str, object]) -> None:
    """Refuse what an asset type has no option for, or a value out of range, by ``ValueError``."""
    read_any_options(OPTIONS[asset_type], given)
