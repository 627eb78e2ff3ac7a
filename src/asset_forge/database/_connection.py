"""A synchronous connection for migrations: what prevents it is said in a sentence with the fix."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Generator
from typing import Any

import psycopg
from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from asset_forge.database._translation import is_busy
from asset_forge.database._url import DatabaseUnusable, DatabaseUrl

LOCK_SECONDS = 60
"""How long to wait for another process that migrates the same database."""

_OPENING_SECONDS = 5
_ADVISORY_LOCK = 4_163_104_211_733_905_421  # any number that nobody else takes
_WAL_PAUSE_SECONDS = 0.05

_ELSEWHERE = "or set DATABASE_URL or ASSET_FORGE_DATA_DIR to another place"
_SQLITE_FIXES = {
    sqlite3.SQLITE_CANTOPEN: f"create its directory and make it writable, {_ELSEWHERE}",
    sqlite3.SQLITE_READONLY: f"make the file and its directory writable, {_ELSEWHERE}",
    sqlite3.SQLITE_PERM: f"make the file and its directory writable, {_ELSEWHERE}",
    sqlite3.SQLITE_NOTADB: f"move it away to start empty, restore a backup, {_ELSEWHERE}",
    sqlite3.SQLITE_CORRUPT: f"restore a backup, {_ELSEWHERE}",
    sqlite3.SQLITE_FULL: f"free some space on its disk, {_ELSEWHERE}",
    sqlite3.SQLITE_IOERR: f"look at its disk, {_ELSEWHERE}",
    sqlite3.SQLITE_BUSY: "another process holds it locked; end that process, or try again",
}


@contextlib.contextmanager
def connected(target: DatabaseUrl) -> Generator[Connection]:
    """Open a connection, and close it.

    Raises:
        DatabaseUnusable: The database cannot be opened, read or written.
    """
    arguments: dict[str, Any] = {"timeout": _OPENING_SECONDS, "isolation_level": None}
    if target.dialect == "postgresql":
        arguments = {"connect_timeout": _OPENING_SECONDS, "application_name": "asset-forge migrate"}
    engine = create_engine(target.synchronous, poolclass=NullPool, connect_args=arguments)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise _explain(target, error.orig) or error from error
    finally:
        engine.dispose()


@contextlib.contextmanager
def locked(target: DatabaseUrl) -> Generator[Connection]:
    """Open a transaction that one process at a time has, and that commits at the end of the block.

    Raises:
        DatabaseUnusable: As for `connected`, or another process held the lock for too long.
    """
    if target.dialect == "sqlite":
        _make_directory(target)
    with connected(target) as connection:
        if target.dialect == "sqlite":
            _lock_sqlite(connection)
        else:
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
        yield connection
        if target.dialect == "sqlite":
            _check_references(connection)
        connection.commit()


def _make_directory(target: DatabaseUrl) -> None:
    try:
        target.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(
            f"{target.path.parent}: cannot be created as the directory of the database "
            f"({error.strerror}); create it and make it writable, {_ELSEWHERE}"
        ) from error


def _lock_sqlite(connection: Connection) -> None:
    """Become the only writer. Foreign keys are off, since batch migrations replace tables."""
    deadline = time.monotonic() + LOCK_SECONDS
    # Two processes that turn the same new file to WAL exclude each other without waiting.
    while True:
        try:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            break
        except DBAPIError as error:
            if not is_busy(error.orig or error) or time.monotonic() >= deadline:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
    connection.exec_driver_sql(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if broken:
        raise DatabaseUnusable(
            "The migration would leave rows that refer to nothing, so that nothing was changed: "
            + ", ".join(f"{row[0]} row {row[1]} refers to {row[2]}" for row in broken)
        )


def _explain(target: DatabaseUrl, error: BaseException | None) -> DatabaseUnusable | None:
    if isinstance(error, sqlite3.Error):
        if target.path.is_dir():
            return DatabaseUnusable(
                f"{target.path}: a directory is where the database file belongs; move it away, "
                f"{_ELSEWHERE}"
            )
        fix = _SQLITE_FIXES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if fix:
            return DatabaseUnusable(
                f"{target.path}: cannot be used as the database ({error}); {fix}"
            )
    if isinstance(error, psycopg.OperationalError):
        return DatabaseUnusable(
            f"{target.shown}: cannot be used as the database ({_first_line(error)}); start the "
            "server, or correct DATABASE_URL"
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return DatabaseUnusable(
            f"{target.shown}: the role of DATABASE_URL may not do this ({_first_line(error)}); "
            "make it the owner of the database"
        )
    return None


def _first_line(error: psycopg.Error) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
