"""Faults of processes: killed, frozen, starved, short of descriptors."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import psutil

from asset_forge.simulation.faults._model import Fault, Repeated
from asset_forge.simulation.programs import NotWithin
from asset_forge.simulation.stack import Preparation, Stack

_FROZEN_SECONDS: Final = 1.8
"""Longer than the second that the alert looks for, shorter than any scrape's patience."""

_FREEZER: Final = """
import os, signal, sys, time
pid, seconds = int(sys.argv[1]), float(sys.argv[2])
os.kill(pid, signal.SIGSTOP)
time.sleep(seconds)
os.kill(pid, signal.SIGCONT)
"""
"""In a process of its own, which is not held up by the threads of this one: after a little longer
the service would count as down."""


class ServiceKilled(Fault):
    """The only instance is killed, as the kernel does when memory is short."""

    name = "service-killed"
    what = "kill -9 of the service; healed by starting it again"
    alerts = ("ServiceDown",)
    silenced = ("InstanceDown",)
    also = ("ScrapeFailing",)

    def inject(self, stack: Stack) -> None:
        """Kill it."""
        stack.service.kill()

    def heal(self, stack: Stack) -> None:
        """Start it on the same data."""
        stack.service.start()


class EventLoopFrozen(Fault):
    """The process is stopped for a moment, so that its event loop runs nothing."""

    name = "event-loop-frozen"
    what = f"SIGSTOP of the service, SIGCONT {_FROZEN_SECONDS:g} s later"
    alerts = ("EventLoopStalled",)

    def inject(self, stack: Stack) -> None:
        """Stop it, and let it go on."""
        subprocess.run(  # noqa: S603 - this interpreter
            [sys.executable, "-c", _FREEZER, str(stack.service.pid), str(_FROZEN_SECONDS)],
            check=True,
        )
        stack.wait_until_scraped()  # what else is injected then finds it running

    def heal(self, stack: Stack) -> None:
        """Let it go on, in case the injection was interrupted."""
        stack.service.send(signal.SIGCONT)


class DescriptorsShort(Fault):
    """Idle connections take most of the files that the process may open."""

    name = "descriptors-short"
    what = "prlimit to 512 open files, and idle connections until 86 % of them are open"
    alerts = ("FileDescriptorsNearLimit",)

    _LIMIT: Final = 512
    _TAKEN: Final = 0.86

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None
        self._connections: list[socket.socket] = []

    def inject(self, stack: Stack) -> None:
        """Lower the soft limit, and connect."""
        pid = stack.service.pid
        self._before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (self._LIMIT, self._before[1]))
        missing = int(self._LIMIT * self._TAKEN) - psutil.Process(pid).num_fds()
        for _ in range(missing):
            self._connections.append(socket.create_connection(("127.0.0.1", stack.port), 10))

    def heal(self, stack: Stack) -> None:
        """Hang up, and set the limit as it was."""
        self.close()
        if self._before is not None:
            resource.prlimit(stack.service.pid, resource.RLIMIT_NOFILE, self._before)

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()


class ChildrenKilled(Fault):
    """Child processes that compute for long are killed, as those that grow are by the kernel.

    Quick assets go on being made, long ones end `poisoned`.
    """

    name = "children-killed"
    what = "kill -9 of each child process that has computed for half a second over one asset"
    alerts = ("PoisonedGeneration", "HighGenerationFailureRate", "ProviderFailing")
    also = ("GenerationBudgetBurnSlow",)

    _PATIENCE_SECONDS: Final = 0.5
    _LOOK_SECONDS: Final = 0.1

    def __init__(self) -> None:
        self._watch: Repeated | None = None
        self._seen: dict[int, tuple[float, float]] = {}
        """By process: CPU seconds at the last look, and at the beginning of what it does."""

    def inject(self, stack: Stack) -> None:
        """Begin to watch the children."""
        self._watch = Repeated(lambda: self._look(stack), self._LOOK_SECONDS)
        self._watch.start()

    def heal(self, stack: Stack) -> None:
        """Leave them alone."""
        if self._watch is not None:
            self._watch.stop()

    def _look(self, stack: Stack) -> None:
        """Kill each child that has computed for longer than the patience since it last waited."""
        for child in children_of(stack):
            with contextlib.suppress(psutil.Error):
                spent = child.cpu_times().user
                before, beginning = self._seen.get(child.pid, (spent, spent))
                if spent == before and child.status() == psutil.STATUS_SLEEPING:
                    beginning = spent  # it waits for work
                elif spent - beginning > self._PATIENCE_SECONDS:
                    child.kill()
                self._seen[child.pid] = (spent, beginning)


class ChildrenStarved(Fault):
    """The child processes get a fortieth of the CPU that they ask for."""

    name = "children-starved"
    what = "SIGSTOP and SIGCONT of the child processes in turn: they run a fortieth of the time"
    alerts = ("GenerationQueueSlow",)
    also = ("HighGenerationFailureRate", "ProviderFailing", "GenerationQueueStalled")

    _RUN_SECONDS: Final = 0.025
    _STOP_SECONDS: Final = 0.975

    def __init__(self) -> None:
        self._throttle: Repeated | None = None
        self._children: list[psutil.Process] = []

    def inject(self, stack: Stack) -> None:
        """Begin to stop and start them."""

        def turn() -> None:
            self._signal(signal.SIGSTOP)
            self._children = children_of(stack)  # a look takes long: those known stand still then
            self._signal(signal.SIGSTOP)
            time.sleep(self._STOP_SECONDS)
            self._signal(signal.SIGCONT)

        self._throttle = Repeated(turn, self._RUN_SECONDS)
        self._throttle.start()

    def heal(self, stack: Stack) -> None:
        """Let them run."""
        if self._throttle is not None:
            self._throttle.stop()
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for child in self._children:
            with contextlib.suppress(psutil.Error):
                child.send_signal(number)


class WorkerFrozen(Fault):
    """The only process that runs jobs is frozen; the API goes on accepting them."""

    name = "worker-frozen"
    what = "SIGSTOP of the only worker; the service itself runs with RUN_JOBS=false"
    alerts = ("GenerationQueueStalled",)
    also = ("GenerationQueueSlow", "EventLoopStalled")

    _TRIES: Final = 100
    _PAUSE_SECONDS: Final = 0.01

    def prepare(self, home: object) -> Preparation:
        """Let jobs run in a process of their own."""
        return Preparation(worker=True)

    def inject(self, stack: Stack) -> None:
        """Stop it, with its children, where it holds no lock that the API would wait for.

        Raises:
            NotWithin: It held one each time.
        """
        for _ in range(self._TRIES):
            self._signal(stack, signal.SIGSTOP)
            if not any(map(_is_locked, (stack.database, stack.database.with_name("jobs.db")))):
                return
            self._signal(stack, signal.SIGCONT)
            time.sleep(self._PAUSE_SECONDS)
        raise NotWithin(f"not within {self._TRIES} tries: the worker holds no lock of SQLite's")

    def heal(self, stack: Stack) -> None:
        """Let it go on."""
        self._signal(stack, signal.SIGCONT)

    def _signal(self, stack: Stack, number: signal.Signals) -> None:
        if stack.worker is not None:
            os.killpg(stack.worker.pid, number)


def _is_locked(file: Path) -> bool:
    """Say whether somebody keeps the lock of an SQLite file for writing."""
    with contextlib.closing(sqlite3.connect(file, timeout=0.3, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        other.execute("ROLLBACK")
        return False


def children_of(stack: Stack) -> list[psutil.Process]:
    """Return the processes that compute assets, which are children of a fork server."""
    runner = stack.worker or stack.service
    with contextlib.suppress(psutil.Error):
        direct = psutil.Process(runner.pid).children()
        return [child for server in direct for child in server.children()]
    return []
