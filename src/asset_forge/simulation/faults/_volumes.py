"""Faults of disk, object store and memory, in a mount namespace of the service's own."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil

from asset_forge.simulation.faults._model import Fault, Repeated
from asset_forge.simulation.stack import Preparation, Stack

VOLUME_BYTES: Final = 512 << 20
RESERVE_BYTES: Final = 4 << 20

_BLOCK: Final = bytes(1 << 16)
_HERE: Final = -100
_EXCHANGE: Final = 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux's `renameat2`."""

SMALL_VOLUME: Final = Preparation(
    {"VOLUME_RESERVE_BYTES": str(RESERVE_BYTES)},
    (f'mount -t tmpfs -o size={VOLUME_BYTES} tmpfs "$DATA"',),
)
"""The data directory on a volume of its own, small enough to be filled."""


class _Ballast(Fault):
    """A fault that takes a part of the data volume."""

    def prepare(self, home: Path) -> Preparation:
        """Put the data directory on a small volume."""
        return SMALL_VOLUME

    def heal(self, stack: Stack) -> None:
        """Give the bytes back."""
        _ballast(stack).unlink(missing_ok=True)


def _ballast(stack: Stack) -> Path:
    return stack.seen_data_dir / "ballast"


def _fill(stack: Stack, leaving: int) -> None:
    """Take all bytes of the volume but so many."""
    usage = os.statvfs(stack.seen_data_dir)
    with _ballast(stack).open("ab") as file, contextlib.suppress(OSError):
        for _ in range(0, usage.f_bavail * usage.f_frsize - leaving, len(_BLOCK)):
            file.write(_BLOCK)
            file.flush()


class DiskLow(_Ballast):
    """Somebody else's files take most of the data volume."""

    name = "disk-low"
    what = "the data directory on a volume of 512 MiB, of which 86 % are then used"
    alerts = ("LowDiskSpace",)

    def inject(self, stack: Stack) -> None:
        """Leave a seventh."""
        _fill(stack, leaving=int(VOLUME_BYTES * 0.14))


class DiskFull(_Ballast):
    """The data volume is full up to the reserve: large files are refused, small ones go on."""

    name = "disk-full"
    what = (
        "the data directory on a volume of 512 MiB, full up to the reserve and 1 MiB, "
        "and filled again when something is deleted"
    )
    alerts = ("LowDiskSpace", "StorageFailing", "DependencyUnhealthy")
    also = (
        *("HighGenerationFailureRate", "GenerationBudgetBurn", "ProviderFailing"),
        *("GenerationBudgetBurnSlow", "AvailabilityBudgetBurn", "AvailabilityBudgetBurnSlow"),
        "HighErrorRate",
    )

    _PAUSE_SECONDS: Final = 0.5

    def __init__(self) -> None:
        self._filling: Repeated | None = None

    def inject(self, stack: Stack) -> None:
        """Leave the reserve, and what a small file takes, from now on."""
        self._filling = Repeated(lambda: self._fill_again(stack), self._PAUSE_SECONDS)
        self._filling.start()

    def heal(self, stack: Stack) -> None:
        """Fill it no more, and give the bytes back."""
        self.close()
        super().heal(stack)

    def _fill_again(self, stack: Stack) -> None:
        with contextlib.suppress(OSError):  # the volume goes with the service
            _fill(stack, leaving=RESERVE_BYTES + (1 << 20))

    def close(self) -> None:
        """Fill it no more."""
        if self._filling is not None:
            self._filling.stop()


def _exchange(one: Path, other: Path) -> None:
    """Let two paths change places; at once where the system can, since between two renames an
    upload would make anew what is missing."""
    if sys.platform != "linux":
        spare = one.with_name("spare")
        one.rename(spare)
        other.rename(one)
        spare.rename(other)
        return
    paths = os.fsencode(one), os.fsencode(other)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(_HERE, paths[0], _HERE, paths[1], _EXCHANGE):
        raise OSError(ctypes.get_errno(), f"{one} and {other} cannot change places")


class StoreBroken(Fault):
    """The directory of the objects is gone, and a file is in its place."""

    name = "store-broken"
    what = "the directory of the stored files is moved away, and a file takes its name"
    alerts = ("AvailabilityBudgetBurn", "HighErrorRate")
    silenced = ("AvailabilityBudgetBurnSlow",)
    also = (
        *("StorageFailing", "HighGenerationFailureRate", "GenerationBudgetBurn"),
        "GenerationBudgetBurnSlow",
    )

    def inject(self, stack: Stack) -> None:
        """Move it away."""
        objects = stack.seen_data_dir / "objects"
        away = objects.with_name("objects.away")
        away.write_bytes(b"")
        _exchange(objects, away)

    def heal(self, stack: Stack) -> None:
        """Bring it back."""
        objects = stack.seen_data_dir / "objects"
        away = objects.with_name("objects.away")
        if away.exists():
            _exchange(objects, away)
            away.unlink()


class MemoryShort(Fault):
    """The machine's memory is lowered to little more than the service holds.

    What the kernel says of its memory is covered by a file, as lxcfs does in containers; the file
    is then rewritten, as an operator lowers a container's limit.
    """

    name = "memory-short"
    what = "/proc/meminfo covered by a file that then names little more than the service holds"
    alerts = ("HighMemoryUsage",)

    _USED: Final = 0.99
    _EVERY_SECONDS: Final = 0.2
    _REMEMBERED: Final = 25
    """Readings, of which the least counts: each login takes 64 MiB for a moment."""

    def __init__(self) -> None:
        self._resident: deque[int] = deque(maxlen=self._REMEMBERED)
        self._file: Path | None = None
        self._before: dict[str, int] = {}
        self._shrinking: Repeated | None = None

    def prepare(self, home: Path) -> Preparation:
        """Cover the kernel's file by a copy."""
        lines = Path("/proc/meminfo").read_text().splitlines()
        figures = (line.split(":") for line in lines)
        self._before = {name: int(rest.split()[0]) for name, rest in figures}
        self._file = home / "meminfo"
        self._file.touch()
        self._write(self._before)
        return Preparation(mounts=(f'mount --bind "{self._file}" /proc/meminfo',))

    def inject(self, stack: Stack) -> None:
        """Name a total of which nearly all is resident in the service, now and from now on."""
        self._shrinking = Repeated(lambda: self._shrink(stack), self._EVERY_SECONDS)
        self._shrinking.start()

    def heal(self, stack: Stack) -> None:
        """Name what there is."""
        if self._shrinking is not None:
            self._shrinking.stop()
        self._write(self._before)

    def _shrink(self, stack: Stack) -> None:
        self._resident.append(psutil.Process(stack.service.pid).memory_info().rss)
        total = int(min(self._resident) / self._USED / 1024)
        figures = {"MemTotal": total, "MemAvailable": total // 10, "MemFree": total // 20}
        self._write(self._before | figures)

    def _write(self, figures: Mapping[str, int]) -> None:
        """Write over what is there, always as many bytes and at once: a new file would not be the
        one that covers, and who reads while it is written must not find less than all of it."""
        lines = [f"{name + ':':<20} {figure:>16} kB\n" for name, figure in figures.items()]
        if self._file is not None:
            with self._file.open("r+b", buffering=0) as file:
                file.write("".join(lines).encode())
