"""The other members of a group, as this process reads them."""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Any

from asset_forge.observability.metrics._layout import (
    HEADER_BYTES,
    FormatError,
    Kind,
    Record,
    check_header,
    is_end,
    records,
)
from asset_forge.observability.metrics._locks import is_living
from asset_forge.observability.metrics._memory import Cell

_SLICE = 128


@dataclass(slots=True)
class Series(Cell):
    """The cell of a series in a peer's file, with the metric as described there, and labels."""

    _: KW_ONLY
    description: bytes
    values: tuple[str, ...] | None
    width: int


def stamp(status: os.stat_result) -> tuple[int, int, int, int]:
    """Return what tells a file from its successor of the same name, and from itself cut."""
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


class PeerFile:
    """A member's file, or the one of the folded members, opened for reading."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises `OSError`, or `FormatError` if it is none of ours."""
        self.path = path
        self.identity = path.stem.removeprefix("member-")
        self.absorbed: tuple[str, ...] = ()
        self.living = False
        self.damage: str | None = None
        """What is wrong with the file behind the last of its series, if anything is."""
        # Description, label values, index and width: exact tuples of plain values, because there
        # may be very many, and the garbage collector goes through all other objects.
        self._rows: list[tuple[bytes, tuple[str, ...] | None, int, int]] = []
        self._offset = HEADER_BYTES
        self._descriptions: list[bytes] = []
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            self._mapped: int = 0
            self.stamp = stamp(os.fstat(self._file))
            self._remap()
            check_header(self._bytes[:HEADER_BYTES])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file; views that have been handed out stay readable."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def forget(self) -> Iterator[None]:
        """Give back the memory of a closed file, in steps."""
        while self._rows:
            del self._rows[-_SLICE:]
            yield

    @property
    def size(self) -> int:
        """How many series have been read."""
        return len(self._rows)

    def series(self) -> Iterator[Series]:
        """Go through the series that have been read."""
        for description, values, index, width in self._rows:
            yield Series(self._view, index, description=description, values=values, width=width)

    def check_living(self) -> bool:
        """Look whether the writer lives, and remember it in `living`."""
        self.living = is_living(self._file)
        return self.living

    def read(self) -> Iterator[None]:
        """Read the series that the file has gained since the last call; yields now and then.

        Raises `FormatError` when the file was cut.
        """
        self._remap()
        self.damage = None
        for count, record in enumerate(records(self._bytes, self._offset), start=1):
            self._take(record)
            if self.damage is not None:
                return
            self._offset = record.end
            if count % _SLICE == 0:
                yield
        if not self.living and not is_end(self._bytes, self._offset):
            self.damage = f"what follows byte {self._offset} cannot be read"

    def check_size(self) -> None:
        """Raise `FormatError` when the file was cut: reading its mapping would end this process."""
        self._current_size()

    def _take(self, record: Record) -> None:
        try:
            content: Any = json.loads(record.payload)
            if record.kind is Kind.DECLARATION:
                self._descriptions.append(record.payload)
            elif record.kind is Kind.ABSORBED:
                self.absorbed = tuple(content)
            elif record.kind is Kind.SERIES:
                position, values = content
                labels = None if values is None else tuple(values)
                description = self._descriptions[int(position)]
                self._rows.append((description, labels, record.index, record.width))
        except (ValueError, TypeError, IndexError) as error:
            self.damage = f"a record makes no sense: {error!r}"

    def _current_size(self) -> int:
        size: int = os.fstat(self._file).st_size // 8 * 8
        least = max(self._mapped, HEADER_BYTES)
        if size < least:
            raise FormatError(f"{size} bytes where at least {least} were expected")
        return size

    def _remap(self) -> None:
        size = self._current_size()
        if size != self._mapped:
            mapping = mmap.mmap(self._file, size, access=mmap.ACCESS_READ)
            self._bytes = memoryview(mapping)
            self._view = self._bytes.cast("d")
            self._mapped = size
