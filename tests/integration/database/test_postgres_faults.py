from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psutil
import pytest
from sqlalchemy import text
from tests.databases import PostgresServer, find_postgres

from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database, DatabaseMetrics, DatabaseUnavailable
from asset_forge.observability.metrics import Registry

BUDGET = 6.0  # five seconds, and one for a busy machine; see `in_time`


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A server of this module's own, to be stopped and broken."""
    assert postgres_server
    programs = find_postgres()
    assert programs is not None
    own = PostgresServer(programs)
    try:
        own.start()
        yield own
    finally:
        own.close()


@pytest.fixture
def registry() -> Registry:
    return Registry(DECLARATIONS, strict=True)


@pytest.fixture
async def database(server: PostgresServer, registry: Registry) -> AsyncIterator[Database]:
    database = Database(
        server.url(), pool_size=5, pool_timeout_seconds=3, metrics=DatabaseMetrics(registry)
    )
    yield database
    await database.dispose()


@asynccontextmanager
async def in_time() -> AsyncGenerator[None]:
    """Fail where this takes longer than the budget, without the time that this process stood still:
    the limits of the service are over after that, too, and not before."""
    loop = asyncio.get_running_loop()
    spent = 0.0

    async def count() -> None:
        nonlocal spent
        while True:
            began = loop.time()
            await asyncio.sleep(0.05)
            spent += min(loop.time() - began, 0.25)

    counting = asyncio.create_task(count())
    try:
        async with asyncio.timeout(60):
            yield
    finally:
        counting.cancel()
        await asyncio.gather(counting, return_exceptions=True)
        assert spent < BUDGET  # of a fault, too


async def ask(database: Database) -> None:
    async with database.reading() as session:
        await session.execute(text("SELECT 1"))


async def ask_all(database: Database) -> list[DatabaseUnavailable | None]:
    """Ask with all connections and some more; return the faults, each of which came in time."""

    async def one() -> DatabaseUnavailable | None:
        try:
            async with in_time():
                await ask(database)
        except DatabaseUnavailable as fault:
            return fault
        return None

    return list(await asyncio.gather(*(one() for _ in range(8))))


async def test_a_stopped_server_is_a_fault_and_a_restarted_one_heals_at_once(
    server: PostgresServer, database: Database, registry: Registry
) -> None:
    assert await ask_all(database) == [None] * 8
    server.stop(immediate=True)
    faults = await ask_all(database)
    assert {fault.reason for fault in faults if fault} == {"unreachable"}
    assert None not in faults
    with pytest.raises(DatabaseUnavailable):
        await database.ping(2)
    server.start()
    await database.ping(30)
    assert await ask_all(database) == [None] * 8
    assert registry.value("db_failures_total", reason="unreachable") == 8
    assert registry.value("db_connections_active") == 0


async def test_a_restart_between_two_requests_is_not_noticed(
    server: PostgresServer, database: Database
) -> None:
    assert await ask_all(database) == [None] * 8
    server.stop()
    server.start()
    assert await ask_all(database) == [None] * 8


async def test_a_server_that_hangs_is_a_fault_in_time_and_heals(
    server: PostgresServer, database: Database
) -> None:
    assert await ask_all(database) == [None] * 8
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # that of a connection which has ended
            process.suspend()
    try:
        faults = await ask_all(database)
        with pytest.raises(DatabaseUnavailable):
            await database.ping(1)
    finally:
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
    assert None not in faults
    assert await ask_all(database) == [None] * 8


async def test_a_server_that_hangs_within_a_statement_is_a_fault_in_time(
    database: Database,
) -> None:
    async def hang() -> None:
        async with database.transaction() as session:
            backend = await session.scalar(text("SELECT pg_backend_pid()"))
            assert backend is not None
            os.kill(backend, signal.SIGSTOP)
            try:
                await session.execute(text("SELECT 1"))
            finally:
                os.kill(backend, signal.SIGCONT)

    async with in_time():
        with pytest.raises(DatabaseUnavailable) as refused:
            await hang()
    assert refused.value.reason == "timeout"
    await ask(database)


async def test_a_slow_statement_is_ended_by_the_server(database: Database) -> None:
    async def sleep() -> None:
        async with database.reading() as session:
            await session.execute(text("SELECT pg_sleep(30)"))

    async with in_time():
        with pytest.raises(DatabaseUnavailable) as refused:
            await sleep()
    assert refused.value.reason == "timeout"
    await ask(database)
