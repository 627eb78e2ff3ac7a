"""uvicorn, ending in order: it keeps accepting while load balancers still send, then finishes.

Left alone, uvicorn closes its listening socket the moment SIGTERM arrives, so that requests on
their way are refused, and it ends by raising the signal again, so that the exit code is not 0.
"""

from __future__ import annotations

import faulthandler
import math
import os
import socket
import sys
import threading
from types import FrameType

import uvicorn

from asset_forge.observability.health._drain import Drain

EXIT_SECONDS = 10.0
"""How long the lifespan's end and stray threads may take once everything in flight has finished."""


class DrainingServer(uvicorn.Server):
    """A uvicorn server whose end is a drain.

    First SIGTERM or SIGINT: the drain begins, and the server goes on accepting for
    `drain.linger_seconds`. Then it closes its listeners; running requests and whatever else
    `drain.in_flight()` counts have `drain.grace_seconds` to finish, the lifespan ends, and `run()`
    returns: exit code 0. What outlives the grace period is cancelled. A second signal ends the
    process at once with 128 + its number. If the lifespan or a stray thread holds the process for
    `exit_seconds` more, the stacks of all threads go to stderr and the process ends with code 1.
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

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to drain, and leave at once when asked again.

        Runs as a signal handler: it takes no lock and does not log. The signal is not kept to be
        raised again after the end, so that the exit code is 0.
        """
        if self._signalled:
            os._exit(128 + sig)
        self._signalled = True
        self._drain.begin()
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
        self._limit_exit(self._drain.grace_seconds + self._exit_seconds)
        await super().shutdown(sockets)
        self._drain.stop()

    async def _wait_tasks_to_complete(self) -> None:
        """Wait for job steps too, inside the time-out that uvicorn puts around this."""
        await super()._wait_tasks_to_complete()
        await self._drain.wait_idle()

    def _limit_exit(self, seconds: float) -> None:
        """End the process when it has not ended by itself, saying what held it."""

        def leave() -> None:
            sys.stderr.write(f"The process did not end within {seconds:g} s; its threads:\n")
            faulthandler.dump_traceback(sys.stderr, all_threads=True)
            sys.stderr.flush()
            os._exit(1)

        timer = threading.Timer(seconds, leave)
        timer.daemon = True
        timer.start()
