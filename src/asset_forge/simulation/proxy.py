"""A TCP proxy whose line can be made to fail while it runs: PX in front of any upstream.

with TcpProxy("127.0.0.1", 5432).running() as proxy:
    proxy.set(Line.HANG)      # open connections stand still, new ones get no answer
    proxy.set(Line.PASS)      # and go on where they stopped
    proxy.throttle(1000)      # bytes a second, each way, of each connection
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from asset_forge.simulation.sockets import HOST, BackgroundLoop, reserved_port, reset

_CHUNK: Final = 65536
_SLICES_PER_SECOND: Final = 20
_CONNECT_SECONDS: Final = 10.0


class Line(StrEnum):
    """What the proxy does with connections."""

    PASS = "pass"  # noqa: S105
    REFUSE = "refuse"
    """New connections are refused, open ones are reset: the upstream is gone."""
    HANG = "hang"
    """Connections stay open, and no byte passes either way."""
    RESET = "reset"
    """New connections are taken and reset, open ones are reset."""
    THROTTLE = "throttle"


class TcpProxy:
    """Passes connections on to an upstream, until told otherwise; steered from any thread."""

    def __init__(self, upstream_host: str, upstream_port: int) -> None:
        self._upstream = (upstream_host, upstream_port)
        self._loop = BackgroundLoop("tcp-proxy")
        self._line = Line.PASS
        self._rate = 0.0
        self._open = asyncio.Event()
        self._open.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._held: contextlib.ExitStack = contextlib.ExitStack()
        self.port = 0
        self.connections = 0
        """How many connections were taken."""
        self.bytes_passed = 0
        """How many bytes went through, both ways together."""

    @property
    def host(self) -> str:
        """The address that it listens at."""
        return HOST

    @property
    def line(self) -> Line:
        """What it does with connections at the moment."""
        return self._line

    @contextmanager
    def running(self) -> Generator[TcpProxy]:
        """Listen on a free port of loopback."""
        with self._loop, self._held:
            with reserved_port() as line:
                self.port = line.getsockname()[1]
                self._loop.call(self._begin(line.dup()))
            try:
                yield self
            finally:
                self._loop.call(self._end())

    def set(self, line: Line) -> None:
        """Change what happens to connections, open ones included; it holds on return.

        Raises:
            ValueError: For THROTTLE, which needs a rate: call `throttle`.
        """
        if line is Line.THROTTLE:
            raise ValueError("a throttled line needs a rate: call throttle(bytes_per_second)")
        self._loop.call(self._switch(line))

    def throttle(self, bytes_per_second: float) -> None:
        """Let this many bytes a second pass each way of each connection.

        Raises:
            ValueError: The rate is not more than 0.
        """
        if bytes_per_second <= 0:
            raise ValueError(f"the rate is {bytes_per_second} bytes a second; use more than 0")
        self._rate = bytes_per_second
        self._loop.call(self._switch(Line.THROTTLE))

    def cut(self) -> None:
        """Reset the connections that are open now; new ones pass as before."""
        self._loop.call(self._reset_all())

    async def _begin(self, line: socket.socket) -> None:
        line.setblocking(False)
        self._server = await asyncio.start_server(self._pass, sock=line)

    async def _end(self) -> None:
        await self._stop_listening()
        await self._reset_all()

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    async def _switch(self, line: Line) -> None:
        self._line = line
        if line is Line.HANG:
            self._open.clear()
        else:
            self._open.set()
        if line is Line.REFUSE:
            await self._stop_listening()
            self._held.enter_context(reserved_port(self.port))
        elif self._server is None:
            self._held.pop_all().close()
            with reserved_port(self.port) as again:
                await self._begin(again.dup())
        if line in (Line.REFUSE, Line.RESET):
            await self._reset_all()

    async def _reset_all(self) -> None:
        for writer in tuple(self._writers):
            reset(writer.transport)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            if self._line is Line.RESET:
                return reset(writer.transport)
            await self._open.wait()
            await self._join(reader, writer)
        except (OSError, TimeoutError):  # either end is gone, or cannot be reached
            reset(writer.transport)
        except asyncio.CancelledError:  # the proxy ends, and asyncio would report it as a fault
            reset(writer.transport)
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_CONNECT_SECONDS):
            far_reader, far_writer = await asyncio.open_connection(*self._upstream)
        self._writers.add(far_writer)
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            self._writers.discard(far_writer)
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(self._slice()):
            await self._open.wait()
            if self._line is Line.THROTTLE:
                await asyncio.sleep(len(data) / self._rate)
            writer.write(data)
            await writer.drain()
            self.bytes_passed += len(data)
        if writer.can_write_eof():
            writer.write_eof()

    def _slice(self) -> int:
        if self._line is not Line.THROTTLE:
            return _CHUNK
        return max(1, min(_CHUNK, int(self._rate / _SLICES_PER_SECOND)))
