"""The memory of a process that shares a directory: a file of its own, mapped, that its group can
read.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from pathlib import Path

from asset_forge.observability.metrics._declarations import Declaration
from asset_forge.observability.metrics._layout import (
    HEADER_BYTES,
    Kind,
    describe,
    encode,
    header,
    key,
    padding,
)
from asset_forge.observability.metrics._memory import Cell

_CHUNK_BYTES = 16 * mmap.ALLOCATIONGRANULARITY
"""The size of a new file (64 KiB); it doubles when it is full, as each mapping takes a file
descriptor.
"""


class MemberFile:
    """The file that this process writes.

    The lock held on it (flock) says that the process lives: the kernel releases it with the
    process, whatever ends it, and no other process can be taken for it, as with a process id.
    """

    def __init__(self, directory: Path, member: str) -> None:
        """Create the file; its caller holds the lock of the group. Raises `OSError`."""
        self.member = member
        self.path = directory / f"member-{member}.metrics"
        draft = self.path.with_suffix(".tmp")
        self._lock = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        self._file = -1
        self._was_cut = False
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A mapping keeps a duplicate of its descriptor, and a duplicate keeps the lock: hence
            # a second description of the open file.
            self._file = os.open(draft, os.O_RDWR | os.O_CLOEXEC)
            self._length = 0
            self._grow(_CHUNK_BYTES)
            self._chunk[:HEADER_BYTES] = header(member)
            self._used = HEADER_BYTES
            draft.rename(self.path)
        except BaseException:
            self.release()
            draft.unlink(missing_ok=True)
            raise
        self._declared: dict[str, int] = {}

    def allocate(self, declaration: Declaration, values: tuple[str, ...] | None) -> Cell:
        """Append a series and return its cell, all zero.

        Raises `OSError` when the file cannot grow.
        """
        position = self._declared.get(declaration.name)
        if position is None:
            self._append(Kind.DECLARATION, describe(declaration), 0)
            position = self._declared[declaration.name] = len(self._declared)
        return self._append(Kind.SERIES, key(position, values), declaration.width)

    def make_room(self) -> None:
        """Grow now, and not only when a series needs it. Raises `OSError`."""
        self._extend(_CHUNK_BYTES)

    def is_whole(self) -> bool:
        """Say whether the file is in the directory, where the group finds it, and was not cut."""
        status = os.fstat(self._lock)
        return status.st_nlink > 0 and status.st_size >= self._length and not self._was_cut

    def mend(self) -> None:
        """Give back its length to a file that was cut. Raises `OSError`.

        What was in the part that is gone reads as 0, where using it would have ended the process.
        """
        size: int = os.fstat(self._lock).st_size
        if size < self._length:
            self._was_cut = True
            self._fill(size, self._length)

    def release(self) -> None:
        """Close the file: from now on the group treats this member as gone, unless a parent process
        is it.

        The numbers of the descriptors are forgotten, because other files will get them.
        """
        closing, self._lock, self._file = (self._lock, self._file), -1, -1
        for file in closing:
            if file >= 0:
                os.close(file)

    def _append(self, kind: Kind, payload: bytes, width: int) -> Cell:
        record, values = encode(kind, payload, width)
        if self._used + len(record) > len(self._chunk):
            self._extend(len(record))
        start = self._used
        self._chunk[start + 16 : start + len(record)] = record[16:]
        self._chunk[start : start + 16] = record[:16]
        self._used += len(record)
        return Cell(self._view, (start + values) // 8)

    def _extend(self, size: int) -> None:
        """Go on in a new chunk of at least `size` bytes."""
        chunk, used = self._chunk, self._used
        self._grow(max(self._length, size))
        if used < len(chunk):
            chunk[used : used + 16] = padding(len(chunk) - used)
        self._used = 0

    def _grow(self, size: int) -> None:
        """Map `size` more bytes, rounded up."""
        size += -size % _CHUNK_BYTES
        self._fill(self._length, self._length + size)
        self._chunk = mmap.mmap(self._file, size, offset=self._length)
        self._view = memoryview(self._chunk).cast("d")
        self._length += size

    def _fill(self, start: int, end: int) -> None:
        """Write zeros: a mapped hole on a full disk would end the process (SIGBUS), a write raises
        an error.
        """
        while start < end:
            start += os.pwrite(self._file, bytes(end - start), start)
