"""The claims to provider requests: taken before one is sent, so that no request is sent twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import ProviderClaim
from asset_forge.generation.patience import patiently
from asset_forge.generation.spending import Spending

_STEP: Final = "generate"


@dataclass(frozen=True, slots=True)
class Claim:
    """What is known of a request: whether it was taken just now, its task, what it answered."""

    taken: bool
    task_id: str | None
    result: Mapping[str, Any] | None
    created_at: datetime


class Claims:
    """The table `provider_claims`; while the database is away, each method waits for it."""

    def __init__(self, database: Database, clock: Clock, spending: Spending) -> None:
        self._database = database
        self._clock = clock
        self._spending = spending

    async def take(self, generation_id: str, purpose: str, provider: str) -> Claim:
        """Claim a request, or return the claim that an earlier run took."""
        now = self._clock()

        async def work() -> Claim:
            row = ProviderClaim(
                generation_id=generation_id,
                step=_STEP,
                purpose=purpose,
                provider=provider,
                created_at=now,
            )
            try:
                async with self._database.transaction() as session:
                    session.add(row)
            except IntegrityError:
                found = await self._find(generation_id, purpose)
                if found is None:
                    raise
                # A commit whose acknowledgment was lost, and that was repeated, is ours.
                return replace(found, taken=found.created_at == now)
            return Claim(True, None, None, now)

        return await patiently(work)

    async def find(self, generation_id: str, purpose: str) -> Claim | None:
        """Return the claim of an earlier run, if there is one."""
        return await patiently(lambda: self._find(generation_id, purpose))

    async def release(self, generation_id: str, purpose: str) -> None:
        """Give back a claim whose request the provider has not executed."""

        async def work() -> None:
            async with self._database.transaction() as session:
                await session.execute(
                    sa.delete(ProviderClaim).where(
                        *_key(generation_id, purpose),
                        ProviderClaim.task_id.is_(None),
                        ProviderClaim.result.is_(None),
                    )
                )

        await patiently(work)

    async def save_task(self, generation_id: str, purpose: str, task_id: str) -> None:
        """Save the id that the provider gave to the work."""

        async def work() -> None:
            async with self._database.transaction() as session:
                await session.execute(
                    sa.update(ProviderClaim)
                    .where(*_key(generation_id, purpose))
                    .values(task_id=task_id)
                )

        await patiently(work)

    async def finish(
        self, generation_id: str, purpose: str, provider: str, result: dict[str, Any], usd: float
    ) -> bool:
        """Save what a request answered and what it cost; False where that was done already."""

        now = self._clock()
        tried = False

        async def work() -> bool:
            nonlocal tried
            again, tried = tried, True
            async with self._database.transaction() as session:
                changed = await session.execute(
                    sa.update(ProviderClaim)
                    .where(*_key(generation_id, purpose), ProviderClaim.finished_at.is_(None))
                    .values(result=result, finished_at=now)
                    .returning(ProviderClaim.purpose)
                )
                if changed.first() is not None:
                    await self._spending.add(session, provider, usd)
                    return True
                if not again:
                    return False
                # A commit whose acknowledgment was lost, and that was repeated, is ours.
                row = await _get(session, generation_id, purpose)
                return row is not None and row.finished_at == now

        return await patiently(work)

    async def charge(self, provider: str, usd: float) -> None:
        """Add to the day what a request cost whose answer cannot be used."""
        await self._spending.charge(provider, usd)

    async def unclaimed(self, provider: str, task_ids: list[str]) -> list[str]:
        """Return those tasks of a provider that no job has."""

        async def work() -> set[str | None]:
            async with self._database.reading() as session:
                rows = await session.scalars(
                    sa.select(ProviderClaim.task_id).where(
                        ProviderClaim.provider == provider, ProviderClaim.task_id.in_(task_ids)
                    )
                )
                return set(rows)

        taken = await patiently(work)
        return [task_id for task_id in task_ids if task_id not in taken]

    async def kept(self, generation_id: str) -> list[str]:
        """List the purposes of a job's requests whose answers may be in the storage."""

        async def work() -> list[str]:
            async with self._database.reading() as session:
                rows = await session.scalars(
                    sa.select(ProviderClaim.purpose).where(
                        ProviderClaim.generation_id == generation_id
                    )
                )
                return list(rows)

        return await patiently(work)

    async def _find(self, generation_id: str, purpose: str) -> Claim | None:
        async with self._database.reading() as session:
            row = await _get(session, generation_id, purpose)
            if row is None:
                return None
            return Claim(False, row.task_id, row.result, row.created_at)


async def _get(session: AsyncSession, generation_id: str, purpose: str) -> ProviderClaim | None:
    return await session.get(ProviderClaim, (generation_id, _STEP, purpose))


def _key(generation_id: str, purpose: str) -> list[sa.ColumnElement[bool]]:
    return [
        ProviderClaim.generation_id == generation_id,
        ProviderClaim.step == _STEP,
        ProviderClaim.purpose == purpose,
    ]
