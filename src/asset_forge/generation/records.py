"""The generation rows: how each is made, moved from state to state, and read.

A row leaves `queued` and `running` once: every change of status names the states that it may come
from, and who made the change counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.exc import IntegrityError

from asset_forge.clock import Clock, rfc3339
from asset_forge.database import Database
from asset_forge.database.models import Generation
from asset_forge.generation.patience import patiently

Status = Literal["queued", "running", "succeeded", "failed", "cancelled"]
STATUSES: tuple[Status, ...] = ("queued", "running", "succeeded", "failed", "cancelled")
OPEN: tuple[Status, ...] = ("queued", "running")


class Leg(NamedTuple):
    """One of the workflows of a generation, counted from 0."""

    generation_id: str
    number: int


class QueueState(NamedTuple):
    """How many generations wait, and for how long the oldest has waited for its first step."""

    depth: int
    oldest_seconds: float


class GenerationRecords:
    """The rows of the table `generations`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, row: Generation) -> Generation:
        """Insert a row, or return the one that its owner made with the same idempotency key."""
        try:
            async with self._database.transaction() as session:
                session.add(row)
        except IntegrityError:
            if row.idempotency_key is None:
                raise
            existing = await self.by_idempotency_key(row.owner_id, row.idempotency_key)
            if existing is None:
                raise
            return existing
        return row

    async def get(self, generation_id: str) -> Generation | None:
        """Read one row."""
        async with self._database.reading() as session:
            return await session.get(Generation, generation_id)

    async def by_idempotency_key(self, owner_id: str, key: str) -> Generation | None:
        """Read the row that an owner made with an idempotency key."""
        query = select(Generation).where(
            Generation.owner_id == owner_id, Generation.idempotency_key == key
        )
        async with self._database.reading() as session:
            return (await session.scalars(query)).one_or_none()

    async def page(
        self, conditions: Sequence[ColumnElement[bool]], *, before: str | None, limit: int
    ) -> Sequence[Generation]:
        """Read rows that meet all conditions, newest first, those before an id only."""
        query = select(Generation).where(*conditions).order_by(Generation.id.desc()).limit(limit)
        if before is not None:
            query = query.where(Generation.id < before)
        async with self._database.reading() as session:
            return (await session.scalars(query)).all()

    async def without_workflow(self, older_than: timedelta, limit: int) -> list[str]:
        """List open rows that no workflow was enqueued for, oldest first."""
        limit_time = self._clock() - older_than
        query = (
            select(Generation.id)
            .where(
                Generation.status.in_(OPEN),
                Generation.enqueued_at.is_(None),
                Generation.created_at < limit_time,
            )
            .order_by(Generation.id)
            .limit(limit)
        )
        async with self._database.reading() as session:
            return list((await session.scalars(query)).all())

    async def open_since(self, older_than: timedelta, limit: int) -> list[Leg]:
        """List open rows that were enqueued longer ago than given, oldest first."""
        query = (
            select(Generation.id, Generation.leg)
            .where(Generation.status.in_(OPEN), Generation.enqueued_at < self._clock() - older_than)
            .order_by(Generation.id)
            .limit(limit)
        )
        async with self._database.reading() as session:
            return [Leg(*row) for row in (await session.execute(query)).all()]

    async def mark_enqueued(self, generation_id: str, leg: int) -> None:
        """Note that the workflow of the row's leg exists."""
        await self._change(generation_id, OPEN, leg=leg, enqueued_at=self._clock())

    async def begin_run(self, generation_id: str, leg: int) -> Generation | None:
        """Count one more run of an open row and mark it running; None where it has ended.

        None also where the row is on another leg than the workflow that asks.

        A row whose cancellation was asked for while it waited is returned as it is, for its
        workflow to end.
        """
        now = self._clock()
        changed = await self._change(
            generation_id,
            OPEN,
            leg=leg,
            status="running",
            runs=Generation.runs + 1,
            started_at=func.coalesce(Generation.started_at, now),
        )
        return await self.get(generation_id) if changed else None

    async def next_leg(self, generation_id: str, leg: int, provider: str) -> bool:
        """Put a running row back among the waiting, for another workflow and a provider.

        The run that ends here does not count. False where the row has ended or is ahead.
        """
        return await self._change(
            generation_id,
            ("running",),
            leg=leg,
            status="queued",
            runs=Generation.runs - 1,
            provider=provider,
            enqueued_at=None,
            next_leg=leg + 1,
        )

    async def release_run(self, generation_id: str) -> None:
        """Take back a run that a graceful shutdown ended, so that it does not count."""
        await self._change(generation_id, ("running",), runs=Generation.runs - 1)

    async def enter_stage(self, begun: Generation, stage: str) -> Generation | None:
        """Note that a row has reached a stage; None where it has ended, or is on another leg.

        `begun` is the row as its run began. A database that crashed, or whose replica took over,
        may have lost that beginning: it is noted again.
        """
        async with self._database.transaction() as session:
            row = await session.get(Generation, begun.id)
            if row is None or row.status not in OPEN or row.leg != begun.leg:
                return None
            if row.status == "queued":
                row.status, row.runs, row.started_at = "running", begun.runs, begun.started_at
            stages: dict[str, Any] = dict(row.stages)
            stages[stage] = {"startedAt": rfc3339(self._clock())}
            row.stage = stage
            row.stages = stages
            return row

    async def leave_stage(
        self, generation_id: str, stage: str, started_at: datetime, seconds: float
    ) -> None:
        """Note when a stage of a running row began and how long it took."""
        async with self._database.transaction() as session:
            row = await session.get(Generation, generation_id)
            if row is None or row.status != "running":
                return
            stages: dict[str, Any] = dict(row.stages)
            stages[stage] = {
                "startedAt": rfc3339(started_at),
                "durationSeconds": round(seconds, 6),
            }
            row.stages = stages

    async def plan(self, generation_id: str, provider: str, model: str) -> None:
        """Note which provider serves the row, with which model."""
        await self._change(
            generation_id, ("running",), provider=provider, model=model[:100] or None
        )

    async def expand(self, generation_id: str, prompt: str) -> None:
        """Note the prompt that the asset is made from."""
        await self._change(generation_id, ("running",), expanded_prompt=prompt)

    async def is_cancelled(self, generation_id: str) -> bool:
        """Say whether a row has ended, or shall."""
        row = await self.get(generation_id)
        return row is None or row.status not in OPEN or row.cancel_requested_at is not None

    async def finish(
        self,
        generation_id: str,
        status: Literal["succeeded", "failed", "cancelled"],
        *,
        came_from: Sequence[Status] = OPEN,
        leg: int | None = None,
        asset_id: str | None = None,
        error_type: str | None = None,
        error_message: str | None = None,
    ) -> bool:
        """End a row, waiting for the database; True for the one caller that did, and counts it."""
        now = self._clock()
        tried = False

        async def work() -> bool:
            nonlocal tried
            again, tried = tried, True
            ended = await self._change(
                generation_id,
                came_from,
                leg=leg,
                status=status,
                asset_id=asset_id,
                error_type=error_type,
                error_message=error_message,
                finished_at=now,
            )
            if ended or not again:
                return ended
            # A commit whose acknowledgment was lost, and that was repeated, is ours.
            row = await self.get(generation_id)
            return row is not None and row.finished_at == now

        return await patiently(work)

    async def request_cancel(self, generation_id: str) -> bool:
        """Ask an open row to end at its next step boundary; False where it has ended."""
        return await self._change(
            generation_id,
            OPEN,
            cancel_requested_at=func.coalesce(Generation.cancel_requested_at, self._clock()),
        )

    async def queue_state(self) -> QueueState:
        """Count the waiting rows."""
        unbegun = case((Generation.started_at.is_(None), Generation.created_at))
        query = select(func.count(), func.min(unbegun)).where(Generation.status == "queued")
        async with self._database.reading() as session:
            depth, oldest = (await session.execute(query)).one()
        age = (self._clock() - oldest).total_seconds() if oldest else 0.0
        return QueueState(depth, max(age, 0.0))

    async def _change(
        self,
        generation_id: str,
        came_from: Sequence[Status],
        *,
        leg: int | None = None,
        next_leg: int | None = None,
        **values: object,
    ) -> bool:
        """Change a row in one of some states, and where `leg` is given only on that leg."""
        if next_leg is not None:
            values["leg"] = next_leg
        statement = (
            update(Generation)
            .where(Generation.id == generation_id, Generation.status.in_(came_from))
            .values(**values)
            .returning(Generation.id)
        )
        if leg is not None:
            statement = statement.where(Generation.leg == leg)
        async with self._database.transaction() as session:
            return (await session.execute(statement)).first() is not None
