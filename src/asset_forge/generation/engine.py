"""What makes the pipeline durable: DBOS workflows, who executes them, and who takes them over.

The generation row is the truth and its id is the workflow's (with a number, that of a later leg's).
Executors have fresh ids, a heartbeat
(`executors.py`), and one elected sweeper recovers those that fell silent.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from dbos import DBOS, DBOSConfig, EnqueueOptions, StepOptions

from asset_forge.database.models import Generation
from asset_forge.generation.executors import Executors
from asset_forge.generation.jobs_file import prepare_jobs_file
from asset_forge.generation.making import FREE_PROVIDER
from asset_forge.generation.pipeline import Pipeline
from asset_forge.generation.records import GenerationRecords, Leg
from asset_forge.generation.steps import FIRST_REVISION, REVISION, Move, StepEnd
from asset_forge.generation.untaken import UntakenJobs

_APPLICATION_VERSION: Final = "asset-forge"
"""Pinned: DBOS leaves jobs of any other version unexecuted, and revisions do that work here."""

_SWEEP_SECONDS: Final = 5.0
_SWEEP_LIMIT: Final = 500
_SETTLED_SECONDS: Final = 60.0
"""How old a row's enqueuing is before its workflow is missed: it is written before that time."""

_FIRST_REVISION_POLL_SECONDS: Final = 2.0
_QUEUE_END_SECONDS: Final = 5.0
"""More than a thread that takes jobs needs for its last transaction."""

_BROKEN: Final = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """How many jobs of one provider's queue run at once: in a process, and in all; None: no limit.

    `poll_seconds` is how often a process looks for work.
    """

    in_process: int
    in_all: int | None
    poll_seconds: float


class JobEngine:
    """Executes generations durably in this process, and takes over those of dead processes.

    Each provider has a queue, whose limits hold its jobs, and with them its requests, over all
    processes; a process takes jobs of the providers that it is configured for. DBOS keeps one
    instance a process, so there may be one engine at a time.
    """

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        records: GenerationRecords,
        executors: Executors,
        system_database_url: str,
        queues: Mapping[str, QueueLimits],
        queue_of: Callable[[Generation], str],
        runs_jobs: bool,
        pool_size: int = 5,
    ) -> None:
        self._pipeline = pipeline
        self._records = records
        self._executors = executors
        self._url = system_database_url
        self._queues = queues
        self._queue_of = queue_of
        self._runs_jobs = runs_jobs
        self._pool_size = pool_size
        self._sweeper: asyncio.Task[None] | None = None
        self._dbos: DBOS | None = None

    async def start(self) -> None:
        """Open the queue, begin to execute, and take over what dead processes left."""
        if self._url.startswith("sqlite"):
            await asyncio.to_thread(prepare_jobs_file, Path(self._url.removeprefix("sqlite:///")))
        config: DBOSConfig = {
            "name": "asset-forge",
            "system_database_url": self._url,
            "sys_db_pool_size": self._pool_size,
            "application_version": _APPLICATION_VERSION,
            "executor_id": self._executors.id,
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
        self._dbos = DBOS(config=config)

        # The pipeline counts the runs itself, in the row, where a graceful end can be taken back.
        @DBOS.workflow(name=REVISION, max_recovery_attempts=None)
        async def _(generation_id: str, leg: int, queue: str) -> None:  # pyright: ignore[reportUnusedFunction]
            await self._run(generation_id, leg, queue, REVISION)

        @DBOS.workflow(name=FIRST_REVISION, max_recovery_attempts=None)
        async def _(generation_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
            await self._run(generation_id, 0, FREE_PROVIDER, FIRST_REVISION)

        limits = {_queue_name(provider): queue for provider, queue in self._queues.items()}
        free = self._queues[FREE_PROVIDER]
        limits[FIRST_REVISION] = QueueLimits(
            free.in_process, free.in_all, _FIRST_REVISION_POLL_SECONDS
        )
        if self._runs_jobs:
            await self._executors.start()  # before it takes jobs that nobody would know to be its
        DBOS.listen_queues(list(limits) if self._runs_jobs else [])
        DBOS.launch()  # on this loop, so that workflows run on it
        for name, queue in limits.items():
            await DBOS.register_queue_async(
                name,
                worker_concurrency=queue.in_process,
                global_concurrency=queue.in_all,
                polling_interval_sec=queue.poll_seconds,
                on_conflict="always_update",
            )
        if self._runs_jobs:
            untaken = UntakenJobs(self._dbos, self._executors.id, _APPLICATION_VERSION)
            self._sweeper = asyncio.create_task(self._sweep_forever(untaken), name="job-sweeper")

    async def enqueue(self, generation_id: str, *, delay_seconds: float = 0.0) -> None:
        """Enqueue the workflow of a committed row's leg; a second time changes nothing."""
        row = await self._records.get(generation_id)
        if row is None:
            return
        options: EnqueueOptions = {
            "workflow_name": FIRST_REVISION,
            "queue_name": FIRST_REVISION,
            "workflow_id": _workflow_id(Leg(row.id, row.leg)),
        }
        arguments: tuple[object, ...] = (row.id,)
        if row.revision != FIRST_REVISION or row.leg > 0:
            queue = self._queue_of(row)
            options["workflow_name"] = REVISION
            options["queue_name"] = _queue_name(queue)
            arguments = (row.id, row.leg, queue)
        if delay_seconds > 0:
            options["delay_seconds"] = delay_seconds
        await DBOS.enqueue_workflow_with_options_async(options, *arguments)
        await self._records.mark_enqueued(row.id, row.leg)

    async def _run(self, generation_id: str, leg: int, queue: str, revision: str) -> None:
        """Execute one leg of a job, and enqueue the next where there is one."""
        move = await self._pipeline.run(
            generation_id, _run_step, leg=leg, queue=queue, revision=revision
        )
        if move is None:
            return
        # Apart from this workflow's context, in which it would count as one of its steps.
        following = asyncio.create_task(
            self._follow_up(generation_id, move), context=contextvars.Context()
        )
        await following

    async def _follow_up(self, generation_id: str, move: Move) -> None:
        try:
            await self.enqueue(generation_id, delay_seconds=move["delay_seconds"])
        except Exception:  # noqa: BLE001 - the row is committed, and the sweep enqueues it
            _log.warning("a job's next leg could not be enqueued; the sweep will", exc_info=True)

    async def stop(self, grace_seconds: float) -> None:
        """Take no more jobs, let the running ones finish for a while, then leave the rest.

        What is left is picked up by another process, or by this one's next start, and the run that
        ended here does not count against it.
        """
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
        if self._dbos is None:
            return
        for event in self._dbos.background_thread_stop_events:
            event.set()  # no job is taken any more
        await asyncio.to_thread(_join_queues)  # and what was taken has begun
        workflows = self._dbos._workflow_tasks  # pyright: ignore[reportPrivateUsage]
        if workflows:
            await asyncio.wait([*workflows], timeout=grace_seconds)
        interrupted = await self._pipeline.interrupt()
        for generation_id in interrupted:
            await self._records.release_run(generation_id)
        leaves_jobs = bool(interrupted or workflows)
        # DBOS takes its threads away, which a workflow that still ran would then ask for.
        for workflow in (ending := [*workflows]):
            workflow.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        if self._runs_jobs:
            await self._executors.stop(leaves_jobs=leaves_jobs)

    async def _sweep_forever(self, untaken: UntakenJobs) -> None:
        while True:
            try:
                for workflow in await asyncio.to_thread(untaken.give_back):
                    _log.warning("the job %s was taken and not begun; it is queued again", workflow)
                if await self._executors.elect("sweep", seconds=3 * _SWEEP_SECONDS):
                    await self.sweep()
            except Exception:  # noqa: BLE001 - whatever failed, the next round tries again
                _log.exception("the sweep for jobs failed; it is tried again")
            await asyncio.sleep(_SWEEP_SECONDS)

    async def sweep(self) -> None:
        """Recover what dead executors ran, and enqueue rows that have no workflow."""
        for executor_id in await self._executors.dead():
            recovered = await asyncio.to_thread(_recover, executor_id)
            _log.warning(
                "unclean_shutdown: the executor %s is dead; %d of its jobs were recovered",
                executor_id,
                recovered,
            )
            await self._executors.forget(executor_id)
        seconds = timedelta(seconds=_SWEEP_SECONDS)
        for generation_id in await self._records.without_workflow(seconds, _SWEEP_LIMIT):
            await self.enqueue(generation_id)
        await self._reconcile()

    async def _reconcile(self) -> None:
        """Give open rows whose workflow is lost another one, and end those whose workflow broke.

        The first happens when the queue's database was restored or replaced, the second when the
        service's database was away for longer than a step waits.
        """
        legs = await self._records.open_since(timedelta(seconds=_SETTLED_SECONDS), _SWEEP_LIMIT)
        if not legs:
            return
        workflows = await DBOS.list_workflows_async(
            workflow_ids=[_workflow_id(leg) for leg in legs], load_input=False, load_output=False
        )
        states = {workflow.workflow_id: workflow.status for workflow in workflows}
        for leg in legs:
            state = states.get(_workflow_id(leg))
            if state is None:
                await self.enqueue(leg.generation_id)
            elif state in _BROKEN:
                await self._pipeline.give_up(leg.generation_id, leg.number)


def _queue_name(provider: str) -> str:
    return f"{REVISION}.{provider}"


def _workflow_id(leg: Leg) -> str:
    return leg.generation_id if leg.number == 0 else f"{leg.generation_id}.{leg.number}"


async def _run_step(name: str, step: Callable[[], Awaitable[StepEnd]]) -> StepEnd:
    options: StepOptions = {"name": name}

    async def coroutine() -> StepEnd:
        return await step()

    return await DBOS.run_step_async(options, coroutine)


def _join_queues() -> None:
    """Wait until the threads that take jobs have ended, which they have been told to do."""
    for thread in threading.enumerate():
        if thread.name.startswith("queue-worker-"):
            thread.join(_QUEUE_END_SECONDS)


def _recover(executor_id: str) -> int:
    # DBOS recovers by itself only at a start under the same executor id; ours are always fresh.
    return len(DBOS._recover_pending_workflows([executor_id]))  # pyright: ignore[reportPrivateUsage]
