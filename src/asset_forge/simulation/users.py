"""Synthetic users: they sign in, generate, upload, download, search, edit, delete and leave.

Each is a client of its own on an address of its own, with pauses between what it does. Some leave
in the middle of an answer, some mistype their password, some send what cannot be done.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

from asset_forge.simulation.sockets import give_way
from asset_forge.simulation.team import ACCOUNTS, Account
from asset_forge.simulation.traffic import Activity, Pace, Team, connect
from asset_forge.simulation.user import User


class Users:
    """The team at work, from `start` to `stop`."""

    def __init__(
        self,
        url: str,
        pace: Pace | None = None,
        *,
        accounts: Sequence[Account] = ACCOUNTS,
        seed: int = 1,
    ) -> None:
        self._team = Team(url, pace)
        self._accounts = accounts
        self._seed = seed

    @property
    def activity(self) -> Activity:
        """What they have done so far."""
        return self._team.activity

    @contextmanager
    def running(self) -> Generator[Users]:
        """Let them work in a thread of their own while the block runs."""
        loop = asyncio.new_event_loop()
        task = loop.create_task(self.work())
        thread = threading.Thread(target=_drive, args=(loop, task), name="users")
        thread.start()
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(task.cancel)
            thread.join()

    async def work(self) -> None:
        """Work until canceled."""
        async with asyncio.TaskGroup() as group:
            for number in range(self._team.pace.users):
                account = self._accounts[number % len(self._accounts)]
                user = User(self._team, account, number, random.Random(self._seed * 1000 + number))
                group.create_task(user.live())
            if self._team.pace.failing_logins_per_minute:
                group.create_task(self._mistype(random.Random(self._seed)))

    async def _mistype(self, chance: random.Random) -> None:
        for number in itertools.count():
            # Evenly, not at random moments: at a small scale three within seconds are an attack.
            each = 60 / self._team.pace.failing_logins_per_minute
            await asyncio.sleep(chance.uniform(0.8, 1.2) * each)
            # Accounts and addresses change, as those of forgetful people do, so that no limit
            # is reached that is meant for attackers.
            async with connect(self._team.url, 200 + number % 50) as client:
                await self._team.send(
                    client,
                    "POST",
                    "/api/auth/login",
                    json={"login": f"guest-{number}", "password": "what was it again"},
                )


def _drive(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    give_way()
    asyncio.set_event_loop(loop)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(task)
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        loop.close()
