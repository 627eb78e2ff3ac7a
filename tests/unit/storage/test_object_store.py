from __future__ import annotations

import hashlib
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from asset_forge.storage import (
    DamagedObject,
    ObjectMissing,
    ObjectStore,
    StorageFull,
    StorageUnavailable,
    open_store,
)

DATA = os.urandom(3_000_000)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a place"


@pytest.fixture
def store(root: Path) -> ObjectStore:
    return open_store(root.as_uri())


async def _chunks(data: bytes, step: int = 70_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        yield data[start : start + step]


def _files(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file())


async def test_what_is_put_comes_back(store: ObjectStore, root: Path) -> None:
    stored = await store.put_stream("assets/a", _chunks(DATA))
    assert (stored.size, stored.sha256) == (len(DATA), hashlib.sha256(DATA).hexdigest())
    assert await store.put_bytes("assets/a2", DATA) == stored
    assert await store.read("assets/a") == await store.read("assets/a2") == DATA
    assert await store.size("assets/a") == len(DATA)
    assert (root / "assets" / "a").read_bytes() == DATA


async def test_an_object_without_bytes_is_an_object(store: ObjectStore) -> None:
    assert (await store.put_stream("assets/a", _chunks(b""))).size == 0
    assert await store.read("assets/a") == b""


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 700_005), (2_999_999, None), (7, 7)])
async def test_a_range_is_that_slice(store: ObjectStore, start: int, end: int | None) -> None:
    await store.put_bytes("assets/a", DATA)
    found = [chunk async for chunk in await store.open_range("assets/a", start, end)]
    assert b"".join(found) == DATA[start:end]
    assert all(len(chunk) <= 512 * 1024 for chunk in found)


async def test_a_source_that_breaks_off_leaves_nothing(store: ObjectStore, root: Path) -> None:
    class Left(Exception):
        pass

    async def breaking() -> AsyncIterator[bytes]:
        async for chunk in _chunks(DATA):
            yield chunk
        raise Left

    with pytest.raises(Left):
        await store.put_stream("assets/a", breaking())
    assert _files(root) == []


async def test_nothing_is_visible_before_the_last_byte_came(store: ObjectStore, root: Path) -> None:
    seen: list[bool] = []

    async def watching() -> AsyncIterator[bytes]:
        async for chunk in _chunks(DATA):
            seen.append((root / "assets" / "a").exists())
            yield chunk

    await store.put_stream("assets/a", watching())
    assert not any(seen)


@pytest.mark.parametrize(
    "expected",
    [
        {"expected_length": len(DATA) - 1},
        {"expected_length": len(DATA) + 1},
        {"expected_sha256": "0" * 64},
    ],
)
async def test_bytes_that_were_not_announced_are_not_stored(
    store: ObjectStore, root: Path, expected: dict[str, int | str]
) -> None:
    with pytest.raises(DamagedObject):
        await store.put_stream("assets/a", _chunks(DATA), **expected)  # pyright: ignore[reportArgumentType]
    assert _files(root) == []


async def test_a_put_that_is_canceled_leaves_nothing(store: ObjectStore, root: Path) -> None:
    waiting = anyio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        yield DATA
        waiting.set()
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(store.put_stream, "assets/a", stalled())
        await waiting.wait()
        tasks.cancel_scope.cancel()
    with anyio.fail_after(5):
        while _files(root):
            await anyio.sleep(0.01)


async def test_a_missing_object_is_said_to_be_missing(store: ObjectStore) -> None:
    for ask in (store.open_range("a"), store.open_range("a", 1, 2), store.size("a")):
        with pytest.raises(ObjectMissing, match="'a'"):
            await ask


async def test_deleting_twice_is_deleting(store: ObjectStore) -> None:
    await store.put_bytes("assets/a", b"x")
    await store.delete("assets/a")
    await store.delete("assets/a")
    with pytest.raises(ObjectMissing):
        await store.size("assets/a")


async def test_a_listing_shows_whole_objects_under_a_prefix(store: ObjectStore, root: Path) -> None:
    await store.put_bytes("assets/a", b"x")
    await store.put_bytes("other/b", b"xx")
    (root / "assets" / "c#1").write_bytes(b"half")
    assert [(key.key, key.size) async for key in store.list_keys("assets/")] == [("assets/a", 1)]


async def test_only_old_remains_of_dead_writes_are_removed(store: ObjectStore, root: Path) -> None:
    await store.put_bytes("assets/a", b"x")
    now = datetime.now(UTC)
    for name, age in (("old#1", 7200), ("new#2", 10)):
        path = root / "assets" / name
        path.write_bytes(b"half")
        os.utime(path, (now.timestamp() - age,) * 2)
    assert await store.remove_stale(now - timedelta(hours=1)) == 1
    assert _files(root) == ["a", "new#2"]


async def test_deleting_takes_what_killed_writes_of_the_object_have_left(
    store: ObjectStore, root: Path
) -> None:
    await store.put_bytes("assets/a", b"x")
    for name in ("a#1", "a#2", "b#1"):
        (root / "assets" / name).write_bytes(b"half")
    await store.delete("assets/a")
    assert _files(root) == ["b#1"]


async def test_a_volume_keeps_its_reserve(root: Path) -> None:
    store = open_store(root.as_uri(), reserve_bytes=10**18)
    for put in (store.put_stream("a", _chunks(b"x")), store.put_bytes("a", b"x")):
        with pytest.raises(StorageFull, match="VOLUME_RESERVE_BYTES") as refused:
            await put
        assert refused.value.scope == "system"
        assert str(root) not in refused.value.message
    assert _files(root) == []


async def test_a_put_whose_directory_is_no_directory_is_refused(
    store: ObjectStore, root: Path
) -> None:
    (root / "assets").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        await store.put_stream("assets/a", _chunks(b"x"))


def test_a_place_that_cannot_be_made_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable, match="cannot write"):
        open_store((tmp_path / "file" / "store").as_uri())


@pytest.mark.parametrize("url", ["s3://bucket/prefix", "gs://bucket", "az://container/prefix"])
def test_a_providers_url_opens_a_remote_store(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "account")
    store = open_store(url)
    assert not store.is_local
    assert store.usage() is None
