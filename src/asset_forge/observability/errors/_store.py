"""Keeps errors on this machine, grouped, whether or not anything else works."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from . import _database
from ._declarations import Severity
from ._model import ErrorDetails, ErrorGroup, ErrorPage, GroupStatus, Occurrence
from ._tally import Sample, Tally, sample_of

__all__ = ["ErrorStore"]

_GATHER_SECONDS = 0.05
_REOPEN_SECONDS = 60.0
_TIDY_SECONDS = 60.0
# Different faults that wait to be written; the count of a known one always finds room.
_MAX_WAITING = 1_000
_READ_WAIT_SECONDS = 1.0

_log = logging.getLogger("asset_forge.errors")


class ErrorStore:
    """Groups of errors in a SQLite file of their own, which several processes may share.

    Writing happens in a background thread and never delays :meth:`record`: occurrences that wait
    are added up by fingerprint, so a storm costs memory for its kinds and not for its number.
    Without a ``path``, or while the file cannot be opened or written, groups are kept in memory,
    ``on_fault`` is told once in a sentence (a warning is logged unless it is given), and what
    memory holds moves into the file when it works again. Only a fault beyond a thousand waiting
    ones is lost, and ``on_lost`` is told; the tracker that uses the store sets it.

    A group gets at most ``events_per_minute`` events in any minute, of all processes that share
    the file together. ``on_decided``, which the tracker sets too, is told in the background of each
    event whether it is one of them. Where the file cannot say it, because it is busy for two
    seconds, broken or missing, each process has a limit of its own, and no event waits longer.

    A group is forgotten ``retention_seconds`` after it was last seen, or when there are more than
    ``max_groups``; of each the newest ``events_per_group`` events are kept. ``clock`` returns
    seconds since the epoch.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        clock: Callable[[], float] = time.time,
        retention_seconds: float = 30 * 86_400.0,
        max_groups: int = 1_000,
        events_per_minute: int = 10,
        events_per_group: int = 20,
        reopen_seconds: float = _REOPEN_SECONDS,
        on_lost: Callable[[int], None] | None = None,
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        if not 1 <= events_per_minute <= events_per_group:
            raise ValueError(
                f"events_per_minute {events_per_minute} is out of range: 1 to events_per_group, "
                f"which is {events_per_group}"
            )
        self._path = path
        self._clock = clock
        self._retention = retention_seconds
        self._max_groups = max_groups
        self._events_per_minute = events_per_minute
        self._events_per_group = events_per_group
        self._reopen_seconds = reopen_seconds
        self.on_lost = on_lost
        self.on_decided: Callable[[Sample, bool], None] | None = None
        self._on_fault = on_fault or _log.warning
        self._waiting: dict[str, Tally] = {}
        self._changed = threading.Condition()
        self._flying: dict[str, Tally] = {}  # what the thread is writing
        self._closing = False
        self._thread: threading.Thread | None = None
        # One connection; SQLite itself keeps processes apart.
        self._database_lock = threading.Lock()
        self._in_memory = path is None
        self._reopen_at = 0.0
        self._tidy_at = 0.0
        self._connection = self._open()

    @property
    def in_memory(self) -> bool:
        """Whether groups are kept in memory at present and end with the process."""
        return self._in_memory

    @property
    def events_per_minute(self) -> int:
        """How many events of one group are kept in any minute."""
        return self._events_per_minute

    def record(self, occurrence: Occurrence) -> None:
        """Add one occurrence. Takes some microseconds and never raises."""
        with self._changed:
            found = occurrence.fingerprint
            known = found in self._waiting or found in self._flying
            room = known or len(self._waiting) + len(self._flying) < _MAX_WAITING
            lost = self._closing or not room
            if not lost:
                self._add(occurrence)
                if self._thread is None:
                    self._thread = threading.Thread(
                        target=self._run, name="error-store", daemon=True
                    )
                    self._thread.start()
                self._changed.notify_all()
        if lost:
            self._lost(1)
            if occurrence.event is not None:
                self._decide(sample_of(occurrence, occurrence.event), True)

    def groups(
        self,
        *,
        status: GroupStatus | None = "unresolved",
        severity: Severity | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> ErrorPage:
        """One page of at most ``limit`` (1 to 200) groups, the most recently seen first. Reads the
        disk: call off the loop.

        Raises `ValueError` for an unknown ``cursor`` or ``limit``.
        """
        if not 1 <= limit <= 200:
            raise ValueError(f"limit {limit} is out of range: 1 to 200")
        self.flush(_READ_WAIT_SECONDS)
        with self._database_lock:
            return _database.page(
                self._connection, status=status, severity=severity, limit=limit, cursor=cursor
            )

    def group(self, fingerprint: str) -> ErrorDetails | None:
        """A group and its newest events, or ``None``. Reads the disk: call off the loop."""
        self.flush(_READ_WAIT_SECONDS)
        with self._database_lock:
            return _database.details(self._connection, fingerprint)

    def resolve(self, fingerprint: str) -> ErrorGroup | None:
        """Mark a group resolved, until it is seen again; ``None`` if there is none. Writes the
        disk: call off the loop.
        """
        self.flush(_READ_WAIT_SECONDS)
        with self._database_lock:
            _database.resolve(self._connection, fingerprint, self._clock())
            found = _database.details(self._connection, fingerprint)
        return found.group if found else None

    def flush(self, timeout: float = 1.0) -> bool:
        """Wait up to ``timeout`` seconds until everything recorded is in the database; False if it
        is not.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            self._changed.notify_all()
            while self._waiting or self._flying:
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def close(self, timeout: float = 2.0) -> None:
        """Write what waits for up to ``timeout`` seconds and close the file; what is left over is
        counted as lost.
        """
        self.flush(timeout)
        with self._changed:
            if self._closing:
                return
            self._closing = True
            left = list(self._waiting.values())
            self._changed.notify_all()
        if left:
            self._lost(sum(tally.count for tally in left))
            self._hand_out(left, ())
        if self._thread is not None:
            self._thread.join(timeout)
        if self._database_lock.acquire(timeout=timeout):
            self._connection.close()
            self._database_lock.release()

    def _lost(self, count: int) -> None:
        if self.on_lost is not None:
            self.on_lost(count)

    def _decide(self, sample: Sample, kept: bool) -> None:
        if self.on_decided is None:
            return
        try:
            self.on_decided(sample, kept)
        except Exception:  # noqa: BLE001 - the writer has to go on; the loss is counted
            self._lost(1)

    def _hand_out(self, tallies: list[Tally], left_out: Collection[Sample]) -> None:
        """Say of each sample whether it is kept, unless that was said before."""
        for tally in tallies:
            for sample in tally.samples:
                if not sample.handed_out:
                    sample.handed_out = True
                    self._decide(sample, sample not in left_out)

    def _add(self, occurrence: Occurrence) -> None:
        tally = self._waiting.get(occurrence.fingerprint)
        if tally is None:
            tally = self._waiting[occurrence.fingerprint] = Tally(occurrence, 0, occurrence.seen_at)
        tally.add(occurrence, self._events_per_group)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                self._changed.wait(_GATHER_SECONDS)
                batch = self._flying = self._waiting
                self._waiting = {}
            tallies = list(batch.values())
            left_out = self._write(tallies)
            self._hand_out(tallies, left_out or ())
            with self._changed:
                self._flying = {}
                if left_out is None:
                    self._put_back(batch)
                    self._changed.wait(_GATHER_SECONDS)
                self._changed.notify_all()

    def _put_back(self, batch: dict[str, Tally]) -> None:
        for fingerprint, older in batch.items():
            newer = self._waiting.get(fingerprint)
            if newer is None:
                self._waiting[fingerprint] = older
            else:
                newer.merge(older, self._events_per_group)

    def _write(self, batch: list[Tally]) -> list[Sample] | None:
        """Write the batch to the file or, if that fails, to memory; return the samples that are
        not kept, or ``None`` if all has to wait for another process.
        """
        with self._database_lock:
            if self._in_memory and self._path is not None and self._clock() >= self._reopen_at:
                self._move_back(self._path)
            try:
                left_out = self._add_to(self._connection, batch)
            except sqlite3.Error as error:
                if _database.is_busy(error) and not self._closing:
                    return None
                self._fall_back(error)
                left_out = self._add_to(self._connection, batch)
            self._tidy()
        return left_out

    def _add_to(self, connection: sqlite3.Connection, batch: list[Tally]) -> list[Sample]:
        return _database.write(
            connection,
            batch,
            events_per_minute=self._events_per_minute,
            events_per_group=self._events_per_group,
        )

    def _tidy(self) -> None:
        now = self._clock()
        if now < self._tidy_at:
            return
        self._tidy_at = now + _TIDY_SECONDS
        try:
            _database.forget(self._connection, now - self._retention, self._max_groups)
        except sqlite3.Error:
            self._tidy_at = now  # busy or failing: the next write finds out, and tries again

    def _open(self) -> sqlite3.Connection:
        try:
            return _database.open_database(self._path)
        except (sqlite3.Error, OSError) as error:
            self._say(error)
            return _database.open_database(None)

    def _fall_back(self, error: sqlite3.Error) -> None:
        self._connection.close()
        self._connection = _database.open_database(None)
        self._say(error)

    def _say(self, error: Exception) -> None:
        """Note that the file failed; a sentence goes out for the first failure in a row."""
        first = not self._in_memory
        self._in_memory = True
        self._reopen_at = self._clock() + self._reopen_seconds
        if first:
            self._on_fault(
                f"errors are kept in memory, because {self._path} cannot be used: {error}"
            )

    def _move_back(self, path: Path) -> None:
        try:
            file = _database.open_database(path)
        except (sqlite3.Error, OSError) as error:
            self._say(error)
            return
        try:
            self._add_to(file, _database.rows(self._connection))
        except sqlite3.Error as error:
            file.close()
            self._say(error)
            return
        self._connection.close()
        self._connection = file
        self._in_memory = False
