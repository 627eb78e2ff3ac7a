"""The watchdog counts what blocks the loop, and not what freezes the whole process."""

from __future__ import annotations

import asyncio
import itertools
import logging
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asset_forge.observability.health import LoopWatchdog
from asset_forge.observability.health._watchdog import StallClock


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _counted(steps: list[tuple[float, float]], tick: float = 0.25) -> float:
    """Sum what the clock counts over steps of (seconds passed, CPU seconds used)."""
    wall, cpu = Clock(), Clock()
    stall = StallClock(tick, clock=wall, cpu_clock=cpu)
    total = 0.0
    for passed, worked in steps:
        wall.now += passed
        cpu.now += worked
        total = stall.tick()
    return total


def test_regular_ticks_are_counted_in_full() -> None:
    assert _counted([(0.25, 0.0)] * 12) == pytest.approx(3.0)


def test_a_frozen_process_counts_two_ticks_however_long_it_stood_still() -> None:
    assert _counted([(3600.0, 0.001)]) == pytest.approx(0.5)


@pytest.mark.parametrize("worked", [19.5, 20.0, 35.0])
def test_code_that_held_the_interpreter_lock_counts_with_its_cpu_time(worked: float) -> None:
    assert _counted([(20.0, worked)]) == pytest.approx(min(worked, 20.0))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100))))
def test_never_more_than_the_time_that_passed_is_counted(steps: list[tuple[float, float]]) -> None:
    assert _counted(steps) <= sum(passed for passed, _ in steps) + 1e-6


async def _until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


def _messages(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if "event loop" in record.getMessage()]


async def test_a_stall_is_logged_once_with_its_line_and_again_when_it_is_over(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watchdog = LoopWatchdog(threshold_seconds=0.1, tick_seconds=0.02)
    watchdog.start()
    await asyncio.sleep(0)
    began = time.monotonic()
    deadline = began + 10
    while not _messages(caplog) and time.monotonic() < deadline:
        time.sleep(0.3)  # blocks on purpose
    time.sleep(0.3)  # where the process was frozen in the first, too little of it counted
    await _until(lambda: len(_messages(caplog)) >= 2)
    watchdog.stop()
    stall, recovery = _messages(caplog)[:2]  # a busy machine may stall it once more
    noticed = re.search(r"event loop blocked for (\d+\.\d+)", stall.splitlines()[0])
    over = re.match(r"event loop runs again; it was blocked for (\d+\.\d+)", recovery)
    assert noticed is not None
    assert over is not None
    assert 0.1 <= float(noticed[1]) <= float(over[1]) + 0.1
    assert 0.2 <= float(over[1]) <= time.monotonic() - began + 0.05  # it is rounded
    assert "test_health_watchdog.py" in stall.splitlines()[0]
    assert "in test_a_stall_is_logged_once_with_its_line" in stall.splitlines()[0]
    assert "time.sleep(0.3)  # blocks on purpose" in stall


async def test_a_call_that_holds_the_interpreter_lock_is_reported_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watchdog = LoopWatchdog(threshold_seconds=0.1, tick_seconds=0.02)
    watchdog.start()
    await asyncio.sleep(0)
    start = time.process_time()
    while time.process_time() - start < 0.5:
        sum(itertools.repeat(1, 50_000_000))  # one call of C code
    await _until(lambda: "runs again" in "".join(_messages(caplog)))
    watchdog.stop()
    assert "test_health_watchdog.py" in "".join(_messages(caplog))


async def test_the_innermost_line_of_the_application_is_named_not_that_of_a_library(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    watchdog = LoopWatchdog(threshold_seconds=0.1, tick_seconds=0.02)
    watchdog.start()
    await asyncio.sleep(0)
    import queue

    deadline = time.monotonic() + 20
    while not _messages(caplog) and time.monotonic() < deadline:  # frozen time is no stall
        with pytest.raises(queue.Empty):
            queue.Queue[None]().get(timeout=0.6)  # the innermost frames are the standard library's
    await _until(lambda: len(_messages(caplog)) >= 2)
    watchdog.stop()
    assert "test_health_watchdog.py" in _messages(caplog)[0].splitlines()[0]


async def test_a_busy_loop_that_still_turns_is_not_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    watchdog = LoopWatchdog(threshold_seconds=5, tick_seconds=0.02)
    watchdog.start()
    turns = 0
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        turns += 1
        await asyncio.sleep(0)
    watchdog.stop()
    assert turns > 0
    assert _messages(caplog) == []


async def test_a_watchdog_is_started_once() -> None:
    watchdog = LoopWatchdog()
    watchdog.start()
    with pytest.raises(RuntimeError, match="started already"):
        watchdog.start()
    watchdog.stop()


@pytest.mark.parametrize(("threshold", "tick"), [(1, 1), (1, 2), (1, 0)])
def test_ticks_that_cannot_see_the_threshold_are_refused(threshold: float, tick: float) -> None:
    with pytest.raises(ValueError, match="must satisfy 0 < tick < threshold"):
        LoopWatchdog(threshold_seconds=threshold, tick_seconds=tick)
