"""A client that leaves is counted once, as 499, and leaves no gauge up; through real sockets."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from tests.integration.http.raw import request, reset


@pytest.mark.parametrize("leave", [lambda writer: writer.close(), reset], ids=["close", "reset"])
async def test_a_client_that_leaves_while_the_application_waits_for_it_is_one_499(
    serve, leave
) -> None:
    arrived = asyncio.Event()

    async def application(scope, receive, send):
        arrived.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    async with serve(application) as served:
        _, writer = await served.connect()
        writer.write(request())
        await arrived.wait()
        assert served.value("http_requests_in_progress") == 1
        leave(writer)
        await served.records(1)
        assert served.counted() == {("GET", "unmatched", "499"): 1}
        assert served.value("http_requests_in_progress") == 0


async def test_a_client_that_leaves_while_the_application_computes_is_one_499(serve) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def application(scope, receive, send):
        arrived.set()
        await go.wait()
        await PlainTextResponse("to nobody")(scope, receive, send)

    async with serve(application) as served:
        _, writer = await served.connect()
        writer.write(request())
        await arrived.wait()
        writer.close()
        await served.until(
            lambda: served.value("http_active_connections") == 0, "the server sees the client gone"
        )
        go.set()
        (record,) = await served.records(1)
        assert (record.status, record.outcome) == (499, "client_left")
        assert served.counted() == {("GET", "unmatched", "499"): 1}
        assert served.value("http_requests_in_progress") == 0


async def test_a_client_that_leaves_in_the_middle_of_a_stream_is_one_499(serve) -> None:
    stopped = asyncio.Event()

    async def numbers():
        try:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0.001)
        finally:
            stopped.set()

    async def stream(request):
        return StreamingResponse(numbers())

    async with serve(Starlette(routes=[Route("/stream", stream)])) as served:
        reader, writer = await served.connect()
        writer.write(request("/stream"))
        await reader.readexactly(5000)
        writer.close()
        (record,) = await served.records(1)
        await stopped.wait()
        assert served.counted() == {("GET", "/stream", "499"): 1}
        assert record.response_bytes >= 4000
        assert record.first_byte_seconds is not None
        assert record.first_byte_seconds <= record.duration_seconds
        assert served.value("http_requests_in_progress") == 0


async def test_a_client_that_leaves_in_the_middle_of_its_upload_is_one_499(serve) -> None:
    got = asyncio.Event()

    async def upload(request):
        async for _ in request.stream():
            got.set()
        return PlainTextResponse("never")

    async with serve(Starlette(routes=[Route("/upload", upload, methods=["POST"])])) as served:
        _, writer = await served.connect()
        writer.write(request("/upload", "POST", body=b"a" * 1000)[:-1])
        await got.wait()
        writer.close()
        (record,) = await served.records(1)
        assert served.counted() == {("POST", "/upload", "499"): 1}
        assert record.request_bytes == 999


async def test_a_pipelining_client_that_leaves_holds_no_gauge_up(serve) -> None:
    arrived, go = asyncio.Event(), asyncio.Event()

    async def application(scope, receive, send):
        arrived.set()
        await go.wait()
        await PlainTextResponse("to nobody")(scope, receive, send)

    async with serve(application) as served:
        _, writer = await served.connect()
        writer.write(request("/one"))
        await arrived.wait()
        writer.write(request("/two"))
        reset(writer)
        # uvicorn reads nothing while a request waits in the pipeline: it learns of the reset now.
        go.set()
        await served.until(
            lambda: served.value("http_active_connections") == 0, "the connection is gone"
        )
        await served.until(
            lambda: served.value("http_requests_in_progress") == 0, "no request is under way"
        )
        assert sum(served.counted().values()) == len(served.log.records)


async def test_without_the_protocol_a_client_is_seen_to_leave_by_whoever_listens(serve) -> None:
    arrived = asyncio.Event()

    async def application(scope, receive, send):
        arrived.set()
        while (await receive())["type"] != "http.disconnect":
            pass

    async with serve(application, plain_protocol=True) as served:
        _, writer = await served.connect()
        writer.write(request())
        await arrived.wait()
        writer.close()
        await served.records(1)
        assert served.counted() == {("GET", "unmatched", "499"): 1}
        assert served.value("http_active_connections") == 0
