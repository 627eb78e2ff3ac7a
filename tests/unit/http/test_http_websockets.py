"""WebSockets are counted by how they end, in metrics of their own."""

from __future__ import annotations

import contextlib

import pytest

from asset_forge.observability.http import ObservedApplication, RequestObserver

ACCEPT = {"type": "websocket.accept"}


class Seen(RequestObserver):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.records = []

    def finish(self, record) -> None:
        self.records.append(record)


def disconnect(code: int, **more) -> dict:
    return {"type": "websocket.disconnect", "code": code, **more}


async def observe(application, registry, *incoming: dict, send=None):
    """Run one session with these messages of the client; returns its record."""
    messages = [{"type": "websocket.connect"}, *incoming]

    async def receive():
        return messages.pop(0)

    async def swallow(message):
        pass

    async def routed(scope, receive, send):
        scope["path_template"] = "/live/{id}"
        await receive()
        await application(scope, receive, send)

    seen = Seen()
    observed = ObservedApplication(routed, registry, observers=(seen,), strict=True)
    with contextlib.suppress(RuntimeError, OSError):
        await observed(
            {"type": "websocket", "path": "/live/5", "headers": []}, receive, send or swallow
        )
    assert registry.value("websocket_connections_active") == 0
    assert registry.value("http_requests_in_progress") == 0
    (record,) = seen.records
    return record


def ended(registry, outcome: str) -> float:
    return registry.value("websocket_connections_total", path="/live/{id}", outcome=outcome) or 0


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (disconnect(1000), "client_closed"),
        (disconnect(1001, reason="going"), "client_closed"),
        (disconnect(1005, reason=""), "client_closed"),
        (disconnect(1005), "disconnected"),
        (disconnect(1006), "disconnected"),
        (disconnect(1012), "server_closed"),
    ],
)
async def test_a_session_that_the_client_ends_is_named_by_its_close_code(
    registry, end, outcome
) -> None:
    active = []

    async def application(scope, receive, send):
        await send(ACCEPT)
        active.append(registry.value("websocket_connections_active"))
        while (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.send", "text": "grüße"})

    record = await observe(
        application,
        registry,
        {"type": "websocket.receive", "bytes": b"1234"},
        {"type": "websocket.receive", "text": "é"},
        end,
    )
    assert active == [1]
    assert (record.status, record.outcome) == (101, outcome)
    assert (record.request_bytes, record.response_bytes) == (6, 14)
    assert ended(registry, outcome) == 1
    assert registry.value("websocket_connection_duration_seconds_count", path="/live/{id}") == 1


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(1000, "server_closed"), (1008, "server_closed"), (1011, "failed"), (4500, "failed")],
)
async def test_a_session_that_the_server_ends_is_named_by_its_close_code(
    registry, code, outcome
) -> None:
    async def application(scope, receive, send):
        await send(ACCEPT)
        await send({"type": "websocket.close", "code": code})
        await receive()

    record = await observe(application, registry, {"type": "websocket.disconnect", "code": 1006})
    assert record.outcome == outcome
    assert ended(registry, outcome) == 1


async def test_an_application_that_returns_closes_its_session(registry) -> None:
    async def application(scope, receive, send):
        await send(ACCEPT)

    assert (await observe(application, registry)).outcome == "server_closed"


async def test_an_exception_fails_the_session(registry) -> None:
    async def application(scope, receive, send):
        await send(ACCEPT)
        raise RuntimeError

    assert (await observe(application, registry)).outcome == "failed"


async def test_an_exception_after_the_end_does_not_count_again(registry) -> None:
    async def application(scope, receive, send):
        await send(ACCEPT)
        await receive()
        raise RuntimeError("WebSocketDisconnect")

    record = await observe(application, registry, {"type": "websocket.disconnect", "code": 1001})
    assert record.outcome == "client_closed"


async def test_a_broken_line_is_a_disconnect(registry) -> None:
    async def send(message):
        if message["type"] == "websocket.send":
            raise OSError

    async def application(scope, receive, send):
        await send(ACCEPT)
        await send({"type": "websocket.send", "bytes": b"x"})

    assert (await observe(application, registry, send=send)).outcome == "disconnected"


def refusing(*messages: dict):
    async def application(scope, receive, send):
        for message in messages:
            await send(message)

    return application


async def crashing(scope, receive, send):
    raise RuntimeError


async def waiting(scope, receive, send):
    await receive()


@pytest.mark.parametrize(
    ("application", "status"),
    [
        (refusing({"type": "websocket.close", "code": 1008}), 403),
        (
            refusing(
                {"type": "websocket.http.response.start", "status": 401, "headers": []},
                {"type": "websocket.http.response.body", "body": b"who", "more_body": True},
                {"type": "websocket.http.response.body", "body": b"?"},
            ),
            401,
        ),
        (refusing(), 500),
        (crashing, 500),
        (waiting, 499),
    ],
)
async def test_a_refused_handshake_is_counted_with_its_status(
    registry, application, status
) -> None:
    record = await observe(application, registry, {"type": "websocket.disconnect", "code": 1006})
    assert (record.status, record.outcome) == (status, "rejected")
    assert (
        registry.value("websocket_rejections_total", path="/live/{id}", status_code=str(status))
        == 1
    )
    assert ended(registry, "rejected") == 1
    assert not registry.value("websocket_connection_duration_seconds_count", path="/live/{id}")
