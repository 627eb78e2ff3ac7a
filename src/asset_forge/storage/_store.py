"""The store of objects: each appears whole and checked under its key, or not at all."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store
from obstore.store import ObjectStore as Backend

from asset_forge.catalog import StorageFailure, StorageOperation
from asset_forge.observability.tracing import Span, span, storage_attributes

from . import _durable
from ._check import Check, Stored
from ._exit import settle_at_exit
from ._faults import ObjectMissing, StorageFull, classify, is_missing_bucket
from ._feed import hand_over, whole
from ._metrics import StorageMetrics
from ._volume import VolumeUsage, check_reserve, volume_usage

MEBIBYTE: Final = 1024 * 1024

_LOCAL_PART: Final = MEBIBYTE
_REMOTE_PART: Final = 12 * MEBIBYTE
"""Bytes of one part of a multipart upload: object stores ask for at least 5 MiB and take 10,000
parts, which then hold the largest upload that can be allowed (100 GiB)."""

_READ_CHUNK: Final = MEBIBYTE // 4
_ANSWER_SECONDS: Final = 10.0
"""How long a remote store may take, retries included, over what needs one short answer."""

_PROBE_KEY: Final = "health/probe"
_PROBE: Final = b"asset-forge"
_UNSHOWN: Final = {"Content-Disposition": "attachment", "Content-Type": "application/octet-stream"}
"""How a remote store hands out an object by a signed URL: to be saved, never shown as a page."""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key of a listing, its size in bytes and when it was last written."""

    key: str
    size: int
    modified_at: datetime


class ObjectStore:
    """Objects by key, in a local directory or at a provider.

    An object becomes visible only when all of its bytes have come and were checked. A local one
    is written beside its place, renamed, and flushed to the disk together with its directory; a
    remote one is uploaded in parts, which the store puts together at the end.

    Args:
        place: How logs name it.
        root: The directory of a local store.
        reserve_bytes: What stays free on a local store's volume, so that the database beside it
            can still write.
        metrics: Counts what fails; None for tools that serve no metrics.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        place: str,
        root: Path | None = None,
        reserve_bytes: int = 0,
        metrics: StorageMetrics | None = None,
    ) -> None:
        self._backend = backend
        self._root = root
        self._reserve_bytes = reserve_bytes
        self._metrics = metrics
        self._write_failed = False
        self.place = place
        settle_at_exit()

    @property
    def is_local(self) -> bool:
        """Whether the objects are files on this machine."""
        return self._root is not None

    async def put_stream(
        self,
        key: str,
        source: AsyncIterable[bytes],
        *,
        expected_length: int | None = None,
        expected_sha256: str | None = None,
    ) -> Stored:
        """Store what the source yields under a key; whatever the source raises is raised on.

        Raises:
            DamagedObject: Length or SHA-256 differ from what was expected.
            StorageFull: The store has no room left.
            StorageUnavailable: The store failed.
        """
        with self._span("put", key):
            return await self._put_stream(key, source, Check(expected_length, expected_sha256))

    async def _put_stream(self, key: str, source: AsyncIterable[bytes], check: Check) -> Stored:
        self.check_room(check.expected_length or 0)
        handed_over, pieces = anyio.create_memory_object_stream[bytes](1)
        failure: Exception | None = None
        async with pieces, anyio.create_task_group() as tasks:
            tasks.start_soon(hand_over, source, check, handed_over, self.check_room)
            try:
                await obstore.put_async(
                    self._backend,
                    key,
                    whole(pieces, check),
                    attributes=None if self.is_local else _UNSHOWN,
                    use_multipart=True,
                    chunk_size=_LOCAL_PART if self.is_local else _REMOTE_PART,
                    max_concurrency=2,
                )
            except Exception as error:  # noqa: BLE001 - raised on below, outside of the group
                failure = error
            tasks.cancel_scope.cancel()
        if isinstance(failure, BaseError | OSError):
            raise self._fault("put", key, failure) from failure
        if check.failure is not None:
            raise check.failure
        if failure is not None:
            raise failure
        self._write_failed = False
        await self._settle(key)
        return check.stored()

    async def put_bytes(self, key: str, data: bytes) -> Stored:
        """Store bytes under a key, as `put_stream` does."""
        with self._span("put", key, size_bytes=len(data)):
            self.check_room(len(data))
            async with self._asking("put", key, limit=None):
                await obstore.put_async(
                    self._backend,
                    key,
                    data,
                    attributes=None if self.is_local else _UNSHOWN,
                    use_multipart=False,
                )
            await self._settle(key)
        digest = await anyio.to_thread.run_sync(lambda: hashlib.sha256(data).hexdigest())
        return Stored(size=len(data), sha256=digest)

    async def open_range(
        self, key: str, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        """Open an object and return its bytes from `start` up to, not including, `end`, in chunks.

        Raises:
            ObjectMissing: There is no such object.
            StorageUnavailable: The store failed.
        """
        if end is not None and end <= start:
            return _nothing()
        with self._span("get", key):
            if end is None and start > 0:
                end = await self.size(key)
            async with self._asking("get", key):
                options: obstore.GetOptions = {} if end is None else {"range": (start, end)}
                result = await obstore.get_async(self._backend, key, options=options)
        return self._chunks(key, result)

    async def signed_url(self, key: str, *, seconds: float) -> str | None:
        """Return a URL that gives an object to whoever has it, for so long; None for a local store.

        Raises:
            StorageUnavailable: The credentials cannot sign.
        """
        if not isinstance(self._backend, S3Store | GCSStore | AzureStore):
            return None
        async with self._asking("sign", key):
            return await obstore.sign_async(self._backend, "GET", key, timedelta(seconds=seconds))

    async def read(self, key: str) -> bytes:
        """Return all bytes of an object; for those that are known to be small."""
        return b"".join([chunk async for chunk in await self.open_range(key)])

    async def size(self, key: str) -> int:
        """Return an object's size in bytes.

        Raises:
            ObjectMissing: There is no such object.
            StorageUnavailable: The store failed.
        """
        async with self._asking("head", key):
            return (await obstore.head_async(self._backend, key))["size"]

    async def delete(self, key: str) -> None:
        """Delete an object, and what unfinished writes of it have left; one that is not there is as
        good as deleted."""
        if self._root is not None:
            _durable.remove_unfinished(self._root / key)
        try:
            async with self._asking("delete", key):
                await obstore.delete_async(self._backend, key)
        except ObjectMissing:
            return

    async def list_keys(self, prefix: str) -> AsyncIterator[StoredKey]:
        """Yield the objects whose keys lie under a prefix, in no order."""
        try:
            async for batch in obstore.list(self._backend, prefix, chunk_size=1000):
                for meta in batch:
                    yield StoredKey(meta["path"], meta["size"], meta["last_modified"])
        except (BaseError, OSError) as error:
            raise self._fault("list", prefix, error) from error

    async def check(self, *, write: bool = False, limit: float = _ANSWER_SECONDS) -> None:
        """Ask the store for an answer, within `limit` seconds.

        Reading one small object is what it costs. A write is tried when it is asked for, and after
        one that failed, so that a store which gives but does not take is noticed, and its recovery
        too.

        Raises:
            StorageFull, StorageUnavailable: The store cannot be used as it is.
        """
        with self._span("check", _PROBE_KEY):
            try:
                async with self._asking("check", _PROBE_KEY, limit=limit):
                    if write or self._write_failed:
                        await obstore.put_async(
                            self._backend, _PROBE_KEY, _PROBE, use_multipart=False
                        )
                        self._write_failed = False
                    else:
                        await obstore.get_async(self._backend, _PROBE_KEY)
            except ObjectMissing:
                return

    def usage(self) -> VolumeUsage | None:
        """Return the use of a local store's volume; None for a remote store, which has no end."""
        return None if self._root is None else volume_usage(self._root)

    def check_room(self, size: int) -> None:
        """Refuse bytes that would eat into the reserve of a local store's volume.

        Raises:
            StorageFull: The volume has not enough room, with the figures.
        """
        usage = self.usage()
        if usage is not None:
            try:
                check_reserve(usage, size, self._reserve_bytes)
            except StorageFull:
                self._count("put", StorageFull.code)
                raise

    async def remove_stale(self, before: datetime) -> int:
        """Remove what writes that died have left beside their places; return how many files.

        Only files last touched before `before` go, since other processes may be writing. At
        remote stores unfinished multipart uploads expire by the bucket's lifecycle rule.
        """
        if self._root is None:
            return 0
        root = self._root
        return await anyio.to_thread.run_sync(lambda: _durable.remove_stale(root, before))

    def _span(
        self, operation: StorageOperation, key: str, *, size_bytes: int | None = None
    ) -> Span:
        system = "file" if self.is_local else self.place.partition(":")[0]
        attributes = storage_attributes(system, operation, key, size_bytes=size_bytes)
        return span(f"{operation} object", "client", attributes)

    @asynccontextmanager
    async def _asking(
        self, operation: StorageOperation, key: str, *, limit: float | None = _ANSWER_SECONDS
    ) -> AsyncGenerator[None]:
        """Turn what the client raises into our faults, and give up on a remote store in time."""
        try:
            async with asyncio.timeout(None if self.is_local else limit):
                yield
        except (BaseError, OSError) as error:
            raise self._fault(operation, key, error) from error
        if operation == "put":
            self._write_failed = False

    def _fault(self, operation: StorageOperation, key: str, error: BaseException) -> Exception:
        missing = isinstance(error, FileNotFoundError) and not is_missing_bucket(error)
        if missing and operation != "put" and operation != "list":
            return ObjectMissing(key)
        fault = classify(error, operation=operation, place=self.place)
        self._count(operation, fault.code)
        if operation == "put":
            self._write_failed = True
        return fault

    def _count(self, operation: StorageOperation, code: StorageFailure) -> None:
        if self._metrics is not None:
            self._metrics.count_failure(operation, code)

    async def _settle(self, key: str) -> None:
        if self._root is None:
            return
        path = self._root / key
        root = self._root
        try:
            await anyio.to_thread.run_sync(lambda: _durable.flush(path, root))
        except OSError as error:
            await self.delete(key)
            raise self._fault("put", key, error) from error

    async def _chunks(self, key: str, result: obstore.GetResult) -> AsyncIterator[bytes]:
        try:
            async for chunk in result.stream(min_chunk_size=_READ_CHUNK):
                yield bytes(chunk)
        except (BaseError, OSError) as error:
            raise self._fault("get", key, error) from error


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
