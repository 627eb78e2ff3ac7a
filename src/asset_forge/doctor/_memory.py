"""Memory leaks: of the process, of the database pool, of file descriptors."""

from __future__ import annotations

from collections.abc import Iterator

from asset_forge.doctor import _limits as limits
from asset_forge.doctor._evidence import Evidence
from asset_forge.doctor._health import part
from asset_forge.doctor._questions import MEMORY_TOMORROW
from asset_forge.doctor._verdicts import Fine, Found, Unseen, Verdict
from asset_forge.monitoring.samples import Samples

_MIB = 1 << 20


def memory_part(seen: Evidence) -> Iterator[Verdict]:
    """How the deep probe finds the memory of the machine or container."""
    yield from part(seen, "memory")


def resident_memory(seen: Evidence) -> Iterator[Verdict]:
    """Which share of the memory its processes hold, and what the heap makes of it."""
    samples = seen.service.system
    resident, total = _pair(samples, "process_resident_memory_bytes", "system_memory_total_bytes")
    if samples is None or not total:
        yield Unseen(seen.service.withheld.get("/metrics", "no memory metrics were seen"))
        return
    used, heap = _pair(samples, "python_heap_size_used_bytes", "python_heap_size_total_bytes")
    shares = (
        f"resident {resident / _MIB:,.0f} of {total / _MIB:,.0f} MiB ({resident / total:.1%}), "
        f"heap {used / _MIB:,.0f} of {heap / _MIB:,.0f} MiB"
    )
    if resident / total > limits.MEMORY_RATIO:
        yield Found("Its processes hold most of the memory", "HighMemoryUsage", (shares,))
    else:
        yield Fine(shares)


def memory_growth(seen: Evidence) -> Iterator[Verdict]:
    """Whether memory, growing as in the last six hours, is used up within a day."""
    monitoring = seen.monitoring
    if monitoring is None or MEMORY_TOMORROW not in monitoring.fleet:
        yield Unseen("how memory grows needs Prometheus: give --prometheus URL")
        return
    points = monitoring.fleet[MEMORY_TOMORROW]
    if not points:
        yield Unseen("Prometheus has less than two hours of memory's course")
        return
    growing = [one for one in points if one.number > limits.MEMORY_RATIO]
    if not growing:
        worst = max(one.number for one in points)
        yield Fine(f"at this pace {max(0.0, worst):.0%} of the memory is in use in a day")
        return
    yield Found(
        "Memory grows, and at this pace is used up within a day",
        "HighMemoryUsage",
        tuple(f"{one.metric.get('instance', '')}: {one.number:.0%} in a day" for one in growing),
    )


def database_pool(seen: Evidence) -> Iterator[Verdict]:
    """Whether the connections of the pool run out."""
    samples = seen.service.business
    active, most = _pair(samples, "db_connections_active", "db_connections_max")
    if samples is None or not most:
        yield Unseen(seen.service.withheld.get("/metrics/business", "no pool metrics were seen"))
        return
    idle = samples.total("db_connections_idle")
    shown = f"{active:,.0f} of {most:,.0f} connections are in use, {idle:,.0f} idle"
    if active / most > limits.POOL_RATIO:
        refused = samples.total("db_failures_total", reason="pool_exhausted")
        evidence = (shown, f"{refused:,.0f} transactions found no connection {seen.since_start()}")
        yield Found("The database pool is nearly used up", "DatabasePoolNearExhaustion", evidence)
    else:
        yield Fine(shown)


def descriptors(seen: Evidence) -> Iterator[Verdict]:
    """Whether file descriptors run out."""
    samples = seen.service.system
    opened, most = _pair(samples, "process_open_fds", "process_max_fds")
    if samples is None or not most:
        yield Unseen(seen.service.withheld.get("/metrics", "no descriptor metrics were seen"))
        return
    # Of the process that has the largest share: sums hide one exhausted worker of four.
    share = samples.total("process_open_fds_ratio")
    shown = (
        f"a process has {share:.0%} of its file descriptors open; all together {opened:,.0f} of "
        f"{most:,.0f}"
    )
    if share > limits.DESCRIPTOR_RATIO:
        yield Found("File descriptors run out", "FileDescriptorsNearLimit", (shown,))
    else:
        yield Fine(shown)


def _pair(samples: Samples | None, one: str, other: str) -> tuple[float, float]:
    return (samples.total(one), samples.total(other)) if samples is not None else (0.0, 0.0)
