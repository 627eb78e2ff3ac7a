"""`asset-forge serve`: the HTTP service, with its jobs unless `RUN_JOBS=false`."""

from __future__ import annotations

import os
import socket

import uvicorn
from rich.console import Console

from asset_forge import faults
from asset_forge.application import Application
from asset_forge.cli.startup import prepare
from asset_forge.observability.health.uvicorn_server import DrainingServer
from asset_forge.observability.uvicorn_protocol import counting_protocol
from asset_forge.settings import Settings, load_settings


def serve() -> None:
    """Serve the API, the metrics and the probes on HOST and PORT."""
    settings = load_settings()
    prepare(settings)
    listener = _bind(settings)
    application = Application(settings)
    _announce(application, listener)
    config = uvicorn.Config(
        application.web(),
        http=counting_protocol(application.registry),
        loop="auto",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        lifespan="on",
    )
    DrainingServer(config, application.drain).run(sockets=[listener])


def _bind(settings: Settings) -> socket.socket:
    """Take the port before anything else is started, so that a port in use costs nothing."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise faults.Unavailable(
            f"PORT={settings.port}: cannot listen on {settings.host}:{settings.port} ({reason}); "
            "stop what uses it, or set another PORT"
        ) from error
    listener.set_inheritable(True)
    return listener


def _announce(application: Application, listener: socket.socket) -> None:
    """Print where everything is. To standard error: standard output is the log's."""
    settings = application.settings
    host, port = listener.getsockname()[:2]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    rows = {
        "API docs": f"{base}/api/docs",
        "Metrics": f"{base}/metrics  {base}/metrics/business",
        "Health": f"{base}/api/health/deep",
        "Data": str(settings.data_dir.absolute()),
        "Providers": ", ".join(application.providers),
        "Sign-in": ", ".join(settings.auth_providers) or "none: every request is the operator's",
    }
    console = Console(stderr=True, highlight=False)
    console.print("Asset-Forge is starting", style="bold")
    for title, value in rows.items():
        console.print(f"  {title:<10} {value}", markup=False, soft_wrap=True)
