"""Disk space: of the data volume, and whether results can be stored."""

from __future__ import annotations

from collections.abc import Iterator

from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._health import part
from asset_forge.doctor._questions import GENERATION_ERRORS, STORAGE_ERRORS
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict

_GIB = 1 << 30
_STORAGE = ("storage_full", "storage_unavailable")


def disk_part(seen: Evidence) -> Iterator[Verdict]:
    """How the deep probe finds the data volume, a trial write included."""
    yield from part(seen, "disk")


def storage_part(seen: Evidence) -> Iterator[Verdict]:
    """How the deep probe finds the object store, where that is checked."""
    deep = seen.service.deep
    if deep is not None and deep.checks is not None:
        yield from part(seen, "storage")


def volume(seen: Evidence) -> Iterator[Verdict]:
    """How full the data volume is."""
    samples = seen.service.business
    used = samples and samples.value("storage_used_bytes", context="system")
    total = samples and samples.value("storage_total_bytes", context="system")
    if used is None or not total:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no storage metrics were seen"))
        return
    shown = f"{used / _GIB:,.1f} of {total / _GIB:,.1f} GiB are used ({used / total:.1%})"
    if used / total > limits.DISK_RATIO:
        yield Found("The data volume is more than 80 % full", "LowDiskSpace", (shown,))
    else:
        yield Fine(f"data volume: {shown}")


def storage_errors(seen: Evidence) -> Iterator[Verdict]:
    """Whether the file storage fails, or results could not be stored."""
    operations, results = seen.answers(STORAGE_ERRORS), seen.answers(GENERATION_ERRORS)
    if operations is None or results is None:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no metrics were seen"))
        return
    codes = [f"{count:,.0f}× {key[0]}" for key, count in operations[0].items()]
    lost = {kind: results[0].get((kind,), 0.0) for kind in _STORAGE}
    failed = [f"{count:,.0f} generations failed of {kind}" for kind, count in lost.items() if count]
    if not codes and not failed:
        yield Fine(f"the file storage never failed {operations[1]}")
        return
    yield Found(
        f"The file storage failed {operations[1]}",
        "StorageFailing",
        (f"operations: {', '.join(codes) or 'none counted'}", *failed),
    )
