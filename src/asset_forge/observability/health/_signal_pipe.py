"""Hears of signals also while the main thread is in a call that nothing interrupts.

The kernel may hand a signal to any thread of the process: to one that changes its signal mask just
then, as each does that starts another thread. The call that the main thread waits in then goes on,
and with it waits the signal's handler, which only the main thread runs. In whichever thread, the
interpreter writes the signal's number to a file at once (`signal.set_wakeup_fd`): to this pipe.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import threading
from collections.abc import Generator
from typing import Final

TOLD: Final = 0
"""What `tell` writes, which is no signal's number."""


class SignalPipe:
    """A pipe with the numbers of the signals that came, for a thread to wait at."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        self._waiting = select.poll()
        self._waiting.register(self._reader, select.POLLIN)
        self._process = os.getpid()
        self._next = -1

    @contextlib.contextmanager
    def connected(self) -> Generator[None]:
        """Have the numbers written here while the block runs, and passed on to who had them before.

        Only the main thread can have that; in another one it changes nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = _tell_signals_to(self._writer)
        if before >= 0:
            self._next = os.dup(before)  # its owner may close it before the last was passed on
        os.register_at_fork(after_in_child=self._disconnect)
        try:
            yield
        finally:
            self._disconnect(before)

    def tell(self) -> None:
        """Let `wait` return; also for a signal handler, which may interrupt anything."""
        if os.getpid() == self._process:  # not a child's, which has its parent's pipe
            with contextlib.suppress(BlockingIOError):  # who has not read so much knows already
                os.write(self._writer, bytes([TOLD]))

    def wait(self, seconds: float | None) -> list[int]:
        """Return the numbers of signals, `TOLD` for a `tell`; none where the time is over."""
        if not self._waiting.poll(None if seconds is None else max(seconds, 0.0) * 1000):
            return []
        came = os.read(self._reader, 512)
        if self._next >= 0:
            with contextlib.suppress(OSError):  # it is full, or has nobody at its other end
                os.write(self._next, came)
        return list(came)

    def _disconnect(self, before: int = -1) -> None:
        current = _tell_signals_to(before)
        if current != self._writer:  # somebody else has had them since
            _tell_signals_to(current)


def _tell_signals_to(file: int) -> int:
    """Have the interpreter write the numbers there; return where it did so, -1 for nowhere."""
    return signal.set_wakeup_fd(file, warn_on_full_buffer=False)
