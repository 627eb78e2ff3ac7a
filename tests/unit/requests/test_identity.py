"""Ids and traces at the edges: what a client may send, background work, WebSockets, other tasks."""

from __future__ import annotations

import asyncio
import contextvars
import re
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability import context
from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import Registry
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.requests import RequestIdentity
from asset_forge.observability.tracing import SpanReader, Tracer, TraceStore, span

SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")


def tracer(ratio: float = 0.0) -> Tracer:
    return Tracer(TraceStore(SpanReader(Redactor())), sample_ratio=ratio)


def observed(application, used: Tracer) -> ObservedApplication:
    identity = RequestIdentity(used, new_id=lambda: "made-here")
    return ObservedApplication(
        application,
        Registry(DECLARATIONS, strict=True),
        observers=[identity],
        strict=True,
    )


async def ask(
    app: ObservedApplication, headers: Iterable[tuple[bytes, bytes]] = (), kind: str = "http"
) -> dict[str, str]:
    """Send one request in a task of its own; return the headers of the response."""
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    async def receive():
        return {"type": "http.request", "body": b""}

    scope = {"type": kind, "path": "/a", "method": "GET", "headers": list(headers)}
    await asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]
    return {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}


async def answer(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


@given(st.binary(max_size=200))
def test_any_bytes_are_taken_as_they_are_or_replaced(given_id: bytes) -> None:
    async def check() -> None:
        headers = await ask(observed(answer, tracer()), [(b"x-request-id", given_id)])
        told = headers["x-request-id"]
        text = given_id.decode("latin-1")
        assert told == (text if SANE.fullmatch(text) else "made-here")

    asyncio.run(check())


@given(st.binary(max_size=80))
def test_no_bytes_in_a_traceparent_break_a_request(parent: bytes) -> None:
    async def check() -> None:
        headers = await ask(observed(answer, tracer()), [(b"traceparent", parent)])
        assert headers["x-request-id"] == "made-here"

    asyncio.run(check())


async def test_a_failure_in_background_work_keeps_the_trace_after_all() -> None:
    used = tracer()

    async def application(scope, receive, send) -> None:
        await answer(scope, receive, send)
        with span("background"):
            raise LookupError("too late")

    with pytest.raises(LookupError):
        await ask(observed(application, used))
    (only,) = used.store.list().items
    found = used.store.get(only.trace_id)
    assert found is not None
    assert (found.trace.status, found.trace.error) == (200, True)
    assert found.spans[0].error == "LookupError"


async def test_background_work_that_fails_in_a_sampled_trace_marks_it() -> None:
    used = tracer(1.0)

    async def application(scope, receive, send) -> None:
        await answer(scope, receive, send)
        raise LookupError("too late")

    with pytest.raises(LookupError):
        await ask(observed(application, used))
    (only,) = used.store.list().items
    assert only.error


async def test_an_unhandled_exception_is_the_error_of_its_trace() -> None:
    used = tracer()

    async def application(scope, receive, send) -> None:
        raise LookupError("no answer")

    with pytest.raises(LookupError):
        await ask(observed(application, used))
    (only,) = used.store.list().items
    found = used.store.get(only.trace_id)
    assert found is not None
    assert (found.spans[0].error, found.spans[0].error_message) == ("LookupError", "no answer")


async def test_background_work_still_knows_its_request() -> None:
    seen: list[str | None] = []

    async def application(scope, receive, send) -> None:
        await answer(scope, receive, send)
        seen.append(context.current().request_id)

    await ask(observed(application, tracer()))
    assert seen == ["made-here"]


async def test_a_websocket_has_ids_and_a_trace_and_is_never_slow() -> None:
    used = tracer(1.0)
    seen: list[str | None] = []

    async def application(scope, receive, send) -> None:
        seen.append(context.current().trace_id)
        await send({"type": "websocket.accept", "headers": []})
        await send({"type": "websocket.close", "code": 1000})

    headers = await ask(observed(application, used), kind="websocket")
    assert headers["x-request-id"] == "made-here"
    (only,) = used.store.list().items
    assert (only.trace_id, only.status, only.error) == (seen[0], 101, False)


async def test_an_answer_sent_from_a_foreign_task_still_ends_its_trace() -> None:
    used = tracer(1.0)

    async def application(scope, receive, send) -> None:
        apart = contextvars.Context()
        await asyncio.create_task(answer(scope, receive, send), context=apart)

    await ask(observed(application, used))
    (only,) = used.store.list().items
    assert only.status == 200


async def test_a_request_leaves_nothing_behind_in_the_task_that_served_it() -> None:
    await ask(observed(answer, tracer()))
    assert context.current().request_id is None


async def test_an_observer_that_was_never_started_ends_without_a_fault() -> None:
    identity = RequestIdentity(tracer())
    from asset_forge.observability.http import RequestRecord

    record = RequestRecord({"type": "http", "path": "/a", "headers": []}, "GET", 0.0, "/a")
    record.status, record.outcome = 500, "failed"
    identity.decide(record)
    identity.failed_afterwards(record, LookupError())
    assert record.exemplar is None
