"""Collects the evidence: each question is asked once, with a time limit, and may fail by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

import httpx
import msgspec

from asset_forge import __version__
from asset_forge.clock import Clock, utc_now
from asset_forge.doctor._ask_prometheus import ask_prometheus
from asset_forge.doctor._evidence import (
    Deep,
    ErrorGroup,
    Evidence,
    Ready,
    Reply,
    Service,
    TraceLine,
)
from asset_forge.doctor._health import DEEP, LIVE, READY
from asset_forge.doctor._postgres import ask_postgres
from asset_forge.monitoring.budgets import BudgetReport
from asset_forge.monitoring.prometheus_api import shown_url
from asset_forge.monitoring.samples import ExpositionError, Samples, read_samples

TIMEOUT_SECONDS: Final = 10.0
ERRORS: Final = "/api/errors"
TRACES: Final = "/api/traces"
OBJECTIVES: Final = "/api/slo"
SYSTEM: Final = "/metrics"
BUSINESS: Final = "/metrics/business"
_QUERIES: Final = {
    LIVE: "",
    READY: "",
    DEEP: "",
    ERRORS: "?limit=100",
    TRACES: "?limit=100&minSeconds=5",
    OBJECTIVES: "",
}

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What to examine. The tokens are an operator's session, and `METRICS_TOKEN` of the service."""

    url: str
    prometheus_url: str = ""
    token: str = ""
    metrics_token: str = ""
    database_url: str = ""
    pool_size: int = 20
    jobs_pool_size: int = 5


class _Errors(msgspec.Struct):
    items: list[ErrorGroup]


class _Traces(msgspec.Struct):
    items: list[TraceLine]


class _Live(msgspec.Struct):
    status: str
    timestamp: datetime


async def collect(patient: Patient, *, clock: Clock = utc_now) -> Evidence:
    """Ask the service, and whatever else was named, side by side."""
    service, monitoring, server = await asyncio.gather(
        _ask_service(patient, clock),
        ask_prometheus(patient.prometheus_url, clock),
        ask_postgres(patient.database_url),
    )
    return Evidence(
        service=service,
        now=clock(),
        monitoring=monitoring,
        server=server,
        version=__version__,
        pool_size=patient.pool_size,
        jobs_pool_size=patient.jobs_pool_size,
    )


async def _ask_service(patient: Patient, clock: Clock) -> Service:
    async with httpx.AsyncClient(base_url=patient.url, timeout=TIMEOUT_SECONDS) as client:
        session = _bearer(patient.token)
        scraper = _bearer(patient.metrics_token or patient.token)
        before = await _get(client, SYSTEM, scraper)
        asked_at = clock()
        live = await _get(client, LIVE, {})
        offset, doubt = _offset(live, asked_at, clock())
        paths = [path for path in _QUERIES if path != LIVE]
        asked = [_get(client, f"{path}{_QUERIES[path]}", session) for path in paths]
        replies = dict(zip(paths, await asyncio.gather(*asked), strict=True)) | {LIVE: live}
        for path in (SYSTEM, BUSINESS):
            replies[path] = await _get(client, path, scraper)
    return _service(shown_url(patient.url), replies, before, offset, doubt)


def _service(
    url: str,
    replies: Mapping[str, Reply],
    before: Reply,
    clock_offset: float | None,
    clock_doubt: float,
) -> Service:
    withheld: dict[str, str] = {}
    system = _scrape(replies[SYSTEM], SYSTEM, withheld)
    errors = _decoded(replies[ERRORS], ERRORS, _Errors, withheld)
    traces = _decoded(replies[TRACES], TRACES, _Traces, withheld)
    return Service(
        url=url,
        replies=replies,
        ready=_decoded(replies[READY], READY, Ready, withheld, also=(503,)),
        deep=_decoded(replies[DEEP], DEEP, Deep, withheld, also=(503,)),
        system=system,
        business=_scrape(replies[BUSINESS], BUSINESS, withheld),
        errors=errors.items if errors is not None else None,
        traces=traces.items if traces is not None else None,
        objectives=_decoded(replies[OBJECTIVES], OBJECTIVES, BudgetReport, withheld),
        moved=_moved(_scrape(before, SYSTEM, {}), system),
        clock_offset=clock_offset,
        clock_doubt=clock_doubt,
        withheld=withheld,
    )


def _moved(before: Samples | None, after: Samples | None) -> bool | None:
    if before is None or after is None:
        return None
    old, new = before.total("http_requests_total"), after.total("http_requests_total")
    # Fewer requests than before are another instance's, behind the same address.
    return None if new < old else new > old


def _offset(reply: Reply, asked_at: datetime, answered_at: datetime) -> tuple[float | None, float]:
    """Return by how many seconds the service's clock is ahead of ours, and how sure that is."""
    try:
        told = msgspec.json.decode(reply.body, type=_Live).timestamp
    except msgspec.DecodeError:
        return None, 0.0
    half = (answered_at - asked_at).total_seconds() / 2
    return (told - asked_at).total_seconds() - half, half


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


async def _get(client: httpx.AsyncClient, path: str, headers: Mapping[str, str]) -> Reply:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            response = await client.get(path, headers=headers)
    except (TimeoutError, httpx.TimeoutException):
        return Reply(fault=f"did not answer within {TIMEOUT_SECONDS:g} s")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Reply(fault=f"cannot be reached ({error or type(error).__name__})")
    return Reply(
        status=response.status_code, body=response.content, seconds=time.perf_counter() - began
    )


def _decoded(
    reply: Reply,
    path: str,
    kind: type[T],
    withheld: dict[str, str],
    *,
    also: tuple[int, ...] = (),
) -> T | None:
    if not _usable(reply, path, withheld, also):
        return None
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except msgspec.DecodeError as error:
        withheld[path] = f"{path} does not answer as Asset-Forge does ({error})"
        return None


def _scrape(reply: Reply, path: str, withheld: dict[str, str]) -> Samples | None:
    if not _usable(reply, path, withheld, ()):
        return None
    try:
        return read_samples(reply.body.decode())
    except (ExpositionError, UnicodeDecodeError) as error:
        withheld[path] = f"{path} is no exposition: {error}"
        return None


def _usable(reply: Reply, path: str, withheld: dict[str, str], also: tuple[int, ...]) -> bool:
    if reply.status == 200 or reply.status in also:
        return True
    if reply.fault:
        withheld[path] = f"{path} {reply.fault}"
    elif reply.status in (401, 403) and path.startswith(SYSTEM):
        withheld[path] = (
            f"{path} answers {reply.status}: give the service's METRICS_TOKEN as --metrics-token"
        )
    elif reply.status in (401, 403):
        withheld[path] = f"{path} answers {reply.status}: give an operator's session as --token"
    else:
        withheld[path] = f"{path} answers {reply.status}"
    return False
