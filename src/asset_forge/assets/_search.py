"""Searching assets, whatever kind of index finds them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from asset_forge.accounts import Principal
from asset_forge.actions import UserActions
from asset_forge.database import Database
from asset_forge.database.models import Asset
from asset_forge.faults import InvalidRequest
from asset_forge.observability.metrics import Registry
from asset_forge.search import AssetIndex

from ._access import visible_assets
from ._paging import Page, check_page

QUERY_LIMIT: Final = 200
DEPTH_LIMIT: Final = 1000
"""How far one may page through results, since each page ranks all of them again."""


class SearchService:
    """Answers searches; results are what the principal may see, whatever the index says."""

    def __init__(self, database: Database, index: AssetIndex, *, registry: Registry) -> None:
        self._database = database
        self._index = index
        self._actions = UserActions(registry)

    async def search(
        self, principal: Principal, query: str, *, limit: int = 20, cursor: str | None = None
    ) -> Page[Asset]:
        """Return a page of the assets that match, the best first.

        Raises:
            InvalidRequest: The query is empty or too long, or limit or cursor cannot be used.
        """
        check_page(limit, None)
        if not 1 <= len(query) <= QUERY_LIMIT:
            raise InvalidRequest(
                f"has {len(query)} characters, allowed are 1 to {QUERY_LIMIT}", field="q"
            )
        offset = _offset(cursor)
        owner_id = None if principal.role == "operator" else principal.user_id
        ids = await self._index.find(query, owner_id=owner_id, limit=limit + 1, offset=offset)
        async with self._database.reading() as session:
            rows = await session.scalars(
                select(Asset).where(Asset.id.in_(ids[:limit]), visible_assets(principal))
            )
            found = {asset.id: asset for asset in rows}
        self._actions.count("read", "asset")
        more = len(ids) > limit and offset + limit < DEPTH_LIMIT
        items = [found[asset_id] for asset_id in ids[:limit] if asset_id in found]
        return Page(items, str(offset + limit) if more else None)

    async def index(self, asset_id: str) -> None:
        """Make sure that an asset can be found.

        Raises:
            NotIndexed: It is not in the index.
        """
        await self._index.index(asset_id)


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if len(cursor) <= 4 and cursor.isascii() and cursor.isdigit() and int(cursor) <= DEPTH_LIMIT:
        return int(cursor)
    raise InvalidRequest(
        "is none of ours; give the nextCursor of the page before, as it came", field="cursor"
    )
