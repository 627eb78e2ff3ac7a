"""The options of each kind of sound, as data, and their check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`; without a default the prompt decides."""

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
        """The value, or `ValueError` with what is allowed."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")
        if not self.low <= value <= self.high:
            raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")
        return float(value)


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
        """The value, or `ValueError` with what is allowed."""
        if not isinstance(value, bool):
            raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")
        return value


Option = Number | Flag


@dataclass(frozen=True, slots=True)
class Chosen:
    """Checked options of one request: a length in seconds (`None`: the prompt decides), a loop."""

    seconds: float | None
    loop: bool


OPTIONS: Final[Mapping[str, Mapping[str, Option]]] = {
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
"""What may be set for each asset type, by name."""


def read_options(asset_type: str, given: Mapping[str, object]) -> Chosen:
    """The options with defaults filled in; all faults are reported in one `ValueError`."""
    allowed = OPTIONS[asset_type]
    values: dict[str, float | bool | None] = {n: option.default for n, option in allowed.items()}
    faults: list[str] = []
    for name, value in given.items():
        if name not in allowed:
            faults.append(f"option {name} is unknown; use {', '.join(allowed)}")
            continue
        try:
            values[name] = allowed[name].read(value)
        except ValueError as error:
            faults.append(str(error))
    if faults:
        raise ValueError("; ".join(faults))
    return Chosen(values["durationSeconds"], values.get("loop") is True)
