"""Answers scrapes on the event loop without holding it: in slices, one after the other, and those
that wait for the same answer share it.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import Awaitable, Callable, Generator, Hashable, Iterable
from dataclasses import dataclass

from asset_forge.observability.metrics import _negotiation

SLICE_SECONDS = 0.0005
"""How long a scrape holds the event loop before others get their turn."""

_BLOCK_BYTES = 1 << 16
"""How much of an answer is put together, or compressed, in one step: about 0.2 ms."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """The answer to a scrape: the body, and the headers that describe it."""

    body: bytes
    headers: list[tuple[str, str]]


@dataclass(slots=True)
class _Waiting:
    """A scrape that one or several readers wait for."""

    task: asyncio.Task[Scrape]
    readers: int = 0


class Turns:
    """Lets scrapes work one at a time.

    A scrape that arrives while another is at work waits for it, and so does every further one that
    asks for the same: they get one answer, which is begun after the last of them arrived. However
    many readers there are, others find the event loop as free as during a single scrape.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, _Waiting] = {}
        self._at_work: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}

    async def take(self, key: Hashable, work: Callable[[], Awaitable[Scrape]]) -> Scrape:
        """Return what `work` gives, or what another call with this `key` is waiting for.

        The work is given up when the last of its readers is.
        """
        loop = asyncio.get_running_loop()
        place = (loop, key)
        waiting = self._waiting.get(place)
        if waiting is None:
            waiting = self._waiting[place] = _Waiting(loop.create_task(self._turn(place, work)))
        waiting.readers += 1
        try:
            return await asyncio.shield(waiting.task)
        finally:
            waiting.readers -= 1
            if not waiting.readers and not waiting.task.done():
                if self._waiting.get(place) is waiting:
                    del self._waiting[place]
                waiting.task.cancel()

    async def _turn(
        self,
        place: tuple[asyncio.AbstractEventLoop, Hashable],
        work: Callable[[], Awaitable[Scrape]],
    ) -> Scrape:
        async with self._lock(place[0]):
            del self._waiting[place]
            return await work()

    def _lock(self, loop: asyncio.AbstractEventLoop) -> asyncio.Lock:
        lock = self._at_work.get(loop)
        if lock is None:
            closed = [known for known in self._at_work if known.is_closed()]
            for known in closed:
                del self._at_work[known]
            lock = self._at_work[loop] = asyncio.Lock()
        return lock


async def in_slices(steps: Generator[None]) -> None:
    """Work through `steps`, letting others have the event loop every `SLICE_SECONDS`."""
    with contextlib.closing(steps):
        began = time.perf_counter()
        for _ in steps:
            if time.perf_counter() - began > SLICE_SECONDS:
                await asyncio.sleep(0)
                began = time.perf_counter()


async def answer(pieces: list[bytes], *, openmetrics: bool, packed: bool) -> Scrape:
    """Put the pieces together, or compress them, in slices; uses them up."""
    headers = [
        ("content-type", _negotiation.OPENMETRICS_TYPE if openmetrics else _negotiation.TEXT_TYPE),
        ("vary", "Accept, Accept-Encoding"),
    ]
    if packed:
        headers.append(("content-encoding", "gzip"))
    # It hands out its bytes without a copy, and is filled in slices, where join() would copy all at
    # once. Growing step by step would take longer than rendering does: it is made large enough.
    body = io.BytesIO()
    size = sum(map(len, pieces))
    if size and not packed:
        body.seek(size - 1)
        body.write(b"\0")
        body.seek(0)
    await in_slices(_write(body, pieces, packed=packed))
    return Scrape(body.getvalue(), headers)


def _write(body: io.BytesIO, pieces: list[bytes], *, packed: bool) -> Generator[None]:
    compressor = _negotiation.compressor() if packed else None
    pieces.reverse()
    while pieces:
        for block in _blocks(pieces.pop()):
            body.write(compressor.compress(block) if compressor else block)
            yield
    if compressor is not None:
        body.write(compressor.flush())


def _blocks(piece: bytes) -> Iterable[bytes | memoryview]:
    if len(piece) <= _BLOCK_BYTES:
        return (piece,)
    view = memoryview(piece)
    return (view[at : at + _BLOCK_BYTES] for at in range(0, len(view), _BLOCK_BYTES))
