"""WebSockets of real clients."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus


async def echo(socket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


async def refuse(socket) -> None:
    await socket.close()


application = Starlette(
    routes=[WebSocketRoute("/echo/{room}", echo), WebSocketRoute("/refuse", refuse)]
)


async def test_an_upgraded_connection_moves_to_the_websocket_gauge(serve) -> None:
    async with serve(application) as served:
        async with connect(f"ws://127.0.0.1:{served.port}/echo/5") as client:
            await client.send("hello")
            assert await client.recv() == "hello"
            assert served.value("websocket_connections_active") == 1
            assert served.value("http_active_connections") == 0
            assert served.value("http_requests_in_progress") == 0
        (record,) = await served.records(1)
        assert (record.route, record.outcome, record.request_bytes) == (
            "/echo/{room}",
            "client_closed",
            5,
        )
        assert served.value("websocket_connections_active") == 0
        assert (
            served.value(
                "websocket_connections_total", path="/echo/{room}", outcome="client_closed"
            )
            == 1
        )
        assert served.counted() == {}


async def test_a_client_that_vanishes_is_a_disconnect(serve) -> None:
    async with serve(application) as served:
        client = await connect(f"ws://127.0.0.1:{served.port}/echo/5")
        client.transport.abort()
        (record,) = await served.records(1)
        assert record.outcome == "disconnected"
        assert served.value("websocket_connections_active") == 0


@pytest.mark.parametrize(("path", "label"), [("/refuse", "/refuse"), ("/nowhere", "unmatched")])
async def test_a_refused_handshake_is_counted_with_the_status_that_the_client_saw(
    serve, path, label
) -> None:
    async with serve(application) as served:
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{served.port}{path}")
        await served.records(1)
        status = str(refused.value.response.status_code)
        assert status == "403"
        assert served.value("websocket_rejections_total", path=label, status_code=status) == 1
        await served.until(
            lambda: served.value("http_active_connections") == 0, "the connection is closed"
        )
