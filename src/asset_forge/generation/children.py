"""Child processes for CPU-bound work: a child's death is a failed attempt, not a dead server."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess
from typing import TypeVar

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


class ChildDied(Exception):
    """The child process ended (killed, out of memory, `os._exit`) before it had a result."""


class ChildTimedOut(Exception):
    """The work took longer than its limit, and the child was killed."""


class ChildProcesses:
    """A fixed number of child processes, each with one piece of work at a time.

    Each slot is an executor of its own, so that a child which dies takes no other's work along.
    Children start when first needed, from a server process that has the heavy modules loaded;
    they ignore the terminal's interrupt and end when their parent does.
    """

    def __init__(
        self, count: int, *, timeout_seconds: float, preload: tuple[str, ...] = ()
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([__name__, *preload])
        self._free: asyncio.Queue[ProcessPoolExecutor | None] = asyncio.Queue()
        self._all: set[ProcessPoolExecutor] = set()
        for _ in range(count):
            self._free.put_nowait(None)

    async def run(self, function: Callable[..., _Result], *arguments: object) -> _Result:
        """Call a module-level function in a child and return its result.

        Raises:
            ChildDied: The child ended before it returned.
            ChildTimedOut: The time limit passed; the child was killed.
        """
        executor = await self._free.get()
        healthy = False
        try:
            if executor is None:  # starting blocks, the first time for as long as modules load
                executor = await asyncio.to_thread(self._start)
            future = executor.submit(function, *arguments)
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    result = await asyncio.wrap_future(future)
            except TimeoutError:
                if not future.cancelled():
                    raise  # the work's own
                limit = f"{self._timeout_seconds:g}"
                raise ChildTimedOut(f"making the asset took longer than {limit} seconds") from None
            healthy = True
            return result
        except BrokenProcessPool:  # it ended over the work, as it started, or earlier, while idle
            raise ChildDied("the process that made the asset ended without a result") from None
        except Exception as error:
            healthy = not isinstance(error, ChildTimedOut)
            raise
        finally:
            if not healthy and executor is not None:
                self._kill(executor)
            self._free.put_nowait(executor if healthy else None)

    async def warm_up(self) -> None:
        """Start one child ahead of the first piece of work."""
        await self.run(os.getpid)

    def close(self) -> None:
        """End all children at once."""
        for executor in list(self._all):
            self._kill(executor)

    def _start(self) -> ProcessPoolExecutor:
        executor = ProcessPoolExecutor(
            max_workers=1, mp_context=self._context, initializer=_prepare_child
        )
        executor.submit(os.getpid).result()
        self._all.add(executor)
        return executor

    def _kill(self, executor: ProcessPoolExecutor) -> None:
        self._all.discard(executor)
        for process in _processes(executor).values():
            process.kill()
        executor.shutdown(wait=False, cancel_futures=True)


def _processes(executor: ProcessPoolExecutor) -> dict[int, multiprocessing.Process]:
    # The executor offers no way to end a child that hangs; its table of processes does.
    found: dict[int, multiprocessing.Process] | None = getattr(executor, "_processes", None)
    return dict(found or {})


def _prepare_child() -> None:
    """Leave the interrupt to the parent, yield to it, and end with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(5)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
