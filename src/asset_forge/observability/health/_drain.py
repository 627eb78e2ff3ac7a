"""The end of a process in order: not ready, keep serving, finish what runs, stop."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import threading
import time
from collections.abc import Callable, Generator


class DrainState(enum.StrEnum):
    """Where a process stands: it serves, it finishes, it has finished."""

    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"


class Drain:
    """The one place that knows whether this process is on its way out.

    `begin()` may be called from a signal handler, a thread or the event loop. From then on
    readiness is 503. For `linger_seconds` new work is still served, because load balancers need
    that long to see the readiness; then for at most `grace_seconds` what runs may finish.
    Requests and job steps that must finish are counted with `in_flight()`.
    """

    def __init__(
        self,
        *,
        grace_seconds: float = 30.0,
        linger_seconds: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        for title, value in (("grace_seconds", grace_seconds), ("linger_seconds", linger_seconds)):
            if not 0 <= value <= 3600:
                msg = f"{title} is {value}; it must lie between 0 and 3600 seconds"
                raise ValueError(msg)
        self.grace_seconds = grace_seconds
        self.linger_seconds = linger_seconds
        self._clock = clock
        self._state = DrainState.RUNNING
        self._began: float | None = None
        self._count = 0
        self._count_lock = threading.Lock()
        self._until_draining = _Waiters()
        self._until_idle = _Waiters()

    @property
    def state(self) -> DrainState:
        """Where the process stands now."""
        return self._state

    @property
    def draining(self) -> bool:
        """Whether the process has been told to end."""
        return self._state is not DrainState.RUNNING

    @property
    def linger_over(self) -> bool:
        """Whether new work may now be refused."""
        return self._began is not None and self._clock() - self._began >= self.linger_seconds

    @property
    def grace_left_seconds(self) -> float:
        """How much of the grace period is left: all of it before the drain, then until its end."""
        if self._began is None:
            return self.grace_seconds
        ends = self._began + self.linger_seconds + self.grace_seconds
        return min(self.grace_seconds, max(0.0, ends - self._clock()))

    @property
    def in_flight_count(self) -> int:
        """How many requests and steps run now."""
        return self._count

    def begin(self) -> bool:
        """Start to drain; True the first time, False when it had begun already.

        Takes no lock, so that a signal handler may call it wherever it interrupts.
        """
        if self._began is not None:
            return False
        self._began = self._clock()
        self._state = DrainState.DRAINING
        self._until_draining.wake()
        return True

    def stop(self) -> None:
        """Say that everything has finished."""
        self.begin()
        self._state = DrainState.STOPPED

    @contextlib.contextmanager
    def in_flight(self) -> Generator[None]:
        """Count the block as work that a drain waits for; usable from any thread."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Count one piece of work more; each call needs one `leave()`."""
        with self._count_lock:
            self._count += 1

    def leave(self) -> None:
        """Count one piece of work less."""
        with self._count_lock:
            self._count -= 1
            idle = self._count == 0
        if idle:
            self._until_idle.wake()

    async def wait_draining(self) -> None:
        """Wait until the process is told to end; for streams and loops that would outlive it."""
        await self._until_draining.wait(lambda: self.draining)

    async def wait_idle(self, timeout_seconds: float | None = None) -> bool:
        """Wait until nothing is in flight; False when the time was over first."""
        try:
            async with asyncio.timeout(timeout_seconds):
                await self._until_idle.wait(lambda: self._count == 0)
        except TimeoutError:
            return False
        return True


class _Waiters:
    """Coroutines of any event loop that wait for a condition which any thread may bring about."""

    def __init__(self) -> None:
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    async def wait(self, condition: Callable[[], bool]) -> None:
        event = asyncio.Event()
        waiter = (asyncio.get_running_loop(), event)
        self._waiting.add(waiter)  # before the first look, or a change between the two is lost
        try:
            while not condition():
                await event.wait()
                event.clear()
        finally:
            self._waiting.discard(waiter)

    def wake(self) -> None:
        for waiter in tuple(self._waiting):
            loop, event = waiter
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:  # that loop has closed, and nobody waits in it any more
                self._waiting.discard(waiter)
