"""The service itself behind uvicorn; arguments: descriptor, variant, data directory.

Variants: `bare` without the wrapper that measures, `metrics` with metrics alone, `everything` as it
is served, `large` the same with 12,000 lines to scrape.
"""

from __future__ import annotations

import gc
import os
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn

from asset_forge import catalog
from asset_forge.application import Application
from asset_forge.cli.startup import prepare
from asset_forge.observability.http import DECLARATIONS, EndpointFamilies, ObservedApplication
from asset_forge.observability.metrics import HistogramDeclaration, Registry
from asset_forge.observability.uvicorn_protocol import counting_protocol
from asset_forge.settings import load_settings

LARGE_SERIES = 800


def main() -> None:
    """Serve until terminated."""
    descriptor, variant, directory = sys.argv[1:]
    home = Path(directory)
    home.mkdir(exist_ok=True)
    log = os.open(home / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    settings = load_settings(
        {
            "ASSET_FORGE_DATA_DIR": str(home),
            "ENVIRONMENT": "production",
            "RUN_JOBS": "false",
            "DRAIN_SECONDS": "0",
        }
    )
    prepare(settings)
    application = Application(settings, log_to=log)
    observed = application.web()
    app: Any = observed
    if variant == "bare":
        app = observed.app
    elif variant == "metrics":
        app = _metrics_alone(observed.app, application.registry)
    elif variant == "large":
        _enlarge(application.registry)
    config = uvicorn.Config(
        app,
        http="auto" if variant == "bare" else counting_protocol(application.registry),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="on",
    )
    gc.collect()
    gc.freeze()
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(descriptor))])


def _metrics_alone(app: Any, registry: Registry) -> ObservedApplication:
    endpoints = EndpointFamilies(
        registry.counter(catalog.REQUESTS_BY_ENDPOINT),
        registry.histogram(catalog.RESPONSE_TIME_BY_ENDPOINT),
    )
    return ObservedApplication(app, registry, endpoints=endpoints)


def _enlarge(registry: Registry) -> None:
    duration = next(one for one in DECLARATIONS if isinstance(one, HistogramDeclaration))
    for number in range(LARGE_SERIES):
        registry.histogram(duration).labels("GET", f"/api/things/{number}", "200").observe(0.01)


if __name__ == "__main__":
    main()
