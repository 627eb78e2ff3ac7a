"""A thread that notices when the event loop is blocked, and logs the stack that blocks it."""

from __future__ import annotations

import asyncio
import logging
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType

_logger = logging.getLogger(__name__)

_LIBRARY_MARKS = ("site-packages", "dist-packages")


class LoopWatchdog:
    """Watches the event loop that it is started in.

    The loop beats every `tick_seconds`, a daemon thread looks as often. Once the loop has not
    beaten for `threshold_seconds` a warning names the innermost line of the application and shows
    the whole stack; another tells the length when the loop runs again. Each stall is logged once.

    Time in which the whole process stood still (SIGSTOP, a frozen container) is no stall: the
    watching thread missed its own ticks then and used no CPU. Where it missed them while the
    process did use the CPU, code held the interpreter lock, and the stall is logged afterwards.

    `packages` are the import names that count as the application's also when they are installed
    among the libraries.
    """

    def __init__(
        self,
        *,
        packages: tuple[str, ...] = (),
        threshold_seconds: float = 1.0,
        tick_seconds: float = 0.25,
        clock: Callable[[], float] = time.monotonic,
        cpu_clock: Callable[[], float] = time.process_time,
    ) -> None:
        if not 0 < tick_seconds < threshold_seconds:
            msg = (
                f"tick_seconds={tick_seconds}, threshold_seconds={threshold_seconds}: "
                "they must satisfy 0 < tick < threshold"
            )
            raise ValueError(msg)
        self._packages = packages
        self._threshold = threshold_seconds
        self._tick = tick_seconds
        self._stall = StallClock(tick_seconds, clock=clock, cpu_clock=cpu_clock)
        self._beats = 0
        self._handle: asyncio.TimerHandle | None = None
        self._ended = threading.Event()

    def start(self) -> None:
        """Begin to watch the running event loop; call it inside that loop, once."""
        if self._handle is not None:
            msg = "this watchdog has been started already; use one for each event loop"
            raise RuntimeError(msg)
        loop = asyncio.get_running_loop()
        self._beat(loop)
        threading.Thread(
            target=self._watch,
            args=(loop, threading.get_ident()),
            name="loop-watchdog",
            daemon=True,
        ).start()

    def stop(self) -> None:
        """Stop to watch; call it inside the watched loop."""
        self._ended.set()
        if self._handle is not None:
            self._handle.cancel()

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        self._beats += 1
        self._handle = loop.call_later(self._tick, self._beat, loop)

    def _watch(self, loop: asyncio.AbstractEventLoop, thread_id: int) -> None:
        beats_seen, reported = self._beats, False
        while not self._ended.wait(self._tick) and not loop.is_closed():
            blocked = self._stall.tick()
            if self._beats != beats_seen:
                if reported or blocked >= self._threshold:
                    _logger.warning("event loop runs again; it was blocked for %.1f s", blocked)
                beats_seen, reported = self._beats, False
                self._stall.reset()
            elif blocked >= self._threshold and not reported:
                reported = True
                self._report(blocked, thread_id)

    def _report(self, blocked: float, thread_id: int) -> None:
        frame = sys._current_frames().get(thread_id)  # pyright: ignore[reportPrivateUsage]
        if frame is None:
            return
        stack = "".join(traceback.format_stack(frame))
        _logger.warning(
            "event loop blocked for %.1f s at %s\n%s", blocked, self._place(frame), stack
        )

    def _place(self, innermost: FrameType) -> str:
        """Name the innermost line of the application, or the innermost of all without one."""
        frame: FrameType | None = innermost
        while frame is not None and not is_application_code(frame, self._packages):
            frame = frame.f_back
        frame = frame or innermost
        code = frame.f_code
        return f"{code.co_filename}:{frame.f_lineno} in {code.co_qualname}"


class StallClock:
    """Adds up how long a loop has been blocked, without the time in which the process was frozen.

    Called every `tick_seconds` by the watching thread. Of a gap between two calls at most two ticks
    count, or the CPU time that the process used in it where that is more: then the watching thread
    was not frozen, but waited for the interpreter lock.
    """

    def __init__(
        self, tick_seconds: float, *, clock: Callable[[], float], cpu_clock: Callable[[], float]
    ) -> None:
        self._tick = tick_seconds
        self._clock = clock
        self._cpu_clock = cpu_clock
        self._last, self._last_cpu = clock(), cpu_clock()
        self._blocked = 0.0

    def tick(self) -> float:
        """Count the time since the last call and give the sum since the last reset; seconds."""
        now, cpu = self._clock(), self._cpu_clock()
        gap, worked = now - self._last, cpu - self._last_cpu
        self._last, self._last_cpu = now, cpu
        self._blocked += min(gap, max(worked, 2 * self._tick))
        return self._blocked

    def reset(self) -> None:
        """Start again from 0: the loop has beaten."""
        self._blocked = 0.0


def is_application_code(frame: FrameType, packages: tuple[str, ...]) -> bool:
    """Say whether a frame runs neither the standard library nor an installed library."""
    module = str(frame.f_globals.get("__name__", ""))
    if any(module == package or module.startswith(f"{package}.") for package in packages):
        return True
    path = Path(frame.f_code.co_filename)
    if path.is_relative_to(sysconfig.get_path("stdlib")) or "<frozen" in str(path):
        return False
    return not any(mark in path.parts for mark in _LIBRARY_MARKS)
