"""Ports for servers that have to be told theirs."""

from __future__ import annotations

import os
from typing import Final

from asset_forge.simulation import programs

_EACH: Final = 11_000
_PROCESS: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2
_FIRST: Final = 10_000 + _PROCESS * _EACH
"""Each of the two processes of a run draws from its own, so that one does not take what the other
has found free, or what a server of the other's is to come back to."""


def free_port() -> int:
    """Return a port of the loopback interface that is free, and that nobody is given by chance."""
    return programs.free_port(range(_FIRST, _FIRST + _EACH))
