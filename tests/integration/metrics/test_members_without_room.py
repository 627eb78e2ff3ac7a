"""Members that run out of descriptors or of room on the disk, and what the group says then."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from asset_forge.observability.metrics import CounterDeclaration, Label, Registry
from asset_forge.observability.metrics._locks import group_lock

COUNT = CounterDeclaration("things_total", "Things.", (Label("id"),), series_limit=5_000)

HEAD = """
import os, resource, sys, threading
from pathlib import Path
from asset_forge.observability.metrics import (
    CounterDeclaration, GaugeDeclaration, Label, Merge, Registry,
)

count = CounterDeclaration("things_total", "Things.", (Label("id"),), series_limit=5_000)
directory = Path(sys.argv[1])

def exhaust():
    "Take every descriptor that the limit leaves."
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
    taken = []
    try:
        while True:
            taken.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return taken
"""

READING = (
    HEAD
    + """
registry = Registry([count], directory=directory)
registry.counter(count).labels("a").inc(2)
def seen():
    return registry.value("things_total", id="a")
print(seen())
taken = exhaust()
during = [seen() for _ in range(3)]
for file in taken:
    os.close(file)
print(*during, seen())
print(registry.value("metrics_collector_errors_total", collector="directory"))
"""
)

JOINING = (
    HEAD
    + """
taken = exhaust()
# One for the lock of the group and none to list the directory, then some for a file, and so on.
for free in range(1, 4):
    os.close(taken.pop())
    Registry([count], directory=directory).close()
"""
)

FILLED = (
    HEAD
    + """
pool = GaugeDeclaration("pool", "A pool.")
sampled = GaugeDeclaration("sampled", "Sampled.", merge=Merge.NEWEST)
registry = Registry([count, pool, sampled], directory=directory)
registry.gauge(pool).labels().set(4)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, hard))
for number in range(2_000):
    registry.counter(count).labels(str(number)).inc()
def from_another_thread():
    registry.counter(count).labels("0").inc(0.5)
    registry.gauge(pool).labels().set(6)
thread = threading.Thread(target=from_another_thread)
thread.start()
thread.join()
registry.gauge(sampled).clear()
registry.gauge(sampled).labels().set(8)
print("full", flush=True)
sys.stdin.readline()
registry.keep_place()
print("still full", flush=True)
sys.stdin.readline()
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
registry.keep_place()
for number in range(2_000):
    registry.counter(count).labels(str(number)).inc()
print("room again", flush=True)
sys.stdin.readline()
print(sum(registry.value("things_total", id=str(number)) for number in range(2_000)))
"""
)


LOGGING = (
    HEAD
    + """
import logging
said = CounterDeclaration("said_total", "Lines.", (Label("level", ("warning",)),))
registry = Registry([count, said], directory=directory)
class Counting(logging.Handler):
    def emit(self, record):
        registry.counter(said).labels("warning").inc()
logging.getLogger().addHandler(Counting())
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, hard))
def from_another_thread():
    for number in range(2_000):
        registry.counter(count).labels(str(number)).inc()
thread = threading.Thread(target=from_another_thread, daemon=True)
thread.start()
thread.join(30)
if thread.is_alive():
    os._exit(1)
registry.render()
print(registry.value("said_total", level="warning"))
"""
)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Registry]:
    """A member of the group that has all that it needs."""
    registry = Registry([COUNT], directory=tmp_path, strict=True)
    registry.counter(COUNT).labels("a").inc(3)
    yield registry
    registry.close()


def test_a_member_without_descriptors_keeps_what_it_knows_of_the_others(
    tmp_path: Path, other: Registry
) -> None:
    del other
    result = subprocess.run(
        [sys.executable, "-c", READING, tmp_path], capture_output=True, text=True, check=True
    )
    before, during, errors = result.stdout.splitlines()
    assert before == "5.0"
    assert during.split() == ["5.0"] * 4
    assert float(errors) >= 3.0


def test_a_process_without_descriptors_that_joins_takes_nobody_for_dead(
    tmp_path: Path, other: Registry
) -> None:
    gone = Registry([COUNT], directory=tmp_path, strict=True)
    gone.counter(COUNT).labels("a").inc(10)
    gone.close()
    assert other.value("things_total", id="a") == 13.0
    subprocess.run([sys.executable, "-c", JOINING, tmp_path], check=True)
    assert (tmp_path / "folded.metrics").exists()
    assert other.value("things_total", id="a") == 13.0


def test_series_made_on_a_full_disk_reach_the_group_when_there_is_room_again(
    tmp_path: Path, other: Registry
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", FILLED, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def total() -> float:
        text = other.render(names=["things_total"]).decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if line[0] != "#") - 3.0

    def then(said: str) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("go\n")
        process.stdin.flush()
        assert process.stdout.readline() == said

    assert process.stdout.readline() == "full\n"
    assert 0.0 < total() < 2_000.0
    then("still full\n")
    assert 0.0 < total() < 2_000.0
    then("room again\n")
    assert total() == 4_000.5
    assert other.value("pool") == 6.0
    assert other.value("sampled") == 8.0
    then("4000.5\n")
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert errors.count("in this process only until there is room") == 1
    assert total() == 4_000.5
    assert other.value("sampled") == 8.0


def test_a_full_disk_stops_no_thread_where_log_lines_are_counted(tmp_path: Path) -> None:
    """The line about the disk must not be written while the lock is held that counting it takes."""
    result = subprocess.run(
        [sys.executable, "-c", LOGGING, tmp_path], capture_output=True, text=True, check=True
    )
    assert result.stdout == "1.0\n"


def test_a_cut_file_is_replaced_also_where_that_takes_a_second_try(tmp_path: Path) -> None:
    member, other = (Registry([COUNT], directory=tmp_path, strict=True) for _ in range(2))
    member.counter(COUNT).labels("a").inc(3)
    assert member._group is not None
    os.truncate(member._group._member.path, 0)
    with group_lock(tmp_path, seconds=0.0) as taken:
        assert taken
        member.keep_place()
    member.keep_place()
    member.counter(COUNT).labels("b").inc()
    assert other.value("things_total", id="b") == 1.0
    member.close()
    other.close()
