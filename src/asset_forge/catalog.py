"""Every metric that the service emits; each is declared beside the code that moves it."""

from __future__ import annotations

from typing import Final

from asset_forge import accounts, actions, assets, database
from asset_forge.generation import metrics as generation
from asset_forge.observability import health, http
from asset_forge.observability.errors import ERRORS_CAPTURED, TELEMETRY_DROPPED
from asset_forge.observability.http import METHODS, STATUS_CODES
from asset_forge.observability.logs import LOG_MESSAGES
from asset_forge.observability.metrics import (
    CounterDeclaration,
    Declaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
)
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS

BUILD_INFO: Final = InfoDeclaration(
    "asset_forge_build_info",
    "The version that runs, always 1.",
    (Label("version"), Label("revision"), Label("python_version")),
)
REQUESTS_BY_ENDPOINT: Final = CounterDeclaration(
    "api_requests_by_endpoint_total",
    "Requests answered, by route, method and the status that was really sent.",
    (Label("endpoint"), Label("method", METHODS), Label("status_code", STATUS_CODES)),
    endpoint="business",
    series_limit=4000,
)
RESPONSE_TIME_BY_ENDPOINT: Final = HistogramDeclaration(
    "api_response_time_by_endpoint_seconds",
    "Time from a request's arrival to the last byte of its response, by route and method.",
    (Label("endpoint"), Label("method", METHODS)),
    endpoint="business",
    unit="seconds",
    buckets=(0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0),
)
SAMPLE_FAILURES: Final = CounterDeclaration(
    "background_sample_errors_total",
    "Background samples of gauges that failed; the gauges keep their last value.",
    (Label("sample", ("sessions", "queue", "storage")),),
    endpoint="business",
)

DECLARATIONS: Final[tuple[Declaration, ...]] = (
    BUILD_INFO,
    *http.DECLARATIONS,
    *RUNTIME_DECLARATIONS,
    REQUESTS_BY_ENDPOINT,
    RESPONSE_TIME_BY_ENDPOINT,
    *generation.DECLARATIONS,
    *accounts.DECLARATIONS,
    *actions.DECLARATIONS,
    *assets.DECLARATIONS,
    *database.DECLARATIONS,
    *health.DECLARATIONS,
    ERRORS_CAPTURED,
    LOG_MESSAGES,
    TELEMETRY_DROPPED,
    SAMPLE_FAILURES,
)
