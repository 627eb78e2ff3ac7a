"""The store of objects: each appears whole and checked under its key, or not at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import obstore
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from obstore.exceptions import BaseError
from obstore.store import ObjectStore as Backend

from asset_forge.observability.tracing import Span, span, storage_attributes

from . import _durable
from ._check import Check, Stored
from ._faults import DamagedObject, ObjectMissing, StorageFull, classify

MEBIBYTE: Final = 1024 * 1024

_PIECE: Final = MEBIBYTE // 4
"""Bytes that are hashed and handed over at once: short enough for the event loop."""

_LOCAL_PART: Final = MEBIBYTE
_REMOTE_PART: Final = 8 * MEBIBYTE
"""Bytes of one part of a multipart upload; object stores ask for at least 5 MiB."""

_READ_CHUNK: Final = MEBIBYTE // 4


@dataclass(frozen=True, slots=True)
class StoredKey:
    """One key of a listing, its size in bytes and when it was last written."""

    key: str
    size: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class VolumeUsage:
    """The bytes of a volume: in use, free to this process, and in all."""

    used: int
    free: int
    total: int


class ObjectStore:
    """Objects by key, in a local directory or at a provider.

    An object becomes visible only when all of its bytes have come and were checked. A local one
    is written beside its place, renamed, and flushed to the disk together with its directory.
    `root` is the directory of a local store; `reserve_bytes` stay free on its volume, so that the
    database beside it can still write.
    """

    def __init__(
        self, backend: Backend, *, place: str, root: Path | None = None, reserve_bytes: int = 0
    ) -> None:
        self._backend = backend
        self._root = root
        self._reserve_bytes = reserve_bytes
        self.place = place

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
            StorageFull: The volume has no room left.
            StorageUnavailable: The store failed.
        """
        with self._span("put", key):
            return await self._put_stream(key, source, expected_length, expected_sha256)

    async def _put_stream(
        self,
        key: str,
        source: AsyncIterable[bytes],
        expected_length: int | None,
        expected_sha256: str | None,
    ) -> Stored:
        self.check_room(expected_length or 0)
        check = Check(expected_length, expected_sha256)
        part = _LOCAL_PART if self.is_local else _REMOTE_PART
        handed_over, pieces = anyio.create_memory_object_stream[bytes](1)
        failure: Exception | None = None
        async with pieces, anyio.create_task_group() as tasks:
            tasks.start_soon(self._hand_over, source, check, handed_over)
            try:
                await obstore.put_async(
                    self._backend,
                    key,
                    _whole(pieces, check),
                    use_multipart=True,
                    chunk_size=part,
                    max_concurrency=2,
                )
            except Exception as error:  # noqa: BLE001 - raised on below, outside of the group
                failure = error
            tasks.cancel_scope.cancel()
        if isinstance(failure, BaseError | OSError):
            raise classify(failure, doing="write", place=self.place) from failure
        if check.failure is not None:
            raise check.failure
        if failure is not None:
            raise failure
        await self._settle(key)
        return check.stored()

    async def put_bytes(self, key: str, data: bytes) -> Stored:
        """Store bytes under a key, as `put_stream` does."""
        with self._span("put", key, size_bytes=len(data)):
            self.check_room(len(data))
            try:
                await obstore.put_async(self._backend, key, data, use_multipart=False)
            except (BaseError, OSError) as error:
                raise classify(error, doing="write", place=self.place) from error
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
            try:
                if start == 0 and end is None:
                    result = await obstore.get_async(self._backend, key)
                else:
                    size = end if end is not None else await self.size(key)
                    result = await obstore.get_async(
                        self._backend, key, options={"range": (start, size)}
                    )
            except (BaseError, OSError) as error:
                raise self._reading_fault(key, error) from error
        return self._chunks(key, result)

    def _span(self, operation: str, key: str, *, size_bytes: int | None = None) -> Span:
        system = "file" if self.is_local else self.place.partition(":")[0]
        attributes = storage_attributes(system, operation, key, size_bytes=size_bytes)
        return span(f"{operation} object", "client", attributes)

    async def read(self, key: str) -> bytes:
        """Return all bytes of an object; for those that are known to be small."""
        return b"".join([chunk async for chunk in await self.open_range(key)])

    async def size(self, key: str) -> int:
        """Return an object's size in bytes.

        Raises:
            ObjectMissing: There is no such object.
            StorageUnavailable: The store failed.
        """
        try:
            return (await obstore.head_async(self._backend, key))["size"]
        except (BaseError, OSError) as error:
            raise self._reading_fault(key, error) from error

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is as good as deleted."""
        try:
            await obstore.delete_async(self._backend, key)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise classify(error, doing="delete", place=self.place) from error

    async def list_keys(self, prefix: str) -> AsyncIterator[StoredKey]:
        """Yield the objects whose keys lie under a prefix, in no order."""
        try:
            async for batch in obstore.list(self._backend, prefix, chunk_size=1000):
                for meta in batch:
                    yield StoredKey(meta["path"], meta["size"], meta["last_modified"])
        except (BaseError, OSError) as error:
            raise classify(error, doing="list", place=self.place) from error

    def usage(self) -> VolumeUsage | None:
        """Return the use of a local store's volume; None for a remote store, which has no end."""
        if self._root is None:
            return None
        usage = shutil.disk_usage(self._root)
        return VolumeUsage(used=usage.used, free=usage.free, total=usage.total)

    def check_room(self, size: int) -> None:
        """Refuse bytes that would eat into the volume's reserve.

        Raises:
            StorageFull: The volume has not enough room, with the figures.
        """
        usage = self.usage()
        if usage is not None and usage.free - size < self._reserve_bytes:
            raise StorageFull(
                f"The storage's volume has {usage.free} of {usage.total} bytes free and keeps "
                f"{self._reserve_bytes} in reserve (VOLUME_RESERVE_BYTES), so that {size} more do "
                "not fit. An operator has to free space, or to point STORAGE_URL or "
                "ASSET_FORGE_DATA_DIR at a larger volume"
            )

    async def remove_stale(self, before: datetime) -> int:
        """Remove what writes that died have left beside their places; return how many files.

        Only files last touched before `before` go, since other processes may be writing. At
        remote stores unfinished multipart uploads expire by the bucket's lifecycle rule.
        """
        if self._root is None:
            return 0
        root = self._root
        return await anyio.to_thread.run_sync(lambda: _durable.remove_stale(root, before))

    async def _settle(self, key: str) -> None:
        if self._root is None:
            return
        path = self._root / key
        root = self._root
        try:
            await anyio.to_thread.run_sync(lambda: _durable.flush(path, root))
        except OSError as error:
            await self.delete(key)
            raise classify(error, doing="write", place=self.place) from error

    async def _hand_over(
        self,
        source: AsyncIterable[bytes],
        check: Check,
        handed_over: MemoryObjectSendStream[bytes],
    ) -> None:
        """Read the source in a task of ours: obstore leaves its own waiting when it is canceled."""
        pending = bytearray()
        try:
            async for chunk in source:
                pending += chunk
                while len(pending) >= _PIECE:
                    piece = bytes(pending[:_PIECE])
                    del pending[:_PIECE]
                    self.check_room(len(piece))
                    check.update(piece)
                    await handed_over.send(piece)
            if pending:
                check.update(bytes(pending))
                await handed_over.send(bytes(pending))
            check.finish()
        except Exception as error:  # noqa: BLE001 - raised on by `put_stream`
            check.failure = error
        finally:
            handed_over.close()

    async def _chunks(self, key: str, result: obstore.GetResult) -> AsyncIterator[bytes]:
        try:
            async for chunk in result.stream(min_chunk_size=_READ_CHUNK):
                yield bytes(chunk)
        except (BaseError, OSError) as error:
            raise self._reading_fault(key, error) from error

    def _reading_fault(self, key: str, error: BaseException) -> Exception:
        if isinstance(error, FileNotFoundError):
            return ObjectMissing(key)
        return classify(error, doing="read", place=self.place)


async def _whole(pieces: MemoryObjectReceiveStream[bytes], check: Check) -> AsyncIterator[bytes]:
    """Yield the pieces, and end without an error only after the last one was checked."""
    async for piece in pieces:
        yield piece
    if not check.passed:
        raise DamagedObject("the source broke off")


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
