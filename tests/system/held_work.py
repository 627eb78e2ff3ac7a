"""Work on assets that stands still while a test looks and acts, however slow the machine is."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator

import psutil
from tests.served import Server, until


def makers(server: Server) -> list[psutil.Process]:
    """Return the processes in which assets are made: the children of the server's children."""
    own = server.process
    found: list[psutil.Process] = []
    for process in own.children(recursive=True):
        try:
            if process.ppid() != own.pid and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@contextlib.contextmanager
def held(server: Server) -> Generator[Callable[[], None]]:
    """Keep jobs from getting past the step in which their asset is made.

    A server starts such a process for each job that runs at once, when it first needs it: the
    function that is given holds those that have come since.
    """
    stopped: dict[int, psutil.Process] = {}

    def hold() -> None:
        for process in makers(server):
            if process.pid not in stopped:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.suspend()
                    stopped[process.pid] = process

    until("assets can be made", lambda: makers(server))
    hold()
    try:
        yield hold
    finally:
        for process in stopped.values():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
