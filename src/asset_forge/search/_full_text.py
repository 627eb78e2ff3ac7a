"""Full text in the database: FTS5 on SQLite, tsvector on Postgres; triggers keep both current."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from asset_forge.database import Database

from ._words import fts5_query, tsquery, words_of

# The weights follow those of Postgres: name 1.0, tags 0.4, description 0.2.
_SQLITE_FIND: Final = text(
    """
    SELECT asset_search.asset_id FROM asset_search JOIN assets ON assets.id = asset_search.asset_id
    WHERE asset_search MATCH :words AND (:owner IS NULL OR assets.owner_id = :owner)
    ORDER BY bm25(asset_search, 0.0, 1.0, 0.2, 0.4), asset_search.asset_id DESC
    LIMIT :limit OFFSET :offset
    """
)
_POSTGRES_FIND: Final = text(
    """
    SELECT id FROM assets, to_tsquery('simple', :words) AS words
    WHERE search_vector @@ words AND (CAST(:owner AS text) IS NULL OR owner_id = :owner)
    ORDER BY ts_rank(search_vector, words) DESC, id DESC
    LIMIT :limit OFFSET :offset
    """
)
_SQLITE_INDEXED: Final = text(
    """
    SELECT 1 FROM asset_search_numbers JOIN asset_search
    ON asset_search.rowid = asset_search_numbers.number
    WHERE asset_search_numbers.asset_id = :id
    """
)
_POSTGRES_INDEXED: Final = text("SELECT 1 FROM assets WHERE id = :id AND search_vector IS NOT NULL")


class NotIndexed(Exception):
    """An asset cannot be found by a search: it is gone, or the database's triggers are missing."""


class FullTextIndex:
    """Finds assets by the words of their names, tags and descriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def index(self, asset_id: str) -> None:
        """Make sure that an asset can be found; the row's own triggers have indexed it.

        Raises:
            NotIndexed: It is not in the index.
        """
        statement = _SQLITE_INDEXED if self._database.dialect == "sqlite" else _POSTGRES_INDEXED
        async with self._database.reading() as session:
            found = await session.scalar(statement, {"id": asset_id})
        if found is None:
            raise NotIndexed(f"asset {asset_id!r} is not in the full-text index")

    async def find(self, query: str, *, owner_id: str | None, limit: int, offset: int) -> list[str]:
        """Return the ids of the assets that have all words of the query, the best first.

        The last word may be the beginning of one. `owner_id=None` searches everybody's assets. A
        query without a letter or digit finds nothing.
        """
        words = words_of(query)
        if not words:
            return []
        sqlite = self._database.dialect == "sqlite"
        values = {
            "words": fts5_query(words) if sqlite else tsquery(words),
            "owner": owner_id,
            "limit": limit,
            "offset": offset,
        }
        async with self._database.reading() as session:
            rows = await session.scalars(_SQLITE_FIND if sqlite else _POSTGRES_FIND, values)
            return [str(asset_id) for asset_id in rows]
