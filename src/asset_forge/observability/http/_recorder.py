"""What the records of one wrapper have in common: clock, routes, series, observers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asset_forge.observability.http._asgi import Message
from asset_forge.observability.http._declarations import UNMATCHED
from asset_forge.observability.http._record import RequestObserver, RequestRecord
from asset_forge.observability.http._routes import RouteTemplates
from asset_forge.observability.http._series import RequestMetrics
from asset_forge.observability.metrics import TelemetryGuard


class Recorder:
    """Serves all requests of one wrapper; which observers want to hear what is decided once,
    here. An HTTP exchange, which ends far more often than a WebSocket, uses the parts itself."""

    __slots__ = (
        "_failed",
        "_headers",
        "_in_progress",
        "_late",
        "adds_headers",
        "deciders",
        "finishers",
        "guard",
        "now",
        "open_series",
        "resolver",
        "series",
        "takes_template",
    )

    def __init__(
        self,
        metrics: RequestMetrics,
        guard: TelemetryGuard,
        observers: Sequence[RequestObserver],
        resolver: Callable[[RequestRecord], str] | None,
        clock: Callable[[], float],
    ) -> None:
        self.now = clock
        self._in_progress = metrics.in_progress
        self.open_series = metrics.open
        self.series = metrics.series
        self.guard = guard
        self.takes_template = resolver is None
        # Its method: calling an object takes twice as long.
        self.resolver = RouteTemplates().__call__ if resolver is None else resolver
        self._headers = [
            one.response_headers for one in observers if overrides(one, "response_headers")
        ]
        self.deciders = [one.decide for one in observers if overrides(one, "decide")]
        self._failed = [one.failed for one in observers if overrides(one, "failed")]
        self.finishers = [one.finish for one in observers if overrides(one, "finish")]
        self._late = [
            one.failed_afterwards for one in observers if overrides(one, "failed_afterwards")
        ]
        self.adds_headers = bool(self._headers)

    def with_headers(self, record: RequestRecord, message: Message) -> Message:
        """Return the response's first message with the observers' headers added."""
        headers = [*message.get("headers", ())]
        for response_headers in self._headers:
            try:
                headers += response_headers(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self.guard.fault("observer", error)
        return {**message, "headers": headers}

    def end(self, record: RequestRecord) -> None:
        """Settle duration, route and exemplar of a session that counts itself."""
        record.duration_seconds = self.now() - record.started_at
        try:
            record.route = self.resolver(record)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self.without_route(record, error)
        self.decide(record)

    def decide(self, record: RequestRecord) -> None:
        """Let the observers decide what is to be decided before the metrics are written."""
        for decide in self.deciders:
            try:
                decide(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self.guard.fault("observer", error)

    def without_route(self, record: RequestRecord, error: Exception) -> None:
        """Account for a resolver that failed."""
        record.route = UNMATCHED
        self.guard.fault("route", error)

    def without_series(self, error: Exception) -> None:
        """Account for metrics that could not be found: the request, which has ended, is at least in
        progress no more."""
        self._in_progress.dec()
        self.guard.fault("metrics", error)

    def tell(self, record: RequestRecord) -> None:
        """Hand a finished record to the observers."""
        if record.exception is not None:
            self._tell_of(record.exception, record, self._failed)
        for finish in self.finishers:
            try:
                finish(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self.guard.fault("observer", error)

    def tell_late(self, record: RequestRecord, failure: BaseException) -> None:
        """Tell the observers what the application raised after its request had ended."""
        self._tell_of(failure, record, self._late)

    def _tell_of(
        self,
        failure: BaseException,
        record: RequestRecord,
        hooks: Sequence[Callable[[RequestRecord, BaseException], None]],
    ) -> None:
        for hook in hooks:
            try:
                hook(record, failure)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self.guard.fault("observer", error)


def overrides(observer: RequestObserver, method: str) -> bool:
    """Tell whether an observer does anything in `method`."""
    return getattr(type(observer), method) is not getattr(RequestObserver, method)
