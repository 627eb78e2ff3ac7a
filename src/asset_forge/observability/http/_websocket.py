"""One WebSocket under way, and the metrics of all of them."""

from __future__ import annotations

from asset_forge.observability.http._asgi import Message, Receive, Scope, Send
from asset_forge.observability.http._declarations import (
    WEBSOCKET_DURATION,
    WEBSOCKET_REJECTIONS,
    WEBSOCKETS,
    WEBSOCKETS_ACTIVE,
)
from asset_forge.observability.http._exchange import CLIENT_LEFT
from asset_forge.observability.http._record import Outcome, RequestRecord
from asset_forge.observability.http._recorder import Recorder
from asset_forge.observability.http._series import status_label
from asset_forge.observability.metrics import Registry, TelemetryGuard

_INTERNAL_ERROR = frozenset({1011, 4500})
"""Close codes that stand for an exception in the application: the protocol's, and the one of
Litestar."""


class WebSocketMetrics:
    """The families of WebSockets. Sessions are long, so instruments are looked up as they end."""

    __slots__ = ("_duration", "_guard", "_rejections", "_sessions", "active")

    def __init__(self, registry: Registry, guard: TelemetryGuard) -> None:
        self.active = registry.gauge(WEBSOCKETS_ACTIVE).labels()
        self._sessions = registry.counter(WEBSOCKETS)
        self._duration = registry.histogram(WEBSOCKET_DURATION)
        self._rejections = registry.counter(WEBSOCKET_REJECTIONS)
        self._guard = guard

    def write(self, record: RequestRecord, open_seconds: float | None) -> None:
        """Count an ended session; `open_seconds` is the time since its acceptance, None if it was
        refused."""
        try:
            self._sessions.labels(record.route, record.outcome).inc()
            if open_seconds is None:
                self._rejections.labels(record.route, status_label(record.status)).inc()
            else:
                self._duration.labels(record.route).observe(open_seconds, record.exemplar)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self._guard.fault("metrics", error)


class WebSocketSession(RequestRecord):
    """The record of a WebSocket that writes itself from the messages of both directions."""

    __slots__ = ("_accepted_at", "_metrics", "_receive", "_recorder", "_refusal", "_send")

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        recorder: Recorder,
        metrics: WebSocketMetrics,
    ) -> None:
        super().__init__(scope, "GET", recorder.now(), scope["path"], scope.get("root_path", ""))
        self._receive = receive
        self._send = send
        self._recorder = recorder
        self._metrics = metrics
        self._accepted_at: float | None = None
        self._refusal = 0

    async def receive(self) -> Message:
        """Pass a message to the application; count payloads, and see the client close."""
        message = await self._receive()
        kind = message["type"]
        if kind == "websocket.receive":
            self.request_bytes += _payload(message)
        elif kind == "websocket.disconnect":
            self._end(_ending(message))
        return message

    async def send(self, message: Message) -> None:
        """Pass a message to the server; take it into the record once the server has accepted it."""
        if self._recorder.adds_headers and message["type"] in {
            "websocket.accept",
            "websocket.http.response.start",
        }:
            message = self._recorder.with_headers(self, message)
        try:
            await self._send(message)
        except OSError:
            self._end("disconnected")
            raise
        kind = message["type"]
        if kind == "websocket.accept":
            self._accepted_at = self._recorder.now()
            self.status = 101
            self._metrics.active.inc()
        elif kind == "websocket.send":
            self.response_bytes += _payload(message)
        elif kind == "websocket.close":
            self._end(
                "failed" if message.get("code", 1000) in _INTERNAL_ERROR else "server_closed",
                refusal=403,
            )
        elif kind == "websocket.http.response.start":
            self._refusal = message["status"]
        elif kind == "websocket.http.response.body" and not message.get("more_body", False):
            self._end("rejected", refusal=self._refusal)

    def close(self, error: BaseException | None) -> None:
        """Close the books when the application has returned or raised."""
        if self.outcome != "in_progress":
            return
        self.exception = error
        self._end("server_closed" if error is None else "failed", refusal=self._refusal or 500)
        self.exception = None

    def _end(self, outcome: Outcome, refusal: int = CLIENT_LEFT) -> None:
        """Close the books; a session that was never accepted is rejected with the status
        `refusal`."""
        if self.outcome != "in_progress":
            return
        open_seconds = None
        if self._accepted_at is None:
            self.outcome, self.status = "rejected", refusal
        else:
            self.outcome = outcome
            open_seconds = self._recorder.now() - self._accepted_at
            self._metrics.active.dec()
        self._recorder.end(self)
        self._metrics.write(self, open_seconds)
        self._recorder.tell(self)


def _payload(message: Message) -> int:
    """Return the bytes of a WebSocket message's payload."""
    text: str | None = message.get("text")
    return len(text.encode()) if text is not None else len(message.get("bytes") or b"")


def _ending(disconnect: Message) -> Outcome:
    """Return how a session ended of which the server says that it is over.

    1006 stands for a connection that broke without a close frame; uvicorn says 1005 and gives no
    reason. 1012 is the server's own, when it shuts down.
    """
    code: int = disconnect.get("code", 1005)
    if code == 1012:
        return "server_closed"
    return (
        "disconnected"
        if code == 1006 or (code == 1005 and "reason" not in disconnect)
        else "client_closed"
    )
