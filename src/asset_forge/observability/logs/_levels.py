"""Levels: Python's numbers inside, Pino's in the lines, names at the borders."""

from __future__ import annotations

import logging

__all__ = ["LEVEL_NAMES", "TRACE", "pino_level", "severity", "to_level", "to_name"]

TRACE = 5

_NUMBERS = {
    "trace": TRACE,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "critical": logging.CRITICAL,
}
_ALIASES = {"warn": "warning", "fatal": "critical"}
LEVEL_NAMES = tuple(_NUMBERS)
"""From the most talkative to the most silent. `warn` and `fatal`, Pino's names, are understood too.
"""


def to_level(name: str) -> int:
    """Python's number of a level name in any capitals.

    Raises `ValueError` that lists the choices for any other text.
    """
    plain = name.strip().lower()
    number = _NUMBERS.get(_ALIASES.get(plain, plain))
    if number is None:
        choices = ", ".join((*LEVEL_NAMES, *_ALIASES))
        raise ValueError(f"log level {name!r} is unknown: use one of {choices}")
    return number


def to_name(level: int) -> str:
    """The name of the highest of our levels that is not above ``level``; `trace` below all."""
    found = LEVEL_NAMES[0]
    for name, number in _NUMBERS.items():
        if number <= level:
            found = name
    return found


def pino_level(name: str) -> int:
    """Pino's number of one of :data:`LEVEL_NAMES`: 10 for trace to 60 for critical, which Pino
    calls fatal.
    """
    return (LEVEL_NAMES.index(name) + 1) * 10


def severity(name: str) -> str:
    """How the level is spelled in a line, so that `grep ERROR` finds it."""
    return name.upper()
