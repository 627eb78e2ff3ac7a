"""How a request is counted, for every way that an application, a client or a server can end it."""

from __future__ import annotations

import asyncio
from asyncio import CancelledError

import pytest
from tests.unit.http.exchanges import START, body, nothing_more, observe, scope_of, swallow, total

from asset_forge.observability.http import CONNECTION_KEY, Connection, ObservedApplication


async def test_what_was_sent_is_what_is_counted(registry) -> None:
    async def application(scope, receive, send):
        await send({**START, "status": 418})
        await send(body(b"teapot"))

    record = await observe(application, registry)
    assert (record.status, record.outcome, record.response_bytes) == (418, "completed", 6)
    assert total(registry, 418) == 1
    assert (
        registry.value(
            "http_request_duration_seconds_count", method="GET", path="/x", status_code="418"
        )
        == 1
    )
    assert registry.value("http_response_size_bytes_sum", method="GET", path="/x") == 6


async def test_an_exception_before_the_response_is_a_500_and_reaches_the_server(registry) -> None:
    async def application(scope, receive, send):
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        await ObservedApplication(application, registry, strict=True)(
            scope_of(), nothing_more, swallow
        )
    assert total(registry, 500) == 1
    assert registry.value("http_requests_in_progress") == 0


async def test_an_exception_after_the_start_keeps_the_status_that_was_sent(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"half", more=True))
        raise RuntimeError("broken")

    record = await observe(application, registry)
    assert (record.status, record.outcome, record.response_bytes) == (200, "aborted", 4)


async def test_an_application_that_returns_in_the_middle_has_aborted(registry) -> None:
    async def application(scope, receive, send):
        await send(START)

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (200, "aborted")


async def test_an_application_that_never_answers_is_a_500(registry) -> None:
    async def application(scope, receive, send):
        pass

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (500, "failed")


async def test_a_response_that_the_server_refuses_was_not_sent(registry) -> None:
    async def refuse(message):
        raise RuntimeError("Invalid HTTP header value.")

    async def application(scope, receive, send):
        await send(START)

    record = await observe(application, registry, send=refuse)
    assert (record.status, record.outcome) == (500, "failed")


async def test_a_client_that_leaves_is_a_499_even_if_the_application_answers(registry) -> None:
    async def application(scope, receive, send):
        await receive()
        await send(START)
        await send(body(b"to nobody"))

    record = await observe(application, registry)
    assert (record.status, record.outcome) == (499, "client_left")
    assert total(registry, 200) == 0


async def test_a_client_that_leaves_while_nobody_listens_is_known_from_the_connection(
    registry,
) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        connection.lost = True
        await send(START)
        await send(body(b"to nobody"))

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (499, "client_left")


async def test_a_client_that_leaves_after_the_last_byte_was_served(registry) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"all"))
        connection.lost = True
        assert (await receive())["type"] == "http.disconnect"

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (200, "completed")


@pytest.mark.parametrize("at", ["http.response.start", "http.response.body"])
async def test_a_send_that_fails_with_an_oserror_is_a_client_that_left(registry, at) -> None:
    async def send(message):
        if message["type"] == at:
            raise ConnectionResetError

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"x"))

    record = await observe(application, registry, send=send)
    assert (record.status, record.outcome) == (499, "client_left")


@pytest.mark.parametrize(
    ("lost", "started", "status", "outcome"),
    [
        (True, False, 499, "client_left"),
        (True, True, 499, "client_left"),
        (False, False, 500, "cancelled"),
        (False, True, 200, "cancelled"),
    ],
)
async def test_a_cancelled_request_is_the_client_s_if_it_left_and_the_server_s_otherwise(
    registry, lost, started, status, outcome
) -> None:
    connection = Connection()

    async def application(scope, receive, send):
        if started:
            await send(START)
        connection.lost = lost
        raise CancelledError

    record = await observe(application, registry, scope=scope_of(**{CONNECTION_KEY: connection}))
    assert (record.status, record.outcome) == (status, outcome)


async def test_a_request_whose_task_is_cancelled_leaves_no_gauge_up(registry) -> None:
    inside = asyncio.Event()

    async def application(scope, receive, send):
        inside.set()
        await asyncio.Event().wait()

    observed = ObservedApplication(application, registry, strict=True)
    task = asyncio.ensure_future(observed(scope_of(), nothing_more, swallow))
    await inside.wait()
    assert registry.value("http_requests_in_progress") == 1
    task.cancel()
    with pytest.raises(CancelledError):
        await task
    assert registry.value("http_requests_in_progress") == 0
    assert total(registry, 500) == 1


@pytest.mark.parametrize(
    ("method", "label"), [("get", "other"), ("BREW", "other"), ("PATCH", "PATCH")]
)
async def test_an_unknown_verb_is_other(registry, method, label) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body())

    record = await observe(application, registry, scope=scope_of(method))
    assert record.method == label
    assert total(registry, 200, label) == 1


async def test_an_invented_verb_is_counted_as_a_folded_label(registry) -> None:
    def folded() -> float:
        return registry.value("metrics_series_overflow_total", metric="http_requests_total") or 0

    async def app(scope, receive, send):
        await send(START)
        await send(body())

    for number in range(3):
        await observe(app, registry, scope=scope_of(f"VERB{number}"))
        assert folded() == number + 1
    await observe(app, registry, scope=scope_of("DELETE"))
    assert folded() == 3


async def test_the_paths_of_arrival_are_kept_although_a_mount_rewrites_them(registry) -> None:
    async def application(scope, receive, send):
        scope["path"], scope["root_path"] = "/inner", "/outer"

    record = await observe(application, registry)
    assert (record.path, record.root_path) == ("/x", "")


async def test_lifespan_passes_through_unmeasured(registry) -> None:
    passed = []

    async def application(scope, receive, send):
        passed.append((scope, receive, send))

    scope = {"type": "lifespan"}
    await ObservedApplication(application, registry, strict=True)(scope, nothing_more, swallow)
    assert passed == [(scope, nothing_more, swallow)]
    assert b"status_code=" not in registry.render(endpoint="system")
