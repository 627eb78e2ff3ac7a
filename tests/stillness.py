"""For tests of short time limits: where the machine stood still meanwhile, they are made again."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from typing import Any, ParamSpec

_TICK_SECONDS = 0.01
_STILL_SECONDS = 0.05
_ATTEMPTS = 5

_Arguments = ParamSpec("_Arguments")


@contextmanager
def noted_stillness() -> Generator[list[float]]:
    """Note how long this process stood still each time: nothing of it ran, and it used no CPU."""
    ended, found = threading.Event(), list[float]()

    def watch() -> None:
        last, over = time.monotonic() - time.process_time(), False
        while not over:
            over = ended.wait(_TICK_SECONDS)
            idle = time.monotonic() - time.process_time()
            if idle - last > _STILL_SECONDS:
                found.append(idle - last)
            last = idle

    thread = threading.Thread(target=watch, name="stillness", daemon=True)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def undisturbed(
    test: Callable[_Arguments, Awaitable[None]],
) -> Callable[_Arguments, Coroutine[Any, Any, None]]:
    """Make a test again that failed while the machine stood still: its limits said nothing then.

    It fails where it does so without that, or each time.
    """

    @functools.wraps(test)
    async def attempts(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> None:
        for left in reversed(range(_ATTEMPTS)):
            with noted_stillness() as still:
                failure: Exception | None = None
                try:
                    await test(*arguments, **options)
                except Exception as error:
                    failure = error
            if failure is None:
                return
            if not still or not left:
                raise failure

    return attempts
