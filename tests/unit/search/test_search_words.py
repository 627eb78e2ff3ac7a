from __future__ import annotations

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from asset_forge.search._words import fts5_query, tsquery, words_of

syntax = st.text(alphabet="abc\"*():^-+{}'\\&|!<> ANDORNEAR\0", max_size=40)


@given(st.text(max_size=80) | syntax)
def test_no_query_is_read_as_fts5_syntax(query: str) -> None:
    words = words_of(query)
    if not words:
        return
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5(x, tokenize='unicode61')")
        connection.execute("INSERT INTO t VALUES (?)", (" ".join(words),))
        found = connection.execute("SELECT count(*) FROM t WHERE t MATCH ?", (fts5_query(words),))
        assert found.fetchone()[0] in (0, 1)
    connection.close()


@given(st.text(max_size=300) | syntax)
def test_words_have_nothing_that_any_engine_could_read_as_syntax(query: str) -> None:
    for word in words_of(query):
        assert not set(word) & set("\"'*():^\\&|!<> -\0")
    assert len(words_of(query)) <= 32


def test_a_query_asks_for_all_words_the_last_one_as_a_beginning() -> None:
    words = words_of("Rusty_IRON swo")
    assert words == ["rusty", "iron", "swo"]
    assert fts5_query(words) == '"rusty" AND "iron" AND "swo" *'
    assert tsquery(words) == "'rusty' & 'iron' & 'swo':*"


def test_marks_stay_with_their_letters() -> None:
    assert words_of("हिन्दी") == ["हिन्दी"]
    assert words_of("cafe\u0301!") == ["caf\u00e9"]
