"""Ports for servers that have to be told theirs."""

from __future__ import annotations

import random
import socket
from typing import Final

_FIRST: Final = 10_000
_LAST: Final = 32_000
"""Below those that the kernel gives away: no other test's server or client is given one of them."""

_dice = random.SystemRandom()


def free_port() -> int:
    """Return a port of the loopback interface that is free, and that nobody is given by chance."""
    for _ in range(1000):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port := _dice.randrange(_FIRST, _LAST)))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")
