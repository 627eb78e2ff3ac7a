"""Sets the runtime metrics of a process at intervals, and measures how late its event loop is."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import math
import os
import platform
import resource
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import psutil

from asset_forge.observability.metrics._instruments import Counter
from asset_forge.observability.metrics._registry import Registry
from asset_forge.observability.metrics.runtime import _declarations as declared
from asset_forge.observability.metrics.runtime._memory import (
    HeapGauge,
    MemorySize,
    SystemMemoryGauge,
)

LAG_SECONDS = 0.5
"""How often the event loop's lag is measured."""

SAMPLE_SECONDS = 5.0
"""How often the resources are sampled."""


class RuntimeSampler:
    """Samples the process for a registry that has `RUNTIME_DECLARATIONS`.

    `start` and `stop` run it in the event loop; a process without one calls `sample` now and then.
    While it runs it keeps a file descriptor in reserve, so that it can still look when no other is
    left; `on_exhausted` is told of that, once until a tenth is free again.
    """

    def __init__(
        self,
        registry: Registry,
        *,
        clock: Callable[[], float] = time.monotonic,
        proc: Path = Path("/proc"),
        cgroup: Path = Path("/sys/fs/cgroup"),
        on_exhausted: Callable[[int], None] | None = None,
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._process = psutil.Process()
        self._heap = HeapGauge(self._process, proc)
        self._system = SystemMemoryGauge(proc, cgroup)
        self._lag = registry.histogram(declared.EVENT_LOOP_LAG_SECONDS).labels()
        self._seen: dict[Counter, float] = {}
        self._pid = os.getpid()
        self._task: asyncio.Task[None] | None = None
        self._spare: int | None = None
        self._on_exhausted = on_exhausted
        self._exhausted = False

    def sample(self) -> None:
        """Set every metric once; one that cannot be read on this system is left out."""
        if self._pid != os.getpid():
            self._try("a forked process", self._start_over)
        self._try("a place in the group", self._registry.keep_place)
        if self._spare is not None:
            self._try("descriptors", self._look_for_descriptors)
        with self._one_descriptor():
            self._try("the process", self._sample_process)
            self._try("garbage collection", self._sample_collections)
            self._try("memory", self._sample_memory)
            self._try("the interpreter", self._state_python)

    def heap(self) -> MemorySize:
        """Return the heap's total and used bytes as they are now."""
        return self._heap.read()

    async def start(self) -> None:
        """Sample now and from now on, in the running event loop."""
        if self._task is None:
            self._spare = os.open(os.devnull, os.O_RDONLY)
            self.sample()
            self._task = asyncio.create_task(self._run(), name="runtime-metrics")

    async def stop(self) -> None:
        """Sample for the last time and end; calling it again does nothing."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self.sample()
            spare, self._spare = self._spare, None
            if spare is not None:
                os.close(spare)

    def _try(self, what: str, step: Callable[[], None]) -> None:
        """Take a step; what the system does not tell is left out, any other fault is counted."""
        try:
            step()
        except (psutil.Error, OSError, NotImplementedError):
            pass
        except Exception as error:  # noqa: BLE001 - the guard decides
            self._registry.fault(f"the sampling of {what}", error)

    @contextlib.contextmanager
    def _one_descriptor(self) -> Generator[None]:
        """Give the block the descriptor that is held in reserve, and take one back after it."""
        spare, self._spare = self._spare, None
        if spare is not None:
            with contextlib.suppress(OSError):  # somebody who closes what is not theirs did
                os.close(spare)
        try:
            yield
        finally:
            if self._task is not None or spare is not None:
                with contextlib.suppress(OSError):  # another thread took it; the next time, then
                    self._spare = os.open(os.devnull, os.O_RDONLY)

    async def _run(self) -> None:
        next_sample = self._clock() + SAMPLE_SECONDS
        while True:
            due = self._clock() + LAG_SECONDS
            await asyncio.sleep(LAG_SECONDS)
            now = self._clock()
            self._lag.observe(max(now - due, 0.0))
            if now >= next_sample:
                self.sample()
                next_sample = now + SAMPLE_SECONDS

    def _sample_process(self) -> None:
        gauge = self._registry.gauge
        cpu = self._process.cpu_times()
        self._rise_to(self._registry.counter(declared.CPU_SECONDS).labels(), cpu.user + cpu.system)
        memory = self._process.memory_info()
        gauge(declared.RESIDENT_MEMORY_BYTES).labels().set(memory.rss)
        gauge(declared.VIRTUAL_MEMORY_BYTES).labels().set(memory.vms)
        gauge(declared.START_TIME_SECONDS).labels().set(self._process.create_time())
        taken, limit = self._process.num_fds(), _descriptor_limit()
        gauge(declared.OPEN_FDS).labels().set(taken)
        gauge(declared.MAX_FDS).labels().set(limit)
        gauge(declared.OPEN_FDS_RATIO).labels().set(min(taken / max(limit, 1.0), 1.0))

    def _look_for_descriptors(self) -> None:
        """Find out whether another descriptor can be had, and tell of it where that is new."""
        limit = _descriptor_limit()
        try:
            os.close(os.dup(self._spare or 0))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and not self._exhausted:
                self._exhausted = True
                if self._on_exhausted is not None:
                    self._on_exhausted(int(limit))
        else:
            if self._exhausted and self._process.num_fds() < 0.9 * limit:
                self._exhausted = False

    def _sample_collections(self) -> None:
        for counter, reading in self._collections():
            self._rise_to(counter, reading)

    def _collections(self) -> Iterator[tuple[Counter, float]]:
        for generation, numbers in enumerate(gc.get_stats()):
            for declaration, key in (
                (declared.GC_OBJECTS_COLLECTED, "collected"),
                (declared.GC_OBJECTS_UNCOLLECTABLE, "uncollectable"),
                (declared.GC_COLLECTIONS, "collections"),
            ):
                counter = self._registry.counter(declaration).labels(str(generation))
                yield counter, float(numbers[key])

    def _sample_memory(self) -> None:
        gauge = self._registry.gauge
        heap = self._heap.read()
        gauge(declared.HEAP_TOTAL_BYTES).labels().set(heap.total)
        gauge(declared.HEAP_USED_BYTES).labels().set(heap.part)
        system = self._system.read()
        gauge(declared.SYSTEM_MEMORY_TOTAL_BYTES).labels().set(system.total)
        gauge(declared.SYSTEM_MEMORY_AVAILABLE_BYTES).labels().set(system.part)

    def _state_python(self) -> None:
        major, minor, patchlevel = platform.python_version_tuple()
        self._registry.info(
            declared.PYTHON_INFO,
            implementation=platform.python_implementation(),
            major=major,
            minor=minor,
            patchlevel=patchlevel,
            version=platform.python_version(),
        )

    def _rise_to(self, counter: Counter, reading: float) -> None:
        """Bring a counter up to what the system counts; what it has counted before is not lost."""
        seen = self._seen.get(counter, 0.0)
        if reading > seen:
            counter.inc(reading - seen)
            self._seen[counter] = reading

    def _start_over(self) -> None:
        """Forget the parent's readings in a forked child, whose collections go on from the
        parent's.
        """
        self._pid = os.getpid()
        self._process = psutil.Process()
        self._seen = dict(self._collections())


def _descriptor_limit() -> float:
    """Return how many descriptors this process may have open; psutil knows it on Linux alone."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if limit == resource.RLIM_INFINITY else float(limit)
