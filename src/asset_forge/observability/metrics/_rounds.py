"""Work in steps that several callers need at the same time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import RLock

_OVER = object()

_PATIENCE_SECONDS = 0.0005
"""How long a caller waits for the step of another thread before it lets others have their turn."""


class Rounds:
    """Gives each caller a round of the work that began after the caller came.

    A round that is under way is pushed on, one step at a time, by everyone who waits for it: nobody
    depends on a caller that has been put aside or given up, and callers that wait together share
    the next round.
    """

    def __init__(self) -> None:
        # Both may be taken again by their thread, where a caller that was not ended is collected as
        # garbage. The first is held during a step, the second only while callers are counted.
        self._lock, self._counting = RLock(), RLock()
        self._round: Generator[None] | None = None
        self._begun = self._ended = 0
        self._callers = 0
        self._stepping = self._closed = False

    def join(self, work: Callable[[], Generator[None]]) -> Generator[None]:
        """Work until a round has ended that began after this call; yields after each step."""
        with self._counting:
            self._callers += 1
        wanted = self._begun + 1
        try:
            while self._step(wanted, work):
                yield
        finally:
            with self._counting:
                self._callers -= 1
            if not self._callers and self._lock.acquire(blocking=False):
                self._give_up()
                self._lock.release()

    def close(self) -> None:
        """Give up what is under way, and begin nothing more."""
        with self._lock:
            self._closed = True
            self._give_up()

    def _step(self, wanted: int, work: Callable[[], Generator[None]]) -> bool:
        """Make a step, if no other thread is making one; say whether there are more to make."""
        if not self._lock.acquire(timeout=_PATIENCE_SECONDS):
            return True
        try:
            # Who comes from within a step, as a handler of its log lines may, has to do without.
            if self._closed or self._stepping or self._ended >= wanted:
                return False
            if self._round is None:
                self._begun += 1
                self._round = work()
            self._advance(self._round)
            return self._ended < wanted
        finally:
            self._lock.release()

    def _advance(self, steps: Generator[None]) -> None:
        over, self._stepping = True, True
        try:
            over = next(steps, _OVER) is _OVER
        finally:
            self._stepping = False
            if over:
                self._round, self._ended = None, self._begun

    def _give_up(self) -> None:
        if self._round is not None and not self._stepping:
            self._round.close()
            self._round, self._ended = None, self._begun
