"""A folder that dies at any point of its work, and several that fold at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from asset_forge.observability.metrics import CounterDeclaration, GaugeDeclaration, Registry

COUNT = CounterDeclaration("things_total", "Things.")
POOL = GaugeDeclaration("pool", "A pool.")

CRASHING = """
import os, sys
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, Registry

registry = Registry([CounterDeclaration("things_total", "Things.")], directory=Path(sys.argv[1]))
point, left = sys.argv[2], int(sys.argv[3])

def watch(event, arguments):
    global left
    if event == point and (point == "fcntl.flock" or sys.argv[1] in str(arguments[0])):
        left -= 1
        if left < 0:
            os._exit(9)

sys.addaudithook(watch)
registry.render()
print("survived")
"""

CRASHING_BETWEEN_STEPS = """
import os, sys
from itertools import islice
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, Registry

count = CounterDeclaration("things_total", "Things.")
registry = Registry([count], directory=Path(sys.argv[1]))
steps = registry._group.refresh({count.name: count})
for _ in islice(steps, 21 + int(sys.argv[2])):  # as many as there are members, and some
    pass
if next(steps, "survived") is None:
    os._exit(9)
"""

FOLDING = """
import sys
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, Registry

registry = Registry([CounterDeclaration("things_total", "Things.")], directory=Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(20):
    assert registry.value("things_total") == float(sys.argv[2]), registry.value("things_total")
"""


def dead_members(directory: Path, number: int) -> float:
    """Leave the files of `number` members behind, and return their total."""
    for amount in range(number):
        member = Registry([COUNT], directory=directory, strict=True)
        member.counter(COUNT).labels().inc(amount + 1)
        member.close()
    return float(sum(range(number + 1)))


POINTS = [
    *(("open", left) for left in range(8)),  # 4 members, the lock, the draft, the lock, the result
    *(("fcntl.flock", left) for left in range(7, 12)),  # the lock, the draft, and the lock again
    ("os.rename", 0),  # into its place
    *(("os.remove", left) for left in range(4)),  # the draft that is there no more, the dead
    *(("os.scandir", left) for left in range(3)),  # for members, drafts, and members again
]
"""What a folder does outside of itself, and how often it has done it before it dies."""


@pytest.mark.parametrize(("point", "left"), POINTS)
def test_a_folder_that_dies_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, point: str, left: int
) -> None:
    stays = Registry([COUNT], directory=tmp_path, strict=True)
    total = dead_members(tmp_path, 3)
    crashing = [sys.executable, "-c", CRASHING, tmp_path, point, str(left)]
    assert subprocess.run(crashing, check=False).returncode == 9
    for _ in range(3):
        assert stays.value("things_total") == total
    assert len(list(tmp_path.glob("member-*"))) == 1
    assert not list(tmp_path.glob("*.tmp"))
    stays.close()


@pytest.mark.parametrize("steps", range(0, 40, 3))
def test_a_folder_that_dies_between_two_steps_loses_nothing_and_counts_nothing_twice(
    tmp_path: Path, steps: int
) -> None:
    stays = Registry([COUNT], directory=tmp_path, strict=True)
    total = dead_members(tmp_path, 20)
    crashing = [sys.executable, "-c", CRASHING_BETWEEN_STEPS, tmp_path, str(steps)]
    assert subprocess.run(crashing, check=False).returncode == 9
    for _ in range(3):
        assert stays.value("things_total") == total
    assert len(list(tmp_path.glob("member-*"))) == 1
    stays.close()


def test_the_crashes_happen_where_they_should(tmp_path: Path) -> None:
    """Otherwise the test above would show nothing: the folder dies after the rename, before
    removing.
    """
    stays = Registry([COUNT], directory=tmp_path, strict=True)
    dead_members(tmp_path, 3)
    result = subprocess.run(
        [sys.executable, "-c", CRASHING, tmp_path, "os.remove", "0"], check=False
    )
    assert result.returncode == 9
    assert (tmp_path / "folded.metrics").exists()
    assert len(list(tmp_path.glob("member-*"))) == 5
    stays.close()


def test_folders_at_once_agree(tmp_path: Path) -> None:
    stays = Registry([COUNT], directory=tmp_path, strict=True)
    total = dead_members(tmp_path, 20)
    folders = [
        subprocess.Popen(
            [sys.executable, "-c", FOLDING, tmp_path, str(total)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for folder in folders:
        assert folder.stdout is not None
        assert folder.stdout.readline() == "ready\n"
    for folder in folders:
        folder.communicate("go\n")
        assert folder.returncode == 0
    assert stays.value("things_total") == total
    stays.close()


def test_a_forked_child_counts_for_itself_and_its_parent_does_too(tmp_path: Path) -> None:
    parent = Registry([COUNT, POOL], directory=tmp_path, strict=True)
    parent.counter(COUNT).labels().inc(10)
    parent.gauge(POOL).labels().set(1)
    child = os.fork()
    if child == 0:
        try:
            parent.counter(COUNT).labels().inc(5)
            parent.gauge(POOL).labels().set(2)
            right = (parent.value("things_total"), parent.value("pool")) == (15.0, 3.0)
            os._exit(0 if right else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    parent.counter(COUNT).labels().inc(10)
    assert parent.value("things_total") == 25.0
    assert parent.value("pool") == 1.0
    parent.close()


def test_a_fork_in_the_middle_of_folding_spoils_nothing(tmp_path: Path) -> None:
    """The child has copies of all that the parent is at, and throws them away."""
    parent = Registry([COUNT], directory=tmp_path, strict=True)
    total = dead_members(tmp_path, 3)
    assert parent._group is not None
    folding = parent._group.refresh({COUNT.name: COUNT})
    while not list(tmp_path.glob("folded-*.tmp")):
        assert next(folding, "over") is None
    child = os.fork()
    if child == 0:
        try:
            folding.close()
            os._exit(0)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    for _ in folding:
        pass
    assert parent.value("things_total") == total
    assert not parent.value("metrics_collector_errors_total", collector="directory")
    assert len(list(tmp_path.glob("member-*"))) == 1
    parent.close()


def test_a_child_that_outlives_its_parent_does_not_keep_it_alive(tmp_path: Path) -> None:
    observer = Registry([COUNT, POOL], directory=tmp_path, strict=True)
    program = """
import os, sys
from pathlib import Path
from asset_forge.observability.metrics import GaugeDeclaration, Registry
pool = GaugeDeclaration("pool", "A pool.")
registry = Registry([pool], directory=Path(sys.argv[1]))
registry.gauge(pool).labels().set(1)
if os.fork() == 0:
    print("forked", flush=True)
    sys.stdin.readline()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"forked\n"
    process.wait()
    assert observer.value("pool") in {None, 0.0}
    process.stdin.close()
    process.stdout.close()
    observer.close()


def test_a_full_disk_costs_no_increment(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: writing past it fails in the same
    way.
    """
    program = """
import resource, sys
from pathlib import Path
from asset_forge.observability.metrics import CounterDeclaration, Label, Registry
count = CounterDeclaration("things_total", "Things.", (Label("id"),), series_limit=5000)
registry = Registry([count], directory=Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))
for turn in range(2):
    for number in range(3_000):
        registry.counter(count).labels(str(number)).inc()
lines = [line for line in registry.render().decode().splitlines() if line.startswith("things")]
assert len(lines) == 3_000 and all(line.endswith(" 2.0") for line in lines), len(lines)
assert registry.value("metrics_collector_errors_total", collector="directory") > 0
"""
    result = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr.count("new series are seen in this process only") == 1
