"""What synthetic users ask for, how often, from where, and what they were answered."""

from __future__ import annotations

import asyncio
import io
import random
import sys
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from PIL import Image

KEPT_JOBS: Final = 20_000
_TIMEOUT_SECONDS: Final = 30.0
_GONE_SECONDS: Final = 0.5

Options = Mapping[str, object]

CHEAP: Final[Sequence[tuple[str, str, Options]]] = (
    ("dialogue", "a gruff gate guard who wants a bribe", {"nodes": 8}),
    ("sound_effect", "a heavy wooden door creaks open", {"durationSeconds": 0.5}),
    ("voice", "halt, who goes there", {"durationSeconds": 1}),
    ("item", "a red healing potion", {"textureSize": 256}),
    ("prop", "a treasure chest", {"textureSize": 256}),
    ("weapon", "a mossy stone axe", {"textureSize": 256}),
    ("armor", "a viking horned helmet", {"textureSize": 256}),
    ("building", "a cozy cottage", {"textureSize": 256}),
    ("character", "an old wizard in a blue robe", {"textureSize": 256}),
    ("environment", "a tropical island", {"textureSize": 256}),
    ("texture", "an old red brick wall", {"textureSize": 256}),
    ("music", "a calm village theme at dawn", {"durationSeconds": 4}),
)
"""What users ask for: (type, prompt, options that keep the built-in provider quick)."""

REFUSED: Final[Sequence[tuple[str, str, Mapping[str, object] | None]]] = (
    ("POST", "/api/generation", {"name": "Ship", "type": "spaceship", "prompt": "fast"}),
    ("POST", "/api/generation", {"name": "", "type": "prop", "prompt": ""}),
    ("GET", "/api/assets/not-an-id", None),
    ("GET", "/api/assets?limit=0", None),
    ("GET", "/wp-login.php", None),
    ("PUT", "/api/assets", None),
)
"""Requests that cannot be fulfilled: (method, path, document)."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How much goes on.

    `users` at once, each with `think_seconds` on average between two actions and a new visit after
    `actions` of them; `failing_logins_per_minute` by others. `generate` is the share of actions
    that ask for an asset; `asks` is what is asked for, with the provider, None for the service's
    choice.
    """

    users: int = 6
    think_seconds: float = 0.5
    actions: int = 20
    generate: float = 0.12
    failing_logins_per_minute: float = 6.0
    asks: Sequence[tuple[str, str, Options]] = CHEAP
    providers: Sequence[str | None] = (None,)


@dataclass(slots=True)
class Activity:
    """What the users did and were answered."""

    answers: Counter[int] = field(default_factory=Counter[int])
    actions: Counter[str] = field(default_factory=Counter[str])
    unreachable: int = 0
    accepted: deque[str] = field(default_factory=lambda: deque[str](maxlen=KEPT_JOBS))
    """The ids of the generations that the service accepted, oldest first."""

    def line(self) -> str:
        """Say it in one line."""
        statuses = ", ".join(f"{status}: {n}" for status, n in sorted(self.answers.items()))
        lost = f", unreachable: {self.unreachable}" if self.unreachable else ""
        return f"{self.answers.total()} requests ({statuses}{lost}), {len(self.accepted)} jobs"


class Team:
    """What the users of one service have in common: where it is, their pace, their answers."""

    def __init__(self, url: str, pace: Pace | None = None) -> None:
        self.url = url
        self.pace = pace or Pace()
        self.activity = Activity()

    async def send(
        self, client: httpx.AsyncClient, method: str, path: str, **arguments: Any
    ) -> httpx.Response | None:
        """Send a request and count its answer; None where there was none."""
        try:
            response = await client.request(method, path, **arguments)
        except httpx.TransportError:
            self.activity.unreachable += 1
            await asyncio.sleep(_GONE_SECONDS)
            return None
        self.activity.answers[response.status_code] += 1
        return response


def connect(url: str, number: int) -> httpx.AsyncClient:
    """Make a client with an address of its own, where the system has more than one for loopback."""
    transport = httpx.AsyncHTTPTransport(local_address=loopback_address(number))
    return httpx.AsyncClient(
        base_url=url, transport=transport, timeout=_TIMEOUT_SECONDS, trust_env=False
    )


def loopback_address(number: int) -> str | None:
    """Return one of 65,024 addresses of loopback, or None where only one is set up."""
    if sys.platform != "linux":
        return None
    return f"127.1.{number // 254 % 256}.{number % 254 + 1}"


def file_of(chance: random.Random, size: int) -> tuple[str, bytes]:
    """Make a file of about so many bytes, sound in its format, and its name."""
    match chance.randrange(3):
        case 0:
            side = max(4, int((size / 3) ** 0.5))
            picture = io.BytesIO()
            pixels = chance.randbytes(side * side * 3)
            Image.frombytes("RGB", (side, side), pixels).save(picture, "PNG", compress_level=0)
            return "scan.png", picture.getvalue()
        case 1:
            return "notes.json", b'{"notes": "' + b"x" * size + b'"}'
        case _:
            return "raw.bin", chance.randbytes(size)
