"""Finding assets by meaning: embeddings from OpenAI, vectors in Qdrant (the extra `qdrant`)."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from asset_forge.database import Database
from asset_forge.observability.metrics import Registry
from asset_forge.settings import Settings

from ._embeddings import Embedder, EmbeddingAccount, EmbeddingFailed, OpenAIEmbedder
from ._full_text import FullTextIndex
from ._indexer import VectorIndexer
from ._qdrant import Point, QdrantVectors, VectorsUnavailable
from ._similarity import SimilarityIndex

__all__ = [
    "Embedder",
    "EmbeddingAccount",
    "EmbeddingFailed",
    "OpenAIEmbedder",
    "Point",
    "QdrantVectors",
    "Similarity",
    "SimilarityIndex",
    "VectorIndexer",
    "VectorsUnavailable",
    "build_similarity",
]


@dataclass(frozen=True, slots=True)
class Similarity:
    """What search by meaning is made of."""

    index: SimilarityIndex
    indexer: VectorIndexer
    vectors: QdrantVectors
    embedder: OpenAIEmbedder

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Index in the background while the block runs, and close the connections after it."""
        async with self.indexer.running():
            yield
        await self.vectors.close()
        await self.embedder.close()


def build_similarity(
    settings: Settings,
    database: Database,
    *,
    registry: Registry,
    account: EmbeddingAccount,
    elect: Callable[[], Awaitable[bool]],
) -> Similarity:
    """Build what the settings name; nothing is asked for yet."""
    key, model = settings.qdrant_api_key, settings.embedding_model
    vectors = QdrantVectors(
        settings.qdrant_url, api_key=key.get_secret_value() if key else None, model=model
    )
    openai_key = settings.openai_api_key
    embedder = OpenAIEmbedder(
        openai_key.get_secret_value() if openai_key else "",
        base_url=settings.openai_base_url,
        model=model,
        account=account,
    )
    return Similarity(
        SimilarityIndex(FullTextIndex(database), vectors, embedder, registry=registry),
        VectorIndexer(database, vectors, embedder, elect=elect),
        vectors,
        embedder,
    )
