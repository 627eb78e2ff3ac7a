from __future__ import annotations

import asyncio
import logging
import socket
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn

with warnings.catch_warnings():
    # Litestar imports advanced_alchemy where it is installed, which uses a decorator that
    # SQLAlchemy deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import litestar  # noqa: F401

from asset_forge.observability.http import (
    DECLARATIONS,
    ObservedApplication,
    RequestObserver,
    RequestRecord,
)
from asset_forge.observability.metrics import Registry
from asset_forge.observability.uvicorn_protocol import counting_protocol

DEADLINE_SECONDS = 60.0


async def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until a condition holds; fail with `what` when it does not in time."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in {DEADLINE_SECONDS} s: {what}"
        await asyncio.sleep(0.005)


class Log(RequestObserver):
    """Keeps the records."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []

    def finish(self, record: RequestRecord) -> None:
        self.records.append(record)


@dataclass
class Served:
    """An application behind a real socket, and what was measured of it."""

    port: int
    registry: Registry
    log: Log
    until: Callable[[Callable[[], bool], str], Awaitable[None]] = field(default=until)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def records(self, count: int) -> list[RequestRecord]:
        """Wait for this many finished requests."""
        await self.until(
            lambda: len(self.log.records) >= count, f"{count} records, got {len(self.log.records)}"
        )
        return self.log.records

    def value(self, name: str, **labels: str) -> float:
        return self.registry.value(name, **labels) or 0.0

    def counted(self) -> dict[tuple[str, str, str], int]:
        """Read `http_requests_total` as {(method, path, status_code): count}, without zeros."""
        from prometheus_client.parser import text_string_to_metric_families

        return {
            (one.labels["method"], one.labels["path"], one.labels["status_code"]): int(one.value)
            for family in text_string_to_metric_families(
                self.registry.render(endpoint="system").decode()
            )
            for one in family.samples
            if one.name == "http_requests_total" and one.value
        }


@pytest.fixture(params=["httptools", "h11"])
def implementation(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def serve(implementation: str) -> Callable[..., Any]:
    """Serve an application with uvicorn on a free loopback port, for the length of a block."""

    @asynccontextmanager
    async def serving(
        application: Any, *, plain_protocol: bool = False, **options: Any
    ) -> AsyncIterator[Served]:
        registry = Registry(DECLARATIONS, strict=True)
        log = Log()
        observed = ObservedApplication(
            application, registry, observers=(log,), strict=True, **options
        )
        http = implementation if plain_protocol else counting_protocol(registry, implementation)
        config = uvicorn.Config(
            observed,
            http=http,
            log_config=None,
            lifespan="off",
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            task = asyncio.ensure_future(server.serve(sockets=[listener]))
            await until(lambda: server.started or task.done(), "the server has started")
            yield Served(listener.getsockname()[1], registry, log)
            server.should_exit = True
            await task

    return serving
