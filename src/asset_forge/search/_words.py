"""A query as words: what people type is data, never the syntax of a search engine."""

from __future__ import annotations

import unicodedata
from typing import Final

WORDS_LIMIT: Final = 32
"""More words than that narrow nothing down, but cost time."""


def words_of(query: str) -> list[str]:
    """Split a query into words of letters, marks and digits, lower-cased and in NFC."""
    folded = unicodedata.normalize("NFC", query).lower()
    spaced = "".join(
        character if unicodedata.category(character)[0] in "LMN" else " " for character in folded
    )
    return spaced.split()[:WORDS_LIMIT]


def fts5_query(words: list[str]) -> str:
    """Return an FTS5 expression that asks for all words, the last one as a beginning."""
    return " AND ".join(f'"{word}"' for word in words) + " *"


def tsquery(words: list[str]) -> str:
    """Return a `to_tsquery` text that asks for all words, the last one as a beginning."""
    return " & ".join(f"'{word}'" for word in words) + ":*"
