"""Clocks that step back: the one of the wall, as operators set it, and the one that should not."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Exemplar
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import (
    GaugeDeclaration,
    HistogramDeclaration,
    Merge,
    Registry,
)

TIME = HistogramDeclaration("time_seconds", "A time.", buckets=(1.0, 10.0))
SAMPLED = GaugeDeclaration("sampled", "A sample.", merge=Merge.NEWEST)
POOL = GaugeDeclaration("pool", "A pool.")
HOUR = 3600.0

SetClock = Callable[[str, float], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Let a clock of the standard library show a time, and stand still."""

    def set_to(name: str, seconds: float) -> None:
        monkeypatch.setattr(time, name, lambda: seconds)

    return set_to


def exemplars(registry: Registry) -> list[Exemplar]:
    """Return the exemplars that a scraper reads."""
    families = text_string_to_metric_families(registry.render(openmetrics=True).decode())
    return [s.exemplar for family in families for s in family.samples if s.exemplar]


def test_an_exemplar_is_as_old_as_the_clock_of_the_wall_says(set_clock: SetClock) -> None:
    registry = Registry([TIME], strict=True)
    for number, now in enumerate((2 * HOUR, HOUR)):
        set_clock("time", now)
        registry.histogram(TIME).labels().observe(0.5, {"trace_id": str(number)})
    [kept] = exemplars(registry)
    assert (kept.labels, float(kept.timestamp)) == ({"trace_id": "1"}, HOUR)


def test_a_clock_from_before_1970_breaks_no_scrape(set_clock: SetClock) -> None:
    registry = Registry([TIME], strict=True)
    set_clock("time", -HOUR)
    registry.histogram(TIME).labels().observe(0.5, {"trace_id": "1"})
    [kept] = exemplars(registry)
    assert float(kept.timestamp) == -HOUR


def test_the_newest_sample_counts_whatever_the_clock_of_the_wall_says(
    tmp_path: Path, set_clock: SetClock
) -> None:
    one, other = (Registry([SAMPLED], directory=tmp_path, strict=True) for _ in range(2))
    for number, member in enumerate((one, other, one, other)):
        set_clock("time", (10 - number) * HOUR)
        member.gauge(SAMPLED).labels().set(number)
        assert one.value("sampled") == other.value("sampled") == number
    other.close()
    assert one.value("sampled") == 3
    one.close()


@pytest.mark.parametrize("declaration", [SAMPLED, POOL])
def test_what_a_process_sets_is_shown_although_even_its_monotonic_clock_stepped_back(
    declaration: GaugeDeclaration, set_clock: SetClock
) -> None:
    registry = Registry([declaration], strict=True)
    for number in range(5):
        set_clock("monotonic", (10 - number) * HOUR)
        registry.gauge(declaration).labels().set(number)
        assert registry.value(declaration.name) == number


class SteppingBack:
    """A clock that shows an hour less each time it is looked at."""

    def __init__(self) -> None:
        self.now = 1000 * HOUR

    def __call__(self) -> float:
        self.now -= HOUR
        return self.now


async def plain(_: Request) -> Response:
    return PlainTextResponse("one")


async def streamed(_: Request) -> Response:
    return StreamingResponse(iter([b"a", b"b"]))


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


@pytest.fixture
def registry() -> Registry:
    """What was measured of a few requests with a clock that only steps back."""
    made = Registry(DECLARATIONS, strict=True)
    routes = [Route("/plain", plain), Route("/streamed", streamed), WebSocketRoute("/echo", echo)]
    app = ObservedApplication(Starlette(routes=routes), made, clock=SteppingBack(), strict=True)
    client = TestClient(app)
    for path in ("/plain", "/streamed", "/nowhere"):
        client.get(path)
    with client.websocket_connect("/echo") as websocket:
        websocket.send_text("a")
        assert websocket.receive_text() == "a"
    return made


def test_requests_take_no_less_than_no_time(registry: Registry) -> None:
    for path, status in (("/plain", "200"), ("/streamed", "200"), ("unmatched", "404")):
        labels = {"method": "GET", "path": path, "status_code": status}
        assert registry.value("http_request_duration_seconds_count", **labels) == 1
        assert registry.value("http_request_duration_seconds_sum", **labels) == 0
        assert registry.value("http_request_duration_seconds_bucket", **labels, le="0.005") == 1


def test_the_first_byte_of_a_stream_comes_no_earlier_than_the_request(registry: Registry) -> None:
    labels = {"method": "GET", "path": "/streamed"}
    assert registry.value("http_response_first_byte_seconds_count", **labels) == 1
    assert registry.value("http_response_first_byte_seconds_sum", **labels) == 0


def test_a_websocket_lasts_no_less_than_no_time(registry: Registry) -> None:
    assert registry.value("websocket_connection_duration_seconds_count", path="/echo") == 1
    assert registry.value("websocket_connection_duration_seconds_sum", path="/echo") == 0


def test_nothing_is_below_zero_but_what_may_be(registry: Registry) -> None:
    families = text_string_to_metric_families(registry.render(openmetrics=True).decode())
    assert [s for family in families for s in family.samples if s.value < 0] == []
