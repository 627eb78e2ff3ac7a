"""A wrapped application under paths and verbs that were invented for each request."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from asset_forge.observability.http import DECLARATIONS, UNMATCHED, ObservedApplication
from asset_forge.observability.metrics import Registry

PATHS = 10_000
VERBS = 1_000


async def item(_: Request) -> Response:
    """Answer."""
    return PlainTextResponse("one")


async def send_all(app: ObservedApplication) -> None:
    """Send each path, below a route or beside it, with the next verb."""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: MutableMapping[str, Any]) -> None:
        pass

    for number in range(PATHS):
        path = f"/items/{number * 7919}" if number % 2 else f"/{number:x}/{number * 7919}"
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": f"VERB{number // 2 % VERBS}",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost")],
        }
        await app(scope, receive, send)


async def test_each_request_is_counted_once_and_they_are_two_series() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    routes = [Route("/items/{item_id}", item, methods=["GET"])]
    app = ObservedApplication(Starlette(routes=routes), registry, strict=True)
    await send_all(app)
    first = registry.render()
    await send_all(app)
    for path, status in ((UNMATCHED, "404"), ("/items/{item_id}", "405")):
        labels = {"method": "other", "path": path, "status_code": status}
        assert registry.value("http_requests_total", **labels) == PATHS
    text = registry.render().decode()
    assert text.count("\nhttp_requests_total{") == 2
    assert text.count("\n") == first.decode().count("\n")
