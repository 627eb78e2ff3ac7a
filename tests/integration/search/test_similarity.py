"""Search by meaning: OpenAI's client on a simulated OpenAI, Qdrant's on a stand-in for a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from tests.qdrant_server import QdrantServer

from asset_forge.catalog import DECLARATIONS
from asset_forge.clock import utc_now
from asset_forge.database import Database
from asset_forge.database.models import Asset, User
from asset_forge.generation.embedding_account import EmbeddingAccount
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.prices import load_prices
from asset_forge.generation.spending import Spending
from asset_forge.ids import new_id
from asset_forge.observability.metrics import Registry
from asset_forge.search import FullTextIndex, _similarity
from asset_forge.search.similarity import (
    EmbeddingFailed,
    OpenAIEmbedder,
    QdrantVectors,
    SimilarityIndex,
    VectorIndexer,
    VectorsUnavailable,
)
from asset_forge.simulation.providers import Fault, SimulatedProviders, running

MODEL = "text-embedding-3-small"
PATIENCE_SECONDS = 30.0
"""How long a search waits for the vectors, where a test is not about how long that is."""


@dataclass
class World:
    """Assets in a database, their vectors, and what makes and finds them."""

    database: Database
    registry: Registry
    providers: SimulatedProviders
    vectors: QdrantVectors
    index: SimilarityIndex
    indexer: VectorIndexer
    now: list[float]
    elected: list[bool]
    recorded: list[tuple[int, bool]]
    spending: Spending
    owners: dict[str, str] = field(default_factory=dict[str, str])

    async def add(self, name: str, owner: str = "max", description: str = "") -> str:
        """Store an asset's record, and that of its owner."""
        moment, asset_id = utc_now(), new_id()
        async with self.database.transaction() as session:
            if owner not in self.owners:
                self.owners[owner] = new_id()
                user = User(id=self.owners[owner], provider="local", subject=owner, role="member")
                user.display_name, user.created_at, user.updated_at = owner, moment, moment
                session.add(user)
                await session.flush()
            asset = Asset(id=asset_id, owner_id=self.owners[owner], name=name, type="prop")
            asset.description, asset.tags = description, []
            asset.file_type, asset.media_type = "other", "application/octet-stream"
            asset.size_bytes, asset.sha256, asset.storage_key = 1, "0" * 64, asset_id
            asset.created_at = asset.updated_at = moment
            session.add(asset)
        return asset_id

    async def find(self, query: str, owner: str | None = None) -> list[str]:
        """Search as somebody, or as an operator."""
        owner_id = self.owners[owner] if owner else None
        return await self.index.find(query, owner_id=owner_id, limit=10, offset=0)

    def searches(self, outcome: str) -> float:
        return self.registry.value("similarity_searches_total", outcome=outcome) or 0.0


@pytest.fixture(params=[PATIENCE_SECONDS])
def answer_seconds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Let searches wait for so long."""
    monkeypatch.setattr(_similarity, "ANSWER_SECONDS", request.param)
    return request.param


@pytest.fixture
async def world(
    database: Database, qdrant_server: QdrantServer, answer_seconds: float
) -> AsyncIterator[World]:
    assert answer_seconds
    providers = SimulatedProviders(speed=400, seed=1)
    registry = Registry(DECLARATIONS, strict=True)
    recorded: list[tuple[int, bool]] = []
    now, elected = [0.0], [True]

    class Recording(EmbeddingAccount):
        async def record(self, *, seconds: float, tokens: int, succeeded: bool) -> None:
            assert seconds > 0
            recorded.append((tokens, succeeded))
            await super().record(seconds=seconds, tokens=tokens, succeeded=succeeded)

    spending = Spending(database, utc_now, limit_usd=None)
    account = Recording(
        GenerationMetrics.of(registry),
        load_prices(None),
        spending,
        provider="openai",
        model=MODEL,
    )

    async def elect() -> bool:
        return elected[0]

    async with running(providers) as url:
        embed = OpenAIEmbedder(
            "simulated-key", base_url=f"{url}/openai/v1", model=MODEL, account=account
        )
        vectors = QdrantVectors(qdrant_server.url, api_key=None, model=MODEL)
        index = SimilarityIndex(
            FullTextIndex(database), vectors, embed, registry=registry, clock=lambda: now[0]
        )
        indexer = VectorIndexer(database, vectors, embed, elect=elect, pause_seconds=0.01)
        yield World(
            database,
            registry,
            providers,
            vectors,
            index,
            indexer,
            now,
            elected,
            recorded,
            spending,
        )
        await vectors.close()
        await embed.close()


async def test_what_means_the_same_is_found_without_the_same_word_at_the_end(world: World) -> None:
    axe = await world.add("mossy stone axe", description="an old axe made of stone")
    song = await world.add("calm village song", description="music for a village at dawn")
    assert await world.indexer.run_once() == 2
    # By words this finds nothing: not all of them are there.
    assert (
        await FullTextIndex(world.database).find(
            "stone axe weapon", owner_id=None, limit=10, offset=0
        )
        == []
    )
    found = await world.find("stone axe weapon")
    assert found[0] == axe
    assert (await world.find("village music"))[0] == song
    assert world.searches("answered") == 2


async def test_members_find_their_own_alone_and_operators_all(world: World) -> None:
    of_max = await world.add("mossy stone axe", "max")
    of_mia = await world.add("mossy stone axe", "mia")
    await world.indexer.run_once()
    assert await world.find("stone axe", "max") == [of_max]
    assert await world.find("stone axe", "mia") == [of_mia]
    assert set(await world.find("stone axe")) == {of_max, of_mia}
    assert world.searches("fell_back") == 0


async def test_results_come_in_pages(world: World) -> None:
    ids = {await world.add(f"mossy stone axe number {n}") for n in range(5)}
    await world.indexer.run_once()
    pages = [
        await world.index.find("stone axe", owner_id=None, limit=2, offset=offset)
        for offset in (0, 2, 4)
    ]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {asset_id for page in pages for asset_id in page} == ids


async def test_an_edited_text_is_embedded_again_and_an_unchanged_one_is_not(world: World) -> None:
    asset_id = await world.add("mossy stone axe")
    assert await world.indexer.run_once() == 1
    assert await world.indexer.run_once() == 0
    async with world.database.transaction() as session:
        later = utc_now() + timedelta(seconds=1)
        edit = update(Asset).where(Asset.id == asset_id)
        await session.execute(edit.values(name="calm village song", updated_at=later))
    assert await world.indexer.run_once() == 1
    assert await world.find("calm village song") == [asset_id]
    assert len(world.recorded) == 3
    assert all(tokens > 0 and succeeded for tokens, succeeded in world.recorded)


async def test_more_than_a_batch_takes_more_than_a_round(world: World) -> None:
    for number in range(70):
        await world.add(f"thing number {number}")
    assert [await world.indexer.run_once() for _ in range(3)] == [64, 6, 0]
    assert len(world.recorded) == 2


async def test_a_server_that_lost_everything_is_filled_again(
    world: World, qdrant_server: QdrantServer
) -> None:
    asset_id = await world.add("mossy stone axe")
    await world.indexer.run_once()
    qdrant_server.empty()
    assert await world.indexer.run_once() == 1
    assert await world.find("stone axe") == [asset_id]


async def test_vectors_of_deleted_assets_are_removed(
    world: World, qdrant_server: QdrantServer
) -> None:
    kept, gone = await world.add("mossy stone axe"), await world.add("mossy stone hammer")
    await world.indexer.run_once()
    async with world.database.transaction() as session:
        await session.execute(delete(Asset).where(Asset.id == gone))
    assert await world.indexer.remove_gone() == 1
    assert list(qdrant_server.points()) == [kept]
    assert await world.indexer.remove_gone() == 0


async def test_while_qdrant_is_away_words_find_and_what_was_missed_is_made_up_for(
    world: World, qdrant_server: QdrantServer
) -> None:
    first = await world.add("mossy stone axe")
    await world.indexer.run_once()
    qdrant_server.stop()
    second = await world.add("rusty stone axe")
    await world.index.index(second)  # what a generation's step does
    with pytest.raises(VectorsUnavailable):
        await world.indexer.run_once()
    assert set(await world.find("stone axe")) == {first, second}
    assert world.searches("fell_back") == 1
    qdrant_server.start()
    assert await world.indexer.run_once() == 1
    await world.find("stone axe")
    assert world.searches("fell_back") == 2  # it rests for a while after the failure
    world.now[0] += 31
    assert set(await world.find("stone axe")) == {first, second}
    assert world.searches("answered") == 1


@pytest.mark.parametrize("answer_seconds", [_similarity.ANSWER_SECONDS], indirect=True)
async def test_a_server_that_hangs_costs_two_seconds_once(
    world: World, qdrant_server: QdrantServer
) -> None:
    assert _similarity.ANSWER_SECONDS == 2
    asset_id = await world.add("mossy stone axe")
    await world.indexer.run_once()
    qdrant_server.hangs = True
    async with asyncio.timeout(10):
        assert await world.find("stone axe") == [asset_id]
    asked = len(qdrant_server.requests)
    for _ in range(5):
        assert await world.find("stone axe") == [asset_id]
    assert len(qdrant_server.requests) == asked


@pytest.mark.parametrize(
    "fault", [Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.MALFORMED_JSON, Fault.MISSING_FIELDS]
)
async def test_while_the_embeddings_are_away_words_find(world: World, fault: Fault) -> None:
    asset_id = await world.add("mossy stone axe")
    world.providers.set_fault("openai", fault, times=2)
    with pytest.raises(EmbeddingFailed):
        await world.indexer.run_once()
    assert await world.find("stone axe") == [asset_id]
    assert world.searches("fell_back") == 1
    assert [succeeded for _, succeeded in world.recorded] == [False, False]
    world.now[0] += 31
    assert await world.indexer.run_once() == 1
    assert await world.find("stone axe") == [asset_id]
    assert world.searches("answered") == 1


async def test_a_key_that_the_server_refuses_is_a_server_that_is_away(
    world: World, qdrant_server: QdrantServer
) -> None:
    qdrant_server.api_key = "another-key"
    with pytest.raises(VectorsUnavailable):
        await world.vectors.exists()
    assert await world.find("stone axe") == []


async def test_in_the_background_the_elected_one_indexes_and_the_others_do_not(
    world: World, qdrant_server: QdrantServer
) -> None:
    world.elected[0] = False
    asset_id = await world.add("mossy stone axe")
    async with world.indexer.running():
        await asyncio.sleep(0.1)
        assert qdrant_server.points() == {}
        world.elected[0] = True
        async with asyncio.timeout(10):
            while list(qdrant_server.points()) != [asset_id]:
                await asyncio.sleep(0.02)
    assert qdrant_server.points()[asset_id] == {"ownerId": world.owners["max"]}


async def test_an_edit_during_the_embedding_is_not_taken_for_done(world: World) -> None:
    asset_id = await world.add("mossy stone axe")

    async def editing(texts: Sequence[str]) -> list[list[float]]:
        async with world.database.transaction() as session:
            later = utc_now() + timedelta(seconds=1)
            edit = update(Asset).where(Asset.id == asset_id)
            await session.execute(edit.values(name="calm village song", updated_at=later))
        return [[1.0, 0.0] for _ in texts]

    async def elect() -> bool:
        return True

    during = VectorIndexer(world.database, world.vectors, editing, elect=elect)
    assert await during.run_once() == 1
    assert await during.run_once() == 1  # the edited text still waits


async def test_a_text_that_is_refused_holds_up_no_other(world: World) -> None:
    ids = [await world.add(name) for name in ("good", "refused for good", "good too")]

    async def choosy(texts: Sequence[str]) -> list[list[float]]:
        if any("refused" in text for text in texts):
            raise EmbeddingFailed("BadRequestError", refused=True)
        return [[1.0, 0.0] for _ in texts]

    async def elect() -> bool:
        return True

    indexer = VectorIndexer(world.database, world.vectors, choosy, elect=elect)
    assert await indexer.run_once() == 3
    assert await indexer.run_once() == 0
    found = await world.vectors.find([1.0, 0.0], owner_id=None, limit=10, offset=0)
    assert sorted(found) == sorted([ids[0], ids[2]])


async def test_at_the_days_limit_words_find_and_vectors_follow_when_it_is_over(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    asset_id = await world.add("mossy stone axe")
    world.spending.limit_usd = 0.5
    await world.spending.charge("meshy", 0.5)
    with pytest.raises(EmbeddingFailed, match=r"limit of 0\.5 US dollars a day"):
        await world.indexer.run_once()
    assert await world.find("stone axe") == [asset_id]
    assert world.searches("fell_back") == 1
    assert "AI_SPEND_LIMIT_USD_PER_DAY" in caplog.text
    assert world.providers.journal.requests("openai") == []
    world.spending.limit_usd = None
    world.now[0] += 31
    assert await world.indexer.run_once() == 1
    assert await world.find("stone axe") == [asset_id]
    assert world.searches("answered") == 1


async def test_what_embeddings_cost_is_added_to_the_day_by_hundredths_of_a_cent(
    world: World,
) -> None:
    await world.add("mossy stone axe")
    await world.indexer.run_once()
    assert await world.spending.today() == 0
    for number in range(10):
        await world.add(f"axe {number}", description="an old axe made of stone " * 200)
    await world.indexer.run_once()
    cost = world.registry.value("ai_cost_usd_total", provider="openai", model=MODEL) or 0.0
    assert cost > 0.0001
    assert await world.spending.today() == pytest.approx(cost, abs=1e-6)


async def test_a_cost_that_could_not_be_added_is_added_later(world: World) -> None:
    await world.add("mossy stone axe")
    await world.indexer.run_once()
    for number in range(10):
        await world.add(f"axe {number}", description="an old axe made of stone " * 200)
    async with world.database.transaction() as session:
        await world.spending.add(session, "openai", 0.01)  # nobody else can, until this ends
        indexing = asyncio.create_task(world.indexer.run_once())
        async with asyncio.timeout(30):
            while len(world.recorded) < 2:
                await asyncio.sleep(0.01)
        indexing.cancel()
        await asyncio.gather(indexing, return_exceptions=True)
    await world.indexer.run_once()
    cost = world.registry.value("ai_cost_usd_total", provider="openai", model=MODEL) or 0.0
    assert await world.spending.today() == pytest.approx(0.01 + cost, abs=1e-6)
