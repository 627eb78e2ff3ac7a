"""An S3 store that fails: each fault has its type, its cause, its count and its health state."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.object_stores import Bucket, Fault, FaultyStore

from asset_forge.catalog import DECLARATIONS
from asset_forge.observability.health import Status
from asset_forge.observability.metrics import Registry
from asset_forge.storage import (
    ObjectStore,
    StorageFull,
    StorageMetrics,
    StorageUnavailable,
    open_store,
    storage_check,
)

DATA = os.urandom(100_000)


@pytest.fixture
def registry() -> Registry:
    return Registry(DECLARATIONS, strict=True)


Opening = Callable[[Bucket], ObjectStore]


@pytest.fixture
def opened(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Opening:
    def open_bucket(bucket: Bucket) -> ObjectStore:
        for name, value in bucket.variables.items():
            monkeypatch.setenv(name, value)
        return open_store(
            bucket.variables["STORAGE_URL"],
            variables=bucket.variables,
            metrics=StorageMetrics(registry),
        )

    return open_bucket


@pytest.fixture
async def store(opened: Opening, bucket: Bucket, faulty_store: FaultyStore) -> ObjectStore:
    store = opened(bucket.behind(faulty_store.url))
    await store.put_bytes("assets/there", DATA)
    return store


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(20):
        yield DATA


async def listed(store: ObjectStore) -> list[object]:
    return [entry async for entry in store.list_keys("assets/")]


async def uploaded(store: ObjectStore) -> object:
    return await store.put_stream("assets/new", chunks())


OPERATIONS: dict[str, Callable[[ObjectStore], Awaitable[object]]] = {
    "put": uploaded,
    "get": lambda store: store.read("assets/there"),
    "delete": lambda store: store.delete("assets/there"),
    "list": listed,
}
DENIED = Fault(403, "AccessDenied")
FAULTS = {
    "denied": DENIED,
    "no_bucket": Fault(404, "NoSuchBucket"),
    "server_error": Fault(500, "InternalError"),
    "throttled": Fault(503, "SlowDown"),
    "full": Fault(507, "XMinioStorageFull"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("code", FAULTS)
async def test_a_fault_is_told_apart_counted_and_over_when_it_is(
    store: ObjectStore, faulty_store: FaultyStore, registry: Registry, code: str, operation: str
) -> None:
    faulty_store.fault = FAULTS[code]
    with pytest.raises((StorageFull, StorageUnavailable)) as refused:
        await OPERATIONS[operation](store)
    assert refused.value.code == code
    assert isinstance(refused.value, StorageFull) == (code == "full")
    assert faulty_store.url not in refused.value.message
    assert registry.value("storage_errors_total", operation=operation, code=code) == 1
    faulty_store.fault = None
    assert await OPERATIONS[operation](store) != []


async def test_refused_metadata_is_a_fault_and_no_missing_object(
    store: ObjectStore, faulty_store: FaultyStore, registry: Registry
) -> None:
    faulty_store.fault = DENIED
    with pytest.raises(StorageUnavailable, match="credentials"):
        await store.size("assets/there")
    assert registry.value("storage_errors_total", operation="head", code="denied") == 1


async def test_a_moments_trouble_is_mended_by_asking_again(
    store: ObjectStore, faulty_store: FaultyStore, registry: Registry
) -> None:
    faulty_store.fault = Fault(503, "SlowDown")
    asked = len(faulty_store.requests)

    async def healing() -> AsyncIterator[bytes]:
        yield DATA
        faulty_store.fault = None

    await store.put_stream("assets/new", healing())
    assert len(faulty_store.requests) > asked
    faulty_store.fault = Fault(500, methods=("GET",))
    with pytest.raises(StorageUnavailable):
        await store.read("assets/new")
    assert len([path for method, path in faulty_store.requests if method == "GET"]) == 1 + 3
    assert registry.value("storage_errors_total", operation="get", code="server_error") == 1


async def test_a_store_that_nobody_answers_for_is_unreachable(
    opened: Opening, bucket: Bucket, registry: Registry
) -> None:
    store = opened(bucket.behind("http://127.0.0.1:1"))
    with pytest.raises(StorageUnavailable, match="cannot be reached"):
        await store.put_bytes("assets/a", DATA)
    assert registry.value("storage_errors_total", operation="put", code="unreachable") == 1


async def test_a_store_that_hangs_is_given_up_in_time(
    store: ObjectStore, faulty_store: FaultyStore, registry: Registry
) -> None:
    faulty_store.fault = Fault(hang_seconds=60)
    with pytest.raises(StorageUnavailable, match="in time"):
        await store.check(limit=0.3)
    assert registry.value("storage_errors_total", operation="check", code="timeout") == 1


async def test_the_health_check_tells_a_store_that_gives_but_does_not_take(
    store: ObjectStore, faulty_store: FaultyStore
) -> None:
    check = storage_check(store, timeout_seconds=20)  # how long it waits is not asked here

    async def state() -> tuple[Status, object]:
        finding = await check.run()  # pyright: ignore[reportGeneralTypeIssues]
        return finding.status, finding.details.get("error")

    assert await state() == (Status.HEALTHY, None)
    faulty_store.fault = Fault(403, "QuotaExceeded", methods=("PUT", "POST"))
    assert await state() == (Status.HEALTHY, None)  # nobody has written yet
    with pytest.raises(StorageFull):
        await store.put_bytes("assets/new", DATA)
    assert await state() == (Status.UNHEALTHY, "full")
    assert await state() == (Status.UNHEALTHY, "full")
    faulty_store.fault = None
    assert await state() == (Status.HEALTHY, None)
    faulty_store.fault = DENIED
    assert await state() == (Status.UNHEALTHY, "denied")
