"""The outermost ASGI layer: measures each request once, whatever runs inside."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from asset_forge.observability.http._asgi import CONNECTION_KEY, ASGIApp, Receive, Scope, Send
from asset_forge.observability.http._declarations import FAULTS
from asset_forge.observability.http._exchange import HttpExchange
from asset_forge.observability.http._proxies import TrustedProxies
from asset_forge.observability.http._record import RequestObserver, RequestRecord
from asset_forge.observability.http._recorder import Recorder, overrides
from asset_forge.observability.http._series import KNOWN_METHODS, EndpointFamilies, RequestMetrics
from asset_forge.observability.http._websocket import WebSocketMetrics, WebSocketSession
from asset_forge.observability.metrics import Registry, TelemetryGuard

RouteResolver = Callable[[RequestRecord], str]

_make: Final = object.__new__


class ObservedApplication:
    """Wraps any ASGI application and records every request once, as it was really answered.

    Put it outermost. `resolver` names the route of a finished request (the default knows Litestar,
    Starlette and FastAPI, and whatever sets `scope["path_template"]`); `endpoints` are families of
    the service's own that count the same requests; `observers` get the record, such as an access
    log; `proxies` says whose word on the client's address is taken, and then also the application
    finds it in `scope["client"]`. `clock` returns seconds and only rises. With `strict` a fault of
    the measurement is raised into the request, for tests.

    Cancelled requests: a cancellation after the client has left is the client's (499); any other is
    the server's and counts with the status that was sent, or 500 where none was.
    """

    def __init__(
        self,
        app: ASGIApp,
        registry: Registry,
        *,
        observers: Sequence[RequestObserver] = (),
        endpoints: EndpointFamilies | None = None,
        resolver: RouteResolver | None = None,
        proxies: TrustedProxies | None = None,
        clock: Callable[[], float] = time.perf_counter,
        strict: bool = False,
    ) -> None:
        self.app = app
        """What is measured."""
        faults = registry.counter(FAULTS)
        self._guard = TelemetryGuard(
            strict=strict, on_fault=lambda source: faults.labels(source).inc(), with_traceback=True
        )
        self._proxies = proxies if proxies is not None and proxies.trust_somebody else None
        self._metrics = RequestMetrics(registry, endpoints)
        self._websockets = WebSocketMetrics(registry, self._guard)
        self._in_progress = self._metrics.in_progress.inc
        self._now = clock
        self._starters = [one.start for one in observers if overrides(one, "start")]
        self._recorder = Recorder(self._metrics, self._guard, observers, resolver, clock)

    def expect(self, method: str, route: str, statuses: Iterable[int]) -> None:
        """Let the counters of a documented route start at 0, so that `increase()` sees a first
        failure."""
        self._metrics.expect(method, route, statuses)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request through the application."""
        kind = scope["type"]
        if kind == "http":
            if self._proxies is not None:
                self._take_forwarded(self._proxies, scope)
            # What `RequestRecord.__init__` does, and what is the exchange's own.
            record = _make(HttpExchange)
            record.scope = scope
            method = scope["method"]
            record.method = method if method in KNOWN_METHODS else self._metrics.other_method()
            record.path = scope["path"]
            record.root_path = scope.get("root_path", "")
            record.route = record.request_id = record.trace_id = ""
            record.status = record.request_bytes = record.response_bytes = 0
            record.outcome = "in_progress"
            record.duration_seconds = record.first_byte_at = 0.0
            record.exception = record.exemplar = record.trace = record.start = None
            record.left = record.trailers = False
            record.recorder = self._recorder
            record.server_receive = receive
            record.server_send = send
            record.connection = scope.get(CONNECTION_KEY)
            record.started_at = self._now()
            self._in_progress()
        elif kind == "websocket":
            if self._proxies is not None:
                self._take_forwarded(self._proxies, scope)
            record = WebSocketSession(scope, receive, send, self._recorder, self._websockets)
        else:
            await self.app(scope, receive, send)
            return
        try:
            if self._starters:
                for start in self._starters:
                    try:
                        start(record)
                    except Exception as error:  # noqa: BLE001 -- the guard decides
                        self._guard.fault("observer", error)
            await self.app(scope, record.receive, record.send)
        except BaseException as error:
            record.close(error)
            raise
        else:
            if record.outcome == "in_progress":
                record.close(None)

    def _take_forwarded(self, proxies: TrustedProxies, scope: Scope) -> None:
        """Put what a trusted proxy says about the client into the scope."""
        try:
            proxies.apply(scope)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self._guard.fault("proxy", error)
