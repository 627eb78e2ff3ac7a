"""Work in steps that several callers need at the same time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import RLock

_OVER = object()


class Rounds:
    """Gives each caller a round of the work that began after the caller came.

    A round that is under way is pushed on, one step at a time, by everyone who waits for it: nobody
    depends on a caller that has been put aside or given up, and callers that wait together share
    the next round.
    """

    def __init__(self) -> None:
        # A caller may be collected as garbage in the middle of a step of its own thread.
        self._lock = RLock()
        self._round: Generator[None] | None = None
        self._begun = self._ended = 0
        self._callers = 0
        self._stepping = self._closed = False

    def join(self, work: Callable[[], Generator[None]]) -> Generator[None]:
        """Work until a round has ended that began after this call; yields after each step."""
        with self._lock:
            wanted = self._begun + 1
            self._callers += 1
        try:
            while self._step(wanted, work):
                yield
        finally:
            with self._lock:
                self._callers -= 1
                if not self._callers:
                    self._give_up()

    def close(self) -> None:
        """Give up what is under way, and begin nothing more."""
        with self._lock:
            self._closed = True
            self._give_up()

    def _step(self, wanted: int, work: Callable[[], Generator[None]]) -> bool:
        """Make a step; say whether there are more to make."""
        with self._lock:
            # Who comes from within a step, as a handler of its log lines may, has to do without.
            if self._closed or self._stepping or self._ended >= wanted:
                return False
            if self._round is None:
                self._begun += 1
                self._round = work()
            over, self._stepping = True, True
            try:
                over = next(self._round, _OVER) is _OVER
            finally:
                self._stepping = False
                if over:
                    self._round, self._ended = None, self._begun
            return self._ended < wanted

    def _give_up(self) -> None:
        if self._round is not None and not self._stepping:
            self._round.close()
            self._round, self._ended = None, self._begun
