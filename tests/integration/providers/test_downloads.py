"""Files from where a provider says they are: whole, unchanged and of their type, or not at all."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import shutil
import struct
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.integration.providers.workbench import Workbench

from asset_forge.error_types import ErrorType
from asset_forge.generation.downloads import Downloads
from asset_forge.generation.failures import ProviderFailed
from asset_forge.simulation.providers.content.models import make_glb
from asset_forge.storage import StorageUnavailable

GLB = make_glb("a crate", 1, triangles=60, textured=False)
MD5 = hashlib.md5(GLB, usedforsecurity=False)


@dataclass
class Files:
    """A server that answers each request with the next of its answers, the last one again."""

    answers: list[tuple[str, bytes]]
    url: str = ""
    heads: list[bytes] = field(default_factory=list[bytes])

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        head, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def files(*answers: tuple[str, bytes]) -> AsyncGenerator[Files]:
    served = Files(list(answers))
    server = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/model.glb"
    try:
        yield served
    finally:
        server.close()


def whole(headers: str = "", body: bytes = GLB, status: str = "200 OK") -> tuple[str, bytes]:
    lines = f"HTTP/1.1 {status}\nContent-Length: {len(body)}"
    return (f"{lines}\n{headers}" if headers else lines), body


async def fetch(bench: Workbench, url: str, file_type: str = "glb") -> bytes:
    downloads = Downloads(bench.assets)
    try:
        staged = await downloads.fetch(url, file_type, generation_id=await bench.job(), run=1)
    finally:
        await downloads.close()
    return await bench.storage.read(staged.key)


async def refusal(bench: Workbench, url: str, file_type: str = "glb") -> str:
    with pytest.raises(ProviderFailed) as caught:
        await fetch(bench, url, file_type)
    assert caught.value.type is ErrorType.DOWNLOAD_FAILED
    assert [key async for key in bench.storage.list_keys("assets")] == [], "it was published"
    return caught.value.message


@pytest.mark.parametrize(
    "headers",
    [
        "",
        f"Content-MD5: {base64.b64encode(MD5.digest()).decode()}",
        f'x-amz-request-id: 1\nETag: "{MD5.hexdigest()}"',
        'x-amz-request-id: 1\nETag: "0123456789abcdef0123456789abcdef-2"',
        'ETag: "0123456789abcdef0123456789abcdef"',
        "Content-MD5: nonsense",
    ],
    ids=["no hash", "MD5", "S3", "S3 in parts", "an ETag of its own", "no MD5"],
)
async def test_a_whole_file_is_stored_as_it_is(bench: Workbench, headers: str) -> None:
    async with files(whole(headers)) as served:
        assert await fetch(bench, served.url) == GLB


@pytest.mark.parametrize(
    "headers",
    [
        "Content-MD5: " + base64.b64encode(b"x" * 16).decode(),
        f'x-amz-request-id: 1\nETag: "{"0" * 32}"',
    ],
    ids=["MD5", "S3"],
)
async def test_bytes_with_another_hash_are_refused(bench: Workbench, headers: str) -> None:
    async with files(whole(headers)) as served:
        assert "another hash" in await refusal(bench, served.url)


@pytest.mark.parametrize("cut", [0, 3, 12, len(GLB) // 2, len(GLB) - 1])
async def test_a_file_that_was_cut_on_its_way_is_refused(bench: Workbench, cut: int) -> None:
    async with files(whole(body=GLB[:cut])) as served:
        await refusal(bench, served.url)


@pytest.mark.parametrize(
    ("body", "file_type"),
    [(b"<html>login</html>", "glb"), (b"\x89PNG\r\n\x1a\n", "glb"), (GLB, "png")],
)
async def test_a_file_of_another_type_is_refused(
    bench: Workbench, body: bytes, file_type: str
) -> None:
    async with files(whole(body=body)) as served:
        await refusal(bench, served.url, file_type)


async def test_a_header_that_lies_about_its_length_is_refused(bench: Workbench) -> None:
    lying = GLB[:8] + struct.pack("<I", len(GLB) + 4) + GLB[12:]
    async with files(whole(body=lying)) as served:
        assert "header says" in await refusal(bench, served.url)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "model.glb"])
async def test_an_address_that_is_none_of_the_web_is_refused(bench: Workbench, url: str) -> None:
    assert "no address" in await refusal(bench, url)


async def test_a_redirect_is_followed_and_a_circle_is_not(bench: Workbench) -> None:
    async with (
        files(whole()) as there,
        files(whole(f"Location: {there.url}", b"", "302 Found")) as here,
    ):
        assert await fetch(bench, here.url) == GLB
    async with files(whole("Location: /again", b"", "302 Found")) as circle:
        with pytest.raises(Exception, match="redirects"):
            await fetch(bench, circle.url)
        assert len(circle.heads) <= 5


async def test_a_storage_that_is_away_is_told_apart_from_the_provider(bench: Workbench) -> None:
    folder = Path(bench.storage.place)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    async with files(whole()) as served:
        with pytest.raises(StorageUnavailable):
            await fetch(bench, served.url)
