"""Brings the schema of a database up to date, and says whether this code can use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from asset_forge.database._connection import connected, locked
from asset_forge.database._url import DatabaseUrl, parse_database_url

CODE_REVISION = 1
"""Counts up when code learns to live with a schema that older code cannot use.

A migration that takes something away first waits for a release whose code does without it, and then
sets `schema_info.oldest_code_revision` to that release's number.
"""

_DIRECTORY = Path(__file__).parent / "migrations"


class SchemaMismatch(Exception):
    """The schema and the code do not fit; the message says which of them has to move.

    Attributes:
        expected: The revision that this code wants.
        actual: The revision of the database, None when it has none.
    """

    def __init__(self, message: str, *, expected: str, actual: str | None) -> None:
        super().__init__(message)
        self.expected = expected
        self.actual = actual


def migrate(url: str) -> str:
    """Upgrade the database to the schema of this code and return its revision; blocks.

    Several processes may do so at once: one works, the others wait and find nothing left to do. A
    newer schema that this code can live with is left as it is.

    Raises:
        DatabaseUnusable: The database cannot be opened or written.
        SchemaMismatch: The schema is newer, and this code is too old for it.
    """
    target = parse_database_url(url)
    with locked(target) as connection:
        actual = _revision(connection)
        if actual is not None and actual not in _known_revisions():
            _refuse_if_too_old(connection, target, actual)
            return actual
        _run(connection, command.upgrade, "head")
        return _head()


def downgrade(url: str, revision: str) -> None:
    """Take the schema back to a revision, `base` for an empty database; blocks.

    Raises:
        DatabaseUnusable: The database cannot be opened or written.
    """
    with locked(parse_database_url(url)) as connection:
        _run(connection, command.downgrade, revision)


def verify(url: str) -> str:
    """Return the revision of the database if this code can use it; changes nothing; blocks.

    Raises:
        DatabaseUnusable: The database cannot be opened.
        SchemaMismatch: The schema is missing, too old or too new for this code.
    """
    target = parse_database_url(url)
    if target.dialect == "sqlite" and not target.path.exists():
        raise _missing(target, None)
    with connected(target) as connection:
        actual = _revision(connection)
        known = _known_revisions()
        if actual is None or (actual in known and actual != _head()):
            raise _missing(target, actual)
        _refuse_if_too_old(connection, target, actual)
        return actual


def _missing(target: DatabaseUrl, actual: str | None) -> SchemaMismatch:
    expected = _head()
    found = "no schema" if actual is None else f"schema revision {actual}"
    return SchemaMismatch(
        f"{target.shown} has {found}, expected {expected}: run `asset-forge migrate`",
        expected=expected,
        actual=actual,
    )


def _refuse_if_too_old(connection: Connection, target: DatabaseUrl, actual: str) -> None:
    oldest = connection.execute(text("SELECT oldest_code_revision FROM schema_info")).scalar_one()
    if oldest > CODE_REVISION:
        raise SchemaMismatch(
            f"{target.shown} has schema revision {actual}, which needs code revision {oldest} or "
            f"newer, and this program has code revision {CODE_REVISION} (schema {_head()}): "
            "deploy a newer version of asset-forge",
            expected=_head(),
            actual=actual,
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_DIRECTORY).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _head() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101 - the package holds at least one migration
    return head


def _known_revisions() -> set[str]:
    script = ScriptDirectory.from_config(_config())
    return {revision.revision for revision in script.walk_revisions()}


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _run(connection: Connection, operation: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    operation(config, revision)
