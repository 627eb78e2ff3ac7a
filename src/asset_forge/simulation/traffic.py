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


@dataclass(frozen=True, slots=True)
class Ask:
    """What a user asks for, of whom, with which options."""

    type: str
    prompt: str
    provider: str = "procedural"
    options: Mapping[str, object] = field(default_factory=dict[str, object])


_SMALL: Final = {"textureSize": 256}

PROCEDURAL: Final = (
    Ask("dialogue", "a gruff gate guard who wants a bribe", options={"nodes": 8}),
    Ask("sound_effect", "a heavy wooden door creaks open", options={"durationSeconds": 0.5}),
    Ask("voice", "halt, who goes there", options={"durationSeconds": 1}),
    Ask("item", "a red healing potion", options=_SMALL),
    Ask("prop", "a treasure chest", options=_SMALL),
    Ask("weapon", "a mossy stone axe", options=_SMALL),
    Ask("armor", "a viking horned helmet", options=_SMALL),
    Ask("building", "a cozy cottage", options=_SMALL),
    Ask("character", "an old wizard in a blue robe", options=_SMALL),
    Ask("environment", "a tropical island", options=_SMALL),
    Ask("texture", "an old red brick wall", options=_SMALL),
    Ask("music", "a calm village theme at dawn", options={"durationSeconds": 4}),
)
"""Every type of asset from the built-in provider, with options that keep it quick."""

REMOTE: Final = (
    Ask("character", "a knight in rusty armor", "meshy"),
    Ask("weapon", "a bow of yew", "meshy"),
    Ask("texture", "wet cobblestones", "openai"),
    Ask("dialogue", "a merchant who lies about the price", "openai"),
    Ask("dialogue", "an oracle who answers in riddles", "anthropic"),
    Ask("dialogue", "a child who has lost a goat", "anthropic"),
    Ask("voice", "welcome, traveler", "elevenlabs"),
    Ask("sound_effect", "a distant thunder", "elevenlabs"),
)
"""What the remote providers make."""

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
    that ask for an asset; `asks` is what is asked for.
    """

    users: int = 6
    think_seconds: float = 0.5
    actions: int = 20
    generate: float = 0.12
    failing_logins_per_minute: float = 6.0
    asks: Sequence[Ask] = PROCEDURAL


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
