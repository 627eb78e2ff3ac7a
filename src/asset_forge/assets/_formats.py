"""What an uploaded file is, told from its bytes, and whether all of it is there."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import msgspec

from asset_forge.faults import InvalidRequest, UnsupportedMedia

JSON_LIMIT: Final = 16 * 1024 * 1024
"""The most bytes of a JSON document, since checking it takes holding it in memory."""

_TAIL: Final = 65_536 + 22 + 20 + 56
"""The most that a ZIP can have behind its central directory: its end records and a comment."""


class FileType(enum.StrEnum):
    """The file formats that are told apart; everything else is `other`."""

    GLB = "glb"
    PNG = "png"
    WAV = "wav"
    JSON = "json"
    ZIP = "zip"
    OTHER = "other"


MEDIA_TYPES: Final = {
    FileType.GLB: "model/gltf-binary",
    FileType.PNG: "image/png",
    FileType.WAV: "audio/wav",
    FileType.JSON: "application/json",
    FileType.ZIP: "application/zip",
    FileType.OTHER: "application/octet-stream",
}

_EXTENSIONS: Final = {
    ".glb": FileType.GLB,
    ".png": FileType.PNG,
    ".wav": FileType.WAV,
    ".wave": FileType.WAV,
    ".json": FileType.JSON,
    ".gltf": FileType.JSON,
    ".zip": FileType.ZIP,
}

_CLAIMED_MEDIA: Final = {
    "model/gltf-binary": FileType.GLB,
    "image/png": FileType.PNG,
    "audio/wav": FileType.WAV,
    "audio/wave": FileType.WAV,
    "audio/x-wav": FileType.WAV,
    "audio/vnd.wave": FileType.WAV,
    "application/json": FileType.JSON,
    "model/gltf+json": FileType.JSON,
    "application/zip": FileType.ZIP,
    "application/x-zip-compressed": FileType.ZIP,
}

_UNSPECIFIC_MEDIA: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})


@dataclass(frozen=True, slots=True)
class FileFormat:
    """What a file turned out to be."""

    file_type: FileType
    media_type: str


def claimed_types(filename: str, content_type: str) -> dict[str, FileType]:
    """Return the types that a file's name and media type claim, by the claim's text.

    A media type that names a format of its own, such as `image/jpeg`, claims `other`.
    """
    claims: dict[str, FileType] = {}
    extension = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    if extension in _EXTENSIONS:
        claims[f"the extension {extension!r}"] = _EXTENSIONS[extension]
    media = content_type.partition(";")[0].strip().lower()
    if media in _CLAIMED_MEDIA:
        claims[f"the content type {media!r}"] = _CLAIMED_MEDIA[media]
    elif media not in _UNSPECIFIC_MEDIA and media.startswith(("image/", "audio/", "model/")):
        claims[f"the content type {media!r}"] = FileType.OTHER
    return claims


class Inspector:
    """Reads a file as it passes and says at its end what it is.

    Memory is bounded: the head, the last 64 KiB, and for JSON the document up to `JSON_LIMIT`.
    """

    def __init__(self, filename: str = "", content_type: str = "") -> None:
        self._claims = claimed_types(filename, content_type)
        self._head = b""
        self._tail = b""
        self._document: bytearray | None = bytearray()
        self._size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        self._size += len(chunk)
        if len(self._head) < 16:
            self._head = (self._head + chunk[:16])[:16]
        self._tail = (self._tail + chunk)[-_TAIL:]
        if self._document is None:
            return
        self._document += chunk
        start = bytes(self._document[:64]).lstrip(b" \t\r\n")
        if start and start[:1] not in (b"{", b"["):
            self._document = None
        elif len(self._document) > JSON_LIMIT:
            if FileType.JSON in self._claims.values():
                raise InvalidRequest(
                    f"is a JSON document of more than {JSON_LIMIT} bytes, the most that is checked",
                    field="file",
                )
            self._document = None

    def finish(self) -> FileFormat:
        """Return the format of the whole file.

        Raises:
            InvalidRequest: The file is empty, cut short or damaged.
            UnsupportedMedia: Its name or media type claims another format.
        """
        if self._size == 0:
            raise InvalidRequest("is empty; send the bytes of a file", field="file")
        found = self._sniff()
        for claim, claimed in self._claims.items():
            if claimed is not found:
                raise UnsupportedMedia(
                    f"is {found.value} by its bytes, but {claim} says {claimed.value}. "
                    "Send the file under its own extension and content type",
                    field="file",
                )
        fault = self._fault(found)
        if fault:
            raise InvalidRequest(f"is refused: {fault}. Send the whole file again", field="file")
        return FileFormat(found, MEDIA_TYPES[found])

    def _sniff(self) -> FileType:
        head = self._head
        if head.startswith(b"glTF"):
            return FileType.GLB
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return FileType.PNG
        if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
            return FileType.WAV
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return FileType.ZIP
        if self._document is not None and (
            FileType.JSON in self._claims.values() or _is_json(self._document)
        ):
            return FileType.JSON
        return FileType.OTHER

    def _fault(self, found: FileType) -> str | None:
        if found is FileType.GLB:
            return self._length_fault("GLB", self._declared_length(8, 0))
        if found is FileType.WAV:
            return self._length_fault("WAV", self._declared_length(4, 8))
        if found is FileType.PNG and not self._tail.endswith(b"\0\0\0\0IEND\xaeB`\x82"):
            return "the PNG does not end with its IEND chunk, it is cut short or damaged"
        if found is FileType.ZIP and not _zip_is_whole(self._tail, self._size):
            return "the ZIP has no central directory at its end, it is cut short or damaged"
        if found is FileType.JSON and not _is_json(self._document or b""):
            return "it is no JSON document in UTF-8, or it is cut short"
        return None

    def _declared_length(self, offset: int, added: int) -> int | None:
        if len(self._head) < offset + 4:
            return None
        (length,) = struct.unpack_from("<I", self._head, offset)
        return int(length) + added

    def _length_fault(self, name: str, declared: int | None) -> str | None:
        if declared is None:
            return f"the {name} ends within its header"
        if declared == self._size:
            return None
        return f"the {name}'s header says {declared} bytes, {self._size} came"


def _is_json(document: bytes | bytearray) -> bool:
    try:
        msgspec.json.decode(document, type=msgspec.Raw)
        bytes(document).decode("utf-8")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _zip_is_whole(tail: bytes, size: int) -> bool:
    """Find the end record whose comment reaches the end, and a directory that fits before it."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        record = tail[at : at + 22]
        if len(record) == 22:
            entries, length, offset, comment = struct.unpack("<10xHIIH", record)
            place = size - len(tail) + at
            zip64 = 0xFFFFFFFF in (length, offset) or entries == 0xFFFF
            fits = offset + length <= place or (zip64 and tail.rfind(b"PK\x06\x07", 0, at) >= 0)
            if fits and at + 22 + comment == len(tail):
                return True
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return False
