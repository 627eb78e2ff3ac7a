from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.database import Database, DatabaseUnusable
from asset_forge.database._url import parse_database_url


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_is_named_in_several_ways(scheme: str) -> None:
    url = parse_database_url(f"{scheme}://ada:secret@db.example:5433/forge?sslmode=require")
    assert url.dialect == "postgresql"
    assert url.asynchronous.drivername == "postgresql+psycopg"
    assert url.asynchronous.query["sslmode"] == "require"
    assert url.shown == f"{scheme}://ada:***@db.example:5433/forge"


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
def test_sqlite_is_a_file(scheme: str) -> None:
    url = parse_database_url(f"{scheme}:////var/lib/forge.db")
    assert (url.dialect, str(url.path)) == ("sqlite", "/var/lib/forge.db")


@pytest.mark.parametrize("text", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:x?uri=true"])
def test_a_database_in_memory_is_refused(text: str) -> None:
    with pytest.raises(DatabaseUnusable, match="in memory"):
        Database(text)


@pytest.mark.parametrize("text", ["mysql://ada:secret@db/forge", "secret", "://ada:secret@"])
def test_what_is_no_supported_url_is_refused_without_its_secret(text: str) -> None:
    with pytest.raises(DatabaseUnusable, match="DATABASE_URL") as refused:
        parse_database_url(text)
    assert "secret" not in str(refused.value)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse_database_url(text)
    except DatabaseUnusable:
        return


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N"])).map("hush".__add__))
def test_a_password_is_never_shown(password: str) -> None:
    assert password not in parse_database_url(f"postgresql://ada:{password}@db/forge").shown
