"""The steps from a prompt to an asset: plan, expand, generate, store, index, complete.

Each step may run again after a crash: it finds what its earlier run left and changes nothing. The
workflow that strings them together is `engine.JobEngine`'s; nothing here knows what makes it
durable. A job that has to wait for a provider, or goes on with another one, leaves its workflow for
the next (its next leg), so that nothing is held while it waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from asset_forge import faults
from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAsset, GeneratedAssets, SearchService, StagedFile
from asset_forge.clock import Clock
from asset_forge.database.models import Generation
from asset_forge.generation.claims import Claims
from asset_forge.generation.failures import ErrorType, GenerationCancelled, GenerationFailed
from asset_forge.generation.making import FREE_PROVIDER, Made, Making, Plan
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.patience import patiently
from asset_forge.generation.records import OPEN, GenerationRecords
from asset_forge.generation.steps import (
    REVISION,
    AddBreadcrumb,
    Job,
    Move,
    Moved,
    RunStep,
    Steps,
)
from asset_forge.observability import context
from asset_forge.observability.tracing import Tracer, current_exemplar

STAGES: Final = ("plan", "generate", "store", "index", "complete")
"""The stages that every job has; one whose prompt is expanded has `expand` after `plan`."""

MAX_RUNS: Final = 3
"""How often a job may begin; one that has taken its process down as often is poisoned."""

_OF_THE_STORAGE: Final = frozenset({ErrorType.STORAGE_FULL, ErrorType.STORAGE_UNAVAILABLE})

ReportError = Callable[[BaseException, Mapping[str, str]], None]
"""Takes an unexpected error of a job and its tags; never raises."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipeline works with."""

    records: GenerationRecords
    making: Making
    claims: Claims
    assets: GeneratedAssets
    search: SearchService
    metrics: GenerationMetrics
    tracer: Tracer
    clock: Clock
    report_error: ReportError
    add_breadcrumb: AddBreadcrumb


class Pipeline:
    """Takes one generation row to its end, or to its next leg."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._steps = Steps(parts.records, parts.clock, parts.add_breadcrumb)
        self._running: dict[str, asyncio.Task[object]] = {}  # by the job's id

    async def run(
        self,
        generation_id: str,
        run_step: RunStep,
        *,
        leg: int = 0,
        queue: str = FREE_PROVIDER,
        revision: str = REVISION,
    ) -> Move | None:
        """Execute a leg of a job, or what is left of it, and end its row.

        Returns where the job goes on, for another workflow, where it does not end. A row that has
        ended, or is on a later leg, is left.
        """
        row = await patiently(lambda: self._parts.records.begin_run(generation_id, leg))
        if row is None:
            return None
        job = Job(row, run_step, queue, revision)
        ids = context.scope(request_id=row.request_id, user_id=row.owner_id, job_id=row.id)
        attributes = {"asset_forge.job.id": row.id, "asset_forge.asset.type": row.type}
        trace = self._parts.tracer.continue_trace(
            row.traceparent, "generation", "consumer", attributes
        )
        with self._in_progress(row), ids, trace as running:
            try:
                if row.runs > MAX_RUNS:
                    raise GenerationFailed(
                        ErrorType.POISONED,
                        f"This job was given up: its process ended {MAX_RUNS} times while it ran",
                        unexpected=True,
                    )
                await self._take_steps(job)
            except Moved as moved:
                return await self._move(row, moved.move)
            except GenerationCancelled:
                await self._discard(job)
                await self.finish(row, None)
            except GenerationFailed as failure:
                running.fail(job.cause or failure)
                await self._discard(job, failure)
                await self.finish(row, failure, cause=job.cause)
        return None

    async def give_up(self, generation_id: str, leg: int) -> None:
        """End a job as failed whose workflow ended without ending its row."""
        row = await self._parts.records.get(generation_id)
        if row is not None and row.leg == leg and generation_id not in self._running:
            message = "The service lost this job's execution; its operators have been told"
            failure = GenerationFailed(ErrorType.INTERNAL, message, unexpected=True)
            await self.finish(row, failure)

    async def interrupt(self) -> list[str]:
        """End the running jobs where they are, and name them: they are to be taken up again."""
        running = dict(self._running)
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
        return list(running)

    async def finish(
        self,
        row: Generation,
        failure: GenerationFailed | None,
        *,
        cause: BaseException | None = None,
        waiting_only: bool = False,
    ) -> None:
        """End a row as failed, or where there is no failure as cancelled; count the end once."""
        ended = await self._parts.records.finish(
            row.id,
            "failed" if failure else "cancelled",
            came_from=("queued",) if waiting_only else OPEN,
            leg=row.leg,
            error_type=failure.type.value if failure else None,
            error_message=failure.message if failure else None,
        )
        if not ended:
            return
        if failure is None:
            self._parts.metrics.generations.labels(row.type, "cancelled").inc()
            return
        self._parts.metrics.errors.labels(row.type, failure.type.value).inc()
        self._count_end(row, "failure")
        if failure.unexpected:
            tags = {"assetType": row.type, "errorType": failure.type.value, "jobId": row.id}
            self._parts.report_error(cause or failure, tags)

    async def _take_steps(self, job: Job) -> None:
        row, making = job.row, self._parts.making
        planned: Plan | str = await self._steps.run(job, "plan", lambda: making.plan(job))
        plan = Plan(provider=planned, expand=False) if isinstance(planned, str) else planned
        prompt = making.prompt(row, plan["provider"])
        if plan["expand"]:
            prompt = await self._steps.run(job, "expand", lambda: making.expand(row))
        made: Made = await self._steps.run(
            job,
            "generate",
            lambda: making.generate(job, plan["provider"], prompt),
            repeatable=False,
        )
        asset_id: str = await self._steps.run(job, "store", lambda: self._store(row, made))
        if row.runs > 1 or plan["provider"] != FREE_PROVIDER:
            await self._discard(job)  # what runs that were killed, and paid requests, had staged
        # From here on the asset exists: a request to cancel comes too late and is not looked at.
        await self._steps.run(job, "index", lambda: self._index(asset_id), cancellable=False)
        await self._steps.run(
            job, "complete", lambda: self._complete(row, asset_id), cancellable=False
        )

    async def _move(self, row: Generation, move: Move) -> Move | None:
        """Put the job back among the waiting, on its next leg; None where it has ended."""
        moved = await patiently(
            lambda: self._parts.records.next_leg(row.id, row.leg, move["provider"])
        )
        return move if moved else None

    async def _store(self, row: Generation, made: Made) -> str:
        generated = GeneratedAsset(
            generation_id=row.id,
            owner_id=row.owner_id,
            project_id=row.project_id,
            name=row.name,
            type=AssetType(row.type),
            description=row.prompt,
            tags=[],
            file_type=made["file_type"],
            media_type=made["media_type"],
        )
        staged = StagedFile(made["key"], made["size"], made["sha256"])
        return (await self._parts.assets.adopt(generated, staged)).id

    async def _index(self, asset_id: str) -> None:
        await self._parts.search.index(asset_id)

    async def _complete(self, row: Generation, asset_id: str) -> None:
        ended = await self._parts.records.finish(
            row.id, "succeeded", leg=row.leg, asset_id=asset_id
        )
        if ended:
            self._count_end(row, "success")

    def _count_end(self, row: Generation, status: str) -> None:
        # With no wait after the commit, in which a kill would hide all the ends that wait there.
        self._parts.metrics.generations.labels(row.type, status).inc()
        if row.started_at:
            seconds = (self._parts.clock() - row.started_at).total_seconds()
            duration = self._parts.metrics.duration.labels(row.type)
            duration.observe(max(seconds, 0.0), current_exemplar())

    async def _discard(self, job: Job, failure: GenerationFailed | None = None) -> None:
        """Remove what the job's runs staged and no asset owns; the sweep takes what is left.

        A storage that the job has failed by already is one fault, and reported as the job's end.
        """
        try:
            claims = await self._parts.claims.kept(job.row.id)
            await patiently(
                lambda: self._parts.assets.discard_runs(job.row.id, job.row.runs, claims)
            )
        except faults.Fault as error:
            if failure and failure.unexpected and failure.type in _OF_THE_STORAGE:
                _log.warning("what job %s staged is left to the sweep: %s", job.row.id, error)
            else:
                self._parts.report_error(error, {"jobId": job.row.id})

    @contextmanager
    def _in_progress(self, row: Generation) -> Generator[None]:
        gauge = self._parts.metrics.in_progress.labels(row.type)
        gauge.inc()
        task = asyncio.current_task()
        if task is not None:
            self._running[row.id] = task
        try:
            yield
        finally:
            self._running.pop(row.id, None)
            gauge.dec()
