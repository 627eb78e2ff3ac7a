from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import anyio.lowlevel
import httpx
import pytest
from litestar import Litestar
from tests.integration.assets.conftest import Stage

from asset_forge.faults import NotFound

DATA = bytes(range(256)) * 3000  # 768,000 bytes: several chunks


@pytest.fixture
async def place(stage: Stage, member: object) -> str:
    """The file's path of an uploaded asset."""
    asset = await stage.upload(stage.acting[-1], DATA, name="Übung/1")
    return f"/api/assets/{asset.id}/file"


def _downloads(stage: Stage) -> float:
    counted = stage.count("file_downloads_total", file_type="other")
    assert counted == stage.count("user_actions_total", action="download", resource_type="asset")
    return counted


async def test_a_download_is_the_file(client: httpx.AsyncClient, place: str, stage: Stage) -> None:
    answer = await client.get(place)
    assert answer.status_code == 200
    assert answer.content == DATA
    headers = answer.headers
    assert headers["content-length"] == str(len(DATA))
    assert headers["content-type"] == "application/octet-stream"
    assert headers["accept-ranges"] == "bytes"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == (
        "attachment; filename=\"Ubung_1\"; filename*=UTF-8''%C3%9Cbung_1"
    )
    assert _downloads(stage) == 1


async def test_a_head_request_sends_the_same_headers_and_counts_nothing(
    client: httpx.AsyncClient, place: str, stage: Stage
) -> None:
    described = await client.head(place)
    assert described.status_code == 200
    assert described.content == b""
    assert _downloads(stage) == 0
    sent = await client.get(place)
    assert dict(described.headers) == dict(sent.headers)


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=10-300009", 10, 300_010),
        ("bytes=767999-", 767_999, 768_000),
        ("bytes=-5", 767_995, 768_000),
        ("bytes=767000-99999999", 767_000, 768_000),
    ],
)
async def test_a_range_is_sent_alone(
    client: httpx.AsyncClient, place: str, stage: Stage, header: str, start: int, end: int
) -> None:
    answer = await client.get(place, headers={"range": header})
    assert answer.status_code == 206
    assert answer.content == DATA[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(DATA)}"
    assert answer.headers["content-length"] == str(end - start)
    assert _downloads(stage) == 1


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "bytes=5-2", "items=0-1", "bytes=x"])
async def test_a_range_that_is_not_served_is_answered_with_the_whole(
    client: httpx.AsyncClient, place: str, header: str
) -> None:
    answer = await client.get(place, headers={"range": header})
    assert answer.status_code == 200
    assert answer.content == DATA


@pytest.mark.parametrize("header", ["bytes=768000-", "bytes=-0", f"bytes={'9' * 5000}-"])
async def test_a_range_outside_of_the_file_is_refused_with_its_size(
    client: httpx.AsyncClient, place: str, stage: Stage, header: str
) -> None:
    answer = await client.get(place, headers={"range": header})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(DATA)}"
    assert answer.headers["content-type"] == "application/problem+json"
    assert _downloads(stage) == 0


async def test_a_copy_that_is_current_is_not_sent_again(
    client: httpx.AsyncClient, place: str, stage: Stage
) -> None:
    etag = (await client.head(place)).headers["etag"]
    for tags in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        answer = await client.get(place, headers={"if-none-match": tags})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert (await client.get(place, headers={"if-none-match": '"other"'})).status_code == 200
    assert _downloads(stage) == 1


async def test_a_range_of_another_version_is_answered_with_the_whole(
    client: httpx.AsyncClient, place: str
) -> None:
    etag = (await client.head(place)).headers["etag"]
    headers = {"range": "bytes=0-1"}
    assert (await client.get(place, headers=headers | {"if-range": etag})).status_code == 206
    assert (await client.get(place, headers=headers | {"if-range": '"old"'})).status_code == 200
    weak = headers | {"if-range": f"W/{etag}"}
    assert (await client.get(place, headers=weak)).status_code == 200


async def test_a_client_that_leaves_is_not_counted(app: Litestar, place: str, stage: Stage) -> None:
    sent = 0
    asked = False
    left = anyio.Event()

    async def receive() -> dict[str, object]:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        nonlocal sent
        body = message.get("body", b"")
        assert isinstance(body, bytes)
        sent += len(body)
        if body:
            left.set()
            await anyio.lowlevel.checkpoint()

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": place,
        "raw_path": place.encode(),
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    assert sent < len(DATA)
    assert _downloads(stage) == 0


async def test_a_file_that_the_storage_lost_is_named_as_such(
    client: httpx.AsyncClient, place: str, stage: Stage
) -> None:
    async for entry in stage.storage.list_keys("assets/"):
        await stage.storage.delete(entry.key)
    answer = await client.get(place)
    assert answer.status_code == 503
    assert "not in the storage" in answer.json()["detail"]
    assert str(stage.root) not in answer.json()["detail"]


async def test_an_asset_deleted_before_its_file_is_opened_is_not_found(
    stage: Stage, member: object
) -> None:
    somebody = stage.acting[-1]
    asset = await stage.upload(somebody)
    await stage.assets.delete(somebody, asset.id)
    with pytest.raises(NotFound, match="there is no asset"):
        await stage.assets.download(asset, 0, asset.size_bytes)


async def test_a_download_streams_in_chunks(stage: Stage, member: object, place: str) -> None:
    asset = (await stage.assets.list(stage.acting[-1])).items[0]
    file = await stage.assets.download(asset, 0, asset.size_bytes)
    chunks: AsyncIterator[bytes] = file.chunks
    sizes = [len(chunk) async for chunk in chunks]
    assert max(sizes) <= 512 * 1024
    assert sum(sizes) == len(DATA)
