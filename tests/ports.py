"""Ports for programs that tests start: free, and nobody else's until the end."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import contextmanager


class ReservedPort:
    """A free port of the loopback interface, which only a server that is told of it takes.

    The socket is bound and does not listen. So the system gives the port to nobody who asks for
    any, also while no server is there, and whoever connects then is refused; a server that sets
    SO_REUSEADDR, as almost all do, may bind it all the same.
    """

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = int(self._socket.getsockname()[1])

    def release(self) -> None:
        """Give it back."""
        self._socket.close()


@contextmanager
def reserved_port() -> Generator[int]:
    """Keep a port while the block runs."""
    port = ReservedPort()
    try:
        yield port.number
    finally:
        port.release()
