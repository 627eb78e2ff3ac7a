from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from asset_forge.database import DatabaseUnusable, schema
from asset_forge.database._url import parse_database_url
from asset_forge.database.models import Base

SEARCH = ("asset_search", "search_vector", "ix_assets_search_vector")


def differences(url: str) -> list[object]:
    """Compare a database with the models, the search index apart, which no model describes."""

    def is_modeled(_object: object, name: str | None, *_rest: object) -> bool:
        return name is None or not name.startswith(SEARCH)

    options = {"include_object": is_modeled, "compare_server_default": True}
    engine = create_engine(parse_database_url(url).synchronous)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


def execute(url: str, *statements: str) -> None:
    engine = create_engine(parse_database_url(url).synchronous)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_the_migrations_make_what_the_models_describe(empty_database_url: str) -> None:
    schema.migrate(empty_database_url)
    assert differences(empty_database_url) == []


def test_one_step_down_and_up_again_changes_nothing(empty_database_url: str) -> None:
    head = schema.migrate(empty_database_url)
    schema.downgrade(empty_database_url, "-1")
    with pytest.raises(schema.SchemaMismatch):
        schema.verify(empty_database_url)
    assert schema.migrate(empty_database_url) == head
    assert schema.verify(empty_database_url) == head
    assert differences(empty_database_url) == []


def test_all_steps_down_leave_nothing(empty_database_url: str) -> None:
    schema.migrate(empty_database_url)
    schema.downgrade(empty_database_url, "base")
    engine = create_engine(parse_database_url(empty_database_url).synchronous)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


def test_four_migrations_at_once_do_the_work_of_one(empty_database_url: str) -> None:
    with ThreadPoolExecutor(4) as replicas:
        revisions = list(replicas.map(schema.migrate, [empty_database_url] * 4))
    assert set(revisions) == {schema.verify(empty_database_url)}
    assert differences(empty_database_url) == []


def test_two_processes_can_start_on_one_new_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'asset-forge.db'}"
    program = "import sys; from asset_forge.database import schema; schema.migrate(sys.argv[1])"
    starts = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(2)]
    assert [start.wait(60) for start in starts] == [0, 0]
    assert differences(url) == []


def test_a_missing_schema_names_what_is_expected_and_the_command(empty_database_url: str) -> None:
    with pytest.raises(schema.SchemaMismatch) as refused:
        schema.verify(empty_database_url)
    assert refused.value.actual is None
    assert f"no schema, expected {refused.value.expected}" in str(refused.value)
    assert "`asset-forge migrate`" in str(refused.value)


def test_verifying_creates_no_file(tmp_path: Path) -> None:
    path = tmp_path / "asset-forge.db"
    with pytest.raises(schema.SchemaMismatch):
        schema.verify(f"sqlite:///{path}")
    assert not path.exists()


def test_old_code_lives_with_a_newer_schema_that_allows_it(database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '9999'")
    assert schema.verify(database_url) == "9999"
    assert schema.migrate(database_url) == "9999"


@pytest.mark.parametrize("check", [schema.verify, schema.migrate])
def test_code_that_is_too_old_is_refused(database_url: str, check: object) -> None:
    execute(
        database_url,
        "UPDATE alembic_version SET version_num = '9999'",
        f"UPDATE schema_info SET oldest_code_revision = {schema.CODE_REVISION + 1}",
    )
    assert callable(check)
    with pytest.raises(schema.SchemaMismatch, match="needs code revision 2 or newer"):
        check(database_url)


def test_a_file_that_is_no_database_is_named_with_the_fix(tmp_path: Path) -> None:
    path = tmp_path / "asset-forge.db"
    path.write_bytes(b"not a database " * 1000)
    for check in (schema.migrate, schema.verify):
        with pytest.raises(DatabaseUnusable, match=r"not a database.*move it away") as refused:
            check(f"sqlite:///{path}")
        assert str(path) in str(refused.value)
    assert path.read_bytes().startswith(b"not a database")


def test_a_damaged_database_is_named_with_the_fix(
    migrated_sqlite_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "asset-forge.db"
    content = bytearray(migrated_sqlite_file.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match="restore a backup"):
        schema.verify(f"sqlite:///{path}")


def test_a_directory_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "asset-forge.db"
    path.mkdir()
    with pytest.raises(DatabaseUnusable, match="a directory is where the database file belongs"):
        schema.migrate(f"sqlite:///{path}")


def test_a_file_in_the_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(DatabaseUnusable, match="ASSET_FORGE_DATA_DIR"):
        schema.migrate(f"sqlite:///{tmp_path / 'var' / 'asset-forge.db'}")


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Tried by a process without the rights of root, which no permission binds."""
    directory = Path("/tmp") / f"asset-forge-{os.getpid()}-readonly"  # below none that is private
    directory.mkdir()
    directory.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IROTH | stat.S_IXOTH)
    program = (
        "import os, sys; from asset_forge.database import schema\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: schema.migrate(sys.argv[1])\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    try:
        url = f"sqlite:///{directory / 'asset-forge.db'}"
        done = subprocess.run(
            [sys.executable, "-c", program, url], capture_output=True, text=True, check=True
        )
    finally:
        shutil.rmtree(directory)
    assert done.stdout.startswith("DatabaseUnusable")
    assert "writable" in done.stdout


def test_an_unreachable_server_is_named_without_the_password() -> None:
    with pytest.raises(DatabaseUnusable, match="start the server") as refused:
        schema.verify("postgresql://ada:hush-hush@127.0.0.1:1/forge")
    assert "127.0.0.1:1/forge" in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_a_failed_migration_leaves_everything_as_it_was(empty_database_url: str) -> None:
    execute(empty_database_url, "CREATE TABLE provider_claims (id INTEGER)")
    with pytest.raises(Exception, match="provider_claims"):
        schema.migrate(empty_database_url)
    engine = create_engine(parse_database_url(empty_database_url).synchronous)
    assert inspect(engine).get_table_names() == ["provider_claims"]
    engine.dispose()


def test_the_embedded_database_is_in_wal_mode(migrated_sqlite_file: Path) -> None:
    with sqlite3.connect(migrated_sqlite_file) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
