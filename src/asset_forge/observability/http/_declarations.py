"""The metrics of requests, declared once; a catalog includes `DECLARATIONS` as it is."""

from __future__ import annotations

from typing import Final

from asset_forge.observability.metrics import (
    CounterDeclaration,
    Declaration,
    GaugeDeclaration,
    HistogramDeclaration,
    Label,
    Mirror,
)

METHODS: Final = (
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "other",
)
STATUS_CODES: Final = (*(str(code) for code in range(100, 600)), "other")
FAULT_SOURCES: Final = ("metrics", "route", "proxy", "observer")
WEBSOCKET_OUTCOMES: Final = ("client_closed", "server_closed", "disconnected", "failed", "rejected")

UNMATCHED: Final = "unmatched"
"""The `path` of requests that no route took."""

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
BYTES: Final = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
SESSION_SECONDS: Final = (1.0, 10.0, 60.0, 300.0, 1800.0, 3600.0, 14400.0)

# A route has a handful of methods and statuses; a service of some hundred routes stays far below
# this.
_SERIES: Final = 4000

_METHOD: Final = Label("method", METHODS)
_PATH: Final = Label("path")
_STATUS: Final = Label("status_code", STATUS_CODES)

REQUEST_DURATION: Final = HistogramDeclaration(
    "http_request_duration_seconds",
    "Time from the request's arrival to the last byte of the response.",
    (_METHOD, _PATH, _STATUS),
    buckets=SECONDS,
    series_limit=_SERIES,
)
REQUESTS: Final = CounterDeclaration(
    "http_requests_total",
    "Requests answered, by what was really sent; 499 is a client that left.",
    (_METHOD, _PATH, _STATUS),
    series_limit=_SERIES,
    mirror=Mirror(REQUEST_DURATION.name, ("method", "path", "status_code")),
)
IN_PROGRESS: Final = GaugeDeclaration(
    "http_requests_in_progress",
    "Requests that have begun and are not yet answered to the last byte.",
)
ACTIVE_CONNECTIONS: Final = GaugeDeclaration(
    "http_active_connections",
    "Open client connections, idle keep-alive ones included, upgraded ones not.",
)
REQUEST_SIZE: Final = HistogramDeclaration(
    "http_request_size_bytes",
    "Bytes of body that the application received, of the requests that had one.",
    (_METHOD, _PATH),
    buckets=BYTES,
)
RESPONSE_SIZE: Final = HistogramDeclaration(
    "http_response_size_bytes",
    "Bytes of response body that were sent, before any transfer coding.",
    (_METHOD, _PATH),
    buckets=BYTES,
)
FIRST_BYTE: Final = HistogramDeclaration(
    "http_response_first_byte_seconds",
    "Time from the request's arrival to the first byte of a streamed body.",
    (_METHOD, _PATH),
    buckets=SECONDS,
)
WEBSOCKETS_ACTIVE: Final = GaugeDeclaration(
    "websocket_connections_active", "WebSockets accepted and open."
)
WEBSOCKETS: Final = CounterDeclaration(
    "websocket_connections_total",
    "WebSockets ended, by how they ended.",
    (_PATH, Label("outcome", WEBSOCKET_OUTCOMES)),
)
WEBSOCKET_DURATION: Final = HistogramDeclaration(
    "websocket_connection_duration_seconds",
    "Time from a WebSocket's acceptance to its end.",
    (_PATH,),
    buckets=SESSION_SECONDS,
)
WEBSOCKET_REJECTIONS: Final = CounterDeclaration(
    "websocket_rejections_total",
    "WebSocket handshakes refused, by the status sent.",
    (_PATH, _STATUS),
)
FAULTS: Final = CounterDeclaration(
    "http_telemetry_faults_total",
    "Faults of the measurement itself, kept away from the requests.",
    (Label("source", FAULT_SOURCES),),
)

DECLARATIONS: Final[tuple[Declaration, ...]] = (
    REQUEST_DURATION,
    REQUESTS,
    IN_PROGRESS,
    ACTIVE_CONNECTIONS,
    REQUEST_SIZE,
    RESPONSE_SIZE,
    FIRST_BYTE,
    WEBSOCKETS_ACTIVE,
    WEBSOCKETS,
    WEBSOCKET_DURATION,
    WEBSOCKET_REJECTIONS,
    FAULTS,
)
