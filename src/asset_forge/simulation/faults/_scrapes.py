"""Faults between Prometheus and the service: another program answers, or nobody does."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Final

from asset_forge.simulation.faults._endpoint import HUNG_SECONDS, Endpoint
from asset_forge.simulation.faults._model import Fault
from asset_forge.simulation.stack import Stack

_JOIN_SECONDS: Final = 30.0


class AnotherProgram(Fault):
    """Another program answers at the service's address, with metrics that are not the service's."""

    name = "another-program"
    what = "the service ends, and an HTTP server without its metrics takes the port"
    alerts = ("MetricsAbsent",)
    also = ("ServiceDown", "InstanceDown", "ScrapeFailing")
    """Between the end of the one and the start of the other nobody answers."""

    def __init__(self) -> None:
        self._other: Endpoint | None = None

    def inject(self, stack: Stack) -> None:
        """End the service, and take its port."""
        stack.service.stop()
        self._other = Endpoint(b"# TYPE other_total counter\nother_total 1\n", stack.port)

    def heal(self, stack: Stack) -> None:
        """Give the port back, and start the service."""
        self.close()
        stack.service.start()

    def close(self) -> None:
        """Stop listening."""
        if self._other is not None:
            self._other.close()
            self._other = None


class ScrapeHangs(Fault):
    """What lies between Prometheus and the service passes one metrics path and holds the other."""

    name = "scrape-hangs"
    what = "a proxy before the service passes /metrics and never answers /metrics/business"
    alerts = ("ScrapeFailing",)

    _HELD: Final = b"GET /metrics/business"

    def __init__(self) -> None:
        self._listener: socket.socket | None = None
        self._holds = threading.Event()
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def inject(self, stack: Stack) -> None:
        """Let Prometheus scrape through the proxy."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.2)
        self._thread = threading.Thread(target=self._serve, args=(stack.port,))
        self._thread.start()
        stack.set_targets([f"127.0.0.1:{self._listener.getsockname()[1]}"])

    def heal(self, stack: Stack) -> None:
        """Let it scrape the service itself."""
        stack.set_targets([stack.target])
        stack.wait_until_scraped()  # until then it asks here, and would find nobody
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._ending.set()
        if self._thread is not None and self._listener is not None:
            self._thread.join(_JOIN_SECONDS)
            self._listener.close()

    def _serve(self, port: int) -> None:
        assert self._listener is not None  # noqa: S101 - set before the thread starts
        while not self._ending.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._pass_on, args=(client, port), daemon=True).start()

    def _pass_on(self, client: socket.socket, port: int) -> None:
        """Send the first request of a connection on, and the answer back; then hang up."""
        with contextlib.suppress(OSError), client:  # either end may hang up
            client.settimeout(HUNG_SECONDS)
            request = client.recv(65_536)
            if request.startswith(self._HELD):
                self._ending.wait(HUNG_SECONDS)
                return
            head, _, rest = request.partition(b"\r\n")
            with socket.create_connection(("127.0.0.1", port), HUNG_SECONDS) as service:
                service.sendall(head + b"\r\nConnection: close\r\n" + rest)
                while piece := service.recv(65_536):
                    client.sendall(piece)
