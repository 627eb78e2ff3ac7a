"""The metrics that the sampler sets.

Resources of a process are summed over the living members of a group; the share of its descriptors
that a process has open is the largest of theirs, which a sum would hide. Counters keep what members
that have died since had used.
"""

from __future__ import annotations

from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
)

_GENERATION = (Label("generation", ("0", "1", "2")),)

CPU_SECONDS = CounterDeclaration(
    "process_cpu_seconds_total", "User and system CPU time spent, in seconds.", unit="seconds"
)
RESIDENT_MEMORY_BYTES = GaugeDeclaration(
    "process_resident_memory_bytes", "Resident memory, in bytes.", unit="bytes"
)
VIRTUAL_MEMORY_BYTES = GaugeDeclaration(
    "process_virtual_memory_bytes", "Virtual memory, in bytes.", unit="bytes"
)
OPEN_FDS = GaugeDeclaration("process_open_fds", "Open file descriptors.")
MAX_FDS = GaugeDeclaration("process_max_fds", "The most file descriptors that may be open.")
OPEN_FDS_RATIO = GaugeDeclaration(
    "process_open_fds_ratio",
    "Largest share of its file descriptors that a process of the group has open, from 0 to 1.",
    unit="ratio",
    merge=Merge.MAX,
)
START_TIME_SECONDS = GaugeDeclaration(
    "process_start_time_seconds",
    "When the oldest living process of the group started, in Unix seconds.",
    unit="seconds",
    merge=Merge.MIN,
)
GC_OBJECTS_COLLECTED = CounterDeclaration(
    "python_gc_objects_collected_total", "Objects that garbage collection freed.", _GENERATION
)
GC_OBJECTS_UNCOLLECTABLE = CounterDeclaration(
    "python_gc_objects_uncollectable_total",
    "Objects that garbage collection found and could not free.",
    _GENERATION,
)
GC_COLLECTIONS = CounterDeclaration(
    "python_gc_collections_total", "Runs of garbage collection.", _GENERATION
)
PYTHON_INFO = InfoDeclaration(
    "python_info",
    "The Python that runs the service.",
    tuple(Label(name) for name in ("implementation", "major", "minor", "patchlevel", "version")),
)
HEAP_TOTAL_BYTES = GaugeDeclaration(
    "python_heap_size_total_bytes",
    "Anonymous memory in RAM: what allocators and stacks hold of the system's memory, in bytes.",
    unit="bytes",
)
HEAP_USED_BYTES = GaugeDeclaration(
    "python_heap_size_used_bytes",
    "The part of python_heap_size_total_bytes that the C allocator does not keep free, in bytes.",
    unit="bytes",
)
SYSTEM_MEMORY_TOTAL_BYTES = GaugeDeclaration(
    "system_memory_total_bytes",
    "Memory of the machine, or the limit of the control group where that is lower, in bytes.",
    unit="bytes",
    merge=Merge.NEWEST,
)
SYSTEM_MEMORY_AVAILABLE_BYTES = GaugeDeclaration(
    "system_memory_available_bytes",
    "Memory that can still be had without swapping or meeting the control group's limit, in bytes.",
    unit="bytes",
    merge=Merge.NEWEST,
)
EVENT_LOOP_LAG_SECONDS = HistogramDeclaration(
    "event_loop_lag_seconds",
    "How late a timer of the event loop ran, in seconds.",
    unit="seconds",
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0),
)

RUNTIME_DECLARATIONS: tuple[Declaration, ...] = (
    CPU_SECONDS,
    RESIDENT_MEMORY_BYTES,
    VIRTUAL_MEMORY_BYTES,
    OPEN_FDS,
    MAX_FDS,
    OPEN_FDS_RATIO,
    START_TIME_SECONDS,
    GC_OBJECTS_COLLECTED,
    GC_OBJECTS_UNCOLLECTABLE,
    GC_COLLECTIONS,
    PYTHON_INFO,
    HEAP_TOTAL_BYTES,
    HEAP_USED_BYTES,
    SYSTEM_MEMORY_TOTAL_BYTES,
    SYSTEM_MEMORY_AVAILABLE_BYTES,
    EVENT_LOOP_LAG_SECONDS,
)
"""Everything above, for a catalog."""
