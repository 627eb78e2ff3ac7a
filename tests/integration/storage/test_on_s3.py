"""The object store on a real S3 server: the same promises as in a directory."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator

import anyio
import httpx
import psutil
import pytest
from tests.object_stores import Bucket

from asset_forge.storage import DamagedObject, ObjectMissing, ObjectStore, open_store

MEBIBYTE = 1 << 20
DATA = os.urandom(30 * MEBIBYTE)


@pytest.fixture
def store(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    for name, value in bucket.variables.items():
        monkeypatch.setenv(name, value)
    return open_store(bucket.variables["STORAGE_URL"], variables=bucket.variables)


async def chunks(data: bytes, step: int = 700_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        yield data[start : start + step]


async def test_what_is_put_comes_back(store: ObjectStore) -> None:
    stored = await store.put_stream("assets/a", chunks(DATA), expected_length=len(DATA))
    assert (stored.size, stored.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert await store.put_bytes("assets/b", DATA[:1000]) != stored
    assert await store.read("assets/a") == DATA
    assert await store.size("assets/b") == 1000
    found = {entry.key: entry.size async for entry in store.list_keys("assets/")}
    assert found == {"assets/a": len(DATA), "assets/b": 1000}


async def test_an_object_without_bytes_is_an_object(store: ObjectStore) -> None:
    assert (await store.put_stream("assets/a", chunks(b""))).size == 0
    assert await store.read("assets/a") == b""


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 13_000_005), (29_999_999, None), (7, 7)])
async def test_a_range_is_that_slice(store: ObjectStore, start: int, end: int | None) -> None:
    await store.put_stream("assets/a", chunks(DATA))
    found = [chunk async for chunk in await store.open_range("assets/a", start, end)]
    assert b"".join(found) == DATA[start:end]


@pytest.mark.parametrize(
    "expected",
    [
        {"expected_length": len(DATA) - 1},
        {"expected_length": len(DATA) + 1},
        {"expected_sha256": "0" * 64},
    ],
)
async def test_bytes_that_were_not_announced_leave_neither_an_object_nor_parts(
    store: ObjectStore, bucket: Bucket, expected: dict[str, int | str]
) -> None:
    with pytest.raises(DamagedObject):
        await store.put_stream("assets/a", chunks(DATA), **expected)  # pyright: ignore[reportArgumentType]
    assert bucket.files() == []
    await until(lambda: bucket.unfinished_uploads() == 0)


async def test_a_put_that_is_canceled_leaves_no_object(store: ObjectStore, bucket: Bucket) -> None:
    waiting = anyio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield DATA
        waiting.set()
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.put_stream, "assets/a", stalled())
        await waiting.wait()
        assert bucket.unfinished_uploads() == 1
        tasks.cancel_scope.cancel()
    assert bucket.files() == []


async def test_an_upload_is_streamed_and_not_collected(store: ObjectStore) -> None:
    piece = os.urandom(MEBIBYTE)
    process = psutil.Process()
    grown: list[int] = []

    async def long() -> AsyncIterator[bytes]:
        before = process.memory_info().rss
        for _ in range(200):
            yield piece
            grown.append(process.memory_info().rss - before)

    assert (await store.put_stream("assets/a", long())).size == 200 * MEBIBYTE
    assert max(grown) < 100 * MEBIBYTE
    await store.delete("assets/a")


async def test_what_is_missing_is_missing_and_deleting_twice_is_deleting(
    store: ObjectStore,
) -> None:
    await store.put_bytes("assets/a", b"x")
    await store.delete("assets/a")
    await store.delete("assets/a")
    for ask in (store.open_range("assets/a"), store.open_range("a", 1, 2), store.size("a")):
        with pytest.raises(ObjectMissing):
            await ask


async def test_a_signed_url_gives_the_object_to_be_saved(store: ObjectStore) -> None:
    await store.put_stream("assets/a", chunks(DATA[:5000]))
    url = await store.signed_url("assets/a", seconds=60)
    assert url is not None
    answer = await asyncio.to_thread(
        httpx.get, url, trust_env=False, headers={"range": "bytes=5-9"}
    )
    assert (answer.status_code, answer.content) == (206, DATA[5:10])
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_the_check_asks_the_store_and_leaves_the_files_alone(
    store: ObjectStore, bucket: Bucket
) -> None:
    await store.check()
    await store.check(write=True)
    await store.check()
    assert bucket.files() == []


async def until(condition: object) -> None:
    with anyio.fail_after(60):
        while not condition():  # pyright: ignore[reportCallIssue]
            await anyio.sleep(0.02)
