from __future__ import annotations

import pytest

from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import Registry


@pytest.fixture
def registry() -> Registry:
    return Registry(DECLARATIONS, strict=True)


async def test_a_request_is_counted_with_its_route_method_and_status(registry: Registry) -> None:
    async def application(scope, receive, send):
        scope["path_template"] = "/items/{id}"
        await send({"type": "http.response.start", "status": 201, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def receive():
        raise AssertionError

    async def send(message):
        pass

    await ObservedApplication(application, registry, strict=True)(
        {"type": "http", "method": "GET", "path": "/items/5", "headers": []}, receive, send
    )
    assert (
        registry.value("http_requests_total", method="GET", path="/items/{id}", status_code="201")
        == 1
    )
    assert registry.value("http_requests_in_progress") == 0
