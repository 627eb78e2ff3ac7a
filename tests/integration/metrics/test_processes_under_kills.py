"""Processes that count while they are killed and started again, one by one or several at once,
against what they say themselves.

Each increment is announced by a byte appended to a file before it is made and confirmed by one
after it. What was announced is the ceiling that the group's total may never exceed; a kill costs at
most the increment under way.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from asset_forge.observability.metrics import CounterDeclaration, HistogramDeclaration, Registry

PROGRAM = """
import os, sys
os.nice(10)  # its pace is nothing here
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, HistogramDeclaration, Registry

count = CounterDeclaration("things_total", "Things.")
size = HistogramDeclaration("size_bytes", "A size.", buckets=(1.0, 2.0, 4.0))
registry = Registry([count, size], directory=Path(sys.argv[1]), strict=True)
counter, histogram = registry.counter(count).labels(), registry.histogram(size).labels()
announced = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
confirmed = os.open(sys.argv[3], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
turn = 0
while True:
    os.write(announced, b".")
    counter.inc()
    histogram.observe(2.0)
    os.write(confirmed, b".")
    turn += 1
    if turn % 500 == 0:
        registry.render()  # folds in the dead, as a scrape does, and may be killed meanwhile
"""

COUNT = CounterDeclaration("things_total", "Things.")
SIZE = HistogramDeclaration("size_bytes", "A size.", buckets=(1.0, 2.0, 4.0))
PROCESSES = 8
KILLS = 40


def test_totals_are_the_truth_but_for_one_increment_a_kill(tmp_path: Path) -> None:
    truth = tmp_path / "announced", tmp_path / "confirmed"
    for path in truth:
        path.touch()
    directory = tmp_path / "metrics"
    registry = Registry([COUNT, SIZE], directory=directory, strict=True)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", PROGRAM, directory, *truth])

    def announced() -> int:
        return truth[0].stat().st_size

    chance = random.Random(7)
    running = [start() for _ in range(PROCESSES)]
    last = 0.0
    try:
        wait_for(lambda: announced() > PROCESSES)
        for _ in range(KILLS):
            reached = announced()
            wait_for(lambda reached=reached: announced() > reached + chance.randrange(200))
            victim = running.pop(chance.randrange(len(running)))
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            running.append(start())
            total = registry.value("things_total") or 0.0
            assert last <= total <= announced()
            last = total
    finally:
        for process in running:
            process.kill()
            process.wait()

    total = registry.value("things_total") or 0.0
    kills = KILLS + PROCESSES
    ceiling, floor = announced(), truth[1].stat().st_size
    assert floor <= total <= ceiling <= floor + kills
    observations = registry.value("size_bytes_count") or 0.0
    assert floor <= observations <= total
    assert observations * 2.0 - 2.0 * kills <= (registry.value("size_bytes_sum") or 0.0)
    assert (registry.value("size_bytes_sum") or 0.0) <= observations * 2.0
    assert not registry.value("metrics_collector_errors_total", collector="member")
    Registry([COUNT, SIZE], directory=directory).close()  # whoever joins clears up after the killed
    names = [path.name for path in directory.iterdir()]
    assert sum(name.startswith("member-") and name.endswith(".metrics") for name in names) == 2
    assert not [name for name in names if name.endswith(".tmp")]
    registry.close()


FOLDER = """
import os, sys
os.nice(10)
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, HistogramDeclaration, Registry

count = CounterDeclaration("things_total", "Things.")
size = HistogramDeclaration("size_bytes", "A size.", buckets=(1.0, 2.0, 4.0))
registry = Registry([count, size], directory=Path(sys.argv[1]), strict=True)
last = 0.0
print("folding", flush=True)
while True:
    total = registry.value("things_total")
    assert last <= total, (last, total)
    last = total
"""
STORMS = 5


@contextmanager
def program(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", *map(str, arguments)], stdout=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_a_storm_of_kills_costs_one_increment_each_while_others_fold_and_read(
    tmp_path: Path,
) -> None:
    truth = tmp_path / "announced", tmp_path / "confirmed"
    for path in truth:
        path.touch()
    directory = tmp_path / "metrics"
    registry = Registry([COUNT, SIZE], directory=directory, strict=True)
    kills, last = 0, 0.0

    def announced() -> int:
        return truth[0].stat().st_size

    def members() -> int:
        return len(list(directory.glob("member-*.metrics")))

    with program(FOLDER, directory) as folder:
        assert folder.stdout is not None
        assert folder.stdout.readline() == b"folding\n"
        for _ in range(STORMS):
            reached = announced()
            storm = [
                subprocess.Popen([sys.executable, "-c", PROGRAM, directory, *truth])
                for _ in range(PROCESSES)
            ]
            wait_for(lambda: members() >= PROCESSES + 2)
            wait_for(lambda reached=reached: announced() > reached + 50 * PROCESSES)
            for process in storm:
                process.send_signal(signal.SIGKILL)
            kills += len(storm)

            def all_are_folded(storm: list[subprocess.Popen[bytes]] = storm) -> bool:
                nonlocal last
                total = registry.value("things_total") or 0.0
                assert last <= total <= announced()
                last = total
                return members() == 2 and all(process.poll() is not None for process in storm)

            wait_for(all_are_folded)
        assert folder.poll() is None

    total = registry.value("things_total") or 0.0
    ceiling, floor = announced(), truth[1].stat().st_size
    assert floor <= total <= ceiling <= floor + kills
    assert not registry.value("metrics_collector_errors_total", collector="member")
    assert not registry.value("metrics_collector_errors_total", collector="directory")
    registry.close()


def wait_for(condition: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.001)
