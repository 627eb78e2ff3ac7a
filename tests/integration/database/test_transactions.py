from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.databases import PATIENCE_SECONDS

from asset_forge.catalog import DECLARATIONS
from asset_forge.database import (
    Database,
    DatabaseMetrics,
    DatabaseUnavailable,
    ReadOnlyTransaction,
)
from asset_forge.database.models import Lease
from asset_forge.observability.metrics import Registry

SIZE = 3
IMPATIENCE_SECONDS = 4.0
"""Longer than a busy machine stops a process: opening a connection has half a second more."""


@pytest.fixture
def registry() -> Registry:
    return Registry(DECLARATIONS, strict=True)


@pytest.fixture
async def small(database_url: str, registry: Registry) -> AsyncIterator[Database]:
    """A database with few connections, which is measured."""
    database = few_connections(database_url, registry, PATIENCE_SECONDS)
    yield database
    await database.dispose()


@pytest.fixture
async def impatient(database_url: str, registry: Registry) -> AsyncIterator[Database]:
    """The same with little patience."""
    database = few_connections(database_url, registry, IMPATIENCE_SECONDS)
    yield database
    await database.dispose()


def few_connections(url: str, registry: Registry, patience_seconds: float) -> Database:
    return Database(
        url,
        pool_size=SIZE,
        pool_timeout_seconds=patience_seconds,
        metrics=DatabaseMetrics(registry),
    )


def lease(name: str) -> Lease:
    return Lease(name=name, holder="somebody", expires_at=datetime(2026, 1, 1, tzinfo=UTC))


async def names(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(text("SELECT name FROM leases ORDER BY name")))


def connections(registry: Registry) -> tuple[float | None, float | None, float | None]:
    """Return the connections in use, idle and allowed."""
    active = registry.value("db_connections_active")
    return active, registry.value("db_connections_idle"), registry.value("db_connections_max")


async def test_what_is_committed_can_be_read(database: Database) -> None:
    async with database.transaction() as session:
        session.add(lease("sweep"))
    assert await names(database) == ["sweep"]


async def test_an_error_undoes_everything_and_arrives_unchanged(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as session:
            session.add(lease("sweep"))
            await session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await names(database) == []


async def test_a_violated_constraint_is_no_fault_of_the_database(database: Database) -> None:
    async with database.transaction() as session:
        session.add(lease("sweep"))
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            session.add(lease("sweep"))


async def test_a_foreign_key_is_enforced(database: Database) -> None:
    insert = "INSERT INTO sessions VALUES ('x', 'nobody', 'local', '2026-01-01', '2026-01-01')"
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            await session.execute(text(insert))


async def test_a_write_while_reading_is_refused(database: Database) -> None:
    async def write() -> None:
        async with database.reading() as session:
            session.add(lease("sweep"))
            await session.flush()

    with pytest.raises((ReadOnlyTransaction, DBAPIError), match=r"(?i)read"):
        await write()
    assert await names(database) == []


async def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.transaction() as session:
            session.add(lease(f"{number:03}"))

    await asyncio.gather(*(write(number) for number in range(60)))
    assert len(await names(database)) == 60


async def test_an_exhausted_pool_is_a_fault_that_says_when_to_try_again(
    impatient: Database, registry: Registry
) -> None:
    async with AsyncExitStack() as held:
        for _ in range(SIZE):
            await held.enter_async_context(impatient.reading())
        assert connections(registry) == (SIZE, 0, SIZE)
        refused = await refusal(impatient)
        assert refused.reason == "pool_exhausted"
        assert refused.retry_after == 1
        await impatient.ping(30)  # the probe does not need the pool
    assert registry.value("db_failures_total", reason="pool_exhausted") == 1
    assert connections(registry) == (0, SIZE, SIZE)
    assert await names(impatient) == []


async def refusal(database: Database) -> DatabaseUnavailable:
    """Ask in vain; anew where this process stood still while two of the limits passed at once."""
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        with pytest.raises(DatabaseUnavailable) as refused:
            async with database.reading():
                pass
        stood_still = loop.time() - began >= IMPATIENCE_SECONDS + 0.5
        if refused.value.reason == "pool_exhausted" or not stood_still:
            return refused.value


async def test_the_pool_is_counted_exactly_while_it_is_used(
    small: Database, registry: Registry
) -> None:
    assert connections(registry) == (0, 0, SIZE)
    async with small.reading():
        assert connections(registry) == (1, 0, SIZE)
        async with small.reading():
            assert connections(registry) == (2, 0, SIZE)
        assert connections(registry) == (1, 1, SIZE)
    assert connections(registry) == (0, 2, SIZE)
    await small.dispose()
    assert connections(registry) == (0, 0, SIZE)


async def test_each_statement_is_observed_once(small: Database, registry: Registry) -> None:
    async with small.transaction() as session:
        session.add_all([lease("a"), lease("b")])
    await names(small)
    with pytest.raises(IntegrityError):
        async with small.transaction() as session:
            session.add(lease("a"))

    def count(operation: str) -> float | None:
        name = "db_query_duration_seconds_count"
        return registry.value(name, operation=operation, table="leases")

    assert (count("insert"), count("select")) == (2, 1)
    assert registry.value("db_connection_wait_seconds_count") == 3


async def test_clients_that_leave_cost_no_connection(small: Database, registry: Registry) -> None:
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) "
        "SELECT sum(i) FROM n",
        "postgresql": "SELECT pg_sleep(30)",
    }[small.dialect]
    for writing in (True, False, True, False):
        running = asyncio.Event()

        async def work(writing: bool = writing, running: asyncio.Event = running) -> None:
            unit = small.transaction() if writing else small.reading()
            async with unit as session:
                running.set()
                await session.execute(text(slow))

        tasks = [asyncio.create_task(work()) for _ in range(SIZE)]
        await running.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(60):
        while connections(registry)[0] != 0:
            await asyncio.sleep(0.01)
        async with AsyncExitStack() as held:
            for _ in range(SIZE):
                await held.enter_async_context(small.reading())
        async with small.transaction() as session:
            session.add(lease("sweep"))


async def test_a_second_cancellation_does_not_keep_the_connection_from_the_pool(
    small: Database, registry: Registry
) -> None:
    running = asyncio.Event()

    async def work() -> None:
        async with small.transaction() as session:
            session.add(lease("sweep"))
            await session.flush()
            running.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(work())
    await running.wait()
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0)
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(60):
        while connections(registry) != (0, 1, SIZE):
            await asyncio.sleep(0.01)
    assert await names(small) == []


async def test_a_client_that_leaves_its_place_in_the_queue_lets_the_next_one_in(
    small: Database,
) -> None:
    async def write(name: str) -> None:
        async with small.transaction() as session:
            session.add(lease(name))

    async with small.transaction():
        waiting = [asyncio.create_task(write(name)) for name in ("a", "b")]
        await asyncio.sleep(0)
        waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await names(small) == ["b"]


@pytest.fixture
async def embedded(
    migrated_sqlite_file: Path, tmp_path: Path, registry: Registry
) -> AsyncIterator[tuple[Database, sqlite3.Connection]]:
    """An SQLite database, and another connection to its file."""
    path = tmp_path / "asset-forge.db"
    path.write_bytes(migrated_sqlite_file.read_bytes())
    other = sqlite3.connect(path, isolation_level=None)
    database = Database(f"sqlite:///{path}", metrics=DatabaseMetrics(registry))
    yield database, other
    await database.dispose()
    other.close()


async def test_a_foreign_writer_is_a_fault_in_time_and_blocks_neither_loop_nor_readers(
    embedded: tuple[Database, sqlite3.Connection], registry: Registry
) -> None:
    database, other = embedded
    other.execute("BEGIN IMMEDIATE")

    async def write() -> None:
        async with database.transaction() as session:
            session.add(lease("sweep"))

    loop = asyncio.get_running_loop()
    waited = 0.0
    writers = [asyncio.create_task(write()) for _ in range(5)]
    reads = 0
    while not all(writer.done() for writer in writers):
        began = loop.time()
        assert await names(database) == []
        reads += 1
        waited += min(loop.time() - began, 0.25)  # a machine that stops does not count
        assert waited < 6, "the fault has to arrive within five seconds"
    results = await asyncio.gather(*writers, return_exceptions=True)
    reasons = [result.reason for result in results if isinstance(result, DatabaseUnavailable)]
    assert reasons == ["busy"] * 5
    assert reads > 20
    assert registry.value("db_failures_total", reason="busy") == 5
    other.execute("ROLLBACK")
    await write()
    assert await names(database) == ["sweep"]


async def test_a_foreign_writer_that_ends_in_time_is_waited_for(
    embedded: tuple[Database, sqlite3.Connection],
) -> None:
    database, other = embedded
    other.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.6, other.execute, "ROLLBACK")
    async with database.transaction() as session:
        session.add(lease("sweep"))
    assert await names(database) == ["sweep"]


async def test_a_ping_of_a_missing_file_fails_and_a_good_one_does_not(
    embedded: tuple[Database, sqlite3.Connection],
) -> None:
    database, _ = embedded
    await database.ping(5)
    missing = Database("sqlite:////nowhere/asset-forge.db")
    with pytest.raises(DatabaseUnavailable) as refused:
        await missing.ping(5)
    await missing.dispose()
    assert refused.value.reason == "unreachable"


async def test_reading_sees_one_snapshot_on_sqlite(
    embedded: tuple[Database, sqlite3.Connection],
) -> None:
    database, _ = embedded
    query = text("SELECT count(*) FROM leases")
    async with database.reading() as session:
        assert await session.scalar(query) == 0
        async with database.transaction() as writer:
            writer.add(lease("sweep"))
        assert await session.scalar(query) == 0
    assert await names(database) == ["sweep"]


async def test_no_thread_of_the_driver_outlives_the_database(
    embedded: tuple[Database, sqlite3.Connection],
) -> None:
    database, _ = embedded
    before = set(threading.enumerate())
    for _ in range(20):
        with pytest.raises(DatabaseUnavailable):
            await database.ping(0)  # leaves the thread that opens the file to itself
    await database.dispose()
    left = [thread.name for thread in set(threading.enumerate()) - before]
    assert [name for name in left if "connection_worker" in name] == []
