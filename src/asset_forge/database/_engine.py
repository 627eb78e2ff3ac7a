"""The connections to the database: one pool, two kinds of transaction, faults in our words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import ExecutionContext
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from asset_forge.database import _postgres, _sqlite
from asset_forge.database._sqlite import DEADLINE, WRITER_SECONDS, WRITING, SqliteConnections
from asset_forge.database._statements import kind_of
from asset_forge.database._translation import DatabaseUnavailable, translate
from asset_forge.database._url import Dialect, parse_database_url
from asset_forge.database.metrics import DatabaseMetrics


class ReadOnlyTransaction(Exception):
    """A statement would write in a transaction for reading, which is a defect of the caller."""


class Database:
    """The one way to the database, for one event loop.

    Args:
        url: `sqlite:///PATH`, or `postgresql://…` in one of its spellings.
        pool_size: How many connections this process opens at most.
        pool_timeout_seconds: How long a transaction waits for a free connection.
        metrics: Observes statements and connections; None for tools that serve no metrics.

    Raises:
        DatabaseUnusable: The URL names no database that is supported.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        pool_timeout_seconds: float = 3.0,
        metrics: DatabaseMetrics | None = None,
    ) -> None:
        self._url = parse_database_url(url)
        self._acquire_seconds = pool_timeout_seconds + 0.5  # the wait, then ping or connect
        self._metrics = metrics
        self._writer = asyncio.Lock()
        self._files = SqliteConnections(self._url.path) if self.dialect == "sqlite" else None
        self._pool = self._create_engine(
            poolclass=AsyncAdaptedQueuePool,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_timeout_seconds,
            pool_pre_ping=self.dialect == "postgresql",
        )
        self._probe = self._create_engine(poolclass=NullPool)
        if metrics is not None:
            metrics.attach(self._pool.sync_engine, pool_size)

    @property
    def dialect(self) -> Dialect:
        """Which of the two databases it is."""
        return self._url.dialect

    @property
    def shown_url(self) -> str:
        """The URL for messages, without password and parameters."""
        return self._url.shown

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """Open a transaction that commits at the end of the block and rolls back on an error.

        On SQLite it is the only writer from its first moment on (`BEGIN IMMEDIATE`), so that it
        never fails half-way for a lock. Do not open one inside another.

        Raises:
            DatabaseUnavailable: No connection, no answer or no lock in time; nothing is committed,
                or the connection was lost during the commit, the outcome of which is then unknown.
        """
        async with self._unit(writing=True) as session:
            yield session

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[AsyncSession]:
        """Open a transaction that only reads, from one snapshot on SQLite.

        Raises:
            DatabaseUnavailable: No connection or no answer in time.
            ReadOnlyTransaction: A statement would write (on Postgres the server refuses it).
        """
        async with self._unit(writing=False) as session:
            yield session

    @asynccontextmanager
    async def _unit(self, *, writing: bool) -> AsyncGenerator[AsyncSession]:
        try:
            async with self._session(writing=writing) as session:
                yield session
                if writing:
                    await session.commit()
        except Exception as error:
            fault = error if isinstance(error, DatabaseUnavailable) else translate(error)
            if fault is None:
                raise
            if self._metrics is not None:
                self._metrics.count_failure(fault.reason)
            if fault is error:
                raise
            raise fault from error

    @asynccontextmanager
    async def _session(self, *, writing: bool) -> AsyncGenerator[AsyncSession]:
        session = AsyncSession(self._pool, expire_on_commit=False)
        started = perf_counter()
        deadline = asyncio.get_running_loop().time() + WRITER_SECONDS
        locked = False
        try:
            try:
                if writing and self.dialect == "sqlite":
                    locked = await self._become_writer(deadline)
                await self._begin(session, writing, deadline)
            finally:
                if self._metrics is not None:
                    self._metrics.observe_wait(perf_counter() - started)
            yield session
        finally:
            await self._finish(session, locked)

    async def _become_writer(self, deadline: float) -> bool:
        """Queue up behind the writers of this process, in order and without polling the file."""
        try:
            async with asyncio.timeout_at(deadline):
                return await self._writer.acquire()
        except TimeoutError:
            raise DatabaseUnavailable("busy") from None

    async def _begin(self, session: AsyncSession, writing: bool, deadline: float) -> None:
        limit = self._acquire_seconds
        if self.dialect == "sqlite":
            options: dict[str, Any] = {WRITING: writing, DEADLINE: deadline}
            limit += WRITER_SECONDS
        else:
            options = {"postgresql_readonly": not writing}
        try:
            async with asyncio.timeout(limit):
                await session.connection(execution_options=options)
        except TimeoutError:
            raise DatabaseUnavailable("timeout") from None

    async def _finish(self, session: AsyncSession, locked: bool) -> None:
        """Return the connection, and let the next writer in, also when the caller is canceled."""
        await asyncio.shield(asyncio.ensure_future(self._release(session, locked)))

    async def _release(self, session: AsyncSession, locked: bool) -> None:
        try:
            await session.close()
        finally:
            if locked:
                self._writer.release()

    async def ping(self, timeout_seconds: float) -> None:
        """Ask the database for an answer on a connection of its own, outside of the pool.

        Raises:
            DatabaseUnavailable: There was no answer within the time.
        """
        # `SELECT 1` would not even open SQLite's file.
        question = "PRAGMA schema_version" if self.dialect == "sqlite" else "SELECT 1"
        try:
            async with asyncio.timeout(timeout_seconds), self._probe.connect() as connection:
                await connection.execute(text(question))
        except TimeoutError:
            raise DatabaseUnavailable("timeout") from None
        except Exception as error:
            fault = translate(error)
            if fault is None:
                raise
            raise fault from error

    async def dispose(self) -> None:
        """Close all connections."""
        await self._pool.dispose()
        await self._probe.dispose()
        if self._files is not None:
            await self._files.end()

    def _create_engine(self, **options: Any) -> AsyncEngine:
        # Parameters stay out of error texts: they hold prompts, logins and hashes of tokens.
        options["hide_parameters"] = True
        if self._files is None:
            options["connect_args"] = _postgres.connect_arguments()
            return create_async_engine(self._url.asynchronous, **options)
        options["async_creator"] = self._files.connect
        engine = create_async_engine(self._url.asynchronous, **options)
        event.listen(engine.sync_engine, "connect", _sqlite.prepare)
        event.listen(engine.sync_engine, "begin", _sqlite.begin)
        event.listen(engine.sync_engine, "before_cursor_execute", _refuse_writes)
        return engine


def _refuse_writes(
    connection: Connection,
    _cursor: object,
    statement: str,
    _parameters: object,
    context: ExecutionContext | None,
    _many: bool,
) -> None:
    """Refuse what Postgres would refuse, instead of losing it at the end of the transaction."""
    if connection.get_execution_options().get(WRITING) is False:
        kind = kind_of(context, statement)
        if kind.operation in ("insert", "update", "delete"):
            raise ReadOnlyTransaction(
                f"{kind.operation} on {kind.table} inside of reading(): use transaction()"
            )
