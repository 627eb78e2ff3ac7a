"""Ids, headers, log line and trace of a request agree, whatever a client sends; through sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from litestar import Litestar, Request, get
from litestar.exceptions import NotAuthorizedException
from litestar.params import FromPath
from litestar.response import Stream
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from tests.integration.tracing.conftest import SECRET, Served, until

from asset_forge.observability import context
from asset_forge.observability.tracing import (
    current_traceparent,
    keep_trace,
    mark,
    phase,
    span,
)

SLOW_SECONDS = 0.4
CALLER = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{CALLER}-00f067aa0ba902b7-{{}}"


@get("/items/{item:int}")
async def item(item: FromPath[int]) -> dict[str, str | None]:
    mark("parse")
    with phase("auth"):
        context.assign(user_id="ada")
    with span("select items", "client", {"db.query.text": f"… '{SECRET}'"}, phase="database"):
        await asyncio.sleep(0)
    mark("handle")
    here = context.current()
    return {
        "request": here.request_id,
        "trace": here.trace_id,
        "user": here.user_id,
        "traceparent": current_traceparent(),
    }


@get("/kept")
async def kept() -> str:
    keep_trace()
    return "ok"


@get("/broken")
async def broken() -> None:
    with span("step"):
        raise LookupError(f"lost {SECRET}")


@get("/slow")
async def slow() -> str:
    with span("wait"):
        await asyncio.sleep(SLOW_SECONDS + 0.1)
    return "at last"


@get("/refused")
async def refused() -> None:
    raise NotAuthorizedException


@get("/quiet")
async def quiet() -> str:
    return "ok"


@get("/stream")
async def stream() -> Stream:
    async def numbers() -> AsyncIterator[bytes]:
        yield b"1"
        await asyncio.sleep(SLOW_SECONDS + 0.1)
        yield b"2"

    return Stream(numbers)


@get("/user")
async def user(request: Request) -> dict[str, str | None]:
    before = context.current().user_id
    context.assign(user_id=request.query_params["is"])
    return {"before": before, "request": context.current().request_id}


APP = Litestar(
    [item, kept, broken, slow, refused, quiet, stream, user], openapi_config=None, debug=False
)


async def ended(served: Served, count: int = 1) -> list[dict]:
    await until(lambda: len(served.lines()) >= count, f"{count} lines")
    return served.lines()


def slow_routes(lines: list[dict]) -> set[str]:
    """The routes that took so long to answer: `/slow`, and what this machine stopped meanwhile."""
    return {
        line["route"]
        for line in lines
        if line.get("firstByteSeconds", line["durationSeconds"]) >= SLOW_SECONDS
    }


async def test_headers_body_log_line_and_trace_agree(serve) -> None:
    async with serve(APP, OTEL_TRACES_SAMPLER="always_on") as served:
        answer = await served.get("/items/7?token=hush", {"X-Request-ID": "order:7/a+b="})
        (line,) = await ended(served)
        trace = served.tracer.store.get(line["traceId"])
    body = answer.body.decode()
    assert answer.headers["x-request-id"] == line["requestId"] == "order:7/a+b="
    assert f'"trace":"{line["traceId"]}"' in body
    assert trace is not None
    root, select = trace.spans
    assert root.attributes["request.id"] == "order:7/a+b="
    assert (root.name, trace.trace.route) == ("GET /items/{item}", "/items/{item}")
    assert (select.name, select.parent_span_id) == ("select items", root.span_id)
    assert root.attributes["user.id"] == line["userId"] == "ada"
    assert (line["method"], line["route"], line["path"]) == (
        "GET",
        "/items/{item}",
        "/items/7",
    )
    assert (line["status"], line["outcome"], line["level"]) == (200, "completed", 30)
    assert line["responseBytes"] == len(answer.body) == root.attributes["http.response.body.size"]
    assert line["client"] == "127.0.0.1"
    assert 0 < line["durationSeconds"] == pytest.approx(trace.trace.duration_seconds, abs=1e-5)
    assert "hush" not in str(line) + str(trace)
    assert SECRET not in str(trace)


async def test_the_phases_are_told_in_the_headers(serve) -> None:
    async with serve(APP) as served:
        headers = (await served.get("/items/7")).headers
    names = re.findall(r"(\w+);dur=\d+\.\d\d(?:, |$)", headers["server-timing"])
    assert names == ["total", "parse", "auth", "database", "handle", "serialize"]
    assert re.fullmatch(r"\d+\.\d\dms", headers["x-response-time"])
    assert headers["server-timing"].startswith(f"total;dur={headers['x-response-time'][:-2]},")


async def test_phases_after_the_headers_are_in_trace_and_log(serve) -> None:
    async with serve(APP, OTEL_TRACES_SAMPLER="always_on") as served:
        await served.get("/stream")
        (line,) = await ended(served)
        trace = served.tracer.store.get(line["traceId"])
    assert trace is not None
    attributes = trace.spans[0].attributes
    assert attributes["phase.send.seconds"] >= attributes["phase.stream.seconds"] > 0.1
    assert line["sendSeconds"] == pytest.approx(attributes["phase.send.seconds"], abs=1e-5)
    assert line["streamSeconds"] == pytest.approx(attributes["phase.stream.seconds"], abs=1e-5)
    assert line["firstByteSeconds"] + line["streamSeconds"] == pytest.approx(
        line["durationSeconds"], abs=1e-5
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        "a b",
        "a\tb",
        "x" * 129,
        "x" * 60_000,
        '"; DROP TABLE',
        "<script>",
        "-starts-badly",
        "caf\xe9",
        "a\\nb",
        "${jndi:ldap://x}",
    ],
)
async def test_an_insane_request_id_is_replaced(serve, hostile: str) -> None:
    async with serve(APP) as served:
        answer = await served.get("/items/1", {"X-Request-ID": hostile})
        if answer.status != 200:  # the server itself refuses what no parser should take
            assert answer.status in {400, 431}
            return
        (line,) = await ended(served)
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    assert line["requestId"] == answer.headers["x-request-id"]


async def test_two_request_ids_are_none(serve) -> None:
    async with serve(APP) as served:
        (answer,) = await served.exchange(
            "GET /items/1 HTTP/1.1\r\nhost: x\r\nx-request-id: a\r\nx-request-id: b\r\n", 1
        )
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


@pytest.mark.parametrize("flags", ["01", "00"])
async def test_the_callers_trace_goes_on_and_its_decision_counts(serve, flags: str) -> None:
    async with serve(APP, OTEL_TRACES_SAMPLER="parentbased_always_on") as served:
        answer = await served.get("/items/1", {"traceparent": TRACEPARENT.format(flags)})
        (line,) = await ended(served)
        trace = served.tracer.store.get(CALLER)
    assert line["traceId"] == CALLER
    assert re.search(rf'"traceparent":"00-{CALLER}-[0-9a-f]{{16}}-{flags}"', answer.body.decode())
    assert (trace is not None) is (flags == "01")
    if trace is not None:
        assert trace.spans[0].parent_span_id == "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "hostile", ["junk", TRACEPARENT.format("01") + "-x", "0" * 50_000, f"00-{'0' * 32}-x-01"]
)
async def test_a_malformed_traceparent_begins_a_trace(serve, hostile: str) -> None:
    async with serve(APP) as served:
        await served.get("/items/1", {"traceparent": hostile})
        (line,) = await ended(served)
    assert re.fullmatch(r"[0-9a-f]{32}", line["traceId"])
    assert line["traceId"] != CALLER


async def test_errors_and_slow_requests_are_kept_though_nothing_is_sampled(serve) -> None:
    async with serve(APP, slow_seconds=SLOW_SECONDS, OTEL_TRACES_SAMPLER="always_off") as served:
        for path in ("/items/1", "/broken", "/slow", "/refused", "/nowhere", "/stream"):
            await served.get(path)
        lines = {line["route"]: line for line in await ended(served, 6)}
        store = served.tracer.store
        names = {one.name: store.get(one.trace_id) for one in store.list().items}
    slow = slow_routes(list(lines.values()))
    assert "/slow" in slow
    assert set(names) == {"GET /broken"} | {f"GET {route}" for route in slow}
    failed = names["GET /broken"]
    assert failed is not None
    assert failed.trace.trace_id == lines["/broken"]["traceId"]
    assert (failed.trace.error, failed.trace.status) == (True, 500)
    assert [one.error for one in failed.spans] == ["500", "LookupError"]
    assert SECRET not in str(failed)
    waited = names["GET /slow"]
    assert waited is not None
    assert [one.name for one in waited.spans] == ["GET /slow", "wait"]
    levels = {route: 40 if route in slow else 30 for route in lines} | {"/broken": 50}
    assert {route: line["level"] for route, line in lines.items()} == levels
    assert set(lines) == {"/items/{item}", "/broken", "/slow", "/refused", "unmatched", "/stream"}


async def test_a_very_slow_request_is_an_error_in_the_log(serve) -> None:
    async with serve(APP, slow_seconds=0.05, very_slow_seconds=0.1) as served:
        await served.get("/slow")
        (line,) = await ended(served)
    assert line["level"] == 50


async def test_probes_and_scrapes_are_not_in_the_log(serve) -> None:
    async with serve(APP) as served:
        await served.get("/quiet")
        await served.get("/items/1")
        lines = await ended(served)
    assert [line["route"] for line in lines] == ["/items/{item}"]


async def test_exemplars_lead_to_traces_that_are_kept_and_to_no_other(serve) -> None:
    async with serve(APP, slow_seconds=SLOW_SECONDS) as served:
        for path in ("/items/1", "/broken", "/slow", "/kept"):
            await served.get(path)
        slow = slow_routes(await ended(served, 4))
        store = served.tracer.store
        kept = {one.route: one.trace_id for one in store.list().items}
        text = served.registry.render(endpoint="system", openmetrics=True).decode()
    shown = {
        sample.labels["path"]: sample.exemplar.labels["trace_id"]
        for family in text_string_to_metric_families(text)
        if family.name == "http_request_duration_seconds"
        for sample in family.samples
        if sample.exemplar
    }
    assert shown == kept
    assert "/slow" in slow
    assert set(kept) == {"/broken", "/kept"} | slow


async def test_pipelined_requests_do_not_inherit_each_others_ids_or_users(serve) -> None:
    async with serve(APP) as served:
        answers = await served.exchange(
            "GET /user?is=ada HTTP/1.1\r\nhost: x\r\nx-request-id: one\r\n\r\n"
            "GET /user?is=bob HTTP/1.1\r\nhost: x\r\nx-request-id: two\r\n",
            2,
        )
        lines = await ended(served, 2)
    assert [one.body for one in answers] == [
        b'{"before":null,"request":"one"}',
        b'{"before":null,"request":"two"}',
    ]
    assert [(line["requestId"], line["userId"]) for line in lines] == [
        ("one", "ada"),
        ("two", "bob"),
    ]
    assert lines[0]["traceId"] != lines[1]["traceId"]


async def test_requests_side_by_side_keep_their_own_ids(serve) -> None:
    async with serve(APP) as served:
        answers = await asyncio.gather(
            *(served.get("/items/1", {"x-request-id": f"r{number}"}) for number in range(40))
        )
        lines = await ended(served, 40)
    for number, answer in enumerate(answers):
        assert answer.headers["x-request-id"] == f"r{number}"
        assert f'"request":"r{number}"' in answer.body.decode()
    assert {line["requestId"] for line in lines} == {f"r{number}" for number in range(40)}
    assert len({line["traceId"] for line in lines}) == 40
