"""Faults of the embedded database: locked for writers, for everybody, or by turns."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from typing import Final

from asset_forge.simulation.faults._model import Fault
from asset_forge.simulation.stack import Stack

_WAIT_SECONDS: Final = 20.0


class DatabaseLocked(Fault):
    """Another program writes to the database for a long time: no request can change anything."""

    name = "database-locked"
    what = "a second connection to the SQLite file holds BEGIN IMMEDIATE"
    alerts = ("AvailabilityBudgetBurn",)
    silenced = ("AvailabilityBudgetBurnSlow",)
    also = (
        *("HighErrorRate", "HighLatency", "LatencyBudgetBurn", "LatencyBudgetBurnSlow"),
        *("GenerationQueueStalled", "HighGenerationFailureRate", "GenerationBudgetBurn"),
        *("GenerationBudgetBurnSlow", "BackgroundSampleFailing"),
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
import fcntl, os, sys
file = open(sys.argv[1], "rb+")
# The eight locks of the WAL index: writer, checkpoint, recovery and five for readers.
fcntl.lockf(file, fcntl.LOCK_EX, 8, 120)
print("locked", flush=True)
sys.stdin.read()
"""
"""Source: "WAL-mode File Format", section "WAL Locks", of SQLite's documentation."""


class DatabaseDown(Fault):
    """Another program holds every lock of the database: nothing can be read or written."""

    name = "database-down"
    what = "a process holds all locks of the SQLite file's WAL index, those of readers too"
    alerts = ("DatabaseDown",)
    also = (
        *("AvailabilityBudgetBurn", "AvailabilityBudgetBurnSlow", "HighErrorRate"),
        *("BackgroundSampleFailing", "GenerationQueueStalled", "HighGenerationFailureRate"),
        *("GenerationBudgetBurn", "GenerationBudgetBurnSlow", "LatencyBudgetBurn", "HighLatency"),
        "LatencyBudgetBurnSlow",
    )

    def __init__(self) -> None:
        self._locker: subprocess.Popen[bytes] | None = None

    def inject(self, stack: Stack) -> None:
        """Take the locks, as soon as the readers of the moment are done."""
        # In a process of its own: a file's locks end when their process closes any of its handles.
        self._locker = subprocess.Popen(  # noqa: S603 - this interpreter, and a path of ours
            [sys.executable, "-c", _LOCKER, f"{stack.database}-shm"],
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
