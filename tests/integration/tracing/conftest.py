from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import uvicorn
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

with warnings.catch_warnings():
    # Litestar imports advanced_alchemy where it is installed, which uses a decorator that
    # SQLAlchemy deprecates.
    warnings.simplefilter("ignore", DeprecationWarning)
    import litestar  # noqa: F401

from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.logs import LogSystem, configure_logging
from asset_forge.observability.metrics import Registry
from asset_forge.observability.redaction import Redactor
from asset_forge.observability.requests import AccessLog, RequestIdentity
from asset_forge.observability.tracing import Tracer, build_tracer, tracing_options
from asset_forge.observability.uvicorn_protocol import counting_protocol

SECRET = "open-sesame-2718"


async def until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, f"not in 15 s: {what}"
        await asyncio.sleep(0.005)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Served:
    """An application behind a real socket, with ids, traces and an access log."""

    port: int
    tracer: Tracer
    registry: Registry
    lost: list[int]
    logs: LogSystem
    log_path: str

    def lines(self, message: str = "request") -> list[dict[str, Any]]:
        self.logs.flush(5)
        with Path(self.log_path).open("rb") as file:
            found = [msgspec.json.decode(line) for line in file]
        return [line for line in found if line["msg"] == message]

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        raw = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        return (await self.exchange(f"GET {path} HTTP/1.1\r\nhost: x\r\n{raw}", 1))[0]

    async def exchange(self, request: str, answers: int) -> list[Answer]:
        """Send raw text (the last request gets its end and `connection: close`)."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{request}connection: close\r\n\r\n".encode("latin-1"))
        data = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        found: list[Answer] = []
        while data and len(found) < answers:
            head, _, data = data.partition(b"\r\n\r\n")
            status, *lines = head.decode("latin-1").split("\r\n")
            pairs = dict(line.lower().split(": ", 1) for line in lines)
            size = int(pairs.get("content-length", len(data)))
            found.append(Answer(int(status.split()[1]), pairs, data[:size]))
            data = data[size:]
        return found


@pytest.fixture
def serve(tmp_path: Any) -> Callable[..., Any]:
    """Serve an application with uvicorn on a free loopback port, for the length of a block."""

    @asynccontextmanager
    async def serving(
        application: Any,
        *,
        slow_seconds: float = 60.0,
        very_slow_seconds: float = 300.0,
        **otel: str,
    ) -> AsyncIterator[Served]:
        redactor = Redactor(known_secrets=[SECRET])
        log_path = str(tmp_path / "log")
        fd = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        logs = configure_logging(redactor=redactor, fd=fd, style="json")
        lost: list[int] = []
        options = tracing_options(otel, service_name="forge", default_ratio=0.0)
        tracer = build_tracer(options, redactor, on_lost=lost.append, slow_seconds=slow_seconds)
        identity = RequestIdentity(tracer)
        registry = Registry(DECLARATIONS, strict=True)
        access = AccessLog(
            logs,
            redactor,
            quiet={"/quiet"},
            slow_seconds=slow_seconds,
            very_slow_seconds=very_slow_seconds,
        )
        observed = ObservedApplication(
            application,
            registry,
            observers=[identity, access],
            strict=True,
        )
        config = uvicorn.Config(
            observed,
            http=counting_protocol(registry),
            log_config=None,
            lifespan="off",
            proxy_headers=False,
            timeout_graceful_shutdown=2,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server = uvicorn.Server(config)
        try:
            with socket.create_server(("127.0.0.1", 0)) as listener:
                task = asyncio.ensure_future(server.serve(sockets=[listener]))
                await until(lambda: server.started or task.done(), "the server has started")
                yield Served(listener.getsockname()[1], tracer, registry, lost, logs, log_path)
                server.should_exit = True
                await task
        finally:
            await asyncio.to_thread(tracer.close, 0.2)
            logs.close()
            os.close(fd)

    return serving


class Collector:
    """An OTLP collector on loopback: keeps what it gets; `mode` says how it answers."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.headers: list[dict[str, str]] = []
        self.statuses: list[int] = []
        self.raw: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                status = collector.statuses.pop(0) if collector.statuses else 200
                collector.headers.append({k.lower(): v for k, v in self.headers.items()})
                if status == 200:
                    collector.raw.append(body)
                    collector.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def spans(self) -> list[Any]:
        return [
            span
            for request in self.requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.close()


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
