"""What `DATABASE_URL` may look like, and how it is shown without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

Dialect = Literal["sqlite", "postgresql"]

_DIALECTS: dict[str, Dialect] = {
    "sqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "postgresql+psycopg": "postgresql",
}


class DatabaseUnusable(Exception):
    """The database cannot be used as it is set up; the message names the setting and the fix."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """A parsed database URL.

    Attributes:
        dialect: Which of the two databases it names.
        asynchronous: The URL for an asynchronous engine.
        synchronous: The URL for a synchronous engine, which the migrations use.
        shown: The URL for messages, without password and parameters.
    """

    dialect: Dialect
    asynchronous: URL
    synchronous: URL
    shown: str

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.asynchronous.database or "")


def parse_database_url(text: str) -> DatabaseUrl:
    """Read a database URL.

    Raises:
        DatabaseUnusable: It names no database that is supported; the text never repeats a secret.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUnusable(
            "DATABASE_URL is not a URL: give sqlite:///PATH or postgresql://USER@HOST:PORT/NAME"
        ) from None
    dialect = _DIALECTS.get(url.drivername)
    if dialect is None:
        raise DatabaseUnusable(
            f"DATABASE_URL begins with {url.drivername}://, which is not supported: "
            "give sqlite:///PATH or postgresql://USER@HOST:PORT/NAME"
        )
    shown = url.set(query={}).render_as_string(hide_password=True)
    if dialect == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        return DatabaseUrl(dialect, url, url, shown)
    if not url.database or url.database.startswith((":memory:", "file:")):
        raise DatabaseUnusable(
            f"DATABASE_URL={shown} names no file, and a database in memory is lost with its "
            "connection: give sqlite:///PATH"
        )
    file_only = URL.create("sqlite", database=url.database)
    return DatabaseUrl(
        dialect,
        file_only.set(drivername="sqlite+aiosqlite"),
        file_only,
        f"sqlite:///{url.database}",
    )
