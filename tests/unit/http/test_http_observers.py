"""Observers, faults of the measurement, and what is prepared ahead of the first request."""

from __future__ import annotations

import gc
import logging
import weakref

import pytest

from asset_forge.observability.http import (
    DECLARATIONS,
    EndpointFamilies,
    ObservedApplication,
    RequestObserver,
    RequestRecord,
)
from asset_forge.observability.metrics import (
    CounterDeclaration,
    HistogramDeclaration,
    Label,
    Registry,
)


async def hello(scope, receive, send):
    scope["path_template"] = "/hello"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"1")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def nothing():
    return {"type": "http.disconnect"}


def scope_of(path: str = "/hello") -> dict:
    return {"type": "http", "method": "GET", "path": path, "headers": []}


class Sent:
    """A server that keeps what it is sent."""

    def __init__(self) -> None:
        self.messages: list[dict] = []

    async def __call__(self, message) -> None:
        self.messages.append(dict(message))


class Identity(RequestObserver):
    """Gives each request an id, and tells it to the client."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, record: RequestRecord) -> None:
        self.calls.append(f"start {record.status} {record.outcome}")
        record.request_id = "request-1"
        record.trace_id = "0af7651916cd43dd8448eb211c80319c"
        record.exemplar = {"trace_id": record.trace_id}

    def response_headers(self, record: RequestRecord):
        self.calls.append("headers")
        return [(b"x-request-id", record.request_id.encode())]

    def finish(self, record: RequestRecord) -> None:
        self.calls.append(
            f"finish {record.status} {record.outcome} {record.route} {record.request_id}"
        )


async def test_observers_are_called_in_order_and_add_their_headers(registry) -> None:
    observer, sent = Identity(), Sent()
    await ObservedApplication(hello, registry, observers=(observer,), strict=True)(
        scope_of(), nothing, sent
    )
    assert observer.calls == [
        "start 0 in_progress",
        "headers",
        "finish 200 completed /hello request-1",
    ]
    assert sent.messages[0]["headers"] == [(b"a", b"1"), (b"x-request-id", b"request-1")]


async def test_the_application_s_own_message_is_not_changed(registry) -> None:
    message = {"type": "http.response.start", "status": 200, "headers": ()}

    async def application(scope, receive, send):
        await send(message)

    await ObservedApplication(application, registry, observers=(Identity(),), strict=True)(
        scope_of(), nothing, Sent()
    )
    assert message == {"type": "http.response.start", "status": 200, "headers": ()}


async def test_durations_carry_the_exemplar_of_the_trace(registry) -> None:
    await ObservedApplication(hello, registry, observers=(Identity(),), strict=True)(
        scope_of(), nothing, Sent()
    )
    text = registry.render(endpoint="system", openmetrics=True).decode()
    marked = [line for line in text.splitlines() if "# {" in line]
    assert any(line.startswith("http_request_duration_seconds_bucket") for line in marked)
    assert all('trace_id="0af7651916cd43dd8448eb211c80319c"' in line for line in marked)


class Broken(RequestObserver):
    """Fails in every call."""

    def start(self, record):
        raise ValueError("start")

    def response_headers(self, record):
        raise ValueError("response_headers")

    def finish(self, record):
        raise ValueError("finish")

    def failed_afterwards(self, record, error):
        raise ValueError("failed_afterwards")


async def test_a_broken_observer_is_counted_and_logged_and_the_request_goes_on(caplog) -> None:
    registry = Registry(DECLARATIONS)
    observer, sent = Identity(), Sent()
    with caplog.at_level(logging.ERROR):
        await ObservedApplication(hello, registry, observers=(Broken(), observer))(
            scope_of(), nothing, sent
        )
    assert [message["type"] for message in sent.messages] == [
        "http.response.start",
        "http.response.body",
    ]
    assert observer.calls[-1] == "finish 200 completed /hello request-1"
    assert registry.value("http_telemetry_faults_total", source="observer") == 3
    assert (
        registry.value("http_requests_total", method="GET", path="/hello", status_code="200") == 1
    )
    assert registry.value("http_requests_in_progress") == 0
    assert "telemetry fault in observer" in caplog.text


async def test_the_same_fault_again_and_again_is_counted_each_time_and_logged_ever_less(
    caplog,
) -> None:
    registry = Registry(DECLARATIONS)

    class Once(RequestObserver):
        def finish(self, record):
            raise ValueError("again")

    application = ObservedApplication(hello, registry, observers=(Once(),))
    with caplog.at_level(logging.ERROR):
        for _ in range(100):
            await application(scope_of(), nothing, Sent())
    assert registry.value("http_telemetry_faults_total", source="observer") == 100
    assert len(caplog.records) == 7  # the 1st, 2nd, 4th … 64th


async def test_a_strict_wrapper_raises_the_faults_of_observers() -> None:
    class Stumbling(RequestObserver):
        def start(self, record):
            raise ValueError("stumbled")

    registry = Registry(DECLARATIONS, strict=True)
    application = ObservedApplication(hello, registry, observers=(Stumbling(),), strict=True)
    with pytest.raises(ValueError, match="stumbled"):
        await application(scope_of(), nothing, Sent())
    assert registry.value("http_requests_in_progress") == 0


async def test_a_broken_resolver_leaves_the_request_unmatched() -> None:
    registry = Registry(DECLARATIONS)

    def resolver(record):
        raise LookupError

    await ObservedApplication(hello, registry, resolver=resolver)(scope_of(), nothing, Sent())
    assert registry.value("http_telemetry_faults_total", source="route") == 1
    assert (
        registry.value("http_requests_total", method="GET", path="unmatched", status_code="200")
        == 1
    )


async def test_a_resolver_that_answers_nonsense_does_not_reach_the_request() -> None:
    registry = Registry(DECLARATIONS)
    sent = Sent()
    await ObservedApplication(hello, registry, resolver=lambda record: [record])(
        scope_of(), nothing, sent
    )
    assert sent.messages[-1]["body"] == b"hello"
    assert registry.value("http_telemetry_faults_total", source="metrics") == 1
    assert registry.value("http_requests_in_progress") == 0


async def test_a_file_size_that_cannot_be_had_does_not_reach_the_request() -> None:
    async def application(scope, receive, send):
        headers = [(b"content-length", b"many")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.pathsend", "path": "/nowhere"})

    registry = Registry(DECLARATIONS)
    await ObservedApplication(application, registry)(scope_of(), nothing, Sent())
    assert registry.value("http_telemetry_faults_total", source="metrics") == 1
    assert registry.value("http_requests_in_progress") == 0
    labels = {"method": "GET", "path": "unmatched", "status_code": "200"}
    assert registry.value("http_requests_total", **labels) == 1


async def test_ten_thousand_routes_of_a_resolver_do_not_grow_the_exposition_without_limit() -> None:
    registry = Registry(DECLARATIONS)
    application = ObservedApplication(hello, registry, resolver=lambda record: record.path)
    for number in range(10_500):
        await application(scope_of(f"/{number}"), nothing, Sent())
    lines = registry.render(endpoint="system").decode().splitlines()
    assert sum(line.startswith("http_requests_total{") for line in lines) <= 4001
    counts = [
        float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("http_requests_total{")
    ]
    assert sum(counts) == 10_500


def endpoint_families() -> tuple[CounterDeclaration, HistogramDeclaration]:
    labels = (Label("endpoint"), Label("method"))
    return (
        CounterDeclaration(
            "api_requests_by_endpoint_total",
            "Requests.",
            (*labels, Label("status_code")),
            endpoint="business",
        ),
        HistogramDeclaration(
            "api_response_time_by_endpoint_seconds",
            "Time.",
            labels,
            endpoint="business",
            buckets=(0.01, 0.1, 1.0),
        ),
    )


async def test_the_service_s_own_endpoint_families_count_the_same_requests() -> None:
    declarations = endpoint_families()
    registry = Registry((*DECLARATIONS, *declarations), strict=True)
    families = EndpointFamilies(
        registry.counter(declarations[0]), registry.histogram(declarations[1])
    )
    application = ObservedApplication(hello, registry, endpoints=families, strict=True)
    for _ in range(3):
        await application(scope_of(), nothing, Sent())
    labels = {"endpoint": "/hello", "method": "GET"}
    assert registry.value("api_requests_by_endpoint_total", **labels, status_code="200") == 3
    assert registry.value("api_response_time_by_endpoint_seconds_count", **labels) == 3


async def test_documented_statuses_of_a_route_start_at_zero() -> None:
    declarations = endpoint_families()
    registry = Registry((*DECLARATIONS, *declarations), strict=True)
    families = EndpointFamilies(
        registry.counter(declarations[0]), registry.histogram(declarations[1])
    )
    application = ObservedApplication(hello, registry, endpoints=families, strict=True)
    application.expect("GET", "/hello", (200, 404, 500))
    for status in ("200", "404", "500"):
        assert (
            registry.value("http_requests_total", method="GET", path="/hello", status_code=status)
            == 0
        )
        labels = {"endpoint": "/hello", "method": "GET", "status_code": status}
        assert registry.value("api_requests_by_endpoint_total", **labels) == 0


async def test_a_failed_request_leaves_no_cycle_for_the_collector() -> None:
    registry = Registry(DECLARATIONS, strict=True)

    class Marked(RuntimeError):
        pass

    async def application(scope, receive, send):
        raise Marked

    kept: list[weakref.ref] = []
    gc.disable()
    try:
        try:
            await ObservedApplication(application, registry, strict=True)(
                scope_of(), nothing, Sent()
            )
        except Marked as error:
            kept.append(weakref.ref(error))
        assert kept[0]() is None
    finally:
        gc.enable()
