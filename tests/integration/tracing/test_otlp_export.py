"""Spans reach an OTLP collector whole and clean; a collector that hangs is felt by nobody."""

from __future__ import annotations

import asyncio
import time

from litestar import Litestar, get
from tests.integration.tracing.conftest import SECRET, Collector, until

from asset_forge.observability.tracing import (
    current_traceparent,
    database_attributes,
    generation_attributes,
    span,
    storage_attributes,
)

STORED: list[str] = []


@get("/forge")
async def forge() -> str:
    with span(
        "select assets",
        "client",
        database_attributes("sqlite", "select", "assets", query="select … where id = ?"),
        phase="database",
    ):
        pass
    with span(
        "generate_content big-1",
        "client",
        generation_attributes("openai", model="big-1", temperature=0.5),
        phase="ai",
    ) as call:
        call.update(
            {
                "gen_ai.usage.input_tokens": 412,
                "gen_ai.input.messages": "a sword nobody knows of",
                "authorization": f"Bearer {SECRET}",
            }
        )
    with span("put object", "client", storage_attributes("s3", "put", "a/b.glb", size_bytes=9)):
        STORED.append(current_traceparent() or "")
    return "ok"


@get("/broken")
async def broken() -> None:
    raise LookupError(f"lost {SECRET}")


APP = Litestar([forge, broken], openapi_config=None, debug=False)


def values(span) -> dict[str, object]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


async def test_a_trace_arrives_with_its_job_under_the_same_id(serve, collector: Collector) -> None:
    async with serve(
        APP,
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_EXPORTER_OTLP_HEADERS="x-team=forge",
        OTEL_EXPORTER_OTLP_COMPRESSION="none",
        OTEL_BSP_SCHEDULE_DELAY="10",
    ) as served:
        await served.get("/forge")
        with served.tracer.continue_trace(STORED[-1], "step texture"):
            pass
        await until(lambda: len(collector.spans) == 5, "five spans arrive")
        (only,) = served.tracer.store.list().items
        details = served.tracer.store.get(only.trace_id)
    spans = {one.name: one for one in collector.spans}
    root = spans["GET /forge"]
    assert {one.trace_id.hex() for one in spans.values()} == {only.trace_id}
    assert not root.parent_span_id
    assert root.kind == root.SPAN_KIND_SERVER
    for name in ("select assets", "generate_content big-1", "put object"):
        assert spans[name].parent_span_id == root.span_id
        assert spans[name].kind == root.SPAN_KIND_CLIENT
    assert spans["step texture"].parent_span_id == spans["put object"].span_id
    assert values(spans["select assets"])["db.query.text"] == "select … where id = ?"
    generated = values(spans["generate_content big-1"])
    assert generated["gen_ai.request.temperature"] == 0.5
    assert generated["gen_ai.usage.input_tokens"] == 412
    assert values(spans["put object"])["aws.s3.key"] == "a/b.glb"
    assert values(root)["http.response.status_code"] == 200
    assert abs(root.start_time_unix_nano / 1e9 - time.time()) < 60
    assert root.start_time_unix_nano <= spans["put object"].start_time_unix_nano
    assert collector.headers[0]["x-team"] == "forge"
    resource = collector.requests[0].resource_spans[0].resource
    assert values(resource)["service.name"] == "forge"
    assert details is not None
    assert {one.span_id for one in details.spans} == {one.span_id.hex() for one in collector.spans}
    assert served.lost == []


async def test_no_secret_and_no_prompt_leaves_the_process(serve, collector: Collector) -> None:
    async with serve(
        APP,
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY="10",
    ) as served:
        await served.get(f"/forge?api_key={SECRET}", {"x-api-key": SECRET})
        await served.get(f"/broken/{SECRET}")
        await served.get("/broken")
        await until(lambda: len(collector.spans) == 6, "six spans arrive")
    sent = b"".join(collector.raw)
    assert SECRET.encode() not in sent
    assert b"a sword" not in sent
    assert b"[redacted]" in sent
    assert {one.status.code for one in collector.spans if one.name == "GET /broken"} == {2}


async def test_a_collector_that_is_busy_for_a_moment_loses_nothing(
    serve, collector: Collector
) -> None:
    collector.statuses = [503]
    async with serve(
        APP,
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY="10",
    ) as served:
        await served.get("/broken")
        await until(lambda: len(collector.spans) == 1, "the span arrives at the second attempt")
    assert served.lost == []


async def test_a_collector_that_refuses_is_counted(serve, collector: Collector) -> None:
    collector.statuses = [400]
    async with serve(
        APP,
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint,
        OTEL_BSP_SCHEDULE_DELAY="10",
    ) as served:
        await served.get("/broken")
        await until(lambda: sum(served.lost) == 1, "the loss is counted")


async def test_a_collector_that_hangs_is_felt_by_no_request_and_at_no_end(
    serve, silent_endpoint: str
) -> None:
    async with serve(
        APP,
        OTEL_TRACES_SAMPLER="always_on",
        OTEL_EXPORTER_OTLP_ENDPOINT=silent_endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT="60000",
        OTEL_BSP_SCHEDULE_DELAY="1",
        OTEL_BSP_MAX_QUEUE_SIZE="8",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE="4",
    ) as served:
        answers = [await asyncio.wait_for(served.get("/broken"), 5) for _ in range(30)]
        assert {one.status for one in answers} == {500}
        assert len(served.tracer.store) == 30
        assert sum(served.lost) >= 30 - 8 - 4
        await asyncio.wait_for(asyncio.to_thread(served.tracer.close, 0.1), 5)
        assert sum(served.lost) == 30
