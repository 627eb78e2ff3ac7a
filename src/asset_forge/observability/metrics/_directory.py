"""The directory of a group: what its files are called, and which of them nobody writes any more."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from pathlib import Path

from asset_forge.observability.metrics._locks import has_living_writer
from asset_forge.observability.metrics._peers import stamp

FOLDED = "folded.metrics"
MEMBERS = "member-*.metrics"
DRAFTS = "*.tmp"


def listed(directory: Path, *patterns: str) -> list[Path]:
    """Return the paths that match one of `patterns`, sorted; none if there is no directory.

    Raises `OSError` when the directory cannot be listed, where `Path.glob` finds nothing since
    Python 3.12: a process without a free descriptor would take the others for gone.
    """
    try:
        with os.scandir(directory) as entries:
            names = sorted(entry.name for entry in entries)
    except FileNotFoundError:
        return []
    return [
        directory / name
        for name in names
        if any(fnmatchcase(name, pattern) for pattern in patterns)
    ]


def sweep(directory: Path, *patterns: str) -> None:
    """Remove files that no living process writes; needs the lock of the group. Raises `OSError`."""
    for path in listed(directory, *patterns):
        if path.is_file() and not has_living_writer(path):
            path.unlink(missing_ok=True)


def stamp_of(path: Path) -> tuple[int, int, int, int] | None:
    """Return what tells the file from its successors, or `None` if there is none."""
    try:
        return stamp(path.stat())
    except FileNotFoundError:
        return None
