"""The log levels of all processes of a machine, set together."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping

import msgspec

from asset_forge.observability.siblings import Siblings

from ._levels import LEVEL_NAMES
from ._system import LogSystem

__all__ = ["MachineLevels"]

_TOPIC = "log-levels"
_CATCH_UP_SECONDS = 3.0

_Set = dict[str, tuple[float, str]]
"""When each logger's level was set, and to what."""

_log = logging.getLogger(__name__)
_decoder = msgspec.json.Decoder(_Set)


class MachineLevels:
    """Reads the levels of this process, and sets those of this one and of its siblings.

    Each remembers what was set while it ran, and tells those that start later. When the last has
    ended that is forgotten: the next begins with the levels that it is configured with. Of what was
    set for one logger the latest counts; ``clock`` is one that all processes of the machine share.
    """

    CHOICES = (*LEVEL_NAMES, "inherit")

    def __init__(
        self, logs: LogSystem, siblings: Siblings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logs = logs
        self._siblings = siblings
        self._clock = clock
        self._set: _Set = {}
        self._lock = threading.Lock()
        siblings.answer(_TOPIC, self._answer)

    def read(self) -> dict[str, str]:
        """The levels that are set in this process, by logger; `root` is above all."""
        return self._logs.levels()

    def set(self, levels: Mapping[str, str]) -> int:
        """Set the levels of some loggers; returns how many processes did not say that they did.

        Raises `ValueError` for a level that is none of `CHOICES`. Blocks: call off the loop.
        """
        now = self._clock()
        new = {name: (now, level) for name, level in levels.items()}
        self._take(new)
        return self._siblings.ask(_TOPIC, msgspec.json.encode(new)).silent

    def catch_up(self) -> None:
        """Take what was set in the processes that run already, of those that say it soon.

        Call it once this process answers, so that it misses nothing. Blocks: call off the loop.
        """
        answers = self._siblings.ask(_TOPIC, b"{}", seconds=_CATCH_UP_SECONDS)
        for said in answers.said:
            try:
                self._take(_decoder.decode(said))
            except ValueError as error:  # of another version: no reason not to start
                _log.warning("a process told log levels that are none: %s", error)

    def _take(self, new: _Set) -> None:
        with self._lock:
            for name, one in new.items():
                if name not in self._set or one > self._set[name]:
                    self._logs.set_level(name, one[1])
                    self._set[name] = one

    def _answer(self, question: bytes) -> bytes:
        self._take(_decoder.decode(question))
        with self._lock:
            return msgspec.json.encode(self._set)
