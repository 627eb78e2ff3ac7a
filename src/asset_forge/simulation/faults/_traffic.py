"""Faults that come with requests: attackers, slow lines, floods."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import threading
from abc import abstractmethod
from typing import Final

import httpx

from asset_forge.simulation.faults._model import Fault
from asset_forge.simulation.stack import Stack
from asset_forge.simulation.team import ACCOUNTS
from asset_forge.simulation.traffic import connect, loopback_address

_JOIN_SECONDS: Final = 60.0


class Storm(Fault):
    """A fault that is made of requests, sent from a thread until it is healed."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: threading.Thread | None = None

    @abstractmethod
    async def send(self, stack: Stack) -> None:
        """Send requests until canceled."""

    def inject(self, stack: Stack) -> None:
        """Begin."""
        loop = asyncio.new_event_loop()
        task = loop.create_task(self.send(stack))

        def run() -> None:
            try:
                loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
            finally:
                loop.close()

        self._loop, self._task = loop, task
        self._thread = threading.Thread(target=run, name=self.name)
        self._thread.start()

    def heal(self, stack: Stack) -> None:
        """End.

        Raises:
            RuntimeError: The requests had ended before, so that there was no fault.
        """
        self.close()
        task = self._task
        if task is not None and task.done() and not task.cancelled() and task.exception():
            raise RuntimeError(f"{self.name} broke off by itself") from task.exception()

    def close(self) -> None:
        """End the thread."""
        if self._loop is not None and self._task is not None and self._thread is not None:
            if self._thread.is_alive():
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join(_JOIN_SECONDS)


async def sign_in(stack: Stack) -> str:
    """Sign in as the operator, and return the session's token."""
    async with connect(stack.url, 3000) as client:
        body = {"login": ACCOUNTS[0].login, "password": ACCOUNTS[0].password}
        answer = await client.post("/api/auth/login", json=body)
        answer.raise_for_status()
        return str(answer.json()["token"])


class LoginAbuse(Storm):
    """Somebody tries passwords, from many addresses."""

    name = "login-abuse"
    what = "120 wrong passwords a minute for the accounts there are, from 250 addresses in turn"
    alerts = ("LoginAbuse",)

    _PER_SECOND: Final = 2.0

    async def send(self, stack: Stack) -> None:
        """Try passwords until canceled."""
        for number in itertools.count():
            async with connect(stack.url, 1000 + number % 250) as client:
                body = {"login": ACCOUNTS[number % len(ACCOUNTS)].login, "password": f"p{number}"}
                # An attacker says that each request comes from elsewhere.
                headers = {"X-Forwarded-For": f"198.51.100.{number % 254 + 1}"}
                with contextlib.suppress(httpx.TransportError):
                    await client.post("/api/auth/login", json=body, headers=headers)
            await asyncio.sleep(1 / self._PER_SECOND)


class CardinalityBomb(Storm):
    """Requests with paths, verbs and hosts that nobody has seen before."""

    name = "cardinality-bomb"
    what = "200 requests a second, each with another path and Host, and with verbs of all kinds"
    alerts = ("SeriesOverflow",)

    _PER_SECOND: Final = 200.0
    _FOREIGN: Final = ("PROPFIND", "MKCOL", "SEARCH", "REPORT", "LOCK", "PURGE", "SUBSCRIBE")
    """Verbs of other protocols, which an HTTP server passes on; it refuses one that is made up."""

    async def send(self, stack: Stack) -> None:
        """Ask for what nobody has asked for until canceled."""
        chance = random.Random(5)
        async with connect(stack.url, 2000) as client:
            for _ in itertools.count():
                token = f"{chance.getrandbits(64):016x}"
                made_up = "X" + "".join(chance.choices("ABCDEFGHIJ", k=8))
                verb = chance.choice(("GET", made_up, chance.choice(self._FOREIGN)))
                try:
                    await client.request(
                        verb, f"/{token}/{token[::-1]}", headers={"Host": f"{token}.example"}
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.2)
                await asyncio.sleep(1 / self._PER_SECOND)


class SlowLines(Storm):
    """Many clients whose lines are slow: their uploads trickle in."""

    name = "slow-lines"
    what = "64 clients upload at once, each over a line that takes 7 s for it"
    alerts = ("HighLatency", "LatencyBudgetBurn")
    silenced = ("LatencyBudgetBurnSlow",)

    _CLIENTS: Final = 64
    _PIECES: Final = 14
    _PAUSE_SECONDS: Final = 0.5

    async def send(self, stack: Stack) -> None:
        """Upload slowly until canceled."""
        token = await sign_in(stack)
        async with asyncio.TaskGroup() as group:
            for number in range(self._CLIENTS):
                group.create_task(self._client(stack, token, number))

    async def _client(self, stack: Stack, token: str, number: int) -> None:
        await asyncio.sleep(number * self._PIECES * self._PAUSE_SECONDS / self._CLIENTS)
        while True:
            try:
                await self._upload(stack, token, number)
            except OSError:
                await asyncio.sleep(1)

    async def _upload(self, stack: Stack, token: str, number: int) -> None:
        """Send one form piece by piece, and read the answer."""
        body = (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + bytes(1400) + b"\r\n--b\r\n"
            b'Content-Disposition: form-data; name="type"\r\n\r\nprop\r\n--b--\r\n'
        )
        head = (
            f"POST /api/assets HTTP/1.1\r\nHost: {stack.target}\r\nConnection: close\r\n"
            f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        own = loopback_address(3001 + number)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", stack.port, local_addr=(own, 0) if own else None
        )
        try:
            writer.write(head.encode())
            size = len(body) // self._PIECES + 1
            for start in range(0, len(body), size):
                writer.write(body[start : start + size])
                await writer.drain()
                await asyncio.sleep(self._PAUSE_SECONDS)
            await reader.read()
        finally:
            writer.close()
