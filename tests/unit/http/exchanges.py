"""One request through the wrapper, in memory: what the tests of the exchange share."""

from __future__ import annotations

import contextlib
from asyncio import CancelledError

from asset_forge.observability.http import ObservedApplication, RequestObserver, RequestRecord
from asset_forge.observability.metrics import Registry

START = {"type": "http.response.start", "status": 200, "headers": []}


class Seen(RequestObserver):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []
        self.exceptions: list[BaseException | None] = []
        self.late: list[BaseException] = []

    def finish(self, record: RequestRecord) -> None:
        self.records.append(record)
        self.exceptions.append(record.exception)

    def failed_afterwards(self, record: RequestRecord, error: BaseException) -> None:
        self.late.append(error)


class Clock:
    """Moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def scope_of(method: str = "GET", **more) -> dict:
    return {
        "type": "http",
        "method": method,
        "path": "/x",
        "headers": [],
        "path_template": "/x",
        **more,
    }


def body(data: bytes = b"", *, more: bool = False) -> dict:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def nothing_more():
    return {"type": "http.disconnect"}


async def swallow(message) -> None:
    pass


async def observe(
    application, registry, *, scope=None, receive=nothing_more, send=swallow, **options
) -> RequestRecord:
    """Run one request, and return its record; exceptions of the application are let go."""
    seen = Seen()
    observed = ObservedApplication(application, registry, observers=(seen,), strict=True, **options)
    with contextlib.suppress(RuntimeError, OSError, CancelledError):
        await observed(scope_of() if scope is None else scope, receive, send)
    assert registry.value("http_requests_in_progress") == 0
    (record,) = seen.records
    return record


def total(registry: Registry, status: int, method: str = "GET") -> float:
    value = registry.value("http_requests_total", method=method, path="/x", status_code=str(status))
    return 0 if value is None else value
