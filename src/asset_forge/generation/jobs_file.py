"""The SQLite file of the job engine, where the service runs on embedded parts."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from asset_forge.database import DatabaseUnusable


def sqlite_is_too_old(python: tuple[object, ...], sqlite: tuple[int, ...]) -> bool:
    """Say whether DBOS cannot tell the time: on Python 3.12 and newer it asks SQLite for fractions
    of seconds, which came with 3.42.
    """
    return python[:2] >= (3, 12) and sqlite < (3, 42)


def prepare_jobs_file(path: Path) -> None:
    """Make the embedded file of the jobs, or open it, and let its readers go on beside a writer.

    Raises:
        DatabaseUnusable: It cannot be opened, or is no database, or Python's SQLite is too old.
    """
    if sqlite_is_too_old(sys.version_info, sqlite3.sqlite_version_info):
        raise DatabaseUnusable(
            f"SQLite {sqlite3.sqlite_version} is too old for the jobs on Python 3.12 and newer; "
            "take SQLite 3.42 or newer, Python 3.11, or Postgres by DATABASE_URL"
        )
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"{path}: cannot be used for the jobs ({error}); move it away, and the jobs that are "
            "under way are lost, restore a backup, or set ASSET_FORGE_DATA_DIR to another place"
        ) from error
