"""Memory: of the machine or container, and of this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psutil

from asset_forge.observability.health._check import Check, Finding
from asset_forge.observability.health.checks._cgroup import CgroupMemory, cgroup_memory
from asset_forge.observability.health.checks._thresholds import UsedPercent

_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What this process may at most use together with its neighbors, and what is free; bytes."""

    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class HeapUse:
    """What the Python heap holds, and what it has taken from the system for that; bytes.

    The source of these figures defines them; the payload shows them as they come.
    """

    used_bytes: int
    total_bytes: int


def _host_memory() -> MemoryUse:
    host = psutil.virtual_memory()
    return MemoryUse(host.total, host.available)


def _own_rss_bytes() -> int:
    return psutil.Process().memory_info().rss


def system_memory(
    *,
    host: Callable[[], MemoryUse] = _host_memory,
    container: Callable[[], CgroupMemory | None] = cgroup_memory,
) -> MemoryUse:
    """Measure the machine, or the container where its limit is tighter.

    Free is what can still be taken before the kernel kills: the smaller of what the host has
    available and what the limit leaves.
    """
    machine, group = host(), container()
    if group is None or group.limit_bytes >= machine.total_bytes:
        return machine
    left = max(0, group.limit_bytes - group.used_bytes)
    return MemoryUse(group.limit_bytes, min(left, machine.free_bytes))


def memory(
    heap: Callable[[], HeapUse],
    *,
    rss_bytes: Callable[[], int] = _own_rss_bytes,
    system: Callable[[], MemoryUse] = system_memory,
    thresholds: UsedPercent | None = None,
    timeout_seconds: float = 2.0,
) -> Check:
    """Build the check `memory`.

    Degraded from 85 % of the machine's or container's memory used and unhealthy from 95 %, unless
    `thresholds` says otherwise. Megabytes are 2^20 bytes.
    """
    limits = thresholds if thresholds is not None else UsedPercent(degraded=85, unhealthy=95)

    def run() -> Finding:
        whole, own = system(), heap()
        used_percent = 100 * (1 - whole.free_bytes / whole.total_bytes)
        details = {
            "system": {
                "freeMB": round(whole.free_bytes / _MIB),
                "totalMB": round(whole.total_bytes / _MIB),
                "usedPercent": round(used_percent, 1),
            },
            "process": {
                "heapUsedMB": round(own.used_bytes / _MIB, 1),
                "heapTotalMB": round(own.total_bytes / _MIB, 1),
                "rssMB": round(rss_bytes() / _MIB, 1),
            },
        }
        return Finding(limits.judge(used_percent), details)

    return Check(
        name="memory",
        run=run,
        timeout_seconds=timeout_seconds,
        reports_latency=False,
        failure_details={"system": None, "process": None},
    )
