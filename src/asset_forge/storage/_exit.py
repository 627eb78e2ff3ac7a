"""Lets the client's threads leave Python before the process ends."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from typing import Final

_PAUSE: Final = 0.001
_LOOKS: Final = 2000


def _let_threads_leave() -> None:
    """Wait until no thread that Python did not start is inside it, for some 2 s at most.

    obstore hands its results over from threads of its own, and its caller may go on before such a
    thread has left. CPython before 3.14 (gh-87135) unwinds the stack of a thread that comes back to
    an interpreter in its end, which native code answers with an abort: SIGABRT instead of the exit
    code that the program chose.
    """
    own = {thread.ident for thread in threading.enumerate()}
    for _ in range(_LOOKS):  # not until a time, which passes also while all threads stand still
        time.sleep(_PAUSE)  # a thread that waits for the interpreter's lock gets it meanwhile
        if not sys._current_frames().keys() - own:  # pyright: ignore[reportPrivateUsage] - documented
            return


def settle_at_exit() -> None:
    """Have the process wait for such threads when it exits; once however often it is called."""
    atexit.unregister(_let_threads_leave)
    atexit.register(_let_threads_leave)
