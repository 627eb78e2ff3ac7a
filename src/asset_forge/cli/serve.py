"""`asset-forge serve`: the HTTP service, with its jobs unless `RUN_JOBS=false`."""

from __future__ import annotations

import gc
import os
import socket
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from asset_forge import faults
from asset_forge.application import Application
from asset_forge.cli.startup import prepare
from asset_forge.generation.making import FREE_PROVIDER
from asset_forge.observability.health.uvicorn_server import EXIT_SECONDS, DrainingServer
from asset_forge.observability.health.workers import WorkerSupervisor
from asset_forge.observability.uvicorn_protocol import counting_protocol
from asset_forge.settings import Settings, load_settings


def serve(
    workers: Annotated[
        int, typer.Option(min=1, max=64, help="How many processes serve, behind one port.")
    ] = 1,
) -> None:
    """Serve the API, the metrics and the probes on HOST and PORT."""
    settings = load_settings()
    prepare(settings)
    listener = bind(settings.host, settings.port)
    _announce(settings, listener)
    if workers == 1:
        serve_sockets([listener])
        return
    seconds = settings.effective_drain_seconds + settings.effective_grace_seconds + 2 * EXIT_SECONDS
    supervisor = WorkerSupervisor(serve_sockets, listener, count=workers, stop_seconds=seconds)
    raise typer.Exit(supervisor.run())


def worker(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Where its metrics and probes are.")
    ] = 3005,
) -> None:
    """Run jobs without serving the API; metrics and probes have a port of their own."""
    settings = load_settings({**os.environ, "RUN_JOBS": "true"})
    prepare(settings)
    listener = bind(settings.host, port)
    run(Application(settings), [listener], api=False)


def serve_sockets(sockets: list[socket.socket]) -> None:
    """Serve the whole application in this process; a worker of several starts here."""
    run(Application(load_settings()), sockets, api=True)


def run(application: Application, sockets: list[socket.socket], *, api: bool) -> None:
    """Serve until told to end."""
    config = uvicorn.Config(
        application.web(api=api),
        http=counting_protocol(application.registry),
        loop="auto",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
    )
    _Server(config, application.drain).run(sockets=sockets)


class _Server(DrainingServer):
    """Leaves what lives as long as the process out of garbage collections, which hold all requests:
    a full one goes through some 200,000 objects of modules, in 0.1 s, and finds nothing.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        gc.collect()
        gc.freeze()


def bind(host: str, port: int) -> socket.socket:
    """Take the port before anything else is started, so that a port in use costs nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only on a socket that names its protocol.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise faults.Unavailable(
            f"PORT={port}: cannot listen on {host}:{port} ({reason}); "
            "stop what uses it, or set another PORT"
        ) from error
    listener.set_inheritable(True)
    return listener


def _announce(settings: Settings, listener: socket.socket) -> None:
    """Print where everything is. To standard error: standard output is the log's."""
    host, port = listener.getsockname()[:2]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    rows = {
        "API docs": f"{base}/api/docs",
        "Metrics": f"{base}/metrics  {base}/metrics/business",
        "Health": f"{base}/api/health/deep",
        "Data": str(settings.data_dir.absolute()),
        "Providers": ", ".join([*settings.paid_providers, FREE_PROVIDER]),
        "Sign-in": ", ".join(settings.auth_providers) or "none: every request is the operator's",
    }
    console = Console(stderr=True, highlight=False)
    console.print("Asset-Forge is starting", style="bold")
    for title, value in rows.items():
        console.print(f"  {title:<10} {value}", markup=False, soft_wrap=True)
