"""Waits whose limit is not used up by time in which the event loop stood still."""

from __future__ import annotations

import asyncio
from typing import Any


async def wait_patiently(run: asyncio.Future[Any], limit: float) -> None:
    """Wait at most `limit` seconds for `run`, whose failure is not raised.

    Time in which the event loop stood still (a handler that blocked it, a frozen process) is given
    back once, up to the limit again: the answer may be there, and only nobody has looked.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limit
    await asyncio.wait({run}, timeout=limit)
    if not run.done():
        await asyncio.wait({run}, timeout=min(loop.time() - deadline, limit))
