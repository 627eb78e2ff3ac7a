"""A service under test: real uvicorn, probes, drain and watchdog. Prints its port on stdout.

Arguments: a JSON object with linger_seconds, grace_seconds, exit_seconds, workers and data_dir.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from asset_forge.observability.health import (
    Details,
    Drain,
    Health,
    HealthProbes,
    InFlightRequests,
    LoopWatchdog,
)
from asset_forge.observability.health.checks import HeapUse, database, disk, memory, qdrant
from asset_forge.observability.health.uvicorn_server import DrainingServer
from asset_forge.observability.health.workers import WorkerSupervisor


async def _select_one(seconds: float) -> None:
    for _round_trip in range(2):
        await asyncio.sleep(seconds / 2)


async def _quick(_request: Request) -> Response:
    await asyncio.sleep(0.05)
    return PlainTextResponse("done")


async def _slow(request: Request) -> Response:
    """Answer once there is a file `finish`, since nobody can say so over a new connection."""
    sys.stdout.write("slow-began\n")
    sys.stdout.flush()
    while not (request.app.state.data / "finish").exists():
        await asyncio.sleep(0.05)
    return PlainTextResponse("finished")


async def _block(request: Request) -> Response:
    sys.stderr.write("block-began\n")
    time.sleep(float(request.query_params["seconds"]))  # the planted line
    return PlainTextResponse("blocked")


async def _signal(request: Request) -> Response:
    """Send this process signals that another thread takes, once the main one is blocked for good.

    So it happens by chance where a thread starts another one as the kernel hands a signal over.
    """

    def take() -> None:
        time.sleep(0.2)
        for _ in range(int(request.query_params["times"])):
            signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    threading.Thread(target=take).start()
    time.sleep(float(request.query_params["seconds"]))
    return PlainTextResponse("signalled")


async def _die(_request: Request) -> Response:
    os._exit(7)


async def _pid(_request: Request) -> Response:
    return PlainTextResponse(str(os.getpid()))


async def _stray(_request: Request) -> Response:
    threading.Thread(target=time.sleep, args=(60,), daemon=False).start()
    return PlainTextResponse("strayed")


def build(arguments: dict[str, Any]) -> tuple[Any, Drain]:
    drain = Drain(
        linger_seconds=arguments.get("linger_seconds", 1.0),
        grace_seconds=arguments.get("grace_seconds", 10.0),
    )
    data = Path(arguments["data_dir"])
    checks = [
        database(functools.partial(_select_one, arguments.get("query_seconds", 0.0))),
        qdrant(None),
        disk(data, tmp_dir=data, assets_dir=data),
        memory(lambda: HeapUse(0, 0)),
    ]
    health = Health(checks, environment="test", drain=drain)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        watchdog = LoopWatchdog()
        watchdog.start()

        async def job() -> None:
            with drain.in_flight():
                await drain.wait_draining()
                await asyncio.sleep(arguments.get("step_seconds", 0.0))
                sys.stdout.write("step-finished\n")

        step = asyncio.create_task(job())
        async with health.running():
            health.mark_started()
            sys.stdout.write("lifespan-began\n")
            sys.stdout.flush()
            yield
        sys.stdout.write(f"lifespan-ended step_done={step.done()}\n")
        sys.stdout.flush()
        watchdog.stop()

    routes = [
        Route("/quick", _quick),
        Route("/slow", _slow),
        Route("/block", _block),
        Route("/signal", _signal),
        Route("/stray", _stray),
        Route("/die", _die),
        Route("/pid", _pid),
    ]
    application = Starlette(routes=routes, lifespan=lifespan)
    application.state.data = data
    app = InFlightRequests(application, drain)
    return HealthProbes(app, health, details=Details.FULL), drain


def serve(arguments: dict[str, Any], sockets: list[socket.socket]) -> None:
    sys.stdout.write("starting\n")
    sys.stdout.flush()
    time.sleep(arguments.get("start_seconds", 0))
    if "exit_code" in arguments:
        sys.exit(arguments["exit_code"])
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(created).3f %(message)s"
    )
    app, drain = build(arguments)
    config = uvicorn.Config(app, log_level="warning", log_config=None)
    DrainingServer(config, drain, exit_seconds=arguments.get("exit_seconds", 10.0)).run(sockets)


def main() -> None:
    arguments = json.loads(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    sys.stdout.write(f"port {listener.getsockname()[1]}\n")
    sys.stdout.flush()
    workers = arguments.get("workers", 0)
    if workers:
        supervisor = WorkerSupervisor(functools.partial(serve, arguments), listener, count=workers)
        sys.exit(supervisor.run())
    serve(arguments, [listener])


if __name__ == "__main__":
    main()
