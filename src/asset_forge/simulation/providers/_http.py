"""Requests and replies, as small as the vendors' formats need them, on bare ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, cast

import msgspec

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

BODY_BYTES: Final = 1 << 20
"""The largest request that is read."""


class TooLarge(Exception):
    """A request body beyond `BODY_BYTES`."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, its body read and its JSON decoded."""

    method: str
    path: str
    """The path below the provider's mount."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, object]
    """The JSON object that was sent; empty where none was."""
    size: int
    """Of the body, in bytes."""
    valid: bool
    """Whether the body, if any, was a JSON object."""
    base_url: str
    """The address of the provider's mount, as the caller wrote it."""

    def text(self, name: str, default: str = "") -> str:
        """Return a string from the body, or the default where there is none."""
        value = self.body.get(name)
        return value if isinstance(value, str) else default

    def number(self, name: str, default: int) -> int:
        """Return a whole number from the body, or the default where there is none."""
        value = self.body.get(name)
        return int(value) if isinstance(value, int | float) else default


@dataclass(slots=True)
class Reply:
    """What a provider answers, before any fault of its delivery."""

    status: int
    content: bytes
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    seconds: float = 0.0
    """How long the vendor would take; divided by the speed of the simulation."""
    charged: bool = False


def json_reply(
    value: object,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
    seconds: float = 0.0,
    charged: bool = False,
) -> Reply:
    """Return a reply with a JSON body."""
    content = msgspec.json.encode(value)
    return Reply(status, content, "application/json", dict(headers or {}), seconds, charged)


async def read_body(receive: Receive) -> bytes:
    """Read a request body.

    Raises:
        TooLarge: It has more than `BODY_BYTES`.
    """
    chunks = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(chunks)
        chunks += cast("bytes", message.get("body", b""))
        if len(chunks) > BODY_BYTES:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(chunks)


def decoded(content: bytes) -> tuple[dict[str, object], bool]:
    """Return the JSON object in a body, and whether the body was one (or empty)."""
    if not content:
        return {}, True
    try:
        value: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}, False
    return (cast("dict[str, object]", value), True) if isinstance(value, dict) else ({}, False)
