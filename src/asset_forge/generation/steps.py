"""One stage of a job as a durable step: run once, noted in the row, and replayed after a crash."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypedDict

from asset_forge import faults
from asset_forge.clock import Clock
from asset_forge.database.models import Generation
from asset_forge.generation.failures import ErrorType, GenerationCancelled, GenerationFailed
from asset_forge.generation.patience import patiently, stores_are_away
from asset_forge.generation.records import GenerationRecords
from asset_forge.observability.tracing import span
from asset_forge.storage import StorageFull, StorageUnavailable

REVISION: Final = "generation.v2"
"""Names the sequence of the steps, and with it workflow and queues. A changed one gets another."""

FIRST_REVISION: Final = "generation.v1"
"""The one before, whose jobs are finished for one release more."""

AddBreadcrumb = Callable[[str, Mapping[str, str]], None]
"""Notes what a job has reached, for the errors that may follow."""


class Move(TypedDict):
    """Where a job goes on, and when: on another provider's queue, or later on the same one."""

    provider: str
    delay_seconds: float


class Moved(Exception):
    """The job leaves this workflow for another one, on the queue of the provider named."""

    def __init__(self, move: Move) -> None:
        super().__init__(move)
        self.move = move


class StepEnd(TypedDict, total=False):
    """How a step ended, in plain values, so that another version of the code can read it."""

    value: Any
    failure: tuple[str, str, bool]  # error type, message, unexpected
    cancelled: bool
    moved: Move


class RunStep(Protocol):
    """Runs a step durably: once it has returned, a later run gets the same result unexecuted."""

    async def __call__(self, name: str, step: Callable[[], Awaitable[StepEnd]]) -> StepEnd:
        """Run or replay the step."""
        ...


@dataclass(slots=True)
class Job:
    """One run of a job in this process; `queue` names the provider whose queue it came from."""

    row: Generation
    run_step: RunStep
    queue: str
    revision: str
    cause: BaseException | None = None  # of a failure, where this run saw it


@dataclass(frozen=True, slots=True)
class Steps:
    """Runs the stages of jobs."""

    records: GenerationRecords
    clock: Clock
    add_breadcrumb: AddBreadcrumb

    async def run(
        self,
        job: Job,
        stage: str,
        work: Callable[[], Awaitable[Any]],
        *,
        cancellable: bool = True,
        repeatable: bool = True,
    ) -> Any:
        """Run one stage as a durable step, or take the end that an earlier run of it recorded.

        Raises:
            GenerationFailed, GenerationCancelled, Moved: As the stage ended.
        """

        async def step() -> StepEnd:
            self.add_breadcrumb(f"step {stage}", {"jobId": job.row.id, "assetType": job.row.type})
            try:
                with span(f"step {stage}"):
                    value = await self._noted(job.row, stage, work, cancellable, repeatable)
                return {"value": value}
            except GenerationCancelled:
                return {"cancelled": True}
            except Moved as moved:
                return {"moved": moved.move}
            except Exception as error:  # noqa: BLE001 - the job ends with it, as a known failure
                job.cause = error
                failure = known(error, stage)
                return {"failure": (failure.type.value, failure.message, failure.unexpected)}

        end = await job.run_step(stage, step)
        if end.get("cancelled"):
            raise GenerationCancelled
        if (move := end.get("moved")) is not None:
            raise Moved(move)
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
        started_at = self.clock()
        started = time.perf_counter()
        current = await patiently(lambda: self.records.enter_stage(row, stage))
        if current is None or (cancellable and current.cancel_requested_at is not None):
            raise GenerationCancelled
        result = await (patiently(work, stores_are_away) if repeatable else work())
        seconds = time.perf_counter() - started
        await patiently(lambda: self.records.leave_stage(row.id, stage, started_at, seconds))
        return result


def known(error: Exception, stage: str) -> GenerationFailed:
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
