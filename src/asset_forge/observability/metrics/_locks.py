"""The locks of a group (flock): one on each member's file says that it lives, one is for all."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Generator
from pathlib import Path


def is_living(file: int) -> bool:
    """Say whether the member that writes the open `file` lives.

    The shared lock is asked for and given back at once: several processes may ask at the same time,
    and only the writer ever holds the exclusive one.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False


def has_living_writer(path: Path) -> bool:
    """Say whether a process holds the lock on a file.

    Raises `OSError` when that cannot be found out: a file must not be taken for a dead member's
    because this process has run out of descriptors.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return False
    try:
        return is_living(file)
    finally:
        os.close(file)


@contextlib.contextmanager
def group_lock(directory: Path, *, seconds: float) -> Generator[bool]:
    """Hold the lock of the group, if it is to be had within `seconds`; says whether it is held."""
    deadline = time.monotonic() + seconds
    process = os.getpid()
    file = os.open(directory / "group.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        while not (taken := _try_lock(file)) and time.monotonic() < deadline:
            time.sleep(0.01)
        yield taken
    finally:
        if os.getpid() == process:
            fcntl.flock(file, fcntl.LOCK_UN)  # a child forked meanwhile must not keep it
        os.close(file)


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
