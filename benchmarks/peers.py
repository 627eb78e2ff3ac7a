"""The same application in three frameworks, bare and with each library that measures requests.

A row of `BUILDERS` is (framework, measurement); each is built in a process of its own, because most
libraries keep their metrics in globals.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATH = "/items/42"
"""What is asked for: a route with one parameter and a small JSON document as its answer."""

BARE, OURS = "bare", "asset_forge.observability"
App = Any


def _starlette() -> Any:
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def item(request: Any) -> JSONResponse:
        return JSONResponse({"id": request.path_params["item_id"], "name": "axe"})

    return Starlette(routes=[Route("/items/{item_id}", item)])


def _fastapi() -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get("/items/{item_id}")
    async def item(item_id: int) -> dict[str, Any]:
        return {"id": item_id, "name": "axe"}

    return app


def _litestar(**options: Any) -> Any:
    from litestar import Litestar, get

    @get("/items/{item_id:int}")
    async def item(item_id: int) -> dict[str, Any]:
        return {"id": item_id, "name": "axe"}

    return Litestar([item], **options)


def _observed(app: App) -> App:
    from asset_forge.observability.http import DECLARATIONS, ObservedApplication
    from asset_forge.observability.metrics import Registry

    directory = Path(tempfile.mkdtemp(dir=os.environ["BENCH_DIR"]))
    return ObservedApplication(app, Registry(DECLARATIONS, directory=directory))


def _by_hand(app: App) -> App:
    """`prometheus_client` as one would use it by hand: gauge, counter and histogram, no more."""
    from prometheus_client import Counter, Gauge, Histogram

    labels = ["method", "path", "status_code"]
    requests = Counter("http_requests_total", "Requests.", labels)
    duration = Histogram("http_request_duration_seconds", "Time.", labels)
    in_progress = Gauge("http_requests_in_progress", "Now.", multiprocess_mode="livesum")

    async def measured(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def watched(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        in_progress.inc()
        try:
            await app(scope, receive, watched)
        finally:
            in_progress.dec()
            path = getattr(scope.get("route"), "path", "/items/{item_id}")
            values = (scope["method"], path, str(status))
            requests.labels(*values).inc()
            duration.labels(*values).observe(time.perf_counter() - began)

    return measured


def _starlette_exporter() -> App:
    from starlette_exporter import PrometheusMiddleware

    app = _starlette()
    app.add_middleware(PrometheusMiddleware)
    return app


def _starlette_prometheus() -> App:
    from starlette_prometheus import PrometheusMiddleware

    app = _starlette()
    app.add_middleware(PrometheusMiddleware)
    return app


def _opentelemetry() -> App:
    """OpenTelemetry's middleware for metrics alone: no spans are recorded."""
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    from opentelemetry.trace import NoOpTracerProvider

    return OpenTelemetryMiddleware(
        _starlette(),
        meter_provider=MeterProvider([InMemoryMetricReader()]),
        tracer_provider=NoOpTracerProvider(),
    )


def _instrumentator() -> App:
    from prometheus_fastapi_instrumentator import Instrumentator

    app = _fastapi()
    Instrumentator().instrument(app)
    return app


def _litestar_plugin() -> App:
    from litestar.plugins.prometheus import PrometheusConfig

    return _litestar(middleware=[PrometheusConfig(group_path=True).middleware])


BUILDERS: dict[str, dict[str, Callable[[], App]]] = {
    "Starlette": {
        BARE: _starlette,
        OURS: lambda: _observed(_starlette()),
        "prometheus_client, by hand": lambda: _by_hand(_starlette()),
        "prometheus_client, by hand, multiprocess": lambda: _by_hand(_starlette()),
        "starlette_exporter": _starlette_exporter,
        "starlette-prometheus": _starlette_prometheus,
        "OpenTelemetry ASGI": _opentelemetry,
    },
    "FastAPI": {
        BARE: _fastapi,
        OURS: lambda: _observed(_fastapi()),
        "prometheus-fastapi-instrumentator": _instrumentator,
    },
    "Litestar": {
        BARE: _litestar,
        OURS: lambda: _observed(_litestar()),
        "Litestar's PrometheusConfig": _litestar_plugin,
    },
}


def variables_of(measurement: str, home: Path) -> dict[str, str]:
    """Return the environment that a measurement needs; `home` is a directory to throw away."""
    own = {"BENCH_DIR": str(home)}
    if measurement.endswith("multiprocess"):
        directory = home / "prometheus_client"
        directory.mkdir(exist_ok=True)
        own["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    return own
