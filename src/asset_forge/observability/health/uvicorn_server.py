"""uvicorn, ending in order: it keeps accepting while load balancers still send, then finishes.

Left alone, uvicorn closes its listening socket the moment SIGTERM arrives, so that requests on
their way are refused, and it ends by raising the signal again, so that the exit code is not 0.
"""

from __future__ import annotations

import math
import os
import select
import socket
import sys
import threading
import time
import traceback
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from asset_forge.observability.health._drain import Drain
from asset_forge.observability.health._signal_pipe import TOLD, SignalPipe

EXIT_SECONDS = 10.0
"""How long the lifespan's end and stray threads may take once everything in flight has finished."""


class DrainingServer(uvicorn.Server):
    """A uvicorn server whose end is a drain.

    First SIGTERM or SIGINT: the drain begins, and the server goes on accepting for
    `drain.linger_seconds`. Then it closes its listeners; running requests and whatever else
    `drain.in_flight()` counts have `drain.grace_seconds` to finish, the lifespan ends, and `run()`
    returns: exit code 0. What outlives the grace period is cancelled. A second signal ends the
    process at once with 128 + its number. Whatever holds the process for `exit_seconds` more than
    that (a blocked event loop, the lifespan's end, a stray thread), a thread then writes one line
    and the stacks of all threads to stderr, and ends the process with code 1. Only code that never
    lets go of the interpreter lock keeps it from doing so.
    """

    def __init__(
        self, config: uvicorn.Config, drain: Drain, *, exit_seconds: float = EXIT_SECONDS
    ) -> None:
        if config.timeout_graceful_shutdown is not None:
            msg = (
                f"timeout_graceful_shutdown is {config.timeout_graceful_shutdown}; leave it unset: "
                "the drain's grace_seconds says how long requests may take to finish"
            )
            raise ValueError(msg)
        super().__init__(config)
        config.timeout_graceful_shutdown = math.ceil(drain.grace_seconds)
        self._drain = drain
        self._exit_seconds = exit_seconds
        self._signalled = False
        self._pipe = SignalPipe()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to end, and be watched from then on by a thread that limits the end."""
        threading.Thread(target=self._limit_exit, name="exit-limit", daemon=True).start()
        with self._pipe.connected():
            await super().serve(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, and leave at once when asked again.

        Runs as a signal handler: it takes no lock and does not log. The signal is not kept to be
        raised again after the end, so that the exit code is 0.
        """
        if self._signalled:
            os._exit(128 + sig)
        self._signalled = True
        self._drain.begin()
        self._pipe.tell()
        if not self.started:  # nobody has been told to send anything here
            self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Say every 0.1 s whether to stop accepting; only once the drain has lingered."""
        leave = await super().on_tick(counter)
        if self._drain.linger_over:
            self.should_exit = leave = True
        return leave

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the listeners, let everything in flight finish, end the lifespan."""
        self._drain.begin()  # uvicorn also stops by itself, after limit_max_requests
        self._pipe.tell()
        await super().shutdown(sockets)
        self._drain.stop()

    async def _wait_tasks_to_complete(self) -> None:
        """Wait for job steps too, inside the time-out that uvicorn puts around this."""
        await super()._wait_tasks_to_complete()
        await self._drain.wait_idle()

    def _limit_exit(self) -> None:
        """End the process when it does not end by itself in time, saying what holds it.

        From the first signal on, whether or not the main thread has come to its handler; a second
        one does not wait for that either.
        """
        drain = self._drain
        seconds = drain.linger_seconds + drain.grace_seconds + self._exit_seconds
        limit: float | None = None
        signals = 0
        while limit is None or time.monotonic() < limit:
            for number in self._pipe.wait(limit and limit - time.monotonic()):
                if number in HANDLED_SIGNALS:
                    signals += 1
                    if signals > 1:
                        os._exit(128 + number)
                elif number != TOLD:
                    continue  # a signal of the application's own
                limit = limit or time.monotonic() + seconds
        _tell(f"The process did not end within {seconds:g} s; its threads:\n{_stacks()}")
        os._exit(1)


def _stacks() -> str:
    """Where every thread is, innermost call last; takes no lock that one of them may hold."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]
    return "".join(
        f"Thread {number}:\n{''.join(traceback.format_stack(frame))}"
        for number, frame in frames.items()
    )


def _tell(text: str) -> None:
    """Write to stderr as much as it takes within a second: it may be a pipe that nobody reads."""
    data, deadline = text.encode(errors="replace"), time.monotonic() + 1.0
    while data and select.select([], [2], [], max(0.0, deadline - time.monotonic()))[1]:
        try:
            data = data[os.write(2, data[: select.PIPE_BUF]) :]
        except OSError:  # closed: nobody wants to know
            return
