"""What makes the pipeline durable: DBOS workflows, who executes them, and who takes them over.

The generation row is the truth and its id is the workflow's. Executors have fresh ids, a heartbeat
(`executors.py`), and one elected sweeper recovers those that fell silent.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

from dbos import DBOS, DBOSConfig, StepOptions

from asset_forge.database import DatabaseUnusable
from asset_forge.generation.executors import Executors
from asset_forge.generation.pipeline import Pipeline, StepEnd
from asset_forge.generation.records import GenerationRecords

REVISION: Final = "generation.v1"
"""Name of workflow and queue. A changed sequence of steps is a new revision with a new name."""

_APPLICATION_VERSION: Final = "asset-forge"
"""Pinned: DBOS leaves jobs of any other version unexecuted, and revisions do that work here."""

_SWEEP_SECONDS: Final = 5.0
_SWEEP_LIMIT: Final = 500
_SETTLED_SECONDS: Final = 60.0
"""How old a row's enqueuing is before its workflow is missed: it is written before that time."""

_BROKEN: Final = frozenset({"ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "SUCCESS"})

_log = logging.getLogger(__name__)


class JobEngine:
    """Executes generations durably in this process, and takes over those of dead processes.

    DBOS keeps one instance a process, so there may be one engine at a time.
    """

    def __init__(
        self,
        *,
        pipeline: Pipeline,
        records: GenerationRecords,
        executors: Executors,
        system_database_url: str,
        concurrency: int,
        runs_jobs: bool,
        pool_size: int = 5,
    ) -> None:
        self._pipeline = pipeline
        self._records = records
        self._executors = executors
        self._url = system_database_url
        self._concurrency = concurrency
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
        async def _(generation_id: str) -> None:  # pyright: ignore[reportUnusedFunction]
            await self._pipeline.run(generation_id, _run_step)

        DBOS.listen_queues([REVISION] if self._runs_jobs else [])
        DBOS.launch()  # on this loop, so that workflows run on it
        await DBOS.register_queue_async(
            REVISION,
            worker_concurrency=self._concurrency,
            polling_interval_sec=0.2,
            on_conflict="always_update",
        )
        if self._runs_jobs:
            await self._executors.start()
            self._sweeper = asyncio.create_task(self._sweep_forever(), name="job-sweeper")

    async def enqueue(self, generation_id: str) -> None:
        """Enqueue the workflow of a committed row; a second time changes nothing."""
        await DBOS.enqueue_workflow_with_options_async(
            {"workflow_name": REVISION, "queue_name": REVISION, "workflow_id": generation_id},
            generation_id,
        )
        await self._records.mark_enqueued(generation_id)

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
        left = await self._pipeline.settle(grace_seconds)
        for generation_id in left:
            await self._records.release_run(generation_id)
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        if self._runs_jobs:
            await self._executors.stop(leaves_jobs=bool(left))

    async def _sweep_forever(self) -> None:
        while True:
            try:
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
        ids = await self._records.open_since(timedelta(seconds=_SETTLED_SECONDS), _SWEEP_LIMIT)
        if not ids:
            return
        workflows = await DBOS.list_workflows_async(
            workflow_ids=ids, load_input=False, load_output=False
        )
        states = {workflow.workflow_id: workflow.status for workflow in workflows}
        for generation_id in ids:
            state = states.get(generation_id)
            if state is None:
                await self.enqueue(generation_id)
            elif state in _BROKEN:
                await self._pipeline.give_up(generation_id)


async def _run_step(name: str, step: Callable[[], Awaitable[StepEnd]]) -> StepEnd:
    options: StepOptions = {"name": name}

    async def coroutine() -> StepEnd:
        return await step()

    return await DBOS.run_step_async(options, coroutine)


def _recover(executor_id: str) -> int:
    # DBOS recovers by itself only at a start under the same executor id; ours are always fresh.
    return len(DBOS._recover_pending_workflows([executor_id]))  # pyright: ignore[reportPrivateUsage]


def prepare_jobs_file(path: Path) -> None:
    """Make the embedded file of the jobs, or open it, and let its readers go on beside a writer.

    Raises:
        DatabaseUnusable: It cannot be opened, or is no database.
    """
    try:
        with closing(sqlite3.connect(path, timeout=30.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise DatabaseUnusable(
            f"{path}: cannot be used for the jobs ({error}); move it away, and the jobs that are "
            "under way are lost, restore a backup, or set ASSET_FORGE_DATA_DIR to another place"
        ) from error
