"""SQLite's part of the engine: how a file is opened, how a transaction begins, how threads end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final

import aiosqlite
from sqlalchemy import Connection

from asset_forge.database._translation import is_busy

WRITER_SECONDS: Final = 4.0
"""How long a transaction waits for another writer of an SQLite file: 503 within five seconds."""

WRITING: Final = "asset_forge_writing"
DEADLINE: Final = "asset_forge_deadline"

_BUSY_MILLISECONDS: Final = 250
"""How long one attempt to become the writer holds its connection's thread, and so how long the
thread waits in vain after its client left. Attempts go on up to `WRITER_SECONDS`."""

_OPENING_SECONDS: Final = 4.0
_ENDING_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.002


class SqliteConnections:
    """Opens connections to one file, and ends the threads that work for them.

    The driver gives each connection a thread that answers to the event loop. One that is closed in
    passing (a client left, a time limit passed) ends later, and would answer to a closed loop.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[aiosqlite.Connection] = []

    async def connect(self) -> aiosqlite.Connection:
        """Open the file in a thread of its own."""
        connection = aiosqlite.connect(
            self._path, isolation_level=None, timeout=_OPENING_SECONDS, check_same_thread=False
        )
        thread = _thread(connection)
        thread.daemon = True
        self._open = [other for other in self._open if _thread(other).is_alive()]
        self._open.append(connection)
        return await connection

    async def end(self) -> None:
        """Tell every thread to end, and wait for them, for five seconds at most."""
        for connection in self._open:
            if _thread(connection).is_alive():
                connection.stop()
        # Looked at, not joined in a thread: the job engine takes the loop's threads along.
        deadline = asyncio.get_running_loop().time() + _ENDING_SECONDS
        while any(_thread(connection).is_alive() for connection in self._open):
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(_LOOK_SECONDS)
        self._open.clear()


def _thread(connection: aiosqlite.Connection) -> Any:
    return connection._thread  # pyright: ignore[reportPrivateUsage]


def prepare(connection: Any, _record: object) -> None:
    """Set a new connection up."""
    cursor = connection.cursor()
    try:
        for pragma in (
            "journal_mode=WAL",  # readers and the writer do not wait for each other
            "synchronous=NORMAL",  # with WAL a crash cannot corrupt; only a power cut can lose
            "foreign_keys=ON",
            f"busy_timeout={_BUSY_MILLISECONDS}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def begin(connection: Connection) -> None:
    """Begin for real: the driver would wait for the first write, and then without a lock."""
    options = connection.get_execution_options()
    statement = "BEGIN IMMEDIATE" if options.get(WRITING) else "BEGIN DEFERRED"
    deadline: float = options.get(DEADLINE, 0.0)
    driver_connection = connection.connection.dbapi_connection
    assert driver_connection is not None  # noqa: S101 - a checked-out connection has one
    cursor = driver_connection.cursor()
    try:
        while True:
            try:
                cursor.execute(statement)
            except Exception as error:
                if not is_busy(error) or asyncio.get_running_loop().time() >= deadline:
                    raise
            else:
                return
    finally:
        cursor.close()
