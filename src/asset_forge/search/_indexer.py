"""Keeps the vectors of assets up to date in the background, and makes up for what was missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import or_, select, update

from asset_forge.database import Database
from asset_forge.database.models import Asset
from asset_forge.faults import Unavailable

from ._embeddings import Embedder, EmbeddingFailed
from ._qdrant import Point, QdrantVectors, VectorsUnavailable

BATCH: Final = 64
TEXT_LIMIT: Final = 6000
"""Characters of an asset that its vector is made of; the models take some 8,000 tokens a text."""

PAUSE_SECONDS: Final = 5.0
_LONGEST_PAUSE_SECONDS: Final = 60.0
_CLEAN_EVERY: Final = 120
"""Rounds between two looks for vectors whose assets are gone: ten minutes."""

_log = logging.getLogger(__name__)


class VectorIndexer:
    """Embeds the assets that have no vector of their present text, oldest first.

    What has one is noted in `assets.embedded_at`, and forgotten when the collection is gone, so
    that a new or emptied server is filled again. `elect` says whether this process is the one that
    does so; the others leave it alone.
    """

    def __init__(
        self,
        database: Database,
        vectors: QdrantVectors,
        embed: Embedder,
        *,
        elect: Callable[[], Awaitable[bool]],
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._embed = embed
        self._elect = elect
        self._pause_seconds = pause_seconds

    async def run_once(self) -> int:
        """Embed one batch, and return how many assets that were.

        Raises:
            VectorsUnavailable, EmbeddingFailed: It could not be done; nothing is lost.
            Unavailable: The database did not work.
        """
        there = await self._vectors.exists()
        if not there:
            await self._forget_all()
        async with self._database.reading() as session:
            waiting = or_(Asset.embedded_at.is_(None), Asset.embedded_at < Asset.updated_at)
            query = select(Asset).where(waiting).order_by(Asset.id).limit(BATCH)
            assets = list(await session.scalars(query))
        if not assets:
            return 0
        points = await self._points(assets)
        if points:
            if not there:
                await self._vectors.create(len(points[0].vector))
            await self._vectors.put(points)
        async with self._database.transaction() as session:
            for asset in assets:
                # The moment of the text that was read: an edit meanwhile makes it wait again.
                noted = update(Asset).where(Asset.id == asset.id)
                await session.execute(noted.values(embedded_at=asset.updated_at))
        return len(assets)

    async def remove_gone(self) -> int:
        """Remove the vectors of assets that are deleted, and return how many those were.

        Raises:
            VectorsUnavailable: The server did not do it.
            Unavailable: The database did not work.
        """
        removed = 0
        if not await self._vectors.exists():
            return removed
        async for ids in self._vectors.pages_of_ids():
            async with self._database.reading() as session:
                there = set(await session.scalars(select(Asset.id).where(Asset.id.in_(ids))))
            gone = [asset_id for asset_id in ids if asset_id not in there]
            if gone:
                await self._vectors.remove(gone)
                removed += len(gone)
        return removed

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Index in the background while the block runs."""
        task = asyncio.create_task(self._run(), name="vector indexer")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        pause, rounds, failing = self._pause_seconds, 0, False
        while True:
            done = 0
            try:
                if await self._elect():
                    done = await self.run_once()
                    rounds += 1
                    if rounds % _CLEAN_EVERY == 0:
                        await self.remove_gone()
                pause, failing = self._pause_seconds, False
            except (VectorsUnavailable, EmbeddingFailed, Unavailable) as error:
                if not failing:
                    _log.warning("assets are not made findable by meaning, for now: %s", error)
                pause, failing = min(2 * pause, _LONGEST_PAUSE_SECONDS), True
            except Exception:  # noqa: BLE001 - logged; the service goes on without vectors
                _log.exception("the vector indexer met an error that nobody foresaw")
                pause = _LONGEST_PAUSE_SECONDS
            if done < BATCH:
                await asyncio.sleep(pause)

    async def _points(self, assets: Sequence[Asset]) -> list[Point]:
        """Embed a batch; where its texts are refused, one by one, without those that still are."""
        try:
            vectors = await self._embed([text_of(asset) for asset in assets])
        except EmbeddingFailed as error:
            if not error.refused:
                raise
            if len(assets) == 1:
                _log.warning("asset %s stays without a vector: %s", assets[0].id, error)
                return []
            return [point for asset in assets for point in await self._points([asset])]
        return [
            Point(asset.id, asset.owner_id, vector)
            for asset, vector in zip(assets, vectors, strict=True)
        ]

    async def _forget_all(self) -> None:
        async with self._database.transaction() as session:
            embedded = update(Asset).where(Asset.embedded_at.is_not(None))
            await session.execute(embedded.values(embedded_at=None))


def text_of(asset: Asset) -> str:
    """Return what an asset's vector is made of: its name, type, tags and description."""
    words = f"{asset.name}\n{asset.type} {' '.join(asset.tags)}\n{asset.description}"
    return words[:TEXT_LIMIT]
