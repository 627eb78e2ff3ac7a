"""Turns what a database driver raises into the service's own faults, in one place."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from asset_forge.catalog import DatabaseFailure
from asset_forge.faults import Unavailable

FailureReason = DatabaseFailure

_MESSAGES: dict[FailureReason, str] = {
    "busy": "The database is locked by another writer; try again in a moment",
    "pool_exhausted": "All connections to the database are in use; try again in a moment",
    "timeout": "The database did not answer in time; try again later",
    "storage": "The database cannot write to its disk; an operator has to look at it",
    "unreachable": "The database cannot be reached; try again later",
}
_RETRY_SECONDS: dict[FailureReason, float] = {"busy": 2.0, "pool_exhausted": 1.0, "storage": 30.0}

_SQLITE_REASONS: dict[int, FailureReason] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_FULL: "storage",
    sqlite3.SQLITE_IOERR: "storage",
    sqlite3.SQLITE_READONLY: "storage",
    sqlite3.SQLITE_CANTOPEN: "unreachable",
}


class DatabaseUnavailable(Unavailable):
    """The database does not work at the moment (503); `reason` names the cause."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(_MESSAGES[reason], retry_after=_RETRY_SECONDS.get(reason, 5.0))
        self.reason: FailureReason = reason


def translate(error: BaseException) -> DatabaseUnavailable | None:
    """Return the fault that a driver's error means, or None when it is no fault of the database.

    A violated constraint, a statement that cannot be parsed or a fault of the service's own is not
    translated: the first is for the caller to judge, the second is a defect.
    """
    if isinstance(error, PoolTimeoutError):
        return DatabaseUnavailable("pool_exhausted")
    if isinstance(error, DBAPIError):
        reason = _reason_of_driver(error.orig)
        if reason is None and error.connection_invalidated:
            reason = "unreachable"
    else:
        reason = _reason_of_driver(error)
    return None if reason is None else DatabaseUnavailable(reason)


def is_busy(error: BaseException) -> bool:
    """Say whether SQLite refused because another connection writes."""
    return _reason_of_driver(error) == "busy"


def _reason_of_driver(error: BaseException | None) -> FailureReason | None:
    if isinstance(error, sqlite3.OperationalError):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension
        return _SQLITE_REASONS.get(code)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return _reason_of_postgres(error)
    return None


def _reason_of_postgres(error: psycopg.Error) -> FailureReason:
    match error.sqlstate:
        case "57014" | "55P03" | "25P03":  # statement, lock and idle timeouts
            return "timeout"
        case "40001" | "40P01":  # serialization failure, deadlock
            return "busy"
        case "53100":
            return "storage"
        case "53300":  # too many connections
            return "pool_exhausted"
        case _:
            return "timeout" if "has not answered" in str(error) else "unreachable"
