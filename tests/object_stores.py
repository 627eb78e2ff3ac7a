"""Fixtures for tests on a real S3 server: moto's, a program of its own, and a proxy that breaks it.

`s3_server` is shared by the tests; each takes a bucket of its own. Where the program is not
installed (`make test` installs it), its tests are skipped, or fail when `CI=true`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import httpx
import pytest
from tests.ports import ReservedPort

_PROGRAM = Path(sys.executable).parents[1] / "object-store" / "bin" / "moto_server"
_START_SECONDS = 60.0
_KEPT_OUT = ("host", "connection", "transfer-encoding", "content-length")


class S3Server:
    """One S3 server on the loopback interface; what it stores lives in its memory."""

    def __init__(self, log: Path) -> None:
        self._port = ReservedPort()
        self.port = self._port.number
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [_PROGRAM, "-H", "127.0.0.1", "-p", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"]},
            )
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                httpx.get(self.url, trust_env=False)
            except httpx.TransportError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(self._log.read_text()) from None
                time.sleep(0.05)
            else:
                return

    def close(self) -> None:
        """End it; what it stored is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)
        self._port.release()

    def create_bucket(self) -> Bucket:
        """Create a bucket that nobody else uses."""
        bucket = Bucket(self.url, f"test-{uuid.uuid4().hex[:12]}")
        place = f"{self.url}/{bucket.name}"
        httpx.put(place, trust_env=False, timeout=60).raise_for_status()
        return bucket


@dataclass(frozen=True)
class Bucket:
    """A bucket, and how the service is told of it."""

    endpoint: str
    name: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a service that keeps its files in the bucket."""
        return {
            "STORAGE_URL": f"s3://{self.name}/files",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-tests",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
        }

    def behind(self, endpoint: str) -> Bucket:
        """Return the same bucket, reached by another way."""
        return Bucket(endpoint, self.name)

    def files(self) -> list[str]:
        """Return the keys of the stored files, without that of the health check."""
        listed = self._text("list-type=2&prefix=files/assets/&max-keys=1000")
        return [part.partition("<")[0] for part in listed.split("<Key>")[1:]]

    def unfinished_uploads(self) -> int:
        """Return how many multipart uploads were begun and neither completed nor aborted."""
        return self._text("uploads").count("<UploadId>")

    def _text(self, query: str) -> str:
        answer = httpx.get(f"{self.endpoint}/{self.name}?{query}", trust_env=False, timeout=60)
        return answer.raise_for_status().text


@dataclass(frozen=True)
class Fault:
    """What a broken store answers: a status with a vendor's code, or nothing for so long."""

    status: int = 500
    code: str = "InternalError"
    methods: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST", "DELETE")
    hang_seconds: float = 0.0


class FaultyStore:
    """A proxy in front of a store, which passes requests on until `fault` says otherwise."""

    def __init__(self, target: str) -> None:
        self.fault: Fault | None = None
        self.requests: list[tuple[str, str]] = []
        outer = self
        released = self._released = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._pass_on()

            do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep quiet."""

            def _pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                outer.requests.append((self.command, self.path))
                fault = outer.fault
                if fault is not None and self.command in fault.methods:
                    released.wait(fault.hang_seconds)
                    text = f"<Error><Code>{fault.code}</Code><Message>no</Message></Error>"
                    self._answer(fault.status, {}, text.encode())
                    return
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _KEPT_OUT}
                headers["host"] = self.headers["host"]
                answer = httpx.request(
                    self.command,
                    f"{target}{self.path}",
                    content=body,
                    headers=headers,
                    trust_env=False,
                    timeout=60,
                )
                self._answer(answer.status_code, dict(answer.headers), answer.content)

            def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in _KEPT_OUT:
                        self.send_header(name, value)
                length = headers.get("content-length", str(len(content)))
                self.send_header("Content-Length", length)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A running S3 server, shared by the tests."""
    if not _PROGRAM.exists():
        reason = f"no S3 server: {_PROGRAM} is missing; run scripts/install-test-programs"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    server = S3Server(tmp_path_factory.mktemp("s3") / "log")
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def bucket(s3_server: S3Server) -> Bucket:
    """An empty bucket."""
    return s3_server.create_bucket()


@pytest.fixture
def faulty_store(s3_server: S3Server) -> Iterator[FaultyStore]:
    """A proxy in front of the S3 server."""
    with FaultyStore(s3_server.url) as proxy:
        yield proxy
