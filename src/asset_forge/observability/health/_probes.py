"""Answers the probes ahead of the framework, so that nothing in it can delay or refuse them."""

from __future__ import annotations

import asyncio
import enum
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from asset_forge.observability import context
from asset_forge.observability.health._asgi import ASGIApp, Receive, Scope, Send
from asset_forge.observability.health._health import Answer, Health

_logger = logging.getLogger(__name__)

_ALWAYS_SHOWN = ("status", "timestamp")


class Details(enum.StrEnum):
    """Who sees more of `deep` than its status word and code."""

    FULL = "full"
    AUTHORIZED = "authorized"
    NONE = "none"


def default_details(host: str) -> Details:
    """Choose `full` where only this machine can ask (a loopback host), else `authorized`."""
    if host == "localhost":
        return Details.FULL
    try:
        return Details.FULL if ipaddress.ip_address(host).is_loopback else Details.AUTHORIZED
    except ValueError:
        return Details.AUTHORIZED


class HealthProbes:
    """ASGI middleware that answers `live`, `ready`, `deep` and `startup` under a prefix.

    GET and HEAD are answered, other methods with 405; every other path goes to `app`. With
    `details=authorized` a caller sees the details of `deep` when `is_authorized(scope)` says so;
    where it fails, takes longer than the probe's budget, or is not given, he does not.
    """

    def __init__(
        self,
        app: ASGIApp,
        health: Health,
        prefix: str = "/api/health",
        *,
        details: Details = Details.AUTHORIZED,
        is_authorized: Callable[[Scope], Awaitable[bool]] | None = None,
    ) -> None:
        if not prefix.startswith("/") or prefix.endswith("/"):
            msg = f"prefix {prefix!r}: it must begin with a slash and not end with one"
            raise ValueError(msg)
        self._app = app
        self._health = health
        self._details = details
        self._is_authorized = is_authorized
        self._answers: Mapping[str, Callable[[Scope], Awaitable[Answer]]] = {
            f"{prefix}/live": self._live,
            f"{prefix}/ready": self._ready,
            f"{prefix}/deep": self._deep,
            f"{prefix}/startup": self._startup,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a probe, or hand over to the application."""
        path = _path(scope)
        answer = self._answers.get(path) if scope["type"] == "http" else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = path  # the route's name, for whoever measures requests
        if scope["method"] in ("GET", "HEAD"):
            given = await answer(scope)
            await _respond(send, given, head_only=scope["method"] == "HEAD")
        else:
            await _refuse_method(send, scope["method"], path)

    async def _live(self, _scope: Scope) -> Answer:
        return self._health.live()

    async def _startup(self, _scope: Scope) -> Answer:
        return self._health.startup()

    async def _ready(self, _scope: Scope) -> Answer:
        return await self._health.ready()

    async def _deep(self, scope: Scope) -> Answer:
        # Side by side: both may take the whole budget, and the probe has only one.
        judged = asyncio.ensure_future(self._shows_details(scope))
        answer = await self._health.deep()
        if await judged:
            return answer
        return Answer(answer.code, {key: answer.payload[key] for key in _ALWAYS_SHOWN})

    async def _shows_details(self, scope: Scope) -> bool:
        if self._details is not Details.AUTHORIZED or self._is_authorized is None:
            return self._details is Details.FULL
        asked = asyncio.ensure_future(_asked(self._is_authorized, scope))
        asked.add_done_callback(_report)
        await asyncio.wait({asked}, timeout=self._health.budget_seconds)
        if not asked.done():
            asked.cancel()
            return False
        return not asked.cancelled() and asked.exception() is None and asked.result()


async def _asked(is_authorized: Callable[[Scope], Awaitable[bool]], scope: Scope) -> bool:
    return await is_authorized(scope)


def _report(asked: asyncio.Future[bool]) -> None:
    if not asked.cancelled() and (fault := asked.exception()) is not None:
        _logger.warning("health details withheld: the authorization failed", exc_info=fault)


def _path(scope: Scope) -> str:
    """Give the path below the mount point; ASGI puts `root_path` in front of `path`."""
    path: str = scope.get("path", "")  # a lifespan has none
    root: str = scope.get("root_path", "")
    return path.removeprefix(root) if root and path.startswith(f"{root.rstrip('/')}/") else path


async def _respond(send: Send, answer: Answer, *, head_only: bool) -> None:
    body = msgspec.json.encode(answer.payload)
    headers = [(b"content-type", b"application/json")]
    await _send(send, answer.code, headers, body, head_only=head_only)


async def _refuse_method(send: Send, method: str, path: str) -> None:
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": f"{method[:16]} is not possible here; use GET or HEAD",
        "instance": path,
    }
    here = context.current()
    ids = (("requestId", here.request_id), ("traceId", here.trace_id))
    problem.update((name, value) for name, value in ids if value is not None)
    headers = [(b"content-type", b"application/problem+json"), (b"allow", b"GET, HEAD")]
    await _send(send, 405, headers, msgspec.json.encode(problem), head_only=False)


async def _send(
    send: Send, code: int, headers: list[tuple[bytes, bytes]], body: bytes, *, head_only: bool
) -> None:
    headers += [(b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": code, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head_only else body})
