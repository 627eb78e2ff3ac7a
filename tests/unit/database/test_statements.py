from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ClauseElement, delete, func, insert, literal, select, text, union, update
from sqlalchemy.orm import aliased

from asset_forge.catalog import TABLES, Operation
from asset_forge.database._statements import (
    _kind_of_compiled,  # pyright: ignore[reportPrivateUsage]
    kind_of_text,
)
from asset_forge.database.models import Asset, Project, Session, User

STATEMENTS: list[tuple[ClauseElement, str, str]] = [
    (select(User), "select", "users"),
    (select(User.id).where(User.id == "1"), "select", "users"),
    (select(func.count()).select_from(Asset), "select", "assets"),
    (select(User, Session.expires_at).join(Session, Session.user_id == User.id), "select", "users"),
    (select(aliased(Project)), "select", "projects"),
    (select(select(Asset.id).subquery()), "select", "assets"),
    (select(select(Asset.id).cte("recent")), "select", "assets"),
    (union(select(User.id), select(Asset.id)), "select", "users"),
    (select(literal(1)), "select", "other"),
    (insert(User), "insert", "users"),
    (update(Asset).values(name="x"), "update", "assets"),
    (delete(Session), "delete", "sessions"),
    (text("SELECT * FROM assets"), "select", "assets"),
]


@pytest.mark.parametrize(("statement", "operation", "table"), STATEMENTS)
def test_a_statement_is_known_by_its_structure(
    statement: ClauseElement, operation: str, table: str
) -> None:
    compiled = statement.compile()
    assert _kind_of_compiled(compiled, str(compiled)) == (operation, table)


@pytest.mark.parametrize(
    ("statement", "operation", "table"),
    [
        ("SELECT 1", "select", "other"),
        ("  select * from users", "select", "users"),
        ('SELECT * FROM "public"."assets" a', "select", "assets"),
        ("SELECT asset_id FROM asset_search JOIN assets ON true", "select", "assets"),
        ("INSERT INTO leases VALUES (1)", "insert", "leases"),
        ("REPLACE INTO leases VALUES (1)", "insert", "leases"),
        ("UPDATE ONLY assets SET name = ''", "update", "assets"),
        ("DELETE FROM sessions", "delete", "sessions"),
        ("-- DELETE FROM users\nSELECT * FROM assets", "select", "assets"),
        ("/* a */ SELECT * FROM assets", "select", "assets"),
        ("SELECT 'x FROM users' FROM assets", "select", "assets"),
        ("WITH old AS (SELECT id FROM assets) DELETE FROM assets", "delete", "assets"),
        ("(SELECT id FROM users) UNION (SELECT id FROM assets)", "select", "users"),
        ("PRAGMA journal_mode", "other", "other"),
        ("CREATE TABLE users (id)", "other", "other"),
        ("SELECT * FROM pg_class", "select", "other"),
        ("", "other", "other"),
    ],
)
def test_a_text_is_known_by_its_words(statement: str, operation: str, table: str) -> None:
    assert kind_of_text(statement) == (operation, table)


_WORDS = ["SELECT", "WITH", "DELETE", "FROM", "users", "(", ")", "'", '"', "--", "/*", "\n", "x"]


@given(st.lists(st.sampled_from(_WORDS)).map(" ".join) | st.text())
def test_any_text_is_of_the_closed_sets(statement: str) -> None:
    kind = kind_of_text(statement)
    assert kind.operation in get_args(Operation)
    assert kind.table in TABLES
