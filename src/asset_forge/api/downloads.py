"""HTTP's rules for sending a file: which bytes, whether at all, and under which name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from litestar.exceptions import HTTPException

from asset_forge.assets import FileType
from asset_forge.database.models import Asset

_RANGE: Final = re.compile(r"bytes[ \t]*=[ \t]*([0-9]*)-([0-9]*)[ \t]*", re.IGNORECASE)
_ENDLESS: Final = 10**18

_EXTENSIONS: Final = {file_type.value: f".{file_type.value}" for file_type in FileType} | {
    FileType.OTHER.value: ""
}


class Unsatisfiable(Exception):
    """None of the bytes that were asked for are in the file (416)."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the bytes that a Range header asks for, as start and end (exclusive).

    None stands for the whole file: no header, several ranges, another unit, or one that is
    malformed, all of which a server may ignore (RFC 9110, section 14.2).

    Raises:
        Unsatisfiable: The range lies outside of the file.
    """
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        length = min(_number(last), size)
        if length == 0:
            raise Unsatisfiable
        return size - length, size
    start = _number(first)
    end = _number(last) + 1 if last else size
    if end <= start and last:
        return None
    if start >= size:
        raise Unsatisfiable
    return start, min(end, size)


def _number(digits: str) -> int:
    return _ENDLESS if len(digits) > 18 else int(digits)


def matches(header: str | None, etag: str) -> bool:
    """Say whether an If-None-Match header names a tag, compared weakly (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return etag in tags or header.strip() == "*"


def range_is_current(if_range: str | None, etag: str) -> bool:
    """Say whether a Range header counts; a date or a weak tag never does, since we have none."""
    return if_range is None or if_range.strip() == etag


def content_disposition(name: str, file_type: str) -> str:
    """Return the header that has a file saved under its asset's name (RFC 6266).

    The plain `filename` has only characters that are safe everywhere; `filename*` has the name
    itself (RFC 8187), without what separates directories or is forbidden in file names.
    """
    full = _file_name(name, _EXTENSIONS.get(file_type, ""))
    plain = unicodedata.normalize("NFKD", full).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", plain).strip(" .") or "asset"
    if plain == full:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(full, safe='')}"


def file_headers(asset: Asset) -> dict[str, str]:
    """Return the headers that describe an asset's whole file."""
    return {
        "etag": f'"{asset.sha256}"',
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",
        "content-disposition": content_disposition(asset.name, asset.file_type),
        "x-content-type-options": "nosniff",
    }


def wanted_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return what `parse_range` does, and answer 416 where the range lies outside of the file."""
    try:
        return parse_range(header, size)
    except Unsatisfiable:
        raise HTTPException(
            status_code=416,
            detail=f"The range lies outside of the file, which has {size} bytes",
            headers={"content-range": f"bytes */{size}"},
        ) from None


def _file_name(name: str, extension: str) -> str:
    kept = "".join(
        "_" if character in '/\\:*?"<>|' or unicodedata.category(character)[0] == "C" else character
        for character in name
    )
    kept = kept.strip(" .") or "asset"
    return kept if kept.lower().endswith(extension) else kept + extension
