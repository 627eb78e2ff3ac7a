"""What a local directory needs beyond obstore, whose renames are atomic but not flushed."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path

_TEMPORARY = re.compile(r".+#\d+")
"""How obstore names the file beside its place while it is being written."""


def flush(path: Path, root: Path) -> None:
    """Flush a file and the directories from it up to the root, so that a power cut keeps it."""
    _fsync(path)
    for directory in path.parents:
        _fsync(directory)
        if directory == root:
            break


def probe(root: Path) -> None:
    """Raise the `OSError` that a write into the directory would meet."""
    if not os.access(root, os.W_OK | os.X_OK):
        raise PermissionError(13, "not writable", str(root))


def remove_stale(root: Path, before: datetime) -> int:
    """Remove temporary files last written before a moment; return how many."""
    limit = before.timestamp()
    removed = 0
    for directory, _, names in os.walk(root):
        for name in names:
            path = Path(directory, name)
            if _TEMPORARY.fullmatch(name) and _modified(path) < limit:
                path.unlink(missing_ok=True)
                removed += 1
    return removed


def remove_unfinished(place: Path) -> None:
    """Remove what writes that were killed have left beside a place.

    obstore numbers them from 1. What cannot be removed now, `remove_stale` takes in a while.
    """
    number = 1
    try:
        while True:
            place.with_name(f"{place.name}#{number}").unlink()
            number += 1
    except OSError:
        return


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # finished or removed meanwhile
        return float("inf")


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
