"""Faults of the embedded database: locked for writers, for everybody, or by turns."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar, Final

import httpx

from asset_forge.simulation.faults._model import Fault, Repeated
from asset_forge.simulation.faults._traffic import Storm, sign_in
from asset_forge.simulation.programs import NotWithin
from asset_forge.simulation.stack import Preparation, Stack
from asset_forge.simulation.traffic import connect

_WAIT_SECONDS: Final = 20.0
_SIGN_IN_SECONDS: Final = 30.0


class DatabaseLocked(Fault):
    """Another program writes to the database for a long time: no request can change anything."""

    name = "database-locked"
    what = "a second connection to the SQLite file holds BEGIN IMMEDIATE"
    alerts = ("AvailabilityBudgetBurn",)
    silenced = ("AvailabilityBudgetBurnSlow",)
    also = (
        *("HighErrorRate", "HighLatency", "LatencyBudgetBurn", "LatencyBudgetBurnSlow"),
        *("GenerationQueueStalled", "HighGenerationFailureRate", "GenerationBudgetBurn"),
        *("GenerationBudgetBurnSlow", "BackgroundSampleFailing", "DatabaseSlow"),
    )

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None

    def inject(self, stack: Stack) -> None:
        """Become the only writer, and stay it."""
        self._connection = sqlite3.connect(
            stack.database, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("BEGIN IMMEDIATE")

    def heal(self, stack: Stack) -> None:
        """Let others write."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


_LOCKER: Final = """
import fcntl, select, sys, time
held, free = float(sys.argv[2]), float(sys.argv[3])
file = open(sys.argv[1], "rb+")
while True:
    # The eight locks of the WAL index: writer, checkpoint, recovery and five for readers.
    fcntl.lockf(file, fcntl.LOCK_EX, 8, 120)
    print("locked", flush=True)
    if select.select([sys.stdin], [], [], held)[0]:
        break
    fcntl.lockf(file, fcntl.LOCK_UN, 8, 120)
    time.sleep(free)
"""
"""Source: "WAL-mode File Format", section "WAL Locks", of SQLite's documentation."""


class _ReadersLocked(Fault):
    """A fault of a process that holds every lock of the database, all the time or in turns."""

    _held_seconds: ClassVar[float]
    _free_seconds: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self._locker: subprocess.Popen[bytes] | None = None

    def inject(self, stack: Stack) -> None:
        """Take the locks, as soon as the readers of the moment are done."""
        # In a process of its own: a file's locks end when their process closes any of its handles.
        self._locker = subprocess.Popen(  # noqa: S603 - this interpreter, and a path of ours
            [
                *(sys.executable, "-c", _LOCKER, f"{stack.database}-shm"),
                *(str(self._held_seconds), str(self._free_seconds)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._locker.stdout is not None  # noqa: S101 - it was asked for
        self._locker.stdout.readline()

    def heal(self, stack: Stack) -> None:
        """Give the locks back."""
        self.close()

    def close(self) -> None:
        """End the process that holds them."""
        if self._locker is not None:
            self._locker.communicate(timeout=_WAIT_SECONDS)
            self._locker = None


class DatabaseSlow(_ReadersLocked):
    """Another program holds every lock of the database for short times: every query waits a bit."""

    name = "database-slow"
    what = "a process holds all locks of the SQLite file's WAL index for 0.15 s, again and again"
    alerts = ("DatabaseSlow",)
    also = ("LatencyBudgetBurnSlow", "AvailabilityBudgetBurnSlow")
    _held_seconds = 0.15
    _free_seconds = 0.04


class DatabaseDown(_ReadersLocked):
    """Another program holds every lock of the database: nothing can be read or written."""

    name = "database-down"
    what = "a process holds all locks of the SQLite file's WAL index, those of readers too"
    alerts = ("DatabaseDown",)
    also = (
        *("AvailabilityBudgetBurn", "AvailabilityBudgetBurnSlow", "HighErrorRate"),
        *("BackgroundSampleFailing", "GenerationQueueStalled", "HighGenerationFailureRate"),
        *("GenerationBudgetBurn", "GenerationBudgetBurnSlow", "LatencyBudgetBurn", "HighLatency"),
        *("LatencyBudgetBurnSlow", "DatabaseSlow", "DatabasePoolNearExhaustion"),
    )
    _held_seconds = 3600.0


class PoolExhausted(Storm):
    """Transactions hold their connection for long, and there are few connections.

    Nothing fails: everybody gets a turn. Requests that need no database go on as ever.
    """

    name = "pool-exhausted"
    what = "a pool of one connection, and a second program that locks the writers for 2 s at a time"
    alerts = ("DatabasePoolNearExhaustion",)
    also = ("LatencyBudgetBurnSlow", "DatabaseSlow", "BackgroundSampleFailing")

    _WRITERS: Final = 2
    _OTHERS_PER_SECOND: Final = 50.0
    _HELD_SECONDS: Final = 2.0
    _FREE_SECONDS: Final = 0.03

    def __init__(self) -> None:
        super().__init__()
        self._holding: Repeated | None = None
        self._signed_in = threading.Event()

    def prepare(self, home: Path) -> Preparation:
        """Let the service have one connection."""
        return Preparation({"DATABASE_POOL_SIZE": "1"})

    def inject(self, stack: Stack) -> None:
        """Lock and unlock in turn, while requests want to write."""

        def hold() -> None:
            connection = sqlite3.connect(
                stack.database, timeout=_WAIT_SECONDS, isolation_level=None
            )
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(self._HELD_SECONDS)
            connection.close()

        super().inject(stack)
        if not self._signed_in.wait(_SIGN_IN_SECONDS):
            raise NotWithin(f"not within {_SIGN_IN_SECONDS:g} s: the writers have signed in")
        self._holding = Repeated(hold, self._FREE_SECONDS)
        self._holding.start()

    def heal(self, stack: Stack) -> None:
        """Lock no more, and end the requests."""
        if self._holding is not None:
            self._holding.stop()
        super().heal(stack)

    async def send(self, stack: Stack) -> None:
        """Write and ask until canceled."""
        token = await sign_in(stack)
        self._signed_in.set()
        async with asyncio.TaskGroup() as group:
            for number in range(self._WRITERS):
                group.create_task(self._write(stack, token, number))
            group.create_task(self._ask(stack))

    async def _write(self, stack: Stack, token: str, number: int) -> None:
        async with connect(stack.url, 4000 + number) as client:
            client.headers["authorization"] = f"Bearer {token}"
            while True:
                try:
                    await client.post("/api/projects", json={"name": "one more"})
                except httpx.TransportError:
                    await asyncio.sleep(1)

    async def _ask(self, stack: Stack) -> None:
        """Ask for what there is not, which needs no database."""
        async with connect(stack.url, 4100) as client:
            while True:
                try:
                    await client.get("/favicon.ico")
                except httpx.TransportError:
                    await asyncio.sleep(1)
                await asyncio.sleep(1 / self._OTHERS_PER_SECOND)
