"""The ASGI application that all simulated vendors are mounted in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from typing import cast
from urllib.parse import parse_qsl

from asset_forge.clock import Clock, utc_now
from asset_forge.ids import new_id
from asset_forge.simulation.providers._anthropic import Anthropic
from asset_forge.simulation.providers._control import Control
from asset_forge.simulation.providers._delivery import deliver, gateway_error, spoiled
from asset_forge.simulation.providers._elevenlabs import ElevenLabs
from asset_forge.simulation.providers._faults import Behavior, Fault, Provider, Rule
from asset_forge.simulation.providers._http import (
    BODY_BYTES,
    Receive,
    Reply,
    Request,
    Scope,
    Send,
    TooLarge,
    decoded,
    json_reply,
    read_body,
)
from asset_forge.simulation.providers._journal import (
    BODY_CHARACTERS,
    CLAIM_HEADERS,
    PROMPT_CHARACTERS,
    Journal,
    SimulatedRequest,
)
from asset_forge.simulation.providers._meshy import Meshy
from asset_forge.simulation.providers._meshy_tasks import Account
from asset_forge.simulation.providers._meshy_webhooks import Webhooks
from asset_forge.simulation.providers._openai import OpenAI
from asset_forge.simulation.providers._vendor import (
    KEY_PREFIX,
    REFUSALS,
    Call,
    Kind,
    Route,
    Vendor,
)

JITTER = (0.75, 1.25)
"""How much shorter or longer than usual an answer may take."""


class SimulatedProviders:
    """Meshy, OpenAI, Anthropic and ElevenLabs, as far as this product talks to them.

    `speed` divides every latency: 1 is as slow as the vendors, 50 fifty times faster; it may be
    changed at any time, for what begins afterwards. `credits` are what the Meshy account begins
    with, `concurrent_tasks` how many of its tasks may be unfinished at once. Faults may be set and
    the journal read from any thread.
    """

    def __init__(
        self,
        speed: float = 1.0,
        *,
        credits: int = 1_000_000,  # noqa: A002
        concurrent_tasks: int | None = None,
        seed: int | None = None,
        clock: Clock = utc_now,
    ) -> None:
        if speed <= 0:
            raise ValueError(f"speed is {speed}; use more than 0 (1 for realistic latencies)")
        self.speed = speed
        self.journal = Journal()
        self._clock = clock
        self._rng = random.Random(seed)
        self.meshy = Account(
            speed=lambda: self.speed,
            rng=self._rng,
            credits=credits,
            concurrent_tasks=concurrent_tasks,
        )
        self.webhooks = Webhooks(self.meshy)
        vendors: tuple[Vendor, ...] = (Meshy(self.meshy), OpenAI(), Anthropic(), ElevenLabs())
        self._vendors = {vendor.provider: vendor for vendor in vendors}
        self._behaviors = {
            name: Behavior(name, vendor.operations(), self._rng)
            for name, vendor in self._vendors.items()
        }
        self._control = Control(self._behaviors, self.journal, self.webhooks)

    @property
    def app(self) -> Callable[[Scope, Receive, Send], object]:
        """The ASGI application."""
        return self

    def set_fault(
        self,
        provider: str,
        fault: Fault | str,
        *,
        probability: float = 1.0,
        times: int | None = None,
        retry_after: float | None = None,
        endpoint: str | None = None,
        method: str | None = None,
    ) -> None:
        """Let a provider fail from now on, or for the next `times` requests that it concerns.

        Several faults may be set; the first that strikes a request decides. `retry_after` is in
        seconds, and is sent with 429, 503 and 529.

        Raises:
            ValueError: There is no such provider, fault or endpoint, or it cannot have that fault.
        """
        rule = Rule(Fault(fault), probability, times, retry_after, endpoint, method)
        self.behavior(provider).add(rule)

    def clear_fault(self, provider: str) -> None:
        """Let all requests to a provider succeed again."""
        self.behavior(provider).clear()

    def clear_all(self) -> None:
        """Let all requests succeed again."""
        for behavior in self._behaviors.values():
            behavior.clear()

    def behavior(self, provider: str) -> Behavior:
        """Return what goes wrong at a provider."""
        return self._behaviors[Provider(provider)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            return await _live(receive, send)
        if scope["type"] != "http":
            return None
        name, path = _split(cast("str", scope["path"]))
        try:
            content = await read_body(receive)
        except TooLarge:
            too_large = {"message": f"request larger than {BODY_BYTES} bytes"}
            return await deliver(json_reply(too_large, 413), None, scope, receive, send)
        request = _request(scope, path, content, name)
        if name == "_control":
            return await deliver(self._control.answer(request), None, scope, receive, send)
        if name not in self._vendors:
            nobody = {"message": f"nobody is at /{name}; use /{', /'.join(self._vendors)}"}
            return await deliver(json_reply(nobody, 404), None, scope, receive, send)
        return await self._serve(self._vendors[Provider(name)], request, scope, receive, send)

    async def _serve(
        self, vendor: Vendor, request: Request, scope: Scope, receive: Receive, send: Send
    ) -> None:
        found = vendor.find(request.method, request.path)
        entry = self._entry(vendor, request, found[0].endpoint if found else "unknown")
        self.journal.begin(entry)
        try:
            reply, rule = await self._reply(vendor, request, found, entry)
            fault = entry.fault = rule.fault if rule else None
            essential = found[0].essential if found else ()
            reply = spoiled(reply, fault, essential)
            await asyncio.sleep(reply.seconds / self.speed * self._rng.uniform(*JITTER))
            entry.status = None if fault is Fault.TIMEOUT else reply.status
            await deliver(reply, fault, scope, receive, send)
        finally:
            self.journal.end(entry)

    async def _reply(
        self,
        vendor: Vendor,
        request: Request,
        found: tuple[Route, Mapping[str, str]] | None,
        entry: SimulatedRequest,
    ) -> tuple[Reply, Rule | None]:
        if found is None:
            return _complete(vendor, vendor.refuse(Fault.NOT_FOUND, request)), None
        route, parts = found
        is_api = route.kind is not Kind.DOWNLOAD
        if is_api and not vendor.key_of(request).startswith(KEY_PREFIX):
            return _complete(vendor, vendor.refuse(Fault.UNAUTHORIZED, request)), None
        if not request.valid:
            return _complete(vendor, vendor.invalid("The body is not a JSON object.")), None
        rule = self._behaviors[vendor.provider].draw(
            route.endpoint, route.method, vendor.faults(route)
        )
        fault = rule.fault if rule else None
        if fault is Fault.BAD_GATEWAY:
            return gateway_error(), rule
        if fault is not None and fault in REFUSALS:
            reply = vendor.refuse(fault, request)
        else:
            reply = await route.handler(Call(request, parts, fault))
        entry.charged = reply.charged
        if rule and rule.retry_after is not None and reply.status in (429, 503, 529):
            reply.headers["retry-after"] = f"{rule.retry_after:g}"
        return (_complete(vendor, reply) if is_api else reply), rule

    def _entry(self, vendor: Vendor, request: Request, endpoint: str) -> SimulatedRequest:
        claims = (request.headers.get(name) for name in CLAIM_HEADERS)
        return SimulatedRequest(
            number=0,
            provider=vendor.provider,
            endpoint=endpoint,
            method=request.method,
            path=request.path,
            received_at=self._clock(),
            claim=next((claim for claim in claims if claim), None),
            prompt=vendor.prompt_of(request)[:PROMPT_CHARACTERS],
            body=dict(request.body) if request.size <= BODY_CHARACTERS else {},
        )


def _complete(vendor: Vendor, reply: Reply) -> Reply:
    """Add the headers that all answers of a vendor have."""
    reply.headers = {"x-request-id": f"req_{new_id()}"} | vendor.headers() | reply.headers
    return reply


def _split(path: str) -> tuple[str, str]:
    name, _, rest = path.lstrip("/").partition("/")
    return name, f"/{rest}"


def _request(scope: Scope, path: str, content: bytes, mount: str) -> Request:
    fields = cast("list[tuple[bytes, bytes]]", scope["headers"])
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in fields}
    body, valid = decoded(content)
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    base_url = f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}/{mount}"
    method = cast("str", scope["method"])
    return Request(
        method, path, dict(parse_qsl(query)), headers, body, len(content), valid, base_url
    )


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
