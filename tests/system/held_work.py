"""Work on assets that stands still while a test looks and acts, however slow the machine is."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

import psutil
from tests.served import Server, until


def makers(server: Server) -> list[psutil.Process]:
    """Return the processes in which assets are made: the children of the server's children."""
    own, found = server.process.pid, list[psutil.Process]()
    for process in _forked(server):
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.ppid() != own:
                found.append(process)
    return found


@contextlib.contextmanager
def held(server: Server) -> Generator[None]:
    """Keep jobs from getting past the step in which their asset is made.

    What forks the makers stands still with them: a job for which there is none yet waits for one.
    """
    until("assets can be made", lambda: makers(server))
    stopped: set[psutil.Process] = set()
    for _ in range(2):  # one may have been forked just before its parent stood still
        for process in set(_forked(server)) - stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()
                stopped.add(process)
    try:
        yield
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()


def _forked(server: Server) -> list[psutil.Process]:
    """Return the living makers, and the process that forks them, which has their command line."""
    found: list[psutil.Process] = []
    for process in server.process.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if any("multiprocessing.forkserver" in part for part in process.cmdline()):
                found.append(process)
    return found
