"""Real clients against a real server: what was sent is what was counted."""

from __future__ import annotations

import asyncio
import random

import httpx
from fastapi import FastAPI
from litestar import Litestar, post
from litestar.params import JSONBody
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from tests.integration.http.raw import request


async def test_requests_on_one_connection_are_counted_each_and_the_connection_once(serve) -> None:
    async def application(scope, receive, send):
        await PlainTextResponse("ok")(scope, receive, send)

    async with serve(application) as served:
        limits = httpx.Limits(max_connections=1)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{served.port}", limits=limits
        ) as client:
            for _ in range(5):
                assert (await client.get("/")).status_code == 200
            assert served.value("http_active_connections") == 1
        await served.until(
            lambda: served.value("http_active_connections") == 0, "the connection is closed"
        )
        assert served.counted() == {("GET", "unmatched", "200"): 5}


async def test_pipelined_requests_are_counted_each(serve) -> None:
    async def application(scope, receive, send):
        await PlainTextResponse(scope["path"])(scope, receive, send)

    async with serve(application) as served:
        reader, writer = await served.connect()
        writer.write(request("/a") + request("/b") + request("/c", close=True))
        answer = await reader.read()
        writer.close()
        assert answer.count(b"200 OK") == 3
        assert served.counted() == {("GET", "unmatched", "200"): 3}


async def test_a_chunked_upload_counts_its_payload_and_not_its_framing(serve) -> None:
    async def upload(request):
        return PlainTextResponse(str(len(await request.body())))

    async def chunks():
        for _ in range(10):
            yield b"0123456789" * 100

    async with serve(Starlette(routes=[Route("/upload", upload, methods=["POST"])])) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            assert (await client.post("/upload", content=chunks())).text == "10000"
        assert served.value("http_request_size_bytes_sum", method="POST", path="/upload") == 10_000
        assert served.value("http_response_size_bytes_sum", method="POST", path="/upload") == 5


async def test_head_and_options_are_counted_and_carry_no_body(serve) -> None:
    async def page(request):
        return PlainTextResponse("a page")

    async with serve(
        Starlette(routes=[Route("/page", page, methods=["GET", "OPTIONS"])])
    ) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            assert (await client.head("/page")).text == ""
            assert (await client.options("/page")).status_code == 200
        assert served.counted() == {("HEAD", "/page", "200"): 1, ("OPTIONS", "/page", "200"): 1}
        assert served.value("http_response_size_bytes_sum", method="HEAD", path="/page") == 0


async def test_background_tasks_do_not_hold_the_request(serve) -> None:
    release = asyncio.Event()

    async def page(request):
        return PlainTextResponse("done", background=BackgroundTask(release.wait))

    async with serve(Starlette(routes=[Route("/page", page)])) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            assert (await client.get("/page")).text == "done"
        assert served.counted() == {("GET", "/page", "200"): 1}
        assert served.value("http_requests_in_progress") == 0
        release.set()


async def test_litestar_s_refusals_are_counted_as_they_were_sent(serve) -> None:
    @post("/upload", request_max_body_size=100)
    async def upload(data: JSONBody[dict[str, int]]) -> dict[str, int]:
        return data

    async with serve(Litestar([upload], openapi_config=None)) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            got = [
                (await client.post("/upload", json={"a": 1})).status_code,
                (await client.post("/upload", json={"a": "x"})).status_code,
                (await client.post("/upload", content=b"{" + b" " * 200)).status_code,
                (await client.get("/upload")).status_code,
                (await client.get("/else")).status_code,
            ]
        assert got == [201, 400, 413, 405, 404]
        assert served.counted() == {
            ("POST", "/upload", "201"): 1,
            ("POST", "/upload", "400"): 1,
            ("POST", "/upload", "413"): 1,
            ("GET", "/upload", "405"): 1,
            ("GET", "unmatched", "404"): 1,
        }


class Gate:
    """Answers 401 ahead of the routing to whoever brings no key."""

    def __init__(self, app) -> None:
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http" and (b"x-key", b"1") not in scope["headers"]:
            await PlainTextResponse("who are you?", 401)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def test_starlette_s_refusals_are_counted_as_they_were_sent(serve) -> None:
    async def upload(request):
        return PlainTextResponse(str(len(await request.body())))

    routes = [Route("/upload", upload, methods=["POST"], max_body_size=100)]
    async with serve(Starlette(routes=routes, middleware=[Middleware(Gate)])) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            key = {"x-key": "1"}
            got = [
                (await client.post("/upload", content=b"x", headers=key)).status_code,
                (await client.post("/upload", content=b"x")).status_code,
                (await client.post("/upload", content=b"x" * 200, headers=key)).status_code,
                (await client.get("/upload", headers=key)).status_code,
                (await client.get("/else", headers=key)).status_code,
            ]
        assert got == [200, 401, 413, 405, 404]
        assert served.counted() == {
            ("POST", "/upload", "200"): 1,
            ("POST", "/upload", "401"): 1,
            ("POST", "/upload", "413"): 1,
            ("GET", "/upload", "405"): 1,
            ("GET", "unmatched", "404"): 1,
        }


async def test_fastapi_s_refusals_are_counted_as_they_were_sent(serve) -> None:
    application = FastAPI()

    @application.post("/items/{item_id}")
    async def create(item_id: int) -> int:
        return item_id

    application.add_middleware(Gate)
    async with serve(application) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            key = {"x-key": "1"}
            got = [
                (await client.post("/items/5", headers=key)).status_code,
                (await client.post("/items/five", headers=key)).status_code,
                (await client.post("/items/5")).status_code,
                (await client.delete("/items/5", headers=key)).status_code,
                (await client.get("/else", headers=key)).status_code,
            ]
        assert got == [200, 422, 401, 405, 404]
        assert served.counted() == {
            ("POST", "/items/{item_id}", "200"): 1,
            ("POST", "/items/{item_id}", "422"): 1,
            ("POST", "/items/{item_id}", "401"): 1,
            ("DELETE", "/items/{item_id}", "405"): 1,
            ("GET", "unmatched", "404"): 1,
        }


async def test_a_crash_is_a_500_and_the_server_goes_on(serve) -> None:
    async def application(scope, receive, send):
        if scope["path"] == "/crash":
            raise RuntimeError("broken")
        await PlainTextResponse("ok")(scope, receive, send)

    async with serve(application) as served:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{served.port}") as client:
            assert (await client.get("/crash")).status_code == 500
            assert (await client.get("/")).status_code == 200
        assert served.counted() == {("GET", "unmatched", "500"): 1, ("GET", "unmatched", "200"): 1}


async def test_a_mixed_load_is_counted_exactly_as_the_clients_saw_it(serve) -> None:
    async def application(scope, receive, send):
        status = int(scope["path"].removeprefix("/"))
        await asyncio.sleep(0)
        if status == 500:
            raise RuntimeError
        await PlainTextResponse("x" * status, status)(scope, receive, send)

    dice = random.Random(7)
    wanted = [
        (dice.choice(["GET", "POST", "DELETE"]), dice.choice([200, 201, 404, 409, 500, 503]))
        for _ in range(300)
    ]
    async with serve(application) as served:
        limits = httpx.Limits(max_connections=20)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{served.port}", limits=limits, timeout=60
        ) as client:
            answers = await asyncio.gather(
                *(client.request(method, f"/{status}") for method, status in wanted)
            )
        seen: dict[tuple[str, str, str], int] = {}
        for answer in answers:
            key = (answer.request.method, "unmatched", str(answer.status_code))
            seen[key] = seen.get(key, 0) + 1
        assert served.counted() == seen
        assert served.value("http_requests_in_progress") == 0
        await served.until(
            lambda: served.value("http_active_connections") == 0, "all connections are closed"
        )
