"""A database that commits and then breaks off, or that loses what it had committed last."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.clock import utc_now
from asset_forge.database import Database
from asset_forge.database._translation import DatabaseUnavailable
from asset_forge.database.models import Generation, User
from asset_forge.generation.claims import Claims
from asset_forge.generation.records import GenerationRecords
from asset_forge.generation.spending import Spending
from asset_forge.ids import new_id


class BreakingDatabase(Database):
    """Commits, and says that it could not be reached, `breaks` times."""

    breaks = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        async with super().transaction() as session:
            yield session
        if self.breaks:
            self.breaks -= 1
            raise DatabaseUnavailable("unreachable")


@pytest.fixture
async def breaking(database_url: str) -> AsyncGenerator[BreakingDatabase]:
    opened = BreakingDatabase(database_url)
    yield opened
    await opened.dispose()


async def running_job(database: Database) -> str:
    now = utc_now()
    owner, job = new_id(), new_id()
    async with database.transaction() as session:
        session.add(
            User(
                id=owner, provider="local", subject="mia", display_name="Mia", role="member",
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    async with database.transaction() as session:
        session.add(
            Generation(
                id=job, owner_id=owner, request_hash="", revision="generation.v2", name="a barrel",
                type="prop", prompt="a barrel", requested_provider="auto", seed=1, options={},
                status="running", stages={}, runs=1, created_at=now, started_at=now,
            )
        )  # fmt: skip
    return job


async def test_an_end_whose_acknowledgment_is_lost_is_ended_once_and_known(
    breaking: BreakingDatabase,
) -> None:
    job = await running_job(breaking)
    records = GenerationRecords(breaking, utc_now)
    breaking.breaks = 1
    assert await records.finish(job, "succeeded") is True
    assert await records.finish(job, "succeeded") is False


async def lose_beginning(database: Database, **more: int) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(Generation).values(status="queued", runs=0, started_at=None, **more)
        )


async def test_a_job_whose_beginning_was_lost_is_gone_on_with(breaking: BreakingDatabase) -> None:
    job = await running_job(breaking)
    records = GenerationRecords(breaking, utc_now)
    begun = await records.get(job)
    assert begun is not None
    await lose_beginning(breaking)
    row = await records.enter_stage(begun, "store")
    assert row is not None
    assert (row.status, row.runs, row.started_at) == ("running", 1, begun.started_at)
    await lose_beginning(breaking)
    assert await records.finish(job, "succeeded", leg=0) is True


async def test_a_job_that_is_on_another_leg_is_left(breaking: BreakingDatabase) -> None:
    job = await running_job(breaking)
    records = GenerationRecords(breaking, utc_now)
    begun = await records.get(job)
    assert begun is not None
    await lose_beginning(breaking, leg=1)
    assert await records.enter_stage(begun, "store") is None
    assert await records.finish(job, "succeeded", leg=0) is False


async def test_a_result_whose_acknowledgment_is_lost_is_charged_once_and_known(
    breaking: BreakingDatabase,
) -> None:
    job = await running_job(breaking)
    spending = Spending(breaking, utc_now, limit_usd=None)
    claims = Claims(breaking, utc_now, spending)
    assert (await claims.take(job, "meshy.preview", "meshy")).taken
    breaking.breaks = 1
    assert await claims.finish(job, "meshy.preview", "meshy", {}, 0.25) is True
    assert await claims.finish(job, "meshy.preview", "meshy", {}, 0.25) is False
    assert await spending.today() == 0.25
