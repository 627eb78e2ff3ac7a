"""The log levels of all processes of a machine, set together."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from asset_forge.observability.siblings import Siblings

from ._levels import LEVEL_NAMES
from ._system import LogSystem

__all__ = ["MachineLevels"]

_TOPIC = "log-levels"
_levels = msgspec.json.Decoder(dict[str, str])


class MachineLevels:
    """Reads the levels of this process, and sets those of this one and of its siblings.

    A process that starts later begins with the levels that it is configured with.
    """

    CHOICES = (*LEVEL_NAMES, "inherit")

    def __init__(self, logs: LogSystem, siblings: Siblings) -> None:
        self._logs = logs
        self._siblings = siblings
        siblings.answer(_TOPIC, self._answer)

    def read(self) -> dict[str, str]:
        """The levels that are set in this process, by logger; `root` is above all."""
        return self._logs.levels()

    def set(self, levels: Mapping[str, str]) -> int:
        """Set the levels of some loggers; returns how many processes did not say that they did.

        Raises `ValueError` for a level that is none of `CHOICES`. Blocks: call off the loop.
        """
        self._set_here(levels)
        return self._siblings.ask(_TOPIC, msgspec.json.encode(levels)).silent

    def _set_here(self, levels: Mapping[str, str]) -> None:
        for name, level in levels.items():
            self._logs.set_level(name, level)

    def _answer(self, question: bytes) -> bytes:
        self._set_here(_levels.decode(question))
        return b"set"
