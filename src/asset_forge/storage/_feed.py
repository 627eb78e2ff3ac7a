"""Hands what a source yields to the store's client, in pieces, checked on the way."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import Final

from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from ._check import Check
from ._faults import DamagedObject

_PIECE: Final = 256 * 1024
"""Bytes that are hashed and handed over at once: short enough for the event loop."""


async def hand_over(
    source: AsyncIterable[bytes],
    check: Check,
    handed_over: MemoryObjectSendStream[bytes],
    check_room: Callable[[int], None],
) -> None:
    """Read the source in a task of ours: obstore leaves its own waiting when it is canceled."""
    pending = bytearray()
    try:
        async for chunk in source:
            pending += chunk
            while len(pending) >= _PIECE:
                piece = bytes(pending[:_PIECE])
                del pending[:_PIECE]
                check_room(len(piece))
                check.update(piece)
                await handed_over.send(piece)
        if pending:
            check.update(bytes(pending))
            await handed_over.send(bytes(pending))
        check.finish()
    except Exception as error:  # noqa: BLE001 - raised on by `put_stream`
        check.failure = error
    finally:
        handed_over.close()


async def whole(pieces: MemoryObjectReceiveStream[bytes], check: Check) -> AsyncIterator[bytes]:
    """Yield the pieces, and end without an error only after the last one was checked."""
    async for piece in pieces:
        yield piece
    if not check.passed:
        raise DamagedObject("the source broke off")
