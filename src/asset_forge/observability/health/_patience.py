"""Waits whose limit is not used up by time in which the event loop stood still."""

from __future__ import annotations

import asyncio
from typing import Any, Final

_LOOK_SECONDS: Final = 0.1
_STILL_SECONDS: Final = 0.05
"""A look that lasts so much longer than it was to was held up: the event loop stood still."""


async def wait_patiently(run: asyncio.Future[Any], limit: float) -> float:
    """Wait at most `limit` seconds for `run`, whose failure is not raised; return the seconds in
    which the event loop stood still meanwhile (a handler that blocked it, a frozen process).

    They are given back, up to the limit again: the answer may be there, and only nobody has looked.
    """
    loop = asyncio.get_running_loop()
    stood_still = 0.0
    left, to_give = limit, limit
    while not run.done() and left > 0:
        began, look = loop.time(), min(left, _LOOK_SECONDS)
        await asyncio.wait({run}, timeout=look)
        passed = loop.time() - began
        late = passed - look
        if late < _STILL_SECONDS:
            left -= passed
            continue
        given = min(late, to_give)
        stood_still += late
        to_give -= given
        left += given - look
    return stood_still
