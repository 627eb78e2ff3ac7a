"""The steps from a prompt to an asset: plan, generate, store, index, complete.

Each step may run again after a crash: it finds what its earlier run left and changes nothing. The
workflow that strings them together is `engine.JobEngine`'s; nothing here knows what makes it
durable.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypedDict, TypeVar

import stamina

from asset_forge import faults
from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAsset, GeneratedAssets, SearchService, StagedFile
from asset_forge.clock import Clock
from asset_forge.database.models import Generation
from asset_forge.generation.door import ProviderDoor
from asset_forge.generation.failures import ErrorType, GenerationCancelled, GenerationFailed
from asset_forge.generation.metrics import GenerationMetrics
from asset_forge.generation.providers.base import Provider, ProviderRequest
from asset_forge.generation.records import OPEN, GenerationRecords
from asset_forge.observability import context
from asset_forge.observability.tracing import Tracer, span
from asset_forge.storage import StorageFull, StorageUnavailable

STAGES: Final = ("plan", "generate", "store", "index", "complete")
MAX_RUNS: Final = 3
"""How often a job may begin; one that has taken its process down as often is poisoned."""

_Result = TypeVar("_Result")


class Made(TypedDict):
    """What the step `generate` leaves: where the bytes are staged, and what they are."""

    key: str
    size: int
    sha256: str
    file_type: str
    media_type: str


class StepEnd(TypedDict, total=False):
    """How a step ended, in plain values, so that another version of the code can read it."""

    value: Any
    failure: tuple[str, str, bool]  # error type, message, unexpected
    cancelled: bool


class RunStep(Protocol):
    """Runs a step durably: once it has returned, a later run gets the same result unexecuted."""

    async def __call__(self, name: str, step: Callable[[], Awaitable[StepEnd]]) -> StepEnd:
        """Run or replay the step."""
        ...


ReportError = Callable[[BaseException, Mapping[str, str]], None]
"""Takes an unexpected error of a job and its tags; never raises."""


AddBreadcrumb = Callable[[str, Mapping[str, str]], None]
"""Notes that a job has reached a step, for the errors that may follow."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pipeline works with."""

    records: GenerationRecords
    providers: Mapping[str, Provider]  # in the order in which `auto` tries them
    door: ProviderDoor
    assets: GeneratedAssets
    search: SearchService
    metrics: GenerationMetrics
    tracer: Tracer
    clock: Clock
    report_error: ReportError
    add_breadcrumb: AddBreadcrumb


@dataclass(slots=True)
class _Job:
    """One run of a job in this process."""

    row: Generation
    run_step: RunStep
    cause: BaseException | None = None  # of a failure, where this run saw it


class Pipeline:
    """Takes one generation row to its end."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._running: dict[str, asyncio.Task[object]] = {}  # by the job's id

    async def run(self, generation_id: str, run_step: RunStep) -> None:
        """Execute a job, or what is left of it, and end its row; a row that has ended is left."""
        row = await _patiently(lambda: self._parts.records.begin_run(generation_id))
        if row is None:
            return
        job = _Job(row, run_step)
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
                await self._steps(job)
            except GenerationCancelled:
                await self._discard(job)
                await self.finish(row, None)
            except GenerationFailed as failure:
                running.fail(job.cause or failure)
                await self._discard(job)
                await self.finish(row, failure, cause=job.cause)

    async def give_up(self, generation_id: str) -> None:
        """End a job as failed whose workflow ended without ending its row."""
        row = await self._parts.records.get(generation_id)
        if row is not None and generation_id not in self._running:
            message = "The service lost this job's execution; its operators have been told"
            failure = GenerationFailed(ErrorType.INTERNAL, message, unexpected=True)
            await self.finish(row, failure)

    async def settle(self, grace_seconds: float) -> list[str]:
        """Wait for the running jobs, interrupt what is left after the grace, and name those."""
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=grace_seconds)
        left = dict(self._running)
        for task in left.values():
            task.cancel()
        await asyncio.gather(*left.values(), return_exceptions=True)
        return list(left)

    async def finish(
        self,
        row: Generation,
        failure: GenerationFailed | None,
        *,
        cause: BaseException | None = None,
        waiting_only: bool = False,
    ) -> None:
        """End a row as failed, or where there is no failure as cancelled; count the end once."""
        ended = await _patiently(
            lambda: self._parts.records.finish(
                row.id,
                "failed" if failure else "cancelled",
                came_from=("queued",) if waiting_only else OPEN,
                error_type=failure.type.value if failure else None,
                error_message=failure.message if failure else None,
            )
        )
        if not ended:
            return
        if failure is None:
            self._parts.metrics.generations.labels(row.type, "cancelled").inc()
            return
        self._parts.metrics.errors.labels(row.type, failure.type.value).inc()
        await self._count_end(row, "failure")
        if failure.unexpected:
            tags = {"assetType": row.type, "errorType": failure.type.value, "jobId": row.id}
            self._parts.report_error(cause or failure, tags)

    async def _steps(self, job: _Job) -> None:
        row = job.row
        provider: str = await self._stage(job, "plan", lambda: self._plan(row))
        made: Made = await self._stage(
            job, "generate", lambda: self._generate(row, provider), repeatable=False
        )
        asset_id: str = await self._stage(job, "store", lambda: self._store(row, made))
        if row.runs > 1:
            await self._discard(job)  # what a run that was killed had staged
        # From here on the asset exists: a request to cancel comes too late and is not looked at.
        await self._stage(job, "index", lambda: self._index(asset_id), cancellable=False)
        await self._stage(job, "complete", lambda: self._complete(row, asset_id), cancellable=False)

    async def _stage(
        self,
        job: _Job,
        stage: str,
        work: Callable[[], Awaitable[Any]],
        *,
        cancellable: bool = True,
        repeatable: bool = True,
    ) -> Any:
        """Run one stage as a durable step, or take the end that an earlier run of it recorded."""

        async def step() -> StepEnd:
            self._parts.add_breadcrumb(stage, {"jobId": job.row.id, "assetType": job.row.type})
            try:
                with span(f"step {stage}"):
                    value = await self._noted(job.row, stage, work, cancellable, repeatable)
                return {"value": value}
            except GenerationCancelled:
                return {"cancelled": True}
            except Exception as error:  # noqa: BLE001 - the job ends with it, as a known failure
                job.cause = error
                failure = _known(error, stage)
                return {"failure": (failure.type.value, failure.message, failure.unexpected)}

        end = await job.run_step(stage, step)
        if end.get("cancelled"):
            raise GenerationCancelled
        if (failure := end.get("failure")) is not None:
            type_, message, unexpected = failure
            raise GenerationFailed(ErrorType(type_), message, unexpected=unexpected)
        return end.get("value")

    async def _noted(
        self,
        row: Generation,
        stage: str,
        work: Callable[[], Awaitable[Any]],
        cancellable: bool,
        repeatable: bool,
    ) -> Any:
        """Do a stage's work between its two notes in the row."""
        records = self._parts.records
        started_at = self._parts.clock()
        started = time.perf_counter()
        current = await _patiently(lambda: records.enter_stage(row.id, stage))
        if current is None or (cancellable and current.cancel_requested_at is not None):
            raise GenerationCancelled
        result = await (_patiently(work) if repeatable else work())
        seconds = time.perf_counter() - started
        await _patiently(lambda: records.leave_stage(row.id, stage, started_at, seconds))
        return result

    async def _plan(self, row: Generation) -> str:
        provider = self.choose(row.requested_provider, AssetType(row.type))
        await self._parts.records.plan(row.id, provider.name)
        return provider.name

    def choose(self, requested: str, type: AssetType) -> Provider:  # noqa: A002
        """Return the provider to use: the one named, or for `auto` the first that can.

        Raises:
            GenerationFailed: It is not configured, or makes no such assets.
        """
        able = {n: p for n, p in self._parts.providers.items() if p.model_for(type) is not None}
        if requested == "auto" and able:
            return next(iter(able.values()))
        if requested not in able:
            raise GenerationFailed(
                ErrorType.INVALID_REQUEST,
                f"The provider {requested!r} makes no {type.value} here; choose one of: "
                + ", ".join(["auto", *able]),
            )
        return able[requested]

    async def _generate(self, row: Generation, provider_name: str) -> Made:
        provider = self.choose(provider_name, AssetType(row.type))
        request = ProviderRequest(row.id, AssetType(row.type), row.prompt, row.seed, row.options)
        result = await self._parts.door.generate(provider, request)
        staged = await self._parts.assets.stage(row.id, result.content, run=row.runs)
        return Made(
            key=staged.key,
            size=staged.size,
            sha256=staged.sha256,
            file_type=result.file_type,
            media_type=result.media_type,
        )

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
        ended = await self._parts.records.finish(row.id, "succeeded", asset_id=asset_id)
        if ended:
            await self._count_end(row, "success")

    async def _count_end(self, row: Generation, status: str) -> None:
        current = await self._parts.records.get(row.id)
        self._parts.metrics.generations.labels(row.type, status).inc()
        if current is not None and current.finished_at and current.started_at:
            seconds = (current.finished_at - current.started_at).total_seconds()
            self._parts.metrics.duration.labels(row.type).observe(max(seconds, 0.0))

    async def _discard(self, job: _Job) -> None:
        """Remove what the job's runs staged and no asset owns; the sweep takes what is left."""
        try:
            await self._parts.assets.discard_runs(job.row.id, job.row.runs)
        except faults.Fault as error:
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


def _known(error: Exception, stage: str) -> GenerationFailed:
    """Turn a step's fault into the kind that a job ends with."""
    if isinstance(error, GenerationFailed):
        return error
    if isinstance(error, StorageFull):
        return GenerationFailed(ErrorType.STORAGE_FULL, str(error), unexpected=True)
    if isinstance(error, StorageUnavailable):
        return GenerationFailed(ErrorType.STORAGE_UNAVAILABLE, str(error), unexpected=True)
    if isinstance(error, faults.QuotaExceeded):
        return GenerationFailed(ErrorType.STORAGE_FULL, error.message)
    message = f"The service failed in the step {stage!r}; its operators have been told"
    return GenerationFailed(ErrorType.INTERNAL, message, unexpected=True)


def _database_is_away(error: Exception) -> bool:
    return isinstance(error, faults.Unavailable) and not isinstance(error, StorageUnavailable)


async def _patiently(work: Callable[[], Awaitable[_Result]]) -> _Result:
    """Do work that may be repeated, and repeat it for ten minutes while the database is away."""
    async for attempt in stamina.retry_context(
        on=_database_is_away, attempts=None, timeout=600.0, wait_initial=0.2, wait_max=10.0
    ):
        with attempt:
            return await work()
    raise AssertionError("the loop above returns or raises")
