"""The options of each kind of sound, as data, and their check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its default, its bounds for a number (`None` for a flag), and what it does."""

    name: str
    default: float | bool | None
    low: float | None
    high: float | None
    description: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Checked options of one request."""

    values: Mapping[str, float | bool | None]

    def number(self, name: str) -> float:
        """A number that has a default."""
        return float(self.values[name] or 0.0)

    def optional(self, name: str) -> float | None:
        """A number that may have been left to the prompt."""
        value = self.values[name]
        return None if value is None else float(value)

    def flag(self, name: str) -> bool:
        """A yes or no."""
        return self.values[name] is True


OPTIONS: Final[Mapping[str, tuple[Option, ...]]] = {
    "music": (
        Option("durationSeconds", 20.0, 4.0, 120.0, "length of the file in seconds"),
        Option("loop", True, None, None, "the end runs into the start; otherwise the piece closes"),
    ),
    "sound_effect": (
        Option("durationSeconds", None, 0.05, 12.0, "length in seconds; absent, the prompt decides"),
        Option("loop", False, None, None, "the end runs into the start, for ambience"),
    ),
    "voice": (
        Option("durationSeconds", 4.0, 0.3, 12.0, "longest length in seconds; later words are cut"),
    ),
}
"""What may be set for each asset type."""


def read_options(asset_type: str, options: Mapping[str, object]) -> Chosen:
    """The options with defaults filled in.

    Raises ValueError naming each unknown option and each value that is not allowed, with what is.
    """
    known = {option.name: option for option in OPTIONS[asset_type]}
    faults = [
        f"option {name!r} is unknown for {asset_type}; known are {', '.join(known)}"
        for name in options
        if name not in known
    ]
    values: dict[str, float | bool | None] = {}
    for name, option in known.items():
        value = options.get(name, option.default)
        fault = _fault(option, value) if name in options else None
        if fault:
            faults.append(fault)
        elif isinstance(value, bool | int | float) or value is None:
            values[name] = value
    if faults:
        raise ValueError("; ".join(faults))
    return Chosen(values)


def _fault(option: Option, value: object) -> str | None:
    if option.low is None or option.high is None:
        if isinstance(value, bool):
            return None
        return f"option {option.name!r} is {value!r}; allowed are true and false"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and option.low <= value <= option.high:
        return None
    return (
        f"option {option.name!r} is {value!r}; "
        f"allowed is a number from {option.low:g} to {option.high:g}"
    )
