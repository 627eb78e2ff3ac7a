"""The bytes of an upload on their way into the storage: measured, limited and inspected."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import anyio.to_thread

from asset_forge.asset_types import AssetType
from asset_forge.faults import QuotaExceeded, TooLarge

from ._formats import FileFormat, Inspector


@dataclass(frozen=True, slots=True)
class UploadDetails:
    """What is said about an uploaded file; a missing name is taken from the file's own."""

    type: AssetType
    name: str | None = None
    project_id: str | None = None
    description: str = ""
    tags: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """An uploaded file while it comes in; its name and media type are only claims."""

    chunks: AsyncIterable[bytes]
    filename: str = ""
    content_type: str = ""


DetailsReader = Callable[[], Awaitable[UploadDetails]]
"""Reads the details once the file's bytes have come: in a form they may stand behind the file."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one upload may take: the service's limit, and what the user's quota has left."""

    max_upload_bytes: int
    room: int | None = None

    def check(self, size: int) -> None:
        """Refuse a size that is over a limit.

        Raises:
            TooLarge: It is over the limit for one upload.
            QuotaExceeded: It is over what the quota has left.
        """
        if size > self.max_upload_bytes:
            raise TooLarge(
                f"has more than {self.max_upload_bytes} bytes, the most that one upload may have "
                "(MAX_UPLOAD_BYTES). Send a smaller file",
                field="file",
            )
        if self.room is not None and size > self.room:
            raise QuotaExceeded(
                f"The file has more than the {self.room} bytes that the user's quota has left. "
                "Delete assets, or ask an operator for a larger quota",
                scope="user",
            )


class Upload:
    """One upload under way; iterating over `checked()` hands its bytes to the storage.

    The iteration ends only after the whole file was inspected and its details were read, and
    raises otherwise, so that the storage publishes nothing that is refused.
    """

    def __init__(self, file: IncomingFile, read_details: DetailsReader, limits: Limits) -> None:
        self._file = file
        self._read_details = read_details
        self._limits = limits
        self._outcome: tuple[FileFormat, UploadDetails] | None = None

    async def checked(self) -> AsyncIterator[bytes]:
        """Yield the file's bytes as they come.

        Raises:
            TooLarge, QuotaExceeded: A limit was passed.
            InvalidRequest, UnsupportedMedia: The file or its details are refused.
        """
        inspector = Inspector(self._file.filename, self._file.content_type)
        size = 0
        async for chunk in self._file.chunks:
            size += len(chunk)
            self._limits.check(size)
            inspector.feed(chunk)
            yield chunk
        details = await self._read_details()
        found = await anyio.to_thread.run_sync(inspector.finish)
        self._outcome = found, details

    @property
    def outcome(self) -> tuple[FileFormat, UploadDetails]:
        """The file's format and its details, once all of it was handed over."""
        if self._outcome is None:
            raise RuntimeError("the upload has not been read to its end")
        return self._outcome
