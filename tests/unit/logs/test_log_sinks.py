"""Sinks that block, refuse or vanish: nobody waits, and what is lost is counted and said."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from asset_forge.observability.logs import configure_logging
from asset_forge.observability.logs._writer import LineWriter

log = structlog.get_logger("asset_forge.test_sinks")


class Count:
    def __init__(self) -> None:
        self.value = 0.0
        self.lock = threading.Lock()

    def inc(self, amount: float = 1, /) -> None:
        with self.lock:
            self.value += amount


class Family:
    def __init__(self) -> None:
        self.lost = Count()

    def labels(self, *values: str) -> Count:
        assert values == ("log",)
        return self.lost


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.01)
    return True


def drain(fd: int, into: list[bytes]) -> threading.Thread:
    def read() -> None:
        while chunk := os.read(fd, 65_536):
            into.append(chunk)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("blocking", [True, False])
def test_a_pipe_that_nobody_reads_delays_nobody_and_recovers_with_a_report(blocking: bool) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, blocking)
    dropped = Family()
    system = configure_logging(fd=writer, dropped=dropped, max_lines=500)
    finished = threading.Event()

    def storm() -> None:
        for number in range(5_000):
            log.info("line", number=number, filler="x" * 100)
        finished.set()

    threading.Thread(target=storm, daemon=True).start()
    assert finished.wait(30), "a full pipe blocks the caller"
    lost = dropped.lost.value
    assert lost > 3_000

    chunks: list[bytes] = []
    thread = drain(reader, chunks)
    assert system.flush(20)
    log.info("after")
    system.close(10)
    os.close(writer)
    thread.join(10)
    os.close(reader)

    lines = [json.loads(line) for line in b"".join(chunks).splitlines()]
    reports = [line for line in lines if line["msg"] == "log lines were lost"]
    numbers = [line["number"] for line in lines if line["msg"] == "line"]
    assert dropped.lost.value == lost
    assert sum(report["lost"] for report in reports) == lost
    assert reports[0]["severity"] == "WARNING"
    assert reports[0]["reason"] == "the queue was full"
    assert len(numbers) == 5_000 - lost
    assert numbers == sorted(numbers)
    assert lines[-1]["msg"] == "after"


@pytest.mark.parametrize("blocking", [True, False])
def test_closing_gives_up_on_a_pipe_that_nobody_reads_and_counts_each_line(blocking: bool) -> None:
    assert_each_line_is_taken_or_counted(blocking=blocking)


def assert_each_line_is_taken_or_counted(*, blocking: bool) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, blocking)
    dropped = Family()
    system = configure_logging(fd=writer, dropped=dropped, max_lines=1_000)
    for number in range(2_000):
        log.info("line", number=number, filler="x" * 400)
    closed = threading.Event()

    def close() -> None:
        system.close(0.2)
        closed.set()

    threading.Thread(target=close, daemon=True).start()
    assert closed.wait(20)
    chunks: list[bytes] = []
    thread = drain(reader, chunks)
    os.close(writer)
    thread.join(10)
    os.close(reader)
    whole = [line for line in b"".join(chunks).splitlines(keepends=True) if line.endswith(b"\n")]
    taken = [line for line in map(json.loads, whole) if line["msg"] == "line"]
    assert taken
    assert len(taken) + dropped.lost.value == 2_000


def test_the_end_waits_for_what_a_thread_that_is_held_up_has_to_tell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which lines of a batch the pipe took is known only by the thread that writes it."""
    settle = LineWriter[Any]._settle

    def held_up(self: LineWriter[Any], written: int, refused: int) -> None:
        if self._closing:
            time.sleep(0.8)
        settle(self, written, refused)

    monkeypatch.setattr(LineWriter, "_settle", held_up)
    assert_each_line_is_taken_or_counted(blocking=True)


def test_a_process_whose_output_nobody_reads_still_ends() -> None:
    program = """
import structlog
from asset_forge.observability.logs import configure_logging
configure_logging()
log = structlog.get_logger()
for _ in range(5000):
    log.info("line", filler="x" * 100)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
        assert process.stdout is not None
        process.stdout.close()


def test_lines_written_just_before_the_end_are_not_lost() -> None:
    program = """
import structlog
from asset_forge.observability.logs import configure_logging
configure_logging()
structlog.get_logger().info("the last words")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, timeout=60, check=True
    )

    assert json.loads(done.stdout)["msg"] == "the last words"
    assert done.stderr == b""


def test_a_full_disk_loses_lines_says_so_and_recovers(tmp_path: Path) -> None:
    """The limit on the size of files stands in for the disk; it is lifted while it runs."""
    path = tmp_path / "log"
    program = """
import os, resource, signal, sys, structlog
from asset_forge.observability.logs import configure_logging
class Count:
    value = 0
    def inc(self, amount=1): self.value += amount
class Family:
    count = Count()
    def labels(self, *values): return self.count
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
system = configure_logging(fd=os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), dropped=Family())
log = structlog.get_logger()
for number in range(100):
    log.info("line", number=number, filler="x" * 100)
    system.flush(10)
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
log.info("after")
system.close(10)
print(Family.count.value)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        timeout=60,
        check=True,
        text=True,
    )
    whole: list[dict[str, object]] = []
    torn = 0
    for line in path.read_text().splitlines():
        try:
            whole.append(json.loads(line))
        except ValueError:
            torn += 1
    lost = int(done.stdout)
    (report,) = [line for line in whole if line["msg"] == "log lines were lost"]
    written = [line for line in whole if line["msg"] == "line"]

    assert torn == 1, "the line that the disk cut"
    assert lost == 100 - len(written)
    assert report["lost"] == lost
    assert report["reason"] == os.strerror(errno.EFBIG)
    assert whole[-1]["msg"] == "after"


def test_a_closed_pipe_is_counted_and_ends_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    dropped = Family()
    system = configure_logging(fd=writer, dropped=dropped)
    log.info("into the void")

    assert eventually(lambda: dropped.lost.value == 1)
    system.close(1)
    os.close(writer)
    assert dropped.lost.value == 1


def test_lines_after_the_end_are_counted_as_lost(tmp_path: Path) -> None:
    fd = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    dropped = Family()
    system = configure_logging(fd=fd, dropped=dropped)
    system.close()
    system.close()
    log.error("late")
    os.close(fd)

    assert dropped.lost.value == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forked children exist on POSIX only")
def test_a_forked_child_writes_lines_of_its_own(tmp_path: Path) -> None:
    program = """
import os, sys, structlog
from asset_forge.observability.logs import configure_logging
system = configure_logging()
log = structlog.get_logger()
log.info("parent")
system.flush(10)
child = os.fork()
log.info("both")
system.flush(10)
if child == 0:
    os._exit(0)
os.waitpid(child, 0)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, timeout=60, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert [line["msg"] for line in lines] == ["parent", "both", "both"]
    assert len({line["pid"] for line in lines}) == 2
