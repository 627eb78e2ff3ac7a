"""Runs one check within its time limit, and never piles up runs of one that hangs."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import cast

from asset_forge.observability.health._check import Check, Finding, Result, Status
from asset_forge.observability.health._patience import wait_patiently

_logger = logging.getLogger(__name__)


class CheckRunner:
    """One check and its run under way.

    A run that passes its time limit is abandoned: an async one is cancelled, a thread is left
    alone (nothing can stop it). While that run lives the check is not started again; each round
    reports it unhealthy with the time since the run began. Time in which the event loop stood still
    is none of the run's (`wait_patiently`).
    """

    def __init__(self, check: Check, *, clock: Callable[[], float]) -> None:
        self.check = check
        self._clock = clock
        self._running: asyncio.Future[Finding] | None = None
        self._began = 0.0

    async def run(self) -> Result:
        """Run the check once; every fault of it becomes a result, none is raised."""
        if self._running is not None and not self._running.done():
            return self._failed(f"a run that began {self._age():.0f} s ago still hangs")
        self._began = self._clock()
        run = self._running = self._start()
        stood_still = 0.0
        try:
            stood_still = await wait_patiently(run, self.check.timeout_seconds)
        finally:
            if not run.done():
                _abandon(run)
        if not run.done():
            return self._failed(f"timed out after {self.check.timeout_seconds:g} s")
        return self._judge(run, stood_still)

    def _start(self) -> asyncio.Future[Finding]:
        if self.check.is_async:
            call = cast("Callable[[], Awaitable[Finding]]", self.check.run)
            return asyncio.ensure_future(_awaited(call))
        return _in_thread(self.check.name, cast("Callable[[], Finding]", self.check.run))

    def _judge(self, run: asyncio.Future[Finding], stood_still: float) -> Result:
        if run.cancelled():
            return self._failed("cancelled")
        fault = run.exception()
        if fault is not None:
            _logger.debug("health check %s failed", self.check.name, exc_info=fault)
            return self._failed(type(fault).__name__)
        finding = run.result()
        seconds, status = max(self._age() - stood_still, 0.0), finding.status
        slow_after = self.check.degraded_after_seconds
        if status is Status.HEALTHY and slow_after is not None and seconds > slow_after:
            status = Status.DEGRADED
        return Result(status, seconds, finding.details, finding.available)

    def _failed(self, error: str) -> Result:
        details = {**self.check.failure_details, "error": error}
        return Result(Status.UNHEALTHY, self._age(), details, available=False)

    def _age(self) -> float:
        return self._clock() - self._began


async def _awaited(call: Callable[[], Awaitable[Finding]]) -> Finding:
    return await call()


def _abandon(run: asyncio.Future[Finding]) -> None:
    run.add_done_callback(_consume)
    if isinstance(run, asyncio.Task):
        run.cancel()


def _consume(run: asyncio.Future[Finding]) -> None:
    """Take the outcome of an abandoned run, so that asyncio does not log it as never retrieved."""
    if not run.cancelled():
        run.exception()


def _in_thread(name: str, call: Callable[[], Finding]) -> asyncio.Future[Finding]:
    """Call in a daemon thread of its own.

    Not in the default executor: hanging checks would take its threads from the application and hold
    up the end of the process.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Finding] = loop.create_future()

    def deliver(finding: Finding | None, fault: BaseException | None) -> None:
        if future.done():
            return
        if fault is not None:
            future.set_exception(fault)
        elif finding is not None:
            future.set_result(finding)

    def work() -> None:
        finding: Finding | None = None
        fault: BaseException | None = None
        try:
            finding = call()
            if not isinstance(finding, Finding):  # pyright: ignore[reportUnnecessaryIsInstance]
                fault = TypeError(
                    f"check {name!r} returned {type(finding).__name__}, not a Finding"
                )
        except BaseException as error:  # noqa: BLE001 - handed over to the loop, with all it carries
            fault = error
        try:
            loop.call_soon_threadsafe(deliver, finding, fault)
        except RuntimeError:
            _logger.debug("health check %s ended after its event loop had closed", name)

    threading.Thread(target=work, name=f"health-{name}", daemon=True).start()
    return future
