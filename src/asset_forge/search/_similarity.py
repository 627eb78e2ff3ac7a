"""Search by meaning where a vector database is there, and by words whenever it is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from time import monotonic
from typing import Final

from asset_forge.catalog import SIMILARITY_SEARCHES
from asset_forge.observability.metrics import Registry

from ._embeddings import Embedder, EmbeddingFailed
from ._full_text import FullTextIndex
from ._qdrant import QdrantVectors, VectorsUnavailable

ANSWER_SECONDS: Final = 2.0
"""How long a search waits for its embedding and the nearest vectors, before it goes by words."""

REST_SECONDS: Final = 30.0
"""For so long after a failure nobody is asked again, so that searches do not each wait for it."""

_log = logging.getLogger(__name__)


class SimilarityIndex:
    """Finds assets whose texts mean what the query means.

    An asset's vector is made in the background (`VectorIndexer`), so that no generation and no
    upload depends on it.
    """

    def __init__(
        self,
        full_text: FullTextIndex,
        vectors: QdrantVectors,
        embed: Embedder,
        *,
        registry: Registry,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._full_text = full_text
        self._vectors = vectors
        self._embed = embed
        self._clock = clock
        self._rests_until = float("-inf")
        self._searches = registry.counter(SIMILARITY_SEARCHES)

    async def index(self, asset_id: str) -> None:
        """Make sure that an asset can be found by its words; its vector follows.

        Raises:
            NotIndexed: It is not in the index.
        """
        await self._full_text.index(asset_id)

    async def find(self, query: str, *, owner_id: str | None, limit: int, offset: int) -> list[str]:
        """Return the ids of the nearest assets, the best first; those of one owner unless None."""
        if self._clock() >= self._rests_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    (vector,) = await self._embed([query])
                    found = await self._vectors.find(
                        vector, owner_id=owner_id, limit=limit, offset=offset
                    )
            except EmbeddingFailed as error:
                self._rest("embeddings", error, rests=not error.refused)
            except (VectorsUnavailable, TimeoutError) as error:
                self._rest("the vector database", error)
            else:
                self._searches.labels("answered").inc()
                return found
        self._searches.labels("fell_back").inc()
        return await self._full_text.find(query, owner_id=owner_id, limit=limit, offset=offset)

    def _rest(self, what: str, error: Exception, *, rests: bool = True) -> None:
        if rests:
            self._rests_until = self._clock() + REST_SECONDS
        said = str(error) or type(error).__name__
        _log.warning("searching by words, since there is no answer of %s: %s", what, said)
