"""The volume of the data directory: how full it is, and whether it takes a write."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from asset_forge.observability.health._check import Check, Finding, Status
from asset_forge.observability.health.checks._thresholds import UsedPercent

_GIB = 1024**3
_UNKNOWN: dict[str, object] = {
    "freeGB": None,
    "usedPercent": None,
    "tmpDirExists": None,
    "assetsDirExists": None,
}
_PROBE = b"\0" * 4096


def disk(
    data_dir: Path,
    *,
    tmp_dir: Path,
    assets_dir: Path,
    thresholds: UsedPercent | None = None,
    timeout_seconds: float = 2.0,
) -> Check:
    """Build the check `disk` for the volume that holds `data_dir`.

    Degraded from 80 % used and unhealthy from 95 %, unless `thresholds` says otherwise; degraded
    while `tmp_dir` or `assets_dir` is missing; unhealthy when a write of 4 KiB into `data_dir`
    fails (full, read-only, out of inodes, over quota), and, with null for every figure, when the
    directory is missing or the volume hangs. `freeGB` counts 2^30 bytes that an unprivileged
    process may still take, and `usedPercent` is the share as `df` prints it.
    """
    limits = thresholds if thresholds is not None else UsedPercent(degraded=80, unhealthy=95)

    def run() -> Finding:
        free_bytes, used_percent = _usage(data_dir)
        details: dict[str, object] = {
            "freeGB": round(free_bytes / _GIB, 1),
            "usedPercent": round(used_percent, 1),
            "tmpDirExists": tmp_dir.is_dir(),
            "assetsDirExists": assets_dir.is_dir(),
        }
        status = limits.judge(used_percent)
        if status is Status.HEALTHY and not (tmp_dir.is_dir() and assets_dir.is_dir()):
            status = Status.DEGRADED
        fault = _write_fault(data_dir)
        if fault is not None:
            status, details["error"] = Status.UNHEALTHY, fault
        return Finding(status, details)

    return Check(
        name="disk",
        run=run,
        timeout_seconds=timeout_seconds,
        reports_latency=False,
        failure_details=_UNKNOWN,
    )


def _usage(directory: Path) -> tuple[int, float]:
    """Measure (bytes free, percent used) of the volume that holds a directory."""
    volume = os.statvfs(directory)
    used = volume.f_blocks - volume.f_bfree
    reachable = used + volume.f_bavail
    return volume.f_bavail * volume.f_frsize, 100 * used / reachable if reachable else 0.0


def _write_fault(directory: Path) -> str | None:
    """Write 4 KiB into a file without a name, and say what refused it (its errno's name)."""
    try:
        with tempfile.TemporaryFile(dir=directory, buffering=0) as probe:
            written = probe.write(_PROBE)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, type(error).__name__)
    return None if written == len(_PROBE) else "ENOSPC"
