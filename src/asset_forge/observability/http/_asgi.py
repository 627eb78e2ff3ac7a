"""The shapes of ASGI, as this package uses them.

Frameworks spell the same protocol in types of their own that do not unify, so an application is
taken as any callable of three arguments; its scope and messages are the dictionaries that the ASGI
specification describes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
ASGIApp: TypeAlias = Callable[[Any, Any, Any], Awaitable[None]]

CONNECTION_KEY = "asset_forge.connection"
"""Where a server protocol puts its `Connection` into the scope, if it knows when the client is
gone."""


class Connection:
    """What a server knows about the socket under a request: whether it still leads to the
    client."""

    __slots__ = ("lost",)

    def __init__(self) -> None:
        self.lost = False
