"""Metrics of the process, the interpreter, the event loop and the machine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from asset_forge.observability.metrics import Registry
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS, RuntimeSampler
from asset_forge.observability.metrics.runtime._memory import SystemMemoryGauge

GIB = 1024**3


def sampled(directory: Path | None = None) -> tuple[Registry, RuntimeSampler]:
    registry = Registry(RUNTIME_DECLARATIONS, directory=directory, strict=True)
    sampler = RuntimeSampler(registry)
    sampler.sample()
    return registry, sampler


def test_the_process_is_measured() -> None:
    registry, _ = sampled()
    process = psutil.Process()
    assert registry.value("process_resident_memory_bytes") == pytest.approx(
        process.memory_info().rss, rel=0.2
    )
    assert (registry.value("process_virtual_memory_bytes") or 0) >= process.memory_info().rss
    assert registry.value("process_start_time_seconds") == process.create_time()
    assert abs((registry.value("process_open_fds") or 0) - process.num_fds()) < 20
    assert registry.value("process_max_fds") == process.rlimit(psutil.RLIMIT_NOFILE)[0]
    cpu = process.cpu_times()
    assert registry.value("process_cpu_seconds_total") == pytest.approx(
        cpu.user + cpu.system, abs=1.0
    )


def test_collections_are_counted_once() -> None:
    registry, sampler = sampled()
    gc.collect()
    sampler.sample()
    sampler.sample()
    counted = registry.value("python_gc_collections_total", generation="2")
    assert counted == gc.get_stats()[2]["collections"]


def test_the_heap_grows_with_what_is_kept() -> None:
    gc.collect()  # what tests before have left would go in between, and make it smaller
    registry, sampler = sampled()
    before = registry.value("python_heap_size_used_bytes") or 0.0
    kept = os.urandom(64 * 1024**2)
    sampler.sample()
    used = registry.value("python_heap_size_used_bytes") or 0.0
    total = registry.value("python_heap_size_total_bytes") or 0.0
    assert used - before > 0.9 * len(kept)
    assert used <= total <= psutil.Process().memory_info().rss * 1.05


def test_two_processes_are_summed_and_the_oldest_start_counts(tmp_path: Path) -> None:
    first, _ = sampled(tmp_path)
    alone = first.value("process_resident_memory_bytes") or 0.0
    start = first.value("process_start_time_seconds")
    second, _ = sampled(tmp_path)
    assert (first.value("process_resident_memory_bytes") or 0.0) > 1.5 * alone
    assert first.value("process_start_time_seconds") == start
    second.close()
    assert first.value("process_resident_memory_bytes") == alone
    first.close()


PROCESS = """
import os, resource, sys
from pathlib import Path
from asset_forge.observability.metrics import Registry
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS, RuntimeSampler

resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]), int(sys.argv[2])))
registry = Registry(RUNTIME_DECLARATIONS, directory=Path(sys.argv[1]), strict=True)
kept = [os.open(os.devnull, os.O_RDONLY) for _ in range(int(sys.argv[3]))]
RuntimeSampler(registry).sample()
print("sampled", flush=True)
sys.stdin.read()
"""


def test_one_of_two_processes_that_runs_out_of_descriptors_is_seen(tmp_path: Path) -> None:
    registry, _ = sampled(tmp_path)
    with contextlib.ExitStack() as stack:
        for limit, opened in ((1000, 5), (100, 80)):
            program = [sys.executable, "-c", PROCESS, str(tmp_path), str(limit), str(opened)]
            process = stack.enter_context(
                subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            assert process.stdout is not None
            assert process.stdout.readline() == "sampled\n"
        together = (registry.value("process_open_fds") or 0.0) / (
            registry.value("process_max_fds") or 1.0
        )
        assert together < 0.5
        assert 0.8 <= (registry.value("process_open_fds_ratio") or 0.0) <= 1.0
    assert (registry.value("process_open_fds_ratio") or 0.0) < 0.8
    registry.close()


def group_files(
    tmp_path: Path, group: str, files: dict[str, str], *, folder: str
) -> SystemMemoryGauge:
    proc, cgroup = tmp_path / "proc", tmp_path / "cgroup"
    (proc / "self").mkdir(parents=True)
    (proc / "self" / "cgroup").write_text(group)
    for name, text in files.items():
        path = cgroup / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return SystemMemoryGauge(proc, cgroup)


def test_the_machine_is_measured_without_a_control_group(tmp_path: Path) -> None:
    size = SystemMemoryGauge(tmp_path, tmp_path).read()
    assert size.total == psutil.virtual_memory().total
    assert 0 < size.part <= size.total


def test_the_limit_of_a_control_group_v2_counts(tmp_path: Path) -> None:
    files = {
        "a/b/memory.max": "max",
        "a/b/memory.current": "1",
        "a/memory.max": str(GIB),
        "a/memory.current": str(GIB // 2),
        "a/memory.stat": f"anon 5\ninactive_file {GIB // 4}\n",
    }
    size = group_files(tmp_path, "0::/a/b\n", files, folder="").read()
    assert (size.total, size.part) == (GIB, GIB * 3 // 4)


def test_the_limit_of_a_control_group_v1_counts(tmp_path: Path) -> None:
    files = {
        "memory.limit_in_bytes": str(GIB),
        "memory.usage_in_bytes": str(GIB // 2),
        "memory.stat": "total_inactive_file 0\n",
    }
    group = "4:memory:/docker/outside-of-the-mount\n1:cpu:/x\n0::/\n"
    size = group_files(tmp_path, group, files, folder="memory").read()
    assert (size.total, size.part) == (GIB, GIB // 2)


async def test_a_blocked_event_loop_shows_as_lag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asset_forge.observability.metrics.runtime._sampler.LAG_SECONDS", 0.01)
    registry, sampler = sampled()
    await sampler.start()
    await sampler.start()
    await asyncio.sleep(0)
    time.sleep(0.3)
    deadline = time.monotonic() + 10
    while not registry.value("event_loop_lag_seconds_count"):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    await sampler.stop()
    await sampler.stop()
    assert (registry.value("event_loop_lag_seconds_sum") or 0.0) >= 0.25
    late = registry.value("event_loop_lag_seconds_count") or 0.0
    assert late - (registry.value("event_loop_lag_seconds_bucket", le="0.25") or 0.0) >= 1


def test_a_forked_child_does_not_count_its_parents_collections(tmp_path: Path) -> None:
    registry, sampler = sampled(tmp_path)
    gc.collect()
    sampler.sample()
    before = registry.value("python_gc_collections_total", generation="2") or 0.0
    child = os.fork()
    if child == 0:
        try:
            sampler.sample()
            after = registry.value("python_gc_collections_total", generation="2") or 0.0
            os._exit(0 if after - before <= 1 else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    registry.close()


async def test_a_process_without_a_free_descriptor_is_still_sampled_and_says_so_once() -> None:
    """The limit is lowered to what is open, as a leak would bring about the other way."""
    registry = Registry(RUNTIME_DECLARATIONS, strict=True)
    told: list[int] = []
    sampler = RuntimeSampler(registry, on_exhausted=told.append)
    await sampler.start()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, before[1]))
        with contextlib.ExitStack() as stack:
            while True:
                try:
                    stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            for _ in range(3):
                sampler.sample()
            taken = registry.value("process_open_fds"), registry.value("process_max_fds")
            ratio = registry.value("process_open_fds_ratio")
        sampler.sample()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        await sampler.stop()
    assert taken[0] == taken[1] == highest + 1
    assert told == [highest + 1]
    assert ratio == 1.0
    assert (registry.value("process_open_fds") or 0) < highest + 1


async def test_a_fault_while_sampling_is_counted_and_the_rest_is_sampled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("unforeseen")

    monkeypatch.setattr("asset_forge.observability.metrics.runtime._sampler.LAG_SECONDS", 0.01)
    monkeypatch.setattr("asset_forge.observability.metrics.runtime._sampler.SAMPLE_SECONDS", 0.02)
    monkeypatch.setattr("psutil.Process.cpu_times", broken)
    monkeypatch.setattr("platform.python_version_tuple", broken)
    registry = Registry(RUNTIME_DECLARATIONS)
    sampler = RuntimeSampler(registry)
    await sampler.start()
    deadline = time.monotonic() + 30
    while (registry.value("telemetry_dropped_total", sink="metrics") or 0.0) < 6:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    before = registry.value("event_loop_lag_seconds_count") or 0.0
    while (registry.value("event_loop_lag_seconds_count") or 0.0) <= before:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    await sampler.stop()
    assert registry.value("python_gc_collections_total", generation="2") is not None
    assert registry.value("python_heap_size_total_bytes") is not None


def test_the_limit_on_descriptors_is_known_where_psutil_does_not_tell_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on macOS."""
    monkeypatch.delattr("psutil.Process.rlimit")
    monkeypatch.delattr("psutil.RLIMIT_NOFILE")
    registry, _ = sampled()
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert registry.value("process_max_fds") == limit
