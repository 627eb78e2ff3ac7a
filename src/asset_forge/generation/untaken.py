"""Jobs that the queue has given to this process, and that nothing here runs.

The queue gives a job away by a commit. A database that goes away before it has acknowledged that
commit leaves a job that counts as running, here and against the limit of its provider, and that
nobody knows to be his.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from dbos import DBOS

UNTAKEN_SECONDS: Final = 30.0
"""Far longer than it takes from the commit to the start of a job."""


class UntakenJobs:
    """Finds such jobs, and puts them back into their queues."""

    def __init__(
        self,
        dbos: DBOS,
        executor_id: str,
        version: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._dbos = dbos
        self._executor_id = executor_id
        self._version = version
        self._clock = clock
        self._since: dict[str, float] = {}

    def give_back(self) -> list[str]:
        """Put back what nothing has run for a while, and name it; waits for the database."""
        system = self._dbos._sys_db  # pyright: ignore[reportPrivateUsage]
        running = self._dbos._active_workflows_set  # pyright: ignore[reportPrivateUsage]
        pending = system.get_pending_workflows(self._executor_id, self._version)
        now = self._clock()
        active = set(running.activeList())
        missed = {one.workflow_id for one in pending} - active
        self._since = {name: self._since.get(name, now) for name in missed}
        due = [name for name, since in self._since.items() if now - since >= UNTAKEN_SECONDS]
        return [
            name
            for name in due
            # All have a queue of their own, so that the last argument is never used.
            if system.reenqueue_for_recovery(name, [self._executor_id], "")
        ]
