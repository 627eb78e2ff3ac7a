"""Meshy's webhooks: each change of a task's status, sent to an address as it happens.

Written from https://docs.meshy.ai/en/api/webhooks: the payload is the task object, by POST.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

import httpx

from asset_forge.simulation.providers._faults import Fault
from asset_forge.simulation.providers._meshy_tasks import Account, Task

_SEND_SECONDS: Final = 10.0


class Webhooks:
    """Tells one address, once there is one, about tasks that start from then on."""

    def __init__(self, account: Account) -> None:
        self.url: str | None = None
        self.sent = 0
        self.failed = 0
        """How many deliveries were not answered with 2xx."""
        self._account = account
        self._under_way: set[asyncio.Task[None]] = set()
        account.started = self._watch

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _watch(self, task: Task) -> None:
        if self.url is not None:
            telling = asyncio.create_task(self._follow(task, self.url))
            self._under_way.add(telling)
            telling.add_done_callback(self._under_way.discard)

    async def _follow(self, task: Task, url: str) -> None:
        moments = [task.started]
        if task.fate is not Fault.ENDLESS_TASK:
            moments.append(task.finished)
        async with httpx.AsyncClient(timeout=_SEND_SECONDS, trust_env=False) as client:
            for moment in moments:
                await asyncio.sleep(max(0.0, moment - time.time()))
                try:
                    answer = await client.post(url, json=self._account.shown(task, moment))
                except httpx.HTTPError:
                    self.failed += 1
                    continue
                self.sent += answer.is_success
                self.failed += not answer.is_success
