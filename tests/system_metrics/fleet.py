"""A small application, measured and served by several processes; also a program.

`python fleet.py FD WORKERS DIRECTORY LINES` serves on an inherited listening socket until SIGTERM.
Everything of it is Starlette and `asset_forge.observability`, nothing of the service.
"""

from __future__ import annotations

import functools
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from asset_forge.observability.health import Drain
from asset_forge.observability.health.uvicorn_server import DrainingServer
from asset_forge.observability.health.workers import WorkerSupervisor
from asset_forge.observability.http import DECLARATIONS, ObservedApplication
from asset_forge.observability.metrics import CounterDeclaration, Label, Registry
from asset_forge.observability.uvicorn_protocol import counting_protocol

MANY = CounterDeclaration("many_total", "Many series.", (Label("id"),), series_limit=50_000)
WORKER = "x-worker"


async def ok(request: Request) -> Response:
    """Answer what was sent."""
    return Response(await request.body() or b"ok")


async def bad(_: Request) -> Response:
    """Refuse."""
    return PlainTextResponse("no", 422)


async def boom(_: Request) -> Response:
    """Fail."""
    raise RuntimeError("boom")


async def stream(_: Request) -> Response:
    """Send three pieces."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"piece"

    return StreamingResponse(pieces())


async def hold(request: Request) -> Response:
    """Send a piece, and nothing more until the client has left."""

    async def pieces() -> AsyncIterator[bytes]:
        yield b"piece"
        while not await request.is_disconnected():
            await request.receive()

    return StreamingResponse(pieces())


def application(registry: Registry) -> ObservedApplication:
    """Build the application and measure it, in one line."""

    async def metrics(request: Request) -> Response:
        scrape = await registry.scrape(
            endpoint=None,
            accept=request.headers.get("accept"),
            accept_encoding=request.headers.get("accept-encoding"),
            names=request.query_params.getlist("name[]"),
        )
        headers = {**dict(scrape.headers), WORKER: str(os.getpid())}
        return Response(scrape.body, headers=headers)

    routes = [
        Route("/ok/{name}", ok, methods=["GET", "POST"]),
        Route("/bad", bad),
        Route("/boom", boom),
        Route("/stream", stream),
        Route("/hold", hold),
        Route("/metrics", metrics),
    ]
    return ObservedApplication(Starlette(routes=routes), registry)


def serve(directory: Path, lines: int, sockets: list[socket.socket]) -> None:
    """Serve in this process."""
    registry = Registry([*DECLARATIONS, MANY], directory=directory)
    for number in range(lines):
        registry.counter(MANY).labels(str(number)).inc()
    drain = Drain(grace_seconds=2, linger_seconds=0)
    config = uvicorn.Config(
        application(registry),
        http=counting_protocol(registry),
        log_level="critical",
        lifespan="off",
    )
    DrainingServer(config, drain).run(sockets=sockets)
    registry.close()


def main() -> int:
    """Serve with as many processes as asked for."""
    descriptor, workers, directory, lines = sys.argv[1:]
    listener = socket.socket(fileno=int(descriptor))
    work = functools.partial(serve, Path(directory), int(lines))
    return WorkerSupervisor(work, listener, count=int(workers), stop_seconds=20).run()


if __name__ == "__main__":
    sys.exit(main())
