"""How answers travel, and what goes wrong on the way."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import msgspec

from asset_forge.simulation.providers._faults import Fault
from asset_forge.simulation.providers._http import Receive, Reply, Scope, Send
from asset_forge.simulation.sockets import reset

TRANSPORT: Final = "asset_forge.simulation.transport"
"""Where in the scope's extensions the server's transport lies, for faults below HTTP."""
TRICKLE_SECONDS: Final = 1.0
"""Between two bytes of a trickle."""
_GATEWAY_PAGE: Final = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>gateway</center>\r\n"
    b"</body>\r\n</html>\r\n"
)
_OTHER_PAGE: Final = (
    b"<!doctype html><html><head><title>Sign in</title></head><body>Sign in</body></html>"
)


def gateway_error() -> Reply:
    """Return what a gateway says when the vendor behind it does not answer."""
    return Reply(502, _GATEWAY_PAGE, "text/html")


def spoiled(reply: Reply, fault: Fault | None, essential: tuple[str, ...]) -> Reply:
    """Return the reply as the fault changes what it says; faults of the way change nothing."""
    if reply.status >= 300:
        return reply
    if fault is Fault.WRONG_TYPE_DOWNLOAD:
        return Reply(200, _OTHER_PAGE, "text/html; charset=utf-8", seconds=reply.seconds)
    if fault is Fault.MALFORMED_JSON:
        content = reply.content if _is_json(reply) else b'{"audio": "'
        reply.content = content[: max(1, len(content) * 2 // 3)]
        reply.media_type = "application/json"
    elif fault is Fault.MISSING_FIELDS:
        reply.content = _without(reply, essential)
    return reply


async def deliver(
    reply: Reply, fault: Fault | None, scope: Scope, receive: Receive, send: Send
) -> None:
    """Send a reply, or as much of it as the fault lets through."""
    if fault is Fault.TIMEOUT:
        return await _until_gone(receive)
    headers = {"content-type": reply.media_type, "content-length": str(len(reply.content))}
    if fault is Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH:
        del headers["content-length"]
    fields = [(k.encode(), v.encode("latin-1")) for k, v in (headers | reply.headers).items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": fields})
    content = b"" if scope["method"] == "HEAD" else reply.content
    half = content[: len(content) // 2]
    if fault is Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH:
        content = half
    elif fault in (Fault.TRUNCATED_DOWNLOAD, Fault.CONNECTION_RESET):
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _hang_up(scope, with_reset=fault is Fault.CONNECTION_RESET)
        return await _until_gone(receive)
    elif fault is Fault.SLOW_TRICKLE:
        return await _trickle(content, receive, send)
    return await send({"type": "http.response.body", "body": content})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _trickle(content: bytes, receive: Receive, send: Send) -> None:
    gone = asyncio.create_task(_until_gone(receive))
    try:
        for position in range(len(content)):
            byte = content[position : position + 1]
            more = position + 1 < len(content)
            await send({"type": "http.response.body", "body": byte, "more_body": more})
            await asyncio.wait({gone}, timeout=TRICKLE_SECONDS)
            if gone.done():
                return
    finally:
        gone.cancel()


def _hang_up(scope: Scope, *, with_reset: bool) -> None:
    """End the connection: with a reset, or in order after what is already on its way.

    Raises:
        ConnectionResetError: The server does not let its transport be seen; it then ends the
            connection itself.
    """
    extensions = cast("dict[str, object]", scope.get("extensions", {}))
    transport = cast("asyncio.Transport | None", extensions.get(TRANSPORT))
    if transport is None:
        raise ConnectionResetError("a simulated fault, under a server that hides its transport")
    if with_reset:
        reset(transport)
    else:
        transport.close()


def _is_json(reply: Reply) -> bool:
    return reply.media_type == "application/json"


def _without(reply: Reply, essential: tuple[str, ...]) -> bytes:
    if not _is_json(reply):
        return b""
    value: object = msgspec.json.decode(reply.content)
    if not isinstance(value, dict) or not essential:
        return b"{}"
    kept = {k: v for k, v in cast("dict[str, object]", value).items() if k not in essential}
    return msgspec.json.encode(kept)
