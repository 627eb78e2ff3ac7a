"""A service whose dependencies the tests turn on, off and slow, and a client of its probes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from asset_forge.observability.health import Details, Drain, Health, HealthProbes, Pace
from asset_forge.observability.health.checks import (
    HeapUse,
    LastOutcome,
    MemoryUse,
    UsedPercent,
    database,
    disk,
    external_apis,
    memory,
    qdrant,
)

PROVIDERS = dict.fromkeys(("meshy", "openai", "anthropic", "elevenlabs", "privy"), True)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Dependency:
    """A server that answers, refuses or hangs, and counts how often it was asked."""

    def __init__(self) -> None:
        self.fault: BaseException | None = None
        self.hangs = False
        self.asked = 0

    async def ask(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.fault is not None:
            raise self.fault


class Clock:
    """A monotonic clock that moves only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    """The five checks over dependencies that a test controls."""

    directory: Path
    has_qdrant: bool = True
    pace: Pace = field(default_factory=Pace)
    details: Details = Details.FULL
    is_authorized: Callable[[Any], Any] | None = None
    timeout_seconds: float = 2.0

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.database = Dependency()
        self.vectors = Dependency()
        self.drain = Drain(clock=self.clock)
        self.memory_use = MemoryUse(total_bytes=8 << 30, free_bytes=2 << 30)
        self.outcomes: dict[str, LastOutcome] = {}
        self.app_calls: list[str] = []
        for name in ("tmp", "assets"):
            (self.directory / name).mkdir(exist_ok=True)
        self.health = Health(
            self.checks(),
            environment="production",
            drain=self.drain,
            pace=self.pace,
            clock=self.clock,
            now=lambda: datetime(2025, 11, 12, 10, 30, tzinfo=UTC),
        )

    def checks(self) -> list[Any]:
        limit = self.timeout_seconds
        return [
            database(self.database.ask, timeout_seconds=limit),
            qdrant(self.vectors.ask if self.has_qdrant else None, timeout_seconds=limit),
            disk(
                self.directory,
                tmp_dir=self.directory / "tmp",
                assets_dir=self.directory / "assets",
                thresholds=UsedPercent(degraded=99.99, unhealthy=100),  # whatever this machine has
                timeout_seconds=limit,
            ),
            memory(
                lambda: HeapUse(150 << 20, 200 << 20),
                rss_bytes=lambda: 250 << 20,
                system=lambda: self.memory_use,
                timeout_seconds=limit,
            ),
            external_apis(PROVIDERS, last_outcomes=lambda: self.outcomes, timeout_seconds=limit),
        ]

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.app_calls.append(scope["path"])
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        probes = HealthProbes(
            self.app, self.health, details=self.details, is_authorized=self.is_authorized
        )
        transport = httpx.ASGITransport(probes)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://test", trust_env=False
        ) as client:
            return await client.request(method, path, headers=headers)

    async def probe(self, name: str) -> httpx.Response:
        return await self.ask(f"/api/health/{name}")

    def pass_time(self, seconds: float = 60) -> None:
        """Let the latest round grow stale, so that the next probe runs a new one."""
        self.clock.now += seconds


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path)


@pytest.fixture
def make_service(tmp_path: Path) -> Callable[..., Service]:
    def make(**arguments: Any) -> Service:
        return Service(tmp_path, **arguments)

    return make


@pytest.fixture
def short_pace() -> Pace:
    """A probe budget small enough for tests in which everything hangs."""
    return Pace(budget_seconds=1)
