"""One HTTP request under way: what the application receives and sends passes through here."""

from __future__ import annotations

import os
from asyncio import CancelledError
from collections.abc import Iterable
from pathlib import Path

from asset_forge.observability.http._asgi import (
    CONNECTION_KEY,
    Connection,
    Message,
    Receive,
    Scope,
    Send,
)
from asset_forge.observability.http._record import Outcome, RequestRecord
from asset_forge.observability.http._recorder import Recorder

CLIENT_LEFT = 499
"""The status of a request whose client did not wait for the answer; nginx's number for it."""

_BODILESS = frozenset({204, 304})


class HttpExchange(RequestRecord):
    """The record of a request that writes itself from the ASGI messages of both directions."""

    __slots__ = ("_connection", "_headers", "_left", "_receive", "_recorder", "_send", "_trailers")

    def __init__(
        self, recorder: Recorder, scope: Scope, method: str, receive: Receive, send: Send
    ) -> None:
        super().__init__(scope, method, recorder.now())
        self._recorder = recorder
        self._receive = receive
        self._send = send
        self._connection: Connection | None = scope.get(CONNECTION_KEY)
        self._left = False
        self._trailers = False
        self._headers: Iterable[tuple[bytes, bytes]] = ()

    async def receive(self) -> Message:
        """Pass a message to the application; count the body, and see the client leave."""
        message = await self._receive()
        kind = message["type"]
        if kind == "http.request":
            self.request_bytes += len(message.get("body", b""))
        elif kind == "http.disconnect" and self.outcome == "in_progress":
            self._left = True
        return message

    async def send(self, message: Message) -> None:
        """Pass a message to the server; take it into the record once the server has accepted it."""
        kind = message["type"]
        if kind == "http.response.body":
            await self._deliver(message)
        elif kind == "http.response.start":
            await self._begin(message)
        else:
            await self._extension(kind, message)

    def close(self, error: BaseException | None) -> None:
        """Close the books when the application has returned or raised, if the last byte did not
        close them."""
        if self.outcome != "in_progress":
            if error is not None:
                self._recorder.tell_late(self, error)
            return
        self.exception = error
        if isinstance(error, CancelledError):
            self._end("cancelled")
        else:
            self._end("aborted" if self.status else "failed")
        # The traceback holds this record: without the reference back there is no cycle to collect.
        self.exception = None

    async def _begin(self, message: Message) -> None:
        if self._recorder.adds_headers:
            message = self._recorder.with_headers(self, message)
        try:
            await self._send(message)
        except OSError:
            self._left = True
            raise
        self.status = message["status"]
        self._headers = message.get("headers", ())
        self._trailers = message.get("trailers", False)

    async def _deliver(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:  # how ASGI 2.4 servers say that nobody listens any more
            self._left = True
            raise
        self._sent(len(message.get("body", b"")), more=message.get("more_body", False))

    async def _extension(self, kind: str, message: Message) -> None:
        await self._send(message)
        if kind == "http.response.pathsend":
            self._sent(self._file_size(message["path"]), more=False)
        elif kind == "http.response.zerocopysend":
            self._sent(_span(message), more=message.get("more_body", False))
        elif kind == "http.response.trailers" and not message.get("more_trailers", False):
            self._trailers = False
            self._sent(0, more=False)

    def _sent(self, size: int, *, more: bool) -> None:
        """Account for `size` bytes of body that the server has taken."""
        if self.outcome != "in_progress":
            return
        self.response_bytes += size
        if more:
            if size and not self.first_byte_at:
                self.first_byte_at = self._recorder.now()
        elif not self._trailers:
            self._end("completed")

    def _end(self, outcome: Outcome) -> None:
        connection = self._connection
        if self._left or (connection is not None and connection.lost):
            outcome = "client_left"
            self.status = CLIENT_LEFT
        elif not self.status:
            outcome = "cancelled" if outcome == "cancelled" else "failed"
            self.status = 500
        self.outcome = outcome
        if self.method == "HEAD" or self.status in _BODILESS:
            self.response_bytes = 0
            self.first_byte_at = 0.0
        self._recorder.finish(self)

    def _file_size(self, path: str) -> int:
        """Return how much of a file the server sends: what the headers promise, else all of it."""
        for name, value in self._headers:
            if name.lower() == b"content-length":
                return int(value)
        return Path(path).stat().st_size


def _span(message: Message) -> int:
    """Return how many bytes a zero-copy message covers; without a count it goes to the end of the
    file."""
    count: int | None = message.get("count")
    if count is not None:
        return count
    descriptor: int = (
        message["file"] if isinstance(message["file"], int) else message["file"].fileno()
    )
    return max(0, os.fstat(descriptor).st_size - message.get("offset", 0))
