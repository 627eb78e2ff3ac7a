"""What a request leaves in memory: its record, and the series at hand."""

from __future__ import annotations

import itertools

from tests.unit.http.exchanges import START, body, nothing_more, scope_of, swallow

from asset_forge.observability.http import DECLARATIONS, ObservedApplication, RequestObserver
from asset_forge.observability.metrics import Registry


async def answer(scope, receive, send) -> None:
    await send(START)
    await send(body(b"x"))


async def test_nothing_of_a_record_is_missing_when_a_request_begins() -> None:
    missing: list[str] = []

    class Looks(RequestObserver):
        def start(self, record):
            kinds = type(record).__mro__
            names = [name for kind in kinds for name in getattr(kind, "__slots__", ())]
            assert {"route", "trailers"} <= {*names}
            missing.extend(name for name in names if not hasattr(record, name))

    registry = Registry(DECLARATIONS)
    app = ObservedApplication(answer, registry, observers=[Looks()], strict=True)
    await app(scope_of(), nothing_more, swallow)
    assert missing == []


async def test_routes_that_a_resolver_invents_cost_no_memory_past_the_limit() -> None:
    registry, routes = Registry(DECLARATIONS, strict=True), itertools.count()
    app = ObservedApplication(answer, registry, resolver=lambda _: f"/{next(routes)}", strict=True)
    gauge = app._metrics.in_progress
    joined: list[int] = []
    for requests in (10_000, 500):
        for _ in range(requests):
            await app(scope_of(), nothing_more, swallow)
        joined.append(len(gauge._followers or ()))
    assert joined[0] == joined[1] < 10_000
    assert registry.value("http_requests_in_progress") == 0
    folded = {"method": "GET", "path": "__overflow__", "status_code": "200"}
    assert registry.value("http_requests_total", **folded) == 10_500 - 4_000
