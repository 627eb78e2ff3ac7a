"""What the providers cost on each day (UTC), counted in the database over all processes."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import AiSpend
from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import GenerationFailed
from asset_forge.generation.patience import patiently

_MICRO: Final = 1_000_000


class SpendLimitReached(GenerationFailed):
    """The day's limit on spending is reached; nothing was sent."""

    def __init__(self, limit_usd: float, spent_usd: float) -> None:
        super().__init__(
            ErrorType.QUOTA_EXHAUSTED,
            f"The service's limit of {limit_usd:g} US dollars a day for AI providers is reached "
            f"({spent_usd:.2f} are spent); it begins anew at 00:00 UTC, or an operator raises "
            "AI_SPEND_LIMIT_USD_PER_DAY",
        )


class Spending:
    """The table `ai_spend`, and the limit on what it may hold for one day; None for no limit."""

    def __init__(self, database: Database, clock: Clock, *, limit_usd: float | None) -> None:
        self._database = database
        self._clock = clock
        self.limit_usd = limit_usd

    async def today(self) -> float:
        """Return what this day's operations have cost so far, in US dollars."""
        query = sa.select(sa.func.coalesce(sa.func.sum(AiSpend.micro_usd), 0)).where(
            AiSpend.day == _day(self._clock())
        )
        async with self._database.reading() as session:
            return int(await session.scalar(query) or 0) / _MICRO

    async def check(self) -> None:
        """Refuse to spend more than the day's limit.

        Requests that are under way are not known yet, so that the limit may be exceeded by what
        they cost.

        Raises:
            SpendLimitReached: It is reached.
        """
        if self.limit_usd is None:
            return
        spent = await patiently(self.today)
        if spent >= self.limit_usd:
            raise SpendLimitReached(self.limit_usd, spent)

    async def charge(self, provider: str, usd: float) -> None:
        """Add a cost to the day, in a transaction of its own; while the database is away, wait."""

        async def work() -> None:
            async with self._database.transaction() as session:
                await self.add(session, provider, usd)

        await patiently(work)

    async def add(self, session: AsyncSession, provider: str, usd: float) -> None:
        """Add a cost to the day, in the caller's transaction."""
        if usd <= 0:
            return
        insert = sqlite.insert if self._database.dialect == "sqlite" else postgresql.insert
        statement = insert(AiSpend).values(
            day=_day(self._clock()), provider=provider, micro_usd=round(usd * _MICRO)
        )
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "provider"],
                set_={"micro_usd": AiSpend.micro_usd + statement.excluded.micro_usd},
            )
        )


def _day(now: datetime) -> str:
    return now.date().isoformat()
