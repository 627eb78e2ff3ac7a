"""Captures what nothing else handled: in tasks that nobody awaits, and in threads."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from ._tracker import ErrorTracker

__all__ = ["capture_unhandled"]

_ENDINGS = (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit)
_log = logging.getLogger("asset_forge.errors")


@contextmanager
def capture_unhandled(tracker: ErrorTracker, loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Capture, while the block runs, exceptions that reach the event loop or the top of a thread.

    Each is logged, too. Uses the hooks that Python has for them, and puts back what was there.
    """
    loop_hook, thread_hook = loop.get_exception_handler(), threading.excepthook

    def in_loop(loop: asyncio.AbstractEventLoop, details: Mapping[str, object]) -> None:
        error = details.get("exception")
        if isinstance(error, BaseException) and not isinstance(error, _ENDINGS):
            tracker.capture(error, extra={"where": str(details.get("message", ""))})
        loop.default_exception_handler(dict(details))

    def in_thread(details: threading.ExceptHookArgs) -> None:
        error = details.exc_value
        if error is None or isinstance(error, SystemExit):
            return
        name = details.thread.name if details.thread is not None else "a thread"
        tracker.capture(error, severity="critical", extra={"where": f"thread {name}"})
        _log.error("a thread ended by an exception", exc_info=error, extra={"thread_name": name})

    loop.set_exception_handler(in_loop)
    threading.excepthook = in_thread
    try:
        yield
    finally:
        threading.excepthook = thread_hook
        loop.set_exception_handler(loop_hook)
