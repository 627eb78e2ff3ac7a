"""The memory limit of a container, as the kernel's control groups state it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class CgroupMemory:
    """The tightest limit above this process, and what of it is taken; bytes.

    `used_bytes` leaves out the inactive part of the page cache, which the kernel gives back before
    it kills anyone (what Kubernetes calls the working set).
    """

    limit_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where one version of the interface keeps its files."""

    limit: str
    usage: str
    inactive: str


_V1 = _Layout("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
_V2 = _Layout("memory.max", "memory.current", "inactive_file")


def cgroup_memory(
    root: Path = Path("/sys/fs/cgroup"), membership: Path = Path("/proc/self/cgroup")
) -> CgroupMemory | None:
    """Read the limit that will be reached first, from this process's group up to the root.

    `root` is where the file system is mounted, `membership` lists this process's groups. None
    where no limit is set or no control groups exist.
    Source: Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the Linux kernel.
    """
    found = [
        group
        for mount, layout, path in _hierarchies(root, membership)
        for directory in _upward(mount, path)
        if (group := _read_group(directory, layout)) is not None
    ]
    return min(found, key=lambda group: group.limit_bytes - group.used_bytes, default=None)


def _hierarchies(root: Path, membership: Path) -> list[tuple[Path, _Layout, PurePosixPath]]:
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return []
    found: list[tuple[Path, _Layout, PurePosixPath]] = []
    for line in lines:
        _, controllers, path = ([*line.split(":", 2), "", ""])[:3]
        if "memory" in controllers.split(","):
            found.append((root / "memory", _V1, PurePosixPath(path)))
        elif not controllers:
            # With both versions mounted, the second lies in a folder of its own.
            found += [(mount, _V2, PurePosixPath(path)) for mount in (root, root / "unified")]
    return found


def _upward(mount: Path, path: PurePosixPath) -> list[Path]:
    """List the group's directory and those above it, up to the mount.

    In a container the path is often that of the host and does not exist below the mount; the mount
    itself is then the container's own group.
    """
    parts = [part for part in path.parts if part not in ("/", "..")]
    return [mount.joinpath(*parts[:depth]) for depth in range(len(parts), -1, -1)]


def _read_group(directory: Path, layout: _Layout) -> CgroupMemory | None:
    limit = _read_number(directory / layout.limit)
    usage = _read_number(directory / layout.usage)
    if limit is None or usage is None:
        return None
    return CgroupMemory(
        limit, max(0, usage - _read_stat(directory / "memory.stat", layout.inactive))
    )


def _read_number(path: Path) -> int | None:
    """Read a count of bytes; None for a missing file and for `max`."""
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _read_stat(path: Path, key: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        name, _, value = line.partition(" ")
        if name == key and value.isdecimal():
            return int(value)
    return 0
