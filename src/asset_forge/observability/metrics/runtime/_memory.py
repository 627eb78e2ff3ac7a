"""How much memory there is: to the heap of this process, and to everything in its control group."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class MemorySize:
    """Bytes there are, and how many of them are in use (heap) or to be had (system)."""

    total: int
    part: int


class _Mallinfo2(ctypes.Structure):
    """What glibc's allocator says about itself (`man 3 mallinfo2`, glibc 2.33 and later)."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def allocator_free_bytes() -> Callable[[], int] | None:
    """Return a function that asks the C allocator what it keeps free, or `None` without glibc."""
    try:
        ask = ctypes.CDLL(None).mallinfo2
    except (OSError, AttributeError):
        return None
    ask.argtypes = []
    ask.restype = _Mallinfo2
    return lambda: int(ask().fordblks)


class HeapGauge:
    """Measures the heap.

    Python takes memory in two ways: small objects from arenas that it maps itself, all else from
    the C allocator. No cheap call gives the bytes of objects in arenas, so the total is counted
    from outside, as the anonymous resident memory of the process (`RssAnon`: arenas, C heap,
    stacks), and the used part is what is left after subtracting what the C allocator keeps as free.
    Free places inside arenas count as used. Without Linux the total is the resident memory, without
    glibc all of it counts as used.
    """

    def __init__(self, process: psutil.Process, proc: Path) -> None:
        self._process = process
        self._status = proc / "self" / "status"
        self._free_bytes = allocator_free_bytes()

    def read(self) -> MemorySize:
        """Return the heap's total and used bytes."""
        total = self._anonymous_bytes()
        free = self._free_bytes() if self._free_bytes else 0
        return MemorySize(total, max(total - free, 0))

    def _anonymous_bytes(self) -> int:
        try:
            status = self._status.read_bytes()
        except OSError:
            status = b""
        _, found, rest = status.partition(b"RssAnon:")
        return int(rest.split(maxsplit=1)[0]) * 1024 if found else self._process.memory_info().rss


class SystemMemoryGauge:
    """Measures the memory of the machine, or of the control group that limits this process (v1 or
    v2).
    """

    def __init__(self, proc: Path, cgroup: Path) -> None:
        self._levels = list(_memory_groups(proc, cgroup))

    def read(self) -> MemorySize:
        """Return the bytes there are, and those still to be had."""
        machine = psutil.virtual_memory()
        total, available = machine.total, machine.available
        for level in self._levels:
            limit = _number(level.folder / level.limit)
            if limit is None or limit >= machine.total:
                continue
            used = _number(level.folder / level.usage) or 0
            cached = _entry(level.folder / "memory.stat", level.cached)
            total = min(total, limit)
            available = min(available, max(limit - max(used - cached, 0), 0))
        return MemorySize(total, available)


@dataclass(frozen=True, slots=True)
class _Level:
    folder: Path
    limit: str
    usage: str
    cached: str


def _memory_groups(proc: Path, cgroup: Path) -> Iterator[_Level]:
    """Yield the process's control group and its parents: each of them may have a limit.

    Inside a container the path that the kernel names may lie outside of what is mounted; the
    mount's root is then the container's own group.
    """
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        number, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            root = cgroup / "memory"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
        elif number == "0":
            root = cgroup
            names = ("memory.max", "memory.current", "inactive_file")
        else:
            continue
        folder = root / path.lstrip("/")
        for level in (folder, *folder.parents):
            if level.is_relative_to(root) and (level / names[0]).is_file():
                yield _Level(level, *names)


def _number(path: Path) -> int | None:
    """Return the number in a file, or `None` if it holds none: `max` stands for no limit."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _entry(path: Path, key: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{key} ")), 0)
