"""Clients of the real service that know exactly what they sent: every kind of answer there is."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.served import PROGRAM, Server, environment_of
from tests.system.scrapes import Scrape
from tests.system_metrics.traffic import Counted, ask

ASSET: Final = "/api/assets/{asset_id}"
FILE: Final = "/api/assets/{asset_id}/file"
JOB: Final = "/api/generation/{generation_id}"
EVENTS: Final = "/api/generation/{generation_id}/events"
PROJECTS: Final = "/api/projects"
NOBODYS: Final = "019a0000-0000-7000-8000-000000000000"
PASSWORD: Final = "a long enough password"
LARGE_BYTES: Final = 12_000_000
"""A file that fits into no buffer on the way, so that its download can be given up."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request on a connection of its own, and the route and status that it has to count as.

    Without a status it counts as whatever is answered.
    """

    path: str
    route: str
    status: int | None
    method: str = "GET"
    headers: str = ""
    body: bytes = b""
    signed_in: bool = True


@dataclass(frozen=True, slots=True)
class Things:
    """What is there to ask for, as ids."""

    asset: str
    lost: str  # an asset whose file is gone
    large: str  # an asset with a file of `LARGE_BYTES`
    waiting: str  # a job that does not end
    cancelled: str


@dataclass
class Load:
    """A service's clients, and how often each (method, route, status) was answered to them."""

    server: Server
    token: str
    things: Things
    sent: Counted = field(default_factory=Counter[tuple[str, str, str]])
    hasty: int = 0
    """How many requests for the projects were sent by clients that hung up at once."""

    @property
    def headers(self) -> str:
        """The header lines of somebody who is signed in."""
        return f"Authorization: Bearer {self.token}\r\n"

    async def send(self, count: int, *, clients: int = 16) -> None:
        """Send so many requests of all kinds, in an order that is drawn, with clients at once."""
        chance = random.Random(5)
        kinds = self._kinds()
        left = [kinds[number % len(kinds)] for number in range(count)]
        chance.shuffle(left)

        async def client() -> None:
            while left:
                await left.pop()()

        await asyncio.gather(*(client() for _ in range(clients)))

    def _kinds(self) -> list[Callable[[], Awaitable[None]]]:
        plain = [lambda one=one: self._ask(one) for one in requests(self.things)]
        leaving = [
            lambda: self._leave(f"/api/generation/{self.things.waiting}/events", EVENTS, b"queued"),
            lambda: self._leave(f"/api/assets/{self.things.large}/file", FILE, b"\r\n\r\n"),
            self._hang_up,
        ]
        return [*plain, *leaving]

    async def _ask(self, one: Request) -> None:
        """Send a request and read the whole answer, which has to be the one that is expected."""
        headers = one.headers + (self.headers if one.signed_in else "")
        status, _, body = await ask(self.server.port, one.path, one.method, one.body, headers)
        assert one.status in (status, None), (one, status, body[:500])
        self.sent[_label(one.method), one.route, str(status)] += 1

    async def _leave(self, path: str, route: str, awaited: bytes) -> None:
        """Ask for something long, read its beginning, and leave."""
        reader, writer = await self._connect(path)
        received = b""
        while awaited not in received:
            received += await reader.read(1024)
            assert received.startswith(b"HTTP/1.1 200"), received
        writer.close()
        self.sent["GET", route, "499"] += 1

    async def _hang_up(self) -> None:
        """Ask for the projects, and leave without a look at the answer."""
        _, writer = await self._connect(PROJECTS)
        writer.close()
        await writer.wait_closed()
        self.hasty += 1

    async def _connect(self, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        port = self.server.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=16_384)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{self.headers}\r\n".encode())
        await writer.drain()
        return reader, writer


def requests(things: Things) -> list[Request]:
    """Return a request for each status that can be had from outside."""
    asset, file = f"/api/assets/{things.asset}", f"/api/assets/{things.asset}/file"
    json = "Content-Type: application/json\r\n"
    too_long = f"{json}Content-Length: 2000000\r\n"
    return [
        Request("/api/assets", "/api/assets", 200),
        Request(asset, ASSET, 200),
        Request(file, FILE, 200),
        Request(file, FILE, 206, headers="Range: bytes=1-3\r\n"),
        Request(file, FILE, 304, headers="If-None-Match: *\r\n"),
        Request(file, FILE, 416, headers="Range: bytes=900000000-\r\n"),
        Request(f"/api/assets/{things.lost}/file", FILE, 503),
        Request(f"/api/generation/{things.cancelled}/events", EVENTS, 200),
        Request(f"/api/generation/{things.waiting}", JOB, 200),
        Request("/api/assets", "/api/assets", 401, signed_in=False),
        Request(asset, ASSET, 401, signed_in=False),
        Request(f"/api/assets/{NOBODYS}", ASSET, 404),
        Request("/wp-login.php", "unmatched", 404),
        Request("/api/assets?limit=many", "/api/assets", 422),
        Request("/api/generation", "/api/generation", 422, "POST", json, b'{"name": "a"}'),
        # Announced and not sent: what a server has not read when it closes resets the connection.
        Request("/api/generation", "/api/generation", 413, "POST", too_long),
        Request("/api/assets", "/api/assets", 405, "DELETE"),
        Request("/api/assets", "/api/assets", 405, "PROPFIND"),
        Request("/api/assets", "/api/assets", 204, "OPTIONS"),
        Request("/api/assets", "/api/assets", None, "HEAD"),
        Request("/api/health/live", "/api/health/live", 200, signed_in=False),
    ]


def _label(method: str) -> str:
    return "other" if method == "PROPFIND" else method


def prepared(server: Server) -> Load:
    """Return the clients of a service that has local sign-in and runs no jobs."""
    subprocess.run(
        [PROGRAM, "user", "create", "--login", "mia", "--role", "member", "--password-stdin"],
        env=environment_of(server.data_dir),
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
    body = {"login": "mia", "password": PASSWORD}
    token = str(server.request("POST", "/api/auth/login", json=body).json()["token"])
    with server.client(Authorization=f"Bearer {token}") as client:

        def upload(content: bytes) -> str:
            files = {"file": ("a.bin", content, "application/octet-stream")}
            answer = client.post("/api/assets", files=files, data={"type": "prop"})
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        def submit() -> str:
            job: dict[str, Any] = {"name": "a", "type": "weapon", "prompt": "an ax", "seed": 1}
            return str(client.post("/api/generation", json=job).json()["id"])

        lost = upload(b"here today")
        for path in (server.data_dir / "objects").rglob("*"):
            if path.is_file():
                path.unlink()
        cancelled = submit()
        assert client.post(f"/api/generation/{cancelled}/cancel").status_code == 202
        things = Things(upload(b"abcdef"), lost, upload(bytes(LARGE_BYTES)), submit(), cancelled)
    return Load(server, token, things)


def counted_between(before: Scrape, after: Scrape, name: str, path_label: str) -> Counted:
    """Return how often each (method, route, status) was counted between two scrapes, but for the
    scrapes themselves.
    """
    return Counter(
        {
            (labels["method"], labels[path_label], labels["status_code"]): int(change)
            for (sample, pairs), change in after.moved_since(before).items()
            if sample == name
            and (labels := dict(pairs))
            and not labels[path_label].startswith("/metrics")
        }
    )
