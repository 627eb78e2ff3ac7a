"""What a request costs in process: the same application bare, with metrics, with everything on."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

Block = Callable[[], float]

REQUESTS = {"minimal": 8_000, "Litestar": 2_000}
"""Of one block: long enough that it measures work and not how caches fill again after the other's
block, and fewer than the lines that may wait in the log's queue."""

_WRITTEN_SECONDS = 0.2  # after which the log's thread has written what waits
_ANSWER = b'{"id":42,"name":"axe"}'
_HEADERS = [
    (b"host", b"127.0.0.1:3004"),
    (b"accept", b"*/*"),
    (b"user-agent", b"bench/1.0"),
]


async def _minimal(scope: Any, receive: Any, send: Any) -> None:
    """The least that an application can do: one route, two messages."""
    scope["path_template"] = "/items/{item_id:int}"
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})


def _litestar() -> Any:
    from benchmarks.peers import BARE, BUILDERS

    return BUILDERS["Litestar"][BARE]()


def _with_metrics(app: Any, directory: Path, **more: Any) -> Any:
    from asset_forge import catalog
    from asset_forge.observability.http import EndpointFamilies, ObservedApplication
    from asset_forge.observability.metrics import Registry

    registry = Registry(catalog.DECLARATIONS, directory=directory)
    endpoints = EndpointFamilies(
        registry.counter(catalog.REQUESTS_BY_ENDPOINT),
        registry.histogram(catalog.RESPONSE_TIME_BY_ENDPOINT),
    )
    return ObservedApplication(app, registry, endpoints=endpoints, **more)


def _with_part(part: str) -> Callable[[Any, Path], Any]:
    """The application with metrics and one more of what the service has on."""

    def wrap(app: Any, directory: Path) -> Any:
        from asset_forge.observability.logs import LOG_MESSAGES, configure_logging
        from asset_forge.observability.metrics import Registry
        from asset_forge.observability.redaction import Redactor
        from asset_forge.observability.requests import AccessLog, RequestIdentity
        from asset_forge.observability.tracing import SpanReader, Tracer, TraceStore

        redactor = Redactor()
        if part == "ids":
            observer = RequestIdentity(Tracer(TraceStore(SpanReader(redactor))))
        else:
            lines = Registry([LOG_MESSAGES]).counter(LOG_MESSAGES)
            file = os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            logs = configure_logging(redactor=redactor, fd=file, messages=lines)
            observer = AccessLog(logs, redactor)
        return _with_metrics(app, directory, observers=[observer])

    return wrap


def _with_everything(app: Any, directory: Path) -> Any:
    """The application as the service wraps its own, by the same hand."""
    from asset_forge.application import Application
    from asset_forge.settings import load_settings

    file = os.open(directory / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    settings = load_settings({"ASSET_FORGE_DATA_DIR": str(directory), "ENVIRONMENT": "production"})
    observed = Application(settings, log_to=file).web()
    observed.app = app
    return observed


def _requests(app: Any, requests: int, clock: Callable[[], float] = time.thread_time) -> Block:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Any) -> None:
        return None

    async def run() -> float:
        began = clock()
        for _ in range(requests):
            await app(_scope(), receive, send)
        if clock is time.process_time:
            await asyncio.sleep(_WRITTEN_SECONDS)
        return (clock() - began) / requests

    def block() -> float:
        return _in_a_task(run())

    return block


def _scope() -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "server": ("127.0.0.1", 3004),
        "client": ("127.0.0.1", 40000),
        "scheme": "http",
        "method": "GET",
        "root_path": "",
        "path": "/items/42",
        "raw_path": b"/items/42",
        "query_string": b"",
        "headers": _HEADERS,
        "state": {},
    }


def _in_a_task(work: Coroutine[Any, Any, float]) -> float:
    return asyncio.run(work)


def _on(kind: str, wrap: Callable[[Any, Path], Any]) -> Callable[[Path], Block]:
    return lambda directory: _requests(wrap(_APPS[kind](), directory), REQUESTS[kind])


def _of_all_threads(kind: str) -> Callable[[Path], Block]:
    return lambda directory: _requests(
        _with_everything(_APPS[kind](), directory), REQUESTS[kind], time.process_time
    )


def _bare(app: Any, _: Path) -> Any:
    return app


def _prototype(app: Any, directory: Path) -> Any:
    from benchmarks import prototype

    return prototype.wrap(app, directory)


def _prototype_of_everything(app: Any, directory: Path) -> Any:
    from benchmarks import prototype

    return prototype.wrap(app, directory, everything=True)


_APPS: dict[str, Callable[[], Any]] = {"minimal": lambda: _minimal, "Litestar": _litestar}

BLOCKS: dict[str, Callable[[Path], Block]] = {
    f"request {kind} {name}": _on(kind, wrap)
    for kind in _APPS
    for name, wrap in (
        ("bare", _bare),
        ("metrics", _with_metrics),
        ("ids", _with_part("ids")),
        ("log", _with_part("log")),
        ("everything", _with_everything),
        ("prototype", _prototype),
        ("prototype of everything", _prototype_of_everything),
    )
} | {f"request {kind} everything, all threads": _of_all_threads(kind) for kind in _APPS}
