"""The options that a request may set, declared so that they can be checked and described."""

from collections.abc import Mapping
from dataclasses import dataclass


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
        whole = isinstance(value, int) and not isinstance(value, bool)
        fits = whole and (value in self.choices if self.choices else self.low <= value <= self.high)
        if not (isinstance(value, int) and fits):
            raise ValueError(f"option {self.name} is {value!r}; use {self.allowed}")
        return value


Schema = Mapping[str, Option]


def schema(*options: Option) -> Schema:
    """Options by name."""
    return {option.name: option for option in options}


def read_options(allowed: Schema, given: Mapping[str, object]) -> dict[str, int]:
    """Every option with its given or default value; all faults are reported in one ``ValueError``."""
    faults: list[str] = []
    values = {name: option.default for name, option in allowed.items()}
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
    return values
