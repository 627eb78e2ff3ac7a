"""What every kind of index of assets can do."""

from __future__ import annotations

from typing import Protocol


class AssetIndex(Protocol):
    """Finds assets: full text, or similarity."""

    async def index(self, asset_id: str) -> None:
        """Make sure that an asset can be found."""
        ...

    async def find(self, query: str, *, owner_id: str | None, limit: int, offset: int) -> list[str]:
        """Return the ids of matching assets, the best first; those of one owner unless None."""
        ...
