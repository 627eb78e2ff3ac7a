"""The instruments that a request touches, found with one dictionary hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asset_forge.observability.http._declarations import (
    FIRST_BYTE,
    IN_PROGRESS,
    METHODS,
    REQUEST_DURATION,
    REQUEST_SIZE,
    REQUESTS,
    RESPONSE_SIZE,
)
from asset_forge.observability.http._record import RequestRecord
from asset_forge.observability.metrics import (
    Counter,
    CounterFamily,
    Histogram,
    HistogramFamily,
    Registry,
)

_SERIES_LIMIT = 10_000
"""Label sets kept at hand. Methods and statuses are closed and routes are few, so only a resolver
that invents routes gets here; what is past the limit is looked up in the registry, which folds it
into `__overflow__`."""

KNOWN_METHODS = {method: method for method in METHODS}


@dataclass(frozen=True, slots=True)
class EndpointFamilies:
    """The service's own families of requests by endpoint, counted beside those of this package.

    `requests` has the labels endpoint, method, status_code; `duration` (seconds) has endpoint,
    method. One that mirrors the duration of this package is not counted a second time.
    """

    requests: CounterFamily
    duration: HistogramFamily


class Series:
    """The instruments of one (method, route, status)."""

    __slots__ = (
        "duration",
        "endpoint_duration",
        "endpoint_requests",
        "first_byte",
        "request_size",
        "response_size",
    )

    duration: Histogram
    request_size: Histogram
    response_size: Histogram
    first_byte: Histogram
    endpoint_requests: Counter | None
    endpoint_duration: Histogram | None


class RequestMetrics:
    """All metrics of HTTP requests; `write` puts one finished record into them."""

    __slots__ = (
        "_duration",
        "_endpoints",
        "_first_byte",
        "_request_size",
        "_requests",
        "_response_size",
        "_series",
        "in_progress",
    )

    def __init__(self, registry: Registry, endpoints: EndpointFamilies | None = None) -> None:
        self.in_progress = registry.gauge(IN_PROGRESS).labels()
        self._requests = registry.counter(REQUESTS)
        self._duration = registry.histogram(REQUEST_DURATION)
        self._request_size = registry.histogram(REQUEST_SIZE)
        self._response_size = registry.histogram(RESPONSE_SIZE)
        self._first_byte = registry.histogram(FIRST_BYTE)
        self._endpoints = endpoints
        self._series: dict[tuple[str, str, int], Series] = {}

    def write(self, record: RequestRecord) -> None:
        """Count a finished request."""
        key = (record.method, record.route, record.status)
        series = self._series.get(key) or self._open(key)
        exemplar = record.exemplar
        series.duration.observe(record.duration_seconds, exemplar)
        # Floats: comparing an integer with the bounds takes longer than the conversion.
        series.response_size.observe(float(record.response_bytes))
        if record.request_bytes:
            series.request_size.observe(float(record.request_bytes))
        if record.first_byte_at:
            series.first_byte.observe(record.first_byte_at - record.started_at, exemplar)
        if series.endpoint_requests is not None:
            series.endpoint_requests.inc()
        if series.endpoint_duration is not None:
            series.endpoint_duration.observe(record.duration_seconds, exemplar)

    def expect(self, method: str, route: str, statuses: Iterable[int]) -> None:
        """Let the counters of a documented route start at 0, so that `increase()` sees a first
        failure."""
        for status in statuses:
            labels = (KNOWN_METHODS.get(method, "other"), status_label(status))
            self._requests.labels(labels[0], route, labels[1])
            if self._endpoints is not None:
                self._endpoints.requests.labels(route, *labels)

    def _open(self, key: tuple[str, str, int]) -> Series:
        method, route, status = key
        code = status_label(status)
        series = Series()
        series.duration = self._duration.labels(method, route, code)
        series.request_size = self._request_size.labels(method, route)
        series.response_size = self._response_size.labels(method, route)
        series.first_byte = self._first_byte.labels(method, route)
        series.endpoint_requests = series.endpoint_duration = None
        endpoints = self._endpoints
        if endpoints is not None and endpoints.requests.declaration.mirror is None:
            series.endpoint_requests = endpoints.requests.labels(route, method, code)
        if endpoints is not None and endpoints.duration.declaration.mirror is None:
            series.endpoint_duration = endpoints.duration.labels(route, method)
        if len(self._series) < _SERIES_LIMIT:
            self._series[key] = series
        return series


def status_label(status: int) -> str:
    """Return a status as a label value; what is no HTTP status is `other`."""
    return str(int(status)) if 100 <= status <= 599 else "other"
