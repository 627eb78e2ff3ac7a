"""Vectors of assets in a Qdrant server: one collection for each model of embeddings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException

from asset_forge.observability.tracing import span

NEAR: Final = 0.2
"""The cosine similarity below which texts have nothing to do with each other."""

_OWNER: Final = "ownerId"
_PAGE: Final = 500


class VectorsUnavailable(Exception):
    """The server did not do what it was asked; the text says of which kind its error was."""


@dataclass(frozen=True, slots=True)
class Point:
    """The vector of an asset, and whose it is."""

    asset_id: str
    owner_id: str
    vector: list[float]


class QdrantVectors:
    """The vectors of all assets, by one model."""

    def __init__(
        self, url: str, *, api_key: str | None, model: str, timeout_seconds: int = 10
    ) -> None:
        self._client = AsyncQdrantClient(
            url=url, api_key=api_key, timeout=timeout_seconds, check_compatibility=False
        )
        self._collection = f"asset-forge-{model}"

    async def exists(self) -> bool:
        """Say whether the collection is there; asking is the cheapest sign of life, too.

        Raises:
            VectorsUnavailable: The server did not answer.
        """
        async with _asking("exists"):
            return await self._client.collection_exists(self._collection)

    async def create(self, dimensions: int) -> None:
        """Create the collection, in which owners can be told apart without reading every point.

        Raises:
            VectorsUnavailable: The server did not do it.
        """
        async with _asking("create"):
            await self._client.create_collection(
                self._collection,
                vectors_config=models.VectorParams(
                    size=dimensions, distance=models.Distance.COSINE
                ),
            )
            await self._client.create_payload_index(
                self._collection, _OWNER, field_schema=models.PayloadSchemaType.KEYWORD
            )

    async def put(self, points: Sequence[Point]) -> None:
        """Store vectors, in place of older ones of the same assets.

        Raises:
            VectorsUnavailable: The server did not do it.
        """
        structs = [
            models.PointStruct(
                id=point.asset_id, vector=point.vector, payload={_OWNER: point.owner_id}
            )
            for point in points
        ]
        async with _asking("put"):
            await self._client.upsert(self._collection, structs, wait=True)

    async def find(
        self, vector: list[float], *, owner_id: str | None, limit: int, offset: int
    ) -> list[str]:
        """Return the ids of the nearest assets, of one owner unless None, the nearest first.

        Raises:
            VectorsUnavailable: The server did not answer.
        """
        own = None
        if owner_id is not None:
            match = models.MatchValue(value=owner_id)
            own = models.Filter(must=[models.FieldCondition(key=_OWNER, match=match)])
        async with _asking("find"):
            found = await self._client.query_points(
                self._collection,
                query=vector,
                query_filter=own,
                limit=limit,
                offset=offset,
                score_threshold=NEAR,
                with_payload=False,
            )
        return [str(point.id) for point in found.points]

    async def pages_of_ids(self) -> AsyncIterator[list[str]]:
        """Yield the ids of all assets that have a vector, some hundreds at a time.

        Raises:
            VectorsUnavailable: The server did not answer.
        """
        after: models.ExtendedPointId | None = None
        while True:
            async with _asking("list"):
                points, following = await self._client.scroll(
                    self._collection, limit=_PAGE, offset=after, with_payload=False
                )
            yield [str(point.id) for point in points]
            if not isinstance(following, str | int):
                return
            after = following

    async def remove(self, asset_ids: Sequence[str]) -> None:
        """Remove the vectors of assets.

        Raises:
            VectorsUnavailable: The server did not do it.
        """
        async with _asking("remove"):
            await self._client.delete(self._collection, models.PointIdsList(points=[*asset_ids]))

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


@asynccontextmanager
async def _asking(operation: str) -> AsyncGenerator[None]:
    attributes = {"db.system.name": "qdrant", "db.operation.name": operation}
    try:
        with span(f"{operation} vectors", "client", attributes):
            yield
    except (ApiException, QdrantException, httpx.HTTPError, ValueError) as error:
        raise VectorsUnavailable(f"{operation}: {type(error).__name__}") from error
