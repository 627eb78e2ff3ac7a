"""Two histograms and a gauge that are written in one call, and must read as if by three."""

from __future__ import annotations

import math
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.metrics import (
    SELF_DECLARATIONS,
    GaugeDeclaration,
    HistogramDeclaration,
    JoinedWrite,
    Merge,
    Registry,
)

TIME = HistogramDeclaration("took_seconds", "Time.", unit="seconds", buckets=(0.1, 1.0))
SIZE = HistogramDeclaration("size_bytes", "Size.", unit="bytes", buckets=(10.0, 100.0))
RUNNING = GaugeDeclaration("running", "How many run.")
NEWEST = GaugeDeclaration("newest", "How many run, where the newest word counts.", merge=Merge.MAX)
DECLARATIONS = (TIME, SIZE, RUNNING, NEWEST, *SELF_DECLARATIONS)
SAMPLES = (
    *("took_seconds_count", "took_seconds_sum", "size_bytes_count", "size_bytes_sum"),
    *("running", "newest"),
)


def join(registry: Registry, running: GaugeDeclaration = RUNNING) -> JoinedWrite:
    time, size = registry.histogram(TIME).labels(), registry.histogram(SIZE).labels()
    return time.joined(size, registry.gauge(running).labels())


def elsewhere(call: Callable[[], None]) -> None:
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()


def read(registry: Registry) -> list[float | None]:
    return [registry.value(name) for name in SAMPLES]


TIMES = st.floats(-1.0, 10.0) | st.sampled_from([0.1, 1.0, math.nan, math.inf, -0.0])
SIZES = st.integers(0, 500) | st.floats(0.0, 500.0) | st.sampled_from([10, 10.0, 11, 10.5])
WRITES = st.lists(st.tuples(TIMES, SIZES, st.booleans()), max_size=20)


@given(WRITES, st.sampled_from([RUNNING, NEWEST]))
def test_one_call_counts_what_three_calls_count(
    writes: list[tuple[float, float, bool]], running: GaugeDeclaration
) -> None:
    joined, apart = Registry(DECLARATIONS), Registry(DECLARATIONS)
    write = join(joined, running)
    time, size = apart.histogram(TIME).labels(), apart.histogram(SIZE).labels()
    gauge = apart.gauge(running).labels()

    def three(value: float, other: float) -> None:
        time.observe(value)
        size.observe(other)
        gauge.dec()

    for value, other, aside in writes:
        for call in (write, three):
            if aside:
                elsewhere(lambda call=call, value=value, other=other: call(value, other))
            else:
                call(value, other)
    assert read(joined) == read(apart)
    samples = [
        [line for line in one.render().splitlines() if b"_bucket" in line]
        for one in (joined, apart)
    ]
    assert samples[0] == samples[1]


def test_several_threads_lose_nothing() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    write, rounds = join(registry), 5_000

    def work() -> None:
        for _ in range(rounds):
            write(0.5, 50.0)

    threads = [threading.Thread(target=work) for _ in range(3)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        work()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    total = 4.0 * rounds
    assert read(registry)[:5] == [total, total * 0.5, total, total * 50.0, -total]


def test_it_goes_on_in_the_file_that_takes_the_place_of_one_that_is_gone(tmp_path: Path) -> None:
    registry = Registry(DECLARATIONS, directory=tmp_path)
    other = Registry(DECLARATIONS, directory=tmp_path)
    write = join(registry)
    write(0.5, 50.0)
    assert registry._group is not None
    registry._group._member.path.unlink()
    registry.keep_place()
    write(0.5, 50.0)
    for one in (registry, other):
        assert read(one)[:5] == [2.0, 1.0, 2.0, 100.0, -2.0]
    for one in (registry, other):
        one.close()


def test_a_forked_child_counts_into_its_own_place(tmp_path: Path) -> None:
    registry = Registry(DECLARATIONS, directory=tmp_path)
    write = join(registry)
    write(0.5, 50.0)
    child = os.fork()
    if child == 0:
        try:
            write(0.5, 50.0)
            right = read(registry)[:5] == [2.0, 1.0, 2.0, 100.0, -2.0]
            os._exit(0 if right else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    # What the child counted stays; its level ended with it.
    assert read(registry)[:5] == [2.0, 1.0, 2.0, 100.0, -1.0]
    registry.close()


def test_an_exemplar_belongs_to_the_first_of_them() -> None:
    registry = Registry(DECLARATIONS, strict=True)
    join(registry)(0.5, 50.0, {"trace_id": "4bf9"})
    lines = registry.render(openmetrics=True).splitlines()
    told = [line for line in lines if b"4bf9" in line]
    assert len(told) == 1
    assert told[0].startswith(b'took_seconds_bucket{le="1.0"} 1')
