"""The pool's gauges, held against what the Postgres server itself counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest
from sqlalchemy import text
from tests.databases import PostgresServer

from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database, DatabaseMetrics
from asset_forge.observability.metrics import Registry

SIZE = 5


class World:
    """A database with a pool, its gauges, and a look at the server past both."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.registry = Registry(DECLARATIONS, strict=True)
        self.database = Database(
            url,
            pool_size=SIZE,
            pool_timeout_seconds=30,
            metrics=DatabaseMetrics(self.registry),
        )

    def gauges(self) -> tuple[float, float]:
        """Return (active, idle)."""
        active = self.registry.value("db_connections_active")
        idle = self.registry.value("db_connections_idle")
        assert active is not None
        assert idle is not None
        return active, idle

    def counted_by_the_server(self) -> tuple[int, int]:
        """Return (in a transaction, not in one) of the service's connections."""
        with psycopg.connect(self.url, application_name="the test") as connection:
            states = connection.execute(
                "SELECT state FROM pg_stat_activity "
                "WHERE application_name = 'asset-forge' AND datname = current_database()"
            ).fetchall()
        idle = sum(state == "idle" for (state,) in states)
        return len(states) - idle, idle


@pytest.fixture
async def world(postgres_server: PostgresServer) -> AsyncIterator[World]:
    name = postgres_server.create_database()
    world = World(postgres_server.url(name))
    yield world
    await world.database.dispose()
    postgres_server.drop_database(name)


async def test_at_rest_and_in_use_they_are_the_servers_count(world: World) -> None:
    assert world.gauges() == world.counted_by_the_server() == (0, 0)
    for held in (1, 3, SIZE):
        async with AsyncExitStack() as stack:
            for _ in range(held):
                session = await stack.enter_async_context(world.database.reading())
                await session.execute(text("SELECT 1"))
            assert world.gauges() == await asyncio.to_thread(world.counted_by_the_server)
            assert world.gauges()[0] == held
        assert world.gauges() == await asyncio.to_thread(world.counted_by_the_server)


async def test_under_load_they_are_never_beyond_the_pool_and_right_after_it(world: World) -> None:
    done = asyncio.Event()
    seen: list[tuple[float, float]] = []

    async def watch() -> None:
        while not done.is_set():
            seen.append(world.gauges())
            await asyncio.sleep(0)

    async def work(number: int, *, patient: bool = False) -> None:
        leaves = number % 5 == 0 and not patient
        async with asyncio.timeout(0.02 if leaves else None):
            async with world.database.reading() as session:
                await session.execute(text("SELECT pg_sleep(0.05)"))

    watching = asyncio.create_task(watch())
    async with asyncio.timeout(60):  # a connection may be opened when the others are done already
        while max((active for active, _ in seen), default=0.0) < SIZE:
            await asyncio.gather(*(work(n, patient=True) for n in range(30)))
    assert max(active for active, _ in seen) == SIZE
    outcomes = await asyncio.gather(*(work(n) for n in range(60)), return_exceptions=True)
    done.set()
    await watching
    assert {type(outcome) for outcome in outcomes} == {type(None), TimeoutError}
    assert all(active >= 0 and idle >= 0 and active + idle <= SIZE for active, idle in seen)

    def settled() -> bool:
        return world.gauges() == world.counted_by_the_server()

    async with asyncio.timeout(60):  # the server ends the connections of those who left
        while not await asyncio.to_thread(settled):
            await asyncio.sleep(0.02)
    assert world.gauges()[0] == 0
