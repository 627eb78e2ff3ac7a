"""One HTTP request under way: what the application receives and sends passes through here."""

from __future__ import annotations

import os
from asyncio import CancelledError
from collections.abc import Callable, Iterable
from pathlib import Path

from asset_forge.observability.http._asgi import (
    Connection,
    Message,
    Receive,
    Send,
)
from asset_forge.observability.http._record import Outcome, RequestRecord
from asset_forge.observability.http._recorder import Recorder

CLIENT_LEFT = 499
"""The status of a request whose client did not wait for the answer; nginx's number for it."""

_PLAIN = frozenset({"http.response.start", "http.response.body"})
_BODILESS = frozenset({204, 304})


class HttpExchange(RequestRecord):
    """The record of a request that writes itself from the ASGI messages of both directions."""

    __slots__ = (
        "connection",
        "left",
        "recorder",
        "server_receive",
        "server_send",
        "start",
        "trailers",
    )

    recorder: Recorder
    server_receive: Receive
    server_send: Send
    connection: Connection | None
    left: bool
    """Whether the client closed the connection before the end."""
    start: Message | None
    """The first message of the response."""
    trailers: bool
    """Whether trailers follow the body."""

    async def receive(self) -> Message:
        """Pass a message to the application; count the body, and see the client leave."""
        message = await self.server_receive()
        kind = message["type"]
        if kind == "http.request":
            self.request_bytes += len(message.get("body", b""))
        elif kind == "http.disconnect" and self.outcome == "in_progress":
            self.left = True
        return message

    async def send(self, message: Message) -> None:
        """Pass a message to the server; take it into the record once the server has accepted it."""
        kind = message["type"]
        if kind == "http.response.start" and self.recorder.adds_headers:
            message = self.recorder.with_headers(self, message)
        try:
            await self.server_send(message)
        except OSError as error:
            # How ASGI 2.4 servers say that nobody listens any more; a file that is missing is
            # something else.
            if kind in _PLAIN or isinstance(error, ConnectionError):
                self.left = True
            raise
        if kind == "http.response.body":
            size = len(message["body"]) if "body" in message else 0
            if self.trailers or message.get("more_body"):
                self._stream(size)
            elif self.outcome == "in_progress":
                self.response_bytes += size
                self._end("completed")
        elif kind == "http.response.start":
            self.start = message
            self.status = message["status"]
            if "trailers" in message:
                self.trailers = message["trailers"]
        else:
            self._extend(kind, message)

    def close(self, error: BaseException | None) -> None:
        """Close the books when the application has returned or raised, if the last byte did not
        close them."""
        if self.outcome != "in_progress":
            if error is not None:
                self.recorder.tell_late(self, error)
            return
        self.exception = error
        if isinstance(error, CancelledError):
            self._end("cancelled")
        else:
            self._end("aborted" if self.status else "failed")
        # The traceback holds this record: without the reference back there is no cycle to collect.
        self.exception = None

    def _stream(self, size: int) -> None:
        """Account for `size` bytes of body; more may follow, unless all that was announced came.

        A client that has the announced bytes may leave before the application says that it is
        done, and has not left early.
        """
        if self.outcome == "in_progress":
            self.response_bytes += size
            if size and not self.first_byte_at:
                self.first_byte_at = self.recorder.now()
            if self.response_bytes == self._announced() and not self.trailers:
                self._end("completed")

    def _extend(self, kind: str, message: Message) -> None:
        """Account for a message of one of the protocol's extensions."""
        if self.outcome != "in_progress":
            return
        more = self.trailers
        if kind == "http.response.pathsend":
            self.response_bytes += self._measured(self._file_size, message)
        elif kind == "http.response.zerocopysend":
            more = message.get("more_body", False) or more
            self._stream(self._measured(_span, message))
        elif kind == "http.response.trailers":
            more = message.get("more_trailers", False)
        else:
            return
        if not more:
            self._end("completed")

    def _end(self, outcome: Outcome) -> None:
        """Close the books: outcome, route, metrics, observers; in one piece, because each call
        costs every request."""
        recorder = self.recorder
        self.duration_seconds = seconds = recorder.now() - self.started_at
        connection = self.connection
        status = self.status
        if self.left or not status or (connection is not None and connection.lost):
            outcome = self._cut_short(outcome)
        self.outcome = outcome
        if status in _BODILESS or self.method == "HEAD":
            self.response_bytes = 0
            self.first_byte_at = 0.0
        scope = self.scope
        template = scope.get("path_template") if recorder.takes_template else None
        if template and template != "/" and "router" not in scope:
            self.route = template  # what `RouteTemplates` would say
        else:
            try:
                self.route = recorder.resolver(self)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                recorder.without_route(self, error)
        if recorder.deciders:
            recorder.decide(self)
        try:
            key = (self.method, self.route, self.status)
            series = recorder.series.get(key) or recorder.open_series(key)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            recorder.without_series(error)
        else:
            series.ended(seconds, self.response_bytes, self.exemplar)
            if self.request_bytes or self.first_byte_at or series.endpoint is not None:
                series.write_more(self)
        if recorder.finishers or self.exception is not None:
            recorder.tell(self)

    def _cut_short(self, outcome: Outcome) -> Outcome:
        """Return how a request ended whose client left or that was never answered, and give it its
        status."""
        if self.left or (self.connection is not None and self.connection.lost):
            self.status = CLIENT_LEFT
            return "client_left"
        self.status = 500
        return "cancelled" if outcome == "cancelled" else "failed"

    def _measured(self, measure: Callable[[Message], int], message: Message) -> int:
        """Return a size that takes a look at a file or header, 0 if that cannot be had."""
        try:
            return measure(message)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self.recorder.guard.fault("metrics", error)
            return 0

    def _file_size(self, message: Message) -> int:
        """Return how much of a file the server sends: what the headers promise, else all of it."""
        announced = self._announced()
        return Path(message["path"]).stat().st_size if announced is None else announced

    def _announced(self) -> int | None:
        """Return the length that the headers promise, where they do."""
        headers: Iterable[tuple[bytes, bytes]] = (
            () if self.start is None else self.start.get("headers", ())
        )
        for name, value in headers:
            if name.lower() == b"content-length" and value.isdigit():
                return int(value)
        return None


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
