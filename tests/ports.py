"""Ports for servers that have to be told theirs."""

from __future__ import annotations

import os
import random
import socket
from typing import Final

_FIRST: Final = 10_000
_EACH: Final = 11_000
"""Below those that the kernel gives away: no other test's server or client is given one of them."""

_PROCESS: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2
"""Each of the two processes of a run draws from its own, so that one does not take what the other
has found free, or what a server of the other's is to come back to."""

_dice = random.SystemRandom()


def free_port() -> int:
    """Return a port of the loopback interface that is free, and that nobody is given by chance."""
    for _ in range(1000):
        port = _FIRST + _PROCESS * _EACH + _dice.randrange(_EACH)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
