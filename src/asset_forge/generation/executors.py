"""The processes that execute jobs: their heartbeats, which of them are dead, and who sweeps.

A heartbeat is written by a thread, so that a blocked event loop does not count as a death. A
process is dead when it was silent for 30 seconds; on the machine of an embedded database it is
dead as soon as the lock on its file is free, which the kernel sees to however the process ends.
"""

from __future__ import annotations

import fcntl
import logging
import os
import socket
import threading
from datetime import timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import Executor, Lease

HEARTBEAT_SECONDS: Final = 5.0
SILENT_SECONDS: Final = 30.0

_log = logging.getLogger(__name__)


class Executors:
    """This process among those that execute jobs on the same database.

    `locks` is a directory of the machine that all of them share, or None where they may be on
    several machines.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        id: str,  # noqa: A002
        sync_url: str,
        version: str,
        locks: Path | None,
    ) -> None:
        self.id = id
        self._database = database
        self._clock = clock
        self._sync_url = sync_url
        self._version = version
        self._locks = locks
        self._lock_file: int | None = None
        self._started_at = clock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Register this process and start its heartbeat."""
        if self._locks is not None:
            self._locks.mkdir(parents=True, exist_ok=True)
            self._lock_file = os.open(self._locks / self.id, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        async with self._database.transaction() as session:
            await session.execute(sa.insert(Executor).values(self._row()))
        self._thread = threading.Thread(target=self._beat, name="job-heartbeat", daemon=True)
        self._thread.start()

    async def stop(self, *, leaves_jobs: bool) -> None:
        """End the heartbeat, and let others take over at once what is left.

        Where nothing is, no trace of this process stays, so that one found dead ended uncleanly.
        """
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=HEARTBEAT_SECONDS)
        if leaves_jobs:
            long_ago = self._clock() - timedelta(days=1)
            async with self._database.transaction() as session:
                await session.execute(
                    sa.update(Executor).where(Executor.id == self.id).values(heartbeat_at=long_ago)
                )
        else:
            await self.forget(self.id)
        if self._lock_file is not None:
            os.close(self._lock_file)

    async def dead(self) -> list[str]:
        """List the executors that will not come back to their jobs."""
        async with self._database.reading() as session:
            rows = (await session.execute(sa.select(Executor.id, Executor.heartbeat_at))).all()
        silent_since = self._clock() - timedelta(seconds=SILENT_SECONDS)
        return [
            row.id
            for row in rows
            if row.id != self.id and (row.heartbeat_at < silent_since or self._lock_is_free(row.id))
        ]

    async def forget(self, executor_id: str) -> None:
        """Remove a dead executor, once its jobs are recovered."""
        async with self._database.transaction() as session:
            await session.execute(sa.delete(Executor).where(Executor.id == executor_id))
        if self._locks is not None:
            (self._locks / executor_id).unlink(missing_ok=True)

    async def elect(self, name: str, *, seconds: float) -> bool:
        """Take or keep the lease of a task for some seconds; False while another holds it."""
        now = self._clock()
        expires_at = now + timedelta(seconds=seconds)
        async with self._database.transaction() as session:
            taken = await session.execute(
                sa.update(Lease)
                .where(
                    Lease.name == name,
                    sa.or_(Lease.holder == self.id, Lease.expires_at < now, *self._holder_gone()),
                )
                .values(holder=self.id, expires_at=expires_at)
                .returning(Lease.name)
            )
            if taken.first() is not None:
                return True
            if await session.get(Lease, name) is not None:
                return False
            session.add(Lease(name=name, holder=self.id, expires_at=expires_at))
        return True

    def _holder_gone(self) -> list[sa.ColumnElement[bool]]:
        """Say whose leases are void before they expire: those of the dead on this machine."""
        if self._locks is None:
            return []
        gone = [p.name for p in self._locks.iterdir() if self._lock_is_free(p.name)]
        return [Lease.holder.in_(gone)] if gone else []

    def _lock_is_free(self, executor_id: str) -> bool:
        if self._locks is None or executor_id == self.id:
            return False
        try:
            descriptor = os.open(self._locks / executor_id, os.O_RDWR)
        except FileNotFoundError:
            return False  # made elsewhere, or just removed: its heartbeat decides
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            os.close(descriptor)
        return True

    def _row(self) -> dict[str, object]:
        return {
            "id": self.id,
            "hostname": socket.gethostname()[:255],
            "pid": os.getpid(),
            "version": self._version,
            "started_at": self._started_at,
            "heartbeat_at": self._clock(),
        }

    def _beat(self) -> None:
        engine = sa.create_engine(self._sync_url, poolclass=sa.NullPool)
        statement = sa.update(Executor).where(Executor.id == self.id)
        while not self._stopped.wait(HEARTBEAT_SECONDS):
            try:
                with engine.begin() as connection:
                    beat = connection.execute(statement.values(heartbeat_at=self._clock()))
                    if beat.rowcount == 0:
                        # Taken for dead while it was frozen; what it takes on now is its own again.
                        connection.execute(sa.insert(Executor).values(self._row()))
            except SQLAlchemyError as error:
                _log.warning("the heartbeat of this process could not be written: %s", error)
        engine.dispose()
