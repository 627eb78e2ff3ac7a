from __future__ import annotations

import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

with warnings.catch_warnings():
    # Litestar imports advanced_alchemy where it is installed, which uses a decorator that
    # SQLAlchemy deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import litestar  # noqa: F401

from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import Registry

Call = Callable[..., Awaitable[int | None]]


@pytest.fixture
def registry() -> Registry:
    return Registry(DECLARATIONS, strict=True)


@pytest.fixture
def call(registry: Registry) -> Call:
    """Send a request through a wrapped application, in memory; returns the status."""

    async def send_request(
        application: Any,
        path: str,
        method: str = "GET",
        *,
        body: bytes = b"",
        headers: tuple[tuple[bytes, bytes], ...] = (),
        root_path: str = "",
        host: bytes = b"testserver",
        **options: Any,
    ) -> int | None:
        status: int | None = None
        asked = False

        async def receive():
            nonlocal asked
            if asked:
                return {"type": "http.disconnect"}
            asked = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": root_path,
            "headers": [
                (b"host", host),
                (b"content-length", str(len(body)).encode()),
                *headers,
            ],
            "client": ("127.0.0.1", 1234),
            "server": ("testserver", 80),
            "state": {},
        }
        observed = ObservedApplication(application, registry, strict=True, **options)
        await observed(scope, receive, send)
        return status

    return send_request


@pytest.fixture
def counted(registry: Registry) -> Callable[[], dict[tuple[str, str, str], int]]:
    """Read `http_requests_total` as {(method, path, status_code): count}, without zeros."""

    def read() -> dict[tuple[str, str, str], int]:
        from prometheus_client.parser import text_string_to_metric_families

        text = registry.render(endpoint="system").decode()
        return {
            (one.labels["method"], one.labels["path"], one.labels["status_code"]): int(one.value)
            for family in text_string_to_metric_families(text)
            for one in family.samples
            if one.name == "http_requests_total" and one.value
        }

    return read
