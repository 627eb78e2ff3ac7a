"""Uploads and downloads over real sockets: clients that leave, and files larger than memory use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import anyio
import httpx
import psutil
import pytest
import uvicorn
from anyio.abc import ByteStream
from litestar import Litestar
from tests.integration.assets.conftest import MAX_UPLOAD, Stage

from asset_forge.accounts import Principal

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

_BEGIN = (
    b'--b\r\nContent-Disposition: form-data; name="type"\r\n\r\nprop\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
)
_END = b"\r\n--b--\r\n"
_TYPE = {"content-type": "multipart/form-data; boundary=b"}


@pytest.fixture
async def port(app: Litestar) -> AsyncIterator[int]:
    """The port of a server of the routes."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await _until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def _until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not condition():
            await anyio.sleep(0.01)


async def _form(size: int) -> AsyncIterator[bytes]:
    yield _BEGIN
    for _ in range(size // 64_000):
        yield b"x" * 64_000
    yield _END


async def _connect(port: int, request: bytes) -> ByteStream:
    stream = await anyio.connect_tcp("127.0.0.1", port)
    await stream.send(request)
    return stream


async def test_an_upload_over_the_limit_is_answered_while_it_is_being_sent(
    port: int, stage: Stage, member: Principal
) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answer = await client.post("/api/assets", content=_form(MAX_UPLOAD * 4), headers=_TYPE)
        assert answer.status_code == 413
        assert answer.json()["errors"][0]["field"] == "file"
        assert (await client.get("/api/assets")).json()["items"] == []
    assert stage.files() == []


async def test_a_large_file_goes_through_in_little_memory(
    port: int, stage: Stage, member: Principal
) -> None:
    stage.assets.max_upload_bytes = size = 64_000 * 3000
    process = psutil.Process()
    start = process.memory_info().rss
    peak = 0

    def sample() -> None:
        nonlocal peak
        peak = max(peak, process.memory_info().rss - start)

    async def sampled_form() -> AsyncIterator[bytes]:
        async for chunk in _form(size):
            sample()
            yield chunk

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        answer = await client.post("/api/assets", content=sampled_form(), headers=_TYPE)
        assert answer.status_code == 201
        assert answer.json()["sizeBytes"] == size
        received = 0
        async with client.stream("GET", f"/api/assets/{answer.json()['id']}/file") as download:
            async for chunk in download.aiter_raw():
                sample()
                received += len(chunk)
    assert received == size
    assert peak < size / 3
    await _until(lambda: _downloaded(stage) == 1)


async def test_a_client_that_leaves_an_upload_leaves_nothing(
    port: int, stage: Stage, member: Principal
) -> None:
    head = (
        b"POST /api/assets HTTP/1.1\r\nhost: a\r\ncontent-length: 1900000\r\n"
        b"content-type: multipart/form-data; boundary=b\r\n\r\n"
    )
    async with await _connect(port, head + _BEGIN + b"x" * 1_500_000):
        await _until(lambda: bool(stage.files()))
    await _until(lambda: not stage.files())
    assert (await stage.assets.list(member)).items == []
    assert stage.count("file_uploads_total", file_type="other") == 0


async def test_a_client_that_leaves_a_download_is_not_counted(
    port: int, stage: Stage, member: Principal
) -> None:
    stage.assets.max_upload_bytes = 60_000_000
    asset = await stage.upload(member, b"x" * 50_000_000)
    request = f"GET /api/assets/{asset.id}/file HTTP/1.1\r\nhost: a\r\n\r\n".encode()
    async with await _connect(port, request) as stream:
        assert (await stream.receive(12)).startswith(b"HTTP/1.1 200")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        await client.get(f"/api/assets/{asset.id}/file", headers={"range": "bytes=0-9"})
    await _until(lambda: stage.count("file_downloads_total", file_type="other") == 1)


async def test_a_client_that_closes_once_it_has_the_last_byte_is_counted(
    port: int, stage: Stage, member: Principal
) -> None:
    asset = await stage.upload(member, b"x" * 1_900_000)
    request = f"GET /api/assets/{asset.id}/file HTTP/1.1\r\nhost: a\r\n\r\n".encode()
    for count in range(1, 21):
        async with await _connect(port, request) as stream:
            received = b""
            while len(received.partition(b"\r\n\r\n")[2]) < asset.size_bytes:
                received += await stream.receive()
        await _until(lambda count=count: _downloaded(stage) == count)


def _downloaded(stage: Stage) -> float:
    return stage.count("file_downloads_total", file_type="other")
