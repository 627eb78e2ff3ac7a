"""The file of one member of a group of processes: a header, then records that are only ever
appended.

    header   64 bytes   magic, version, the member's id
    record   16 bytes   size of the record, kind, how many values, bytes of payload, CRC-32 of these
                        and of the payload
             payload    JSON in UTF-8, padded with spaces to 8 bytes
             values     8-byte floats in the machine's order, aligned to 8 bytes
             padding    to 16 bytes

A declaration record describes a metric, a series record refers to its declaration by position and
carries the label values (`null` in their place marks when a gauge was cleared), an absorbed record
lists members that have been folded in. The 16 bytes in front of a payload are written after it:
where half of them are 0 the file ends, or a record is being written, or its writer died while
writing it. Values are single aligned 8-byte stores, which the processor does not split.
"""

from __future__ import annotations

import enum
import json
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
)
from asset_forge.observability.metrics._mirror import Mirror

VERSION = 2
HEADER_BYTES = 64
_MAGIC = b"AFMETRIC"
_HEADER = struct.Struct("=8sI4x32s")
_FACTS = struct.Struct("=IHHI")
_RECORD = struct.Struct("=IHHII")
_HALVES = struct.Struct("=QQ")


class Kind(enum.IntEnum):
    """What a record says."""

    DECLARATION = 1
    SERIES = 2
    ABSORBED = 3
    PADDING = 4


class FormatError(ValueError):
    """A file that is not a member's, or of another version."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read; `index` says where its values begin, in doubles from the file's start."""

    kind: Kind
    payload: bytes
    index: int
    width: int
    end: int


def header(member: str) -> bytes:
    """Return the header for the member's id (32 hexadecimal digits)."""
    return _HEADER.pack(_MAGIC, VERSION, member.encode("ascii")).ljust(HEADER_BYTES, b"\0")


def check_header(data: memoryview | bytes) -> None:
    """Raise `FormatError` unless `data` begins with a header that this version can read."""
    if len(data) < HEADER_BYTES:
        raise FormatError(f"{len(data)} bytes are less than a header")
    magic, version, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise FormatError("it does not begin as a metrics file")
    if version != VERSION:
        raise FormatError(f"it has version {version}, this program reads {VERSION}")


def encode(kind: Kind, payload: bytes, width: int, values: bytes = b"") -> tuple[bytes, int]:
    """Return a record and the offset of its values in it."""
    payload += b" " * (-len(payload) % 8)
    start = _RECORD.size + len(payload)
    size = start + 8 * width
    size += -size % 16
    return (_lead(size, kind, width, payload) + payload + values).ljust(size, b"\0"), start


def padding(size: int) -> bytes:
    """Return the lead of a record that only fills `size` bytes, a multiple of 16."""
    return _lead(size, Kind.PADDING, 0, b"")


def _lead(size: int, kind: Kind, width: int, payload: bytes) -> bytes:
    facts = _FACTS.pack(size, kind, width, len(payload))
    return facts + zlib.crc32(payload, zlib.crc32(facts)).to_bytes(4, sys.byteorder)


def records(data: memoryview, offset: int) -> Iterator[Record]:
    """Read the complete records of `data` (bytes, from the start of the file) from `offset` on."""
    limit = len(data)
    while offset + _RECORD.size <= limit:
        size, kind, width, length, checksum = _RECORD.unpack_from(data, offset)
        start = offset + _RECORD.size
        values = start + length
        if size == 0 or size % 16 or length % 8 or offset + size > limit:
            return
        if values + 8 * width > offset + size or not Kind.DECLARATION <= kind <= Kind.PADDING:
            return
        payload = bytes(data[start:values])
        facts = zlib.crc32(data[offset : offset + _FACTS.size])
        if zlib.crc32(payload, facts) != checksum:
            return
        offset += size
        if kind != Kind.PADDING:
            yield Record(Kind(kind), payload, values // 8, width, offset)


def is_end(data: memoryview, offset: int) -> bool:
    """Say whether the records may end at `offset`: nothing is there, or one half of the first bytes
    of a record.
    """
    rest = bytes(data[offset : offset + _HALVES.size]).ljust(_HALVES.size, b"\0")
    return 0 in _HALVES.unpack(rest)


def describe(declaration: Declaration) -> bytes:
    """Return the payload of a declaration record."""
    facts: dict[str, object] = {
        "kind": declaration.kind,
        "name": declaration.name,
        "help": declaration.help,
        "labels": [[label.name, label.values is None] for label in declaration.labels],
        "endpoint": declaration.endpoint,
        "unit": declaration.unit,
        "limit": declaration.series_limit,
    }
    if declaration.mirror is not None:
        facts["mirror"] = [declaration.mirror.source, declaration.mirror.labels]
    if isinstance(declaration, GaugeDeclaration):
        facts["merge"] = declaration.merge.value
    if isinstance(declaration, HistogramDeclaration):
        facts["buckets"] = declaration.buckets
    return json.dumps(facts).encode()


def understand(payload: bytes) -> Declaration:
    """Return the declaration of another process, all labels open; raise `ValueError` if it makes no
    sense.
    """
    try:
        facts = json.loads(payload)
        name, help_text = str(facts["name"]), str(facts["help"])
        labels = tuple(Label(str(label)) for label, _ in facts["labels"])
        endpoint, unit, limit = str(facts["endpoint"]), str(facts["unit"]), int(facts["limit"])
        match facts["kind"]:
            case "counter":
                make = CounterDeclaration
            case "gauge":
                make = partial(GaugeDeclaration, merge=Merge(facts["merge"]))
            case "histogram":
                bounds = tuple(float(bound) for bound in facts["buckets"])
                make = partial(HistogramDeclaration, buckets=bounds)
            case "info":
                make = InfoDeclaration
            case other:
                raise ValueError(f"unknown kind {other!r}")
        mirror = None
        if "mirror" in facts:
            source, theirs = facts["mirror"]
            mirror = Mirror(str(source), tuple(str(label) for label in theirs))
        return make(
            name, help_text, labels, endpoint=endpoint, unit=unit, series_limit=limit, mirror=mirror
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a declaration: {error!r}") from error


def open_labels(payload: bytes) -> tuple[bool, ...]:
    """Return for each label of a declaration record whether its values are open."""
    return tuple(bool(is_open) for _, is_open in json.loads(payload)["labels"])


def key(declaration: int, values: tuple[str, ...] | None) -> bytes:
    """Return the payload of a series record; `None` stands for the moment of clearing."""
    return json.dumps([declaration, values], ensure_ascii=False).encode()
