"""What happens to a record when its request begins and ends: gauges, route, metrics, observers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asset_forge.observability.http._asgi import Message
from asset_forge.observability.http._declarations import UNMATCHED
from asset_forge.observability.http._record import RequestObserver, RequestRecord
from asset_forge.observability.http._series import RequestMetrics
from asset_forge.observability.metrics import TelemetryGuard


class Recorder:
    """Serves all requests of one wrapper; which observers want to hear what is decided once,
    here."""

    __slots__ = (
        "_finish",
        "_guard",
        "_headers",
        "_late",
        "_resolver",
        "_write",
        "adds_headers",
        "now",
    )

    def __init__(
        self,
        metrics: RequestMetrics,
        guard: TelemetryGuard,
        observers: Sequence[RequestObserver],
        resolver: Callable[[RequestRecord], str],
        clock: Callable[[], float],
    ) -> None:
        self.now = clock
        self._write = metrics.write
        self._guard = guard
        self._resolver = resolver
        self._headers = [
            one.response_headers for one in observers if overrides(one, "response_headers")
        ]
        self._finish = [one.finish for one in observers if overrides(one, "finish")]
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
                self._guard.fault("observer", error)
        return {**message, "headers": headers}

    def finish(self, record: RequestRecord) -> None:
        """Write an ended HTTP request into the metrics, and tell the observers."""
        record.duration_seconds = self.now() - record.started_at
        try:
            try:
                record.route = self._resolver(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self._without_route(record, error)
            self._write(record)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self._guard.fault("metrics", error)
        for finish in self._finish:  # as `tell` does, without the call
            try:
                finish(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self._guard.fault("observer", error)

    def end(self, record: RequestRecord) -> None:
        """Take the duration and find the route of a session that counts itself."""
        record.duration_seconds = self.now() - record.started_at
        try:
            record.route = self._resolver(record)
        except Exception as error:  # noqa: BLE001 -- the guard decides
            self._without_route(record, error)

    def fault(self, error: Exception) -> None:
        """Account for a fault of measuring."""
        self._guard.fault("metrics", error)

    def _without_route(self, record: RequestRecord, error: Exception) -> None:
        record.route = UNMATCHED
        self._guard.fault("route", error)

    def tell(self, record: RequestRecord) -> None:
        """Hand a finished record to the observers."""
        for finish in self._finish:
            try:
                finish(record)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self._guard.fault("observer", error)

    def tell_late(self, record: RequestRecord, failure: BaseException) -> None:
        """Tell the observers what the application raised after its request had ended."""
        for failed_afterwards in self._late:
            try:
                failed_afterwards(record, failure)
            except Exception as error:  # noqa: BLE001 -- the guard decides
                self._guard.fault("observer", error)


def overrides(observer: RequestObserver, method: str) -> bool:
    """Tell whether an observer does anything in `method`."""
    return getattr(type(observer), method) is not getattr(RequestObserver, method)
