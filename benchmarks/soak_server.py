"""The service with a path that fails, /fail?WORD; arguments: descriptor, variant, data directory.

Variants: `free` writes its log to a file, `hanging` to a pipe that is full and that nobody reads.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from asset_forge.application import Application
from asset_forge.cli.startup import prepare
from asset_forge.observability.health.uvicorn_server import DrainingServer
from asset_forge.observability.uvicorn_protocol import counting_protocol
from asset_forge.settings import load_settings


class Failing:
    """Stands between the measuring layer and everything else."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Raise what the query says, or hand over."""
        if scope["type"] == "http" and scope["path"] == "/fail":
            raise RuntimeError(f"failed: {scope['query_string'].decode()}")
        await self.app(scope, receive, send)


def main() -> None:
    """Serve until terminated."""
    descriptor, variant, directory = sys.argv[1:]
    home = Path(directory)
    home.mkdir(exist_ok=True)
    own = {"ASSET_FORGE_DATA_DIR": str(home), "ENVIRONMENT": "production", "RUN_JOBS": "false"}
    settings = load_settings({**os.environ, **own, "DRAIN_SECONDS": "0"})
    prepare(settings)
    log = _full_pipe() if variant == "hanging" else os.open(home / "log", os.O_WRONLY | os.O_CREAT)
    application = Application(settings, log_to=log)
    observed = application.web()
    observed.app = Failing(observed.app)
    config = uvicorn.Config(
        observed,
        http=counting_protocol(application.registry),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="on",
    )
    server = DrainingServer(config, application.drain)
    server.run(sockets=[socket.socket(fileno=int(descriptor))])


def _full_pipe() -> int:
    _reader, writer = os.pipe()  # the reader stays open, and nobody reads
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"#" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    return writer


if __name__ == "__main__":
    main()
