"""A Sentry on the loopback interface that speaks the envelope protocol."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


def eventually(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until the condition holds; False if it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        threading.Event().wait(0.01)
    return True


class Count:
    """A counter of one series."""

    def __init__(self) -> None:
        self.value = 0.0

    def inc(self, amount: float = 1, /) -> None:
        self.value += amount


class Family:
    """A counter family, as the metrics registry gives it."""

    def __init__(self) -> None:
        self.series: dict[tuple[str, ...], Count] = {}

    def labels(self, *values: str) -> Count:
        return self.series.setdefault(values, Count())

    def __getitem__(self, value: str) -> float:
        return self.labels(value).value


class LoopbackSentry:
    """Receives envelopes and keeps them as bytes; `behave` chooses what it does with the next ones.

    "accept" answers 200, "hang" reads and never answers, an integer answers that status.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.auth: list[str] = []
        self.paths: list[str] = []
        self.behavior: str | int = "accept"
        self.headers: dict[str, str] = {}
        self._released = threading.Event()
        sentry = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                encoding = self.headers.get("Content-Encoding")
                if encoding == "gzip":
                    body = gzip.decompress(body)
                elif encoding is not None:
                    raise AssertionError(f"unexpected encoding {encoding}")
                sentry.bodies.append(body)
                sentry.auth.append(self.headers["X-Sentry-Auth"])
                sentry.paths.append(self.path)
                if sentry.behavior == "hang":
                    sentry._released.wait()
                    self.close_connection = True
                    return
                self.send_response(sentry.behavior if isinstance(sentry.behavior, int) else 200)
                for name, value in sentry.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}
        )
        self._thread.start()

    @property
    def dsn(self) -> str:
        return f"http://publickey@127.0.0.1:{self._server.server_port}/42"

    def events(self) -> list[dict[str, object]]:
        """The events of all envelopes, parsed as the protocol says: lines, lengths, item types."""
        found: list[dict[str, object]] = []
        for body in list(self.bodies):
            header, _, rest = body.partition(b"\n")
            assert "event_id" in json.loads(header)
            while rest:
                item_header, _, rest = rest.partition(b"\n")
                item = json.loads(item_header)
                payload, rest = rest[: item["length"]], rest[item["length"] :].lstrip(b"\n")
                if item["type"] == "event":
                    found.append(json.loads(payload))
        return found

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def sentry() -> Iterator[LoopbackSentry]:
    server = LoopbackSentry()
    yield server
    server.close()


@pytest.fixture
def dropped() -> Family:
    return Family()


@pytest.fixture
def captured() -> Family:
    return Family()
