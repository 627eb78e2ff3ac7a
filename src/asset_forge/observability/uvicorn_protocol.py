"""What only the server sees: open connections, and clients that are gone while nobody listens."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable
from typing import Any, ClassVar, Literal, TypeAlias, cast

from asset_forge.observability.http import ACTIVE_CONNECTIONS, CONNECTION_KEY, Connection
from asset_forge.observability.http._asgi import ASGIApp, Receive, Scope, Send
from asset_forge.observability.metrics import Gauge, Registry

Implementation: TypeAlias = Literal["auto", "httptools", "h11"]


class _Counting(asyncio.Protocol):
    """Mixed into one of uvicorn's HTTP protocols, ahead of it.

    Uvicorn drops what is sent to a client that has gone, and says so only in `receive()`. So each
    scope gets the `Connection`, in which the wrapper looks when the last byte has been sent.
    """

    active: ClassVar[Gauge]
    app: ASGIApp

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        connection = self._line = Connection()
        self._counted = False
        application = self.app

        def with_connection(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            scope[CONNECTION_KEY] = connection
            return application(scope, receive, send)

        self.app = with_connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        super().connection_made(transport)
        self._counted = True
        self.active.inc()

    def connection_lost(self, exc: Exception | None) -> None:
        """Mark the line as dead before uvicorn wakes those who wait for it."""
        self._line.lost = True
        self._release()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, *event: object) -> None:
        """Let go of a connection that becomes a WebSocket: those have a gauge of their own."""
        cast("Any", super()).handle_websocket_upgrade(*event)
        self._release()

    def _release(self) -> None:
        if self._counted:
            self._counted = False
            self.active.dec()


def counting_protocol(
    registry: Registry, implementation: Implementation = "auto"
) -> type[asyncio.Protocol]:
    """Return a protocol class for `uvicorn.Config(http=…)` that keeps `http_active_connections`.

    `auto` takes httptools where it is installed, otherwise h11, as uvicorn itself does. Run uvicorn
    with `proxy_headers=False` beside it if the wrapper has `TrustedProxies`, so that one place
    decides.
    """
    if implementation == "httptools" or (
        implementation == "auto" and importlib.util.find_spec("httptools")
    ):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base
    attributes = {
        "active": registry.gauge(ACTIVE_CONNECTIONS).labels(),
        "__doc__": _Counting.__doc__,
    }
    return cast(
        "type[asyncio.Protocol]", type(f"Counting{Base.__name__}", (_Counting, Base), attributes)
    )
