"""One synthetic user: signs in, does this and that, signs out or just leaves, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, cast

import httpx

from asset_forge.simulation.team import Account
from asset_forge.simulation.traffic import REFUSED, Team, connect, file_of

KEPT_ASSETS: Final = 12
"""How many assets a user keeps before the oldest is deleted, so that the disk stays free."""

_FOLLOWED_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.4
_LARGE_BYTES: Final = 3 << 20


class User:
    """One person: signs in, does this and that, signs out or just leaves, and comes back."""

    def __init__(self, team: Team, account: Account, number: int, chance: random.Random) -> None:
        self._team = team
        self._account = account
        self._number = number
        self._chance = chance
        self._assets: list[str] = []
        self._project: str | None = None
        self._client = connect(team.url, number)
        self._habits: Sequence[tuple[str, float, Callable[[], Awaitable[object]]]] = (
            ("generate", team.pace.generate, self._generate),
            ("upload", 0.12, self._upload),
            ("download", 0.16, self._download),
            ("leave", 0.03, self._leave_in_the_middle),
            ("list", 0.16, lambda: self._send("GET", "/api/assets?limit=20")),
            ("search", 0.1, self._search),
            ("jobs", 0.08, lambda: self._send("GET", "/api/generation?limit=10")),
            ("edit", 0.08, self._edit),
            ("delete", 0.05, self._delete),
            ("projects", 0.06, self._projects),
            ("refused", 0.04, self._ask_for_what_cannot_be),
        )

    async def live(self) -> None:
        """Visit again and again."""
        async with self._client:
            while True:
                if await self._sign_in():
                    await self._visit()
                await self._think()

    async def _visit(self) -> None:
        names = [name for name, _, _ in self._habits]
        weights = [weight for _, weight, _ in self._habits]
        for _ in range(self._chance.randint(1, 2 * self._team.pace.actions)):
            [name] = self._chance.choices(names, weights)
            act = next(act for habit, _, act in self._habits if habit == name)
            self._team.activity.actions[name] += 1
            await act()
            if "authorization" not in self._client.headers:
                return  # the session has ended
            await self._think()
        if self._chance.random() < 0.8:  # the others leave their session to expire
            await self._send("POST", "/api/auth/logout")

    async def _think(self) -> None:
        await asyncio.sleep(self._chance.expovariate(1 / self._team.pace.think_seconds))

    async def _sign_in(self) -> bool:
        self._client.headers.pop("authorization", None)
        self._client.cookies.clear()
        body = {"login": self._account.login, "password": self._account.password}
        answer = await self._send("POST", "/api/auth/login", json=body)
        if answer is None or answer.status_code != 200:
            return False
        self._client.headers["authorization"] = f"Bearer {answer.json()['token']}"
        await self._send("GET", "/api/auth/me")
        return True

    async def _send(self, method: str, path: str, **arguments: Any) -> httpx.Response | None:
        answer = await self._team.send(self._client, method, path, **arguments)
        if answer is not None and answer.status_code == 401 and path != "/api/auth/login":
            self._client.headers.pop("authorization", None)
        return answer

    async def _generate(self) -> None:
        ask = self._chance.choice(self._team.pace.asks)
        body: dict[str, object] = {
            "name": ask.prompt,
            "type": ask.type,
            "prompt": ask.prompt,
            "provider": ask.provider,
            "options": ask.options,
            "seed": self._chance.randrange(1 << 30),
        }
        if self._project is not None:
            body["projectId"] = self._project
        answer = await self._send("POST", "/api/generation", json=body)
        if answer is None or answer.status_code != 202:
            return
        job = str(answer.json()["id"])
        self._team.activity.accepted.append(job)
        match self._chance.random():
            case draw if draw < 0.1:
                await self._send("POST", f"/api/generation/{job}/cancel")
            case draw if draw < 0.5:
                await self._follow(job)
            case _:
                await self._poll(job)

    async def _poll(self, job: str) -> None:
        for _ in range(int(_FOLLOWED_SECONDS / _POLL_SECONDS)):
            answer = await self._send("GET", f"/api/generation/{job}")
            if answer is None or answer.status_code != 200:
                return
            found = answer.json()
            if found["status"] in ("succeeded", "failed", "cancelled"):
                if found["assetId"]:
                    await self._keep(found["assetId"])
                return
            await asyncio.sleep(_POLL_SECONDS)

    async def _follow(self, job: str) -> None:
        """Read the job's events to their end, or for a while."""
        with contextlib.suppress(httpx.TransportError, TimeoutError):
            async with (
                asyncio.timeout(self._chance.uniform(1, _FOLLOWED_SECONDS)),
                self._client.stream("GET", f"/api/generation/{job}/events") as answer,
            ):
                self._team.activity.answers[answer.status_code] += 1
                async for _ in answer.aiter_bytes():
                    pass

    async def _upload(self) -> None:
        large = self._chance.random() < 0.15
        size = _LARGE_BYTES if large else self._chance.randrange(1_000, 60_000)
        name, content = file_of(self._chance, size)
        files = {"file": (name, content, "application/octet-stream")}
        data = {"type": "prop", "name": f"Uploaded {name}", "tags": "uploaded,stone"}
        answer = await self._send("POST", "/api/assets", files=files, data=data)
        if answer is not None and answer.status_code == 201:
            await self._keep(str(answer.json()["id"]))

    async def _keep(self, asset: str) -> None:
        self._assets.append(asset)
        if len(self._assets) > KEPT_ASSETS:
            await self._send("DELETE", f"/api/assets/{self._assets.pop(0)}")

    async def _download(self) -> None:
        if self._assets:
            await self._send("GET", f"/api/assets/{self._chance.choice(self._assets)}/file")

    async def _leave_in_the_middle(self) -> None:
        """Begin to read a file, and hang up."""
        if not self._assets:
            return
        path = f"/api/assets/{self._chance.choice(self._assets)}/file"
        with contextlib.suppress(httpx.TransportError):
            async with self._client.stream("GET", path) as answer:
                self._team.activity.answers[answer.status_code] += 1
                async for _ in answer.aiter_raw(1024):
                    break

    async def _search(self) -> None:
        word = self._chance.choice(("stone", "potion", "wizard", "uploaded", "door", "unicorn"))
        await self._send("GET", f"/api/assets/search?q={word}")

    async def _edit(self) -> None:
        if self._assets:
            asset = self._chance.choice(self._assets)
            changes = {"description": f"Seen {self._chance.randrange(100)} times"}
            await self._send("PATCH", f"/api/assets/{asset}", json=changes)

    async def _delete(self) -> None:
        if self._assets:
            asset = self._assets.pop(self._chance.randrange(len(self._assets)))
            await self._send("DELETE", f"/api/assets/{asset}")

    async def _projects(self) -> None:
        if self._project is not None:
            await self._send("GET", f"/api/projects/{self._project}")
            return
        body: dict[str, object] = {"name": f"{self._account.login}'s game"}
        if self._account.role == "operator":
            body["quotaBytes"] = 512 << 20
        answer = await self._send("POST", "/api/projects", json=body)
        if answer is not None and answer.status_code == 201:
            self._project = cast("str", answer.json()["id"])

    async def _ask_for_what_cannot_be(self) -> None:
        method, path, document = self._chance.choice(REFUSED)
        await self._send(method, path, **({"json": document} if document is not None else {}))
