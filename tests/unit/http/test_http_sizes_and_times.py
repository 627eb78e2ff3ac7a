"""How many bytes and seconds a request is said to have taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.http.exchanges import (
    START,
    Clock,
    Seen,
    body,
    nothing_more,
    observe,
    scope_of,
    swallow,
    total,
)

from asset_forge.observability.http import ObservedApplication


async def test_background_work_is_not_request_time_and_not_in_progress(registry) -> None:
    clock = Clock()
    during = []

    async def application(scope, receive, send):
        clock.now += 2.0
        await send(START)
        await send(body(b"done"))
        during.append(registry.value("http_requests_in_progress"))
        clock.now += 60.0

    record = await observe(application, registry, clock=clock)
    assert record.duration_seconds == 2.0
    assert during == [0]


async def test_a_failure_of_background_work_changes_nothing_but_is_told(registry) -> None:
    seen = Seen()

    async def application(scope, receive, send):
        await send(START)
        await send(body(b"done"))
        raise RuntimeError("later")

    observed = ObservedApplication(application, registry, observers=(seen,), strict=True)
    with pytest.raises(RuntimeError, match="later"):
        await observed(scope_of(), nothing_more, swallow)
    assert [record.outcome for record in seen.records] == ["completed"]
    assert [str(error) for error in seen.late] == ["later"]
    assert total(registry, 200) == 1


async def test_a_stream_counts_the_time_to_its_first_and_to_its_last_byte(registry) -> None:
    clock = Clock()

    async def application(scope, receive, send):
        clock.now += 1.0
        await send(START)
        await send(body(b"", more=True))
        clock.now += 2.0
        await send(body(b"one", more=True))
        clock.now += 4.0
        await send(body(b"two", more=True))
        await send(body())

    record = await observe(application, registry, clock=clock)
    assert (record.first_byte_seconds, record.duration_seconds) == (3.0, 7.0)
    assert registry.value("http_response_first_byte_seconds_sum", method="GET", path="/x") == 3.0


async def test_a_response_in_one_piece_is_no_stream(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"whole"))

    record = await observe(application, registry)
    assert record.first_byte_seconds == record.duration_seconds
    assert not registry.value("http_response_first_byte_seconds_count", method="GET", path="/x")


async def test_a_stream_without_a_byte_has_no_first_byte(registry) -> None:
    async def application(scope, receive, send):
        await send(START)
        await send(body(b"", more=True))
        await send(body())

    record = await observe(application, registry)
    assert record.first_byte_seconds is None
    assert not registry.value("http_response_first_byte_seconds_count", method="GET", path="/x")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_a_body_that_the_server_never_sends_has_no_size(registry, method, status) -> None:
    async def application(scope, receive, send):
        await send({**START, "status": status})
        await send(body(b"left out by the server"))

    record = await observe(application, registry, scope=scope_of(method))
    assert (record.method, record.response_bytes) == (method, 0)


async def test_the_request_body_is_counted_as_it_is_received(registry) -> None:
    chunks = [b"a" * 100, b"", b"b" * 23]

    async def receive():
        return {"type": "http.request", "body": chunks.pop(0), "more_body": bool(chunks)}

    async def application(scope, receive, send):
        while (await receive())["more_body"]:
            pass
        await send(START)
        await send(body())

    record = await observe(application, registry, scope=scope_of("POST"), receive=receive)
    assert record.request_bytes == 123
    assert registry.value("http_request_size_bytes_sum", method="POST", path="/x") == 123


async def test_a_file_that_the_server_sends_counts_with_its_size(registry, tmp_path: Path) -> None:
    file = tmp_path / "asset.glb"
    file.write_bytes(b"x" * 4096)

    def sending(headers):
        async def application(scope, receive, send):
            await send({**START, "headers": headers})
            await send({"type": "http.response.pathsend", "path": str(file)})

        return application

    whole = await observe(sending([]), registry)
    promised = await observe(sending([(b"Content-Length", b"1000")]), registry)
    assert (whole.response_bytes, whole.outcome) == (4096, "completed")
    assert promised.response_bytes == 1000


async def test_zero_copy_messages_count_their_span(registry, tmp_path: Path) -> None:
    file = tmp_path / "asset.glb"
    file.write_bytes(b"x" * 4096)
    with file.open("rb") as opened:

        async def application(scope, receive, send):
            await send(START)
            common = {"type": "http.response.zerocopysend", "file": opened.fileno()}
            await send({**common, "count": 1000, "more_body": True})
            await send({**common, "offset": 4000, "more_body": False})

        record = await observe(application, registry)
    assert (record.response_bytes, record.outcome) == (1096, "completed")


async def test_a_response_with_trailers_ends_with_them(registry) -> None:
    clock = Clock()

    async def application(scope, receive, send):
        await send({**START, "trailers": True})
        await send(body(b"x"))
        clock.now += 1.0
        await send({"type": "http.response.trailers", "headers": [], "more_trailers": False})

    record = await observe(application, registry, clock=clock)
    assert (record.outcome, record.duration_seconds) == ("completed", 1.0)
