"""Counts the requests that a drain waits for, and sends keep-alive clients away in time."""

from __future__ import annotations

from collections.abc import Awaitable

from asset_forge.observability.health._asgi import ASGIApp, Message, Receive, Scope, Send
from asset_forge.observability.health._drain import Drain


class InFlightRequests:
    """ASGI middleware around the application.

    Every HTTP request and WebSocket counts as in flight from its first to its last byte. While
    draining, HTTP/1 responses say `Connection: close`: a client that would send its next request
    over the same connection could otherwise meet the server just as it closes it.
    """

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        self._drain.enter()
        try:
            if scope["type"] == "http" and scope.get("http_version", "1.1").startswith("1"):
                await self._app(scope, receive, self._closing(send))
            else:
                await self._app(scope, receive, send)
        finally:
            self._drain.leave()

    def _closing(self, send: Send) -> Send:
        drain = self._drain

        def send_and_close(message: Message) -> Awaitable[None]:
            # Asked at the start of the response, which may lie long after that of the request.
            if message["type"] == "http.response.start" and drain.draining:
                kept = [
                    pair for pair in message.get("headers", ()) if pair[0].lower() != b"connection"
                ]
                message = {**message, "headers": [*kept, (b"connection", b"close")]}
            return send(message)

        return send_and_close
