"""Puts the dead members of a group into its folded file.

The next folded file is prepared at leisure as a draft, and put in place by a rename under the lock
of the group. It names the members that it has absorbed, so that their files can be removed one
after the other.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections import Counter as Tally
from collections.abc import Generator, Sequence
from pathlib import Path

from asset_forge.observability.metrics._directory import DRAFTS, FOLDED, stamp_of, sweep
from asset_forge.observability.metrics._fold import Folder
from asset_forge.observability.metrics._locks import group_lock
from asset_forge.observability.metrics._others import Others
from asset_forge.observability.metrics._peers import PeerFile

_REMEMBERED = 256
"""Absorbed members that the folded file names.

Each is needed only by readers that began before it was folded.
"""

_WRITE_BYTES = 1 << 16


def fold(directory: Path, others: Others, overflowed: Tally[str]) -> Generator[None]:
    """Fold in the dead and remove their files, unless another member is faster.

    Yields now and then. Series that went into an overflow series are counted in `overflowed`, by
    metric. Raises `OSError`, or `FormatError` when a dead member's file was cut.
    """
    before, stamp = others.folded, others.folded_stamp
    absorbed = before.absorbed if before else ()
    dead = others.dead
    fresh = [peer for peer in dead if peer.identity not in absorbed]
    if fresh:
        folder = Folder()
        for peer in [before, *fresh] if before else fresh:
            peer.check_size()
            yield from folder.take(peer.series())
        with _draft(directory) as draft:
            if draft is None:
                return
            path, file = draft
            yield from _write(file, folder, _remember(absorbed, dead))
            with group_lock(directory, seconds=0.0) as taken:
                faster = stamp_of(directory / FOLDED) != stamp
                if not taken or faster or not all(peer.path.exists() for peer in dead):
                    return
                path.rename(directory / FOLDED)
                overflowed.update(folder.overflowed)
                sweep(directory, DRAFTS)
    for peer in dead:
        peer.path.unlink(missing_ok=True)
        yield


@contextlib.contextmanager
def _draft(directory: Path) -> Generator[tuple[Path, int] | None]:
    """Make a draft that is locked, and so nobody takes for one that a crash has left.

    Gives `None` when another member joins or folds.
    """
    path = directory / f"folded-{secrets.token_hex(8)}.tmp"
    process = os.getpid()
    with group_lock(directory, seconds=0.0) as taken:  # nobody sweeps before it is locked
        file = _create(path) if taken else None
    if file is None:
        yield None
        return
    try:
        yield path, file
    finally:
        os.close(file)
        if os.getpid() == process:  # a child forked meanwhile has its parent's, too
            path.unlink(missing_ok=True)


def _create(path: Path) -> int:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
    except BaseException:
        os.close(file)
        path.unlink(missing_ok=True)
        raise
    return file


def _write(file: int, folder: Folder, absorbed: Sequence[str]) -> Generator[None]:
    """Write without a buffer of Python's, which a child forked meanwhile would write once more."""
    block = bytearray()
    for piece in folder.write(absorbed):
        block += piece
        if len(block) >= _WRITE_BYTES:
            _flush(file, block)
            block = bytearray()
        yield
    _flush(file, block)


def _flush(file: int, block: bytearray) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(file, rest) :]


def _remember(absorbed: Sequence[str], dead: Sequence[PeerFile]) -> list[str]:
    """Name the members in the folded file: surely those whose files are still there."""
    names = [peer.identity for peer in dead]
    earlier = [name for name in absorbed if name not in names]
    return [*earlier[-_REMEMBERED:], *names]
