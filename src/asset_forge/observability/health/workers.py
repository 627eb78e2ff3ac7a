"""Several server processes behind one listening socket, that drain together.

uvicorn's own supervisor keeps its copy of the socket open until its last worker has ended: what
connects in that time is neither served nor refused, but hangs. This one closes its copy at once,
so that the socket lives exactly as long as a worker still accepts from it.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

from uvicorn.config import STARTUP_FAILURE

_logger = logging.getLogger(__name__)

_CANNOT_START = frozenset({2, STARTUP_FAILURE})
"""Exit codes of a worker that would fail again: bad settings, or uvicorn's failed start."""

_POLL_SECONDS = 0.5

Serve = Callable[[list[socket.socket]], None]


class WorkerSupervisor:
    """Runs `count` processes of `serve(sockets)`, and replaces one that dies.

    `serve` is a function of a module (or a partial of one): each worker is a fresh interpreter that
    imports it. It builds the application and calls `DrainingServer(config, drain).run(sockets)`.

    SIGTERM or SIGINT is passed on to every worker as SIGTERM, a second one too, which ends them at
    once. Workers that are left after `stop_seconds` are killed: give it more than linger, grace and
    exit take together. A worker whose supervisor dies drains by itself.
    """

    def __init__(
        self, serve: Serve, listener: socket.socket, *, count: int, stop_seconds: float = 60.0
    ) -> None:
        if count < 1:
            msg = f"count is {count}; at least one worker is needed"
            raise ValueError(msg)
        self._serve = serve
        self._listener = listener
        self._count = count
        self._stop_seconds = stop_seconds
        self._spawn = multiprocessing.get_context("spawn")
        self._workers: list[SpawnProcess] = []
        self._stop_at: float | None = None
        self._code = 0

    def run(self) -> int:
        """Serve until told to end; gives the exit code: 0, or the first code of a failed worker."""
        with self._signals():
            for _ in range(self._count):
                self._start_worker()
            while self._workers:
                wait([worker.sentinel for worker in self._workers], timeout=_POLL_SECONDS)
                self._bury()
                self._kill_late()
        return self._code

    def _start_worker(self) -> None:
        if self._stop_at is not None:
            return
        worker = self._spawn.Process(target=_work, args=(self._serve, [self._listener]))
        worker.start()
        self._workers.append(worker)
        if self._stop_at is not None:  # the signal came while this one was not yet listed
            worker.terminate()

    def _bury(self) -> None:
        for worker in [worker for worker in self._workers if worker.exitcode is not None]:
            self._workers.remove(worker)
            code = worker.exitcode or 0
            if self._stop_at is not None:
                # A worker that was still starting dies of the signal, and nothing is lost with it.
                self._code = self._code or (0 if code == -signal.SIGTERM else abs(code))
            elif code in _CANNOT_START:
                _logger.error("worker %s could not start (exit code %s); ending", worker.pid, code)
                self._code = code
                self._stop()
            else:
                _logger.warning("worker %s died (exit code %s); starting another", worker.pid, code)
                time.sleep(_POLL_SECONDS)  # one that dies at once must not take the whole CPU
                self._start_worker()

    def _kill_late(self) -> None:
        if self._stop_at is not None and time.monotonic() > self._stop_at:
            for worker in self._workers:
                _logger.error("worker %s did not end in %g s", worker.pid, self._stop_seconds)
                worker.kill()

    def _stop(self) -> None:
        if self._stop_at is None:
            self._stop_at = time.monotonic() + self._stop_seconds
            self._listener.close()
        for worker in tuple(self._workers):
            worker.terminate()

    @contextlib.contextmanager
    def _signals(self) -> Generator[None]:
        def handle(_sig: int, _frame: FrameType | None) -> None:
            self._stop()

        before = {sig: signal.signal(sig, handle) for sig in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for sig, handler in before.items():
                signal.signal(sig, handler)


def _work(serve: Serve, sockets: list[socket.socket]) -> None:
    # Ctrl+C goes to the whole process group: the worker would get it, and then once more from the
    # supervisor, and take that for the second signal that ends at once.
    os.setpgrp()
    threading.Thread(target=_end_with_supervisor, name="supervisor-watch", daemon=True).start()
    serve(sockets)


def _end_with_supervisor() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
