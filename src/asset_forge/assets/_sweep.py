"""Files without a record: left by a crash between the two, and removed after a while."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import Asset, Generation
from asset_forge.storage import ObjectStore

from ._keys import PREFIX, holder_of

GRACE: Final = timedelta(hours=24)
"""How old an orphan is before it goes: longer than any upload takes to get its record."""

_BATCH: Final = 500


async def sweep_orphans(
    database: Database, storage: ObjectStore, *, clock: Clock, grace: timedelta = GRACE
) -> int:
    """Delete files that no asset refers to and that were written before the grace period.

    The staged file of an unfinished generation stays, however old it is. What unfinished writes
    have left beside their places goes too.

    Returns:
        How many files were removed.

    Raises:
        StorageUnavailable: The storage does not list or delete.
    """
    before = clock() - grace
    removed = await storage.remove_stale(before)
    batch: list[str] = []
    async for entry in storage.list_keys(f"{PREFIX}/"):
        if entry.modified_at < before and holder_of(entry.key) is not None:
            batch.append(entry.key)
        if len(batch) == _BATCH:
            removed += await _remove_orphans(database, storage, batch)
            batch = []
    return removed + await _remove_orphans(database, storage, batch)


async def _remove_orphans(database: Database, storage: ObjectStore, keys: list[str]) -> int:
    if not keys:
        return 0
    holders = {holder_of(key) for key in keys}
    async with database.reading() as session:
        owned = set(
            await session.scalars(select(Asset.storage_key).where(Asset.storage_key.in_(keys)))
        )
        unfinished = set(
            await session.scalars(
                select(Generation.id).where(
                    Generation.id.in_(holders), Generation.finished_at.is_(None)
                )
            )
        )
    orphans = [key for key in keys if key not in owned and holder_of(key) not in unfinished]
    for key in orphans:
        await storage.delete(key)
    return len(orphans)
