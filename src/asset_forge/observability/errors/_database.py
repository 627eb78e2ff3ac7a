"""The SQL of the local store; every function takes a connection, so a file and memory are treated
alike.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ._declarations import SEVERITIES, Severity
from ._model import ErrorDetails, ErrorGroup, ErrorPage, GroupStatus, Occurrence
from ._tally import Sample, Tally

__all__ = [
    "LIMIT_SECONDS",
    "details",
    "forget",
    "open_database",
    "page",
    "resolve",
    "rows",
    "write",
]

LIMIT_SECONDS = 60.0
"""In any span of so many seconds a group gets its number of events, and no more."""

_VERSION = 1
_BUSY_SECONDS = 2.0
_BUSY_PAUSE_SECONDS = 0.01
_BUSY = frozenset((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED))
_SCHEMA = """
CREATE TABLE IF NOT EXISTS groups (
    fingerprint TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    culprit TEXT NOT NULL,
    severity TEXT NOT NULL,
    error_type TEXT,
    count INTEGER NOT NULL,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    resolved_at REAL
) STRICT;
CREATE INDEX IF NOT EXISTS groups_last_seen ON groups (last_seen DESC, fingerprint);
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL REFERENCES groups (fingerprint) ON DELETE CASCADE,
    seen_at REAL NOT NULL,
    event BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_fingerprint ON events (fingerprint, seen_at DESC);
"""
_COLUMNS = (
    "fingerprint, type, message, culprit, severity, error_type, "
    "count, first_seen, last_seen, resolved_at"
)
_UPSERT = f"""
INSERT INTO groups ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)
ON CONFLICT (fingerprint) DO UPDATE SET
    message = excluded.message, culprit = excluded.culprit, severity = excluded.severity, count =
    count + excluded.count, first_seen = min(first_seen, excluded.first_seen), last_seen =
    max(last_seen, excluded.last_seen), resolved_at = CASE WHEN excluded.last_seen > resolved_at
    THEN NULL ELSE resolved_at END
"""  # noqa: S608 - the columns are written above
# Both sides: events of other processes, or from before the clock was set back, may be later ones.
_ADMIT = f"""
INSERT INTO events (fingerprint, seen_at, event) SELECT ?1, ?2, ?3 WHERE (
    SELECT count(*) FROM events WHERE fingerprint = ?1
    AND seen_at > ?2 - {LIMIT_SECONDS} AND seen_at < ?2 + {LIMIT_SECONDS}
) < ?4
"""  # noqa: S608 - the number is written above

_Row = tuple[str, str, str, str, str, str | None, int, float, float, float | None]


def open_database(path: Path | None) -> sqlite3.Connection:
    """Open the file, made if it is missing, or memory for ``None``. Raises `sqlite3.Error` or
    `OSError`.
    """
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(
        ":memory:" if path is None else path,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if path is not None:
            _use_wal(connection)
            connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version > _VERSION:
            raise sqlite3.DatabaseError(
                f"the file has schema {version}, this version reads up to {_VERSION}"
            )
        if version < _VERSION:
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;"
            )
    except BaseException:
        connection.close()
        raise
    return connection


def is_busy(error: sqlite3.Error) -> bool:
    """Say whether another process is using the file, so that it is worth another try."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Where another process does so now SQLite refuses at once and does not wait."""
    tries = round(_BUSY_SECONDS / _BUSY_PAUSE_SECONDS)  # counted: a frozen process has not waited
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            tries -= 1
            if not is_busy(error) or tries <= 0:
                raise
            time.sleep(_BUSY_PAUSE_SECONDS)
        else:
            return


def write(
    connection: sqlite3.Connection,
    tallies: Iterable[Tally],
    *,
    events_per_minute: int,
    events_per_group: int,
) -> list[Sample]:
    """Add the tallies in one transaction; the newest ``events_per_group`` events of a group stay.

    Returns the samples that are not kept, since their group had ``events_per_minute`` already,
    of all processes that write to the file.
    """
    left_out: list[Sample] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        for tally in tallies:
            new = tally.newest
            connection.execute(
                _UPSERT,
                (
                    *(
                        new.fingerprint,
                        new.type,
                        new.message,
                        new.culprit,
                        new.severity,
                        new.error_type,
                    ),
                    *(tally.count, tally.first_seen, new.seen_at),
                ),
            )
            for sample in tally.samples:
                values = (new.fingerprint, sample.seen_at, sample.event, events_per_minute)
                if not connection.execute(_ADMIT, values).rowcount:
                    left_out.append(sample)
            if tally.samples:
                connection.execute(
                    "DELETE FROM events WHERE fingerprint = ?1 AND id NOT IN "
                    "(SELECT id FROM events WHERE fingerprint = ?1 "
                    "ORDER BY seen_at DESC, id DESC LIMIT ?2)",
                    (new.fingerprint, events_per_group),
                )
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return left_out


def forget(connection: sqlite3.Connection, before: float, max_groups: int) -> None:
    """Delete groups last seen before then, and the least recently seen beyond ``max_groups``."""
    connection.execute("DELETE FROM groups WHERE last_seen < ?", (before,))
    connection.execute(
        "DELETE FROM groups WHERE fingerprint IN "
        "(SELECT fingerprint FROM groups ORDER BY last_seen DESC, fingerprint LIMIT -1 OFFSET ?)",
        (max_groups,),
    )


def rows(connection: sqlite3.Connection) -> list[Tally]:
    """Everything in the database, in the form in which it is written."""
    tallies: list[Tally] = []
    for row in connection.execute(f"SELECT {_COLUMNS} FROM groups").fetchall():  # noqa: S608 - constant columns
        group = _group(row)
        events: list[tuple[str, float, bytes]] = connection.execute(
            "SELECT fingerprint, seen_at, event FROM events "
            "WHERE fingerprint = ? ORDER BY seen_at, id",
            (group.fingerprint,),
        ).fetchall()
        newest = Occurrence(*_identity(row), seen_at=row[8], event=None)
        samples = [Sample(*event) for event in events]
        tallies.append(Tally(newest, group.count, row[7], samples))
    return tallies


def page(
    connection: sqlite3.Connection,
    *,
    status: GroupStatus | None,
    severity: Severity | None,
    limit: int,
    cursor: str | None,
) -> ErrorPage:
    """One page of groups, the most recently seen first. Raises `ValueError` for a cursor that is
    not from a page.
    """
    conditions = ["1"]
    values: list[str | float] = []
    if status is not None:
        conditions.append(
            "resolved_at IS NULL" if status == "unresolved" else "resolved_at IS NOT NULL"
        )
    if severity is not None:
        conditions.append("severity = ?")
        values.append(severity)
    if cursor is not None:
        last_seen, fingerprint = _position(cursor)
        conditions.append("(last_seen < ? OR (last_seen = ? AND fingerprint > ?))")
        values += [last_seen, last_seen, fingerprint]
    found: list[_Row] = connection.execute(
        f"SELECT {_COLUMNS} FROM groups WHERE {' AND '.join(conditions)} "  # noqa: S608 - values are bound
        "ORDER BY last_seen DESC, fingerprint LIMIT ?",
        (*values, limit + 1),
    ).fetchall()
    more = len(found) > limit
    found = found[:limit]
    token = f"{found[-1][8]!r} {found[-1][0]}" if more else None
    return ErrorPage(
        items=[_group(row) for row in found],
        next_cursor=base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
        if token
        else None,
    )


def details(connection: sqlite3.Connection, fingerprint: str) -> ErrorDetails | None:
    """The group and its events, or ``None`` if there is none."""
    row: _Row | None = connection.execute(
        f"SELECT {_COLUMNS} FROM groups WHERE fingerprint = ?",  # noqa: S608 - constant columns
        (fingerprint,),
    ).fetchone()
    if row is None:
        return None
    events: list[tuple[bytes]] = connection.execute(
        "SELECT event FROM events WHERE fingerprint = ? ORDER BY seen_at DESC, id DESC",
        (fingerprint,),
    ).fetchall()
    return ErrorDetails(group=_group(row), events=[msgspec.Raw(event) for (event,) in events])


def resolve(connection: sqlite3.Connection, fingerprint: str, now: float) -> bool:
    """Mark the group resolved until it is seen again; False if there is none."""
    done = connection.execute(
        "UPDATE groups SET resolved_at = coalesce(resolved_at, ?) WHERE fingerprint = ?",
        (now, fingerprint),
    )
    return done.rowcount > 0


def _position(cursor: str) -> tuple[float, str]:
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        last_seen, fingerprint = text.split(" ")
        return float(last_seen), fingerprint
    except (ValueError, binascii.Error):
        raise ValueError(
            "cursor is unknown: pass nextCursor of a page as it is, or none for the first page"
        ) from None


def _identity(row: _Row) -> tuple[str, str, str, str, Severity, str | None]:
    known: dict[str, Severity] = {name: name for name in SEVERITIES}
    return row[0], row[1], row[2], row[3], known.get(row[4], "error"), row[5]


def _group(row: _Row) -> ErrorGroup:
    fingerprint, kind, message, culprit, severity, error_type = _identity(row)
    return ErrorGroup(
        fingerprint=fingerprint,
        type=kind,
        message=message,
        culprit=culprit,
        severity=severity,
        error_type=error_type,
        count=row[6],
        first_seen=_moment(row[7]),
        last_seen=_moment(row[8]),
        status="unresolved" if row[9] is None else "resolved",
        resolved_at=None if row[9] is None else _moment(row[9]),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(round(seconds, 3), UTC)
