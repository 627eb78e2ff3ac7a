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
    JoinedWrite,
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
    """What a request of one (method, route, status) is written with."""

    __slots__ = ("ended", "endpoint", "first_byte", "request_size")

    ended: JoinedWrite
    """Takes duration, bytes of the response, and exemplar of a request in progress."""
    request_size: Histogram
    first_byte: Histogram
    endpoint: tuple[Counter | None, Histogram | None] | None

    def write_more(self, record: RequestRecord) -> None:
        """Count what most requests do not have."""
        if record.request_bytes:
            self.request_size.observe(float(record.request_bytes))
        if record.first_byte_at:
            self.first_byte.observe(record.first_byte_at - record.started_at, record.exemplar)
        if self.endpoint is not None:
            requests, duration = self.endpoint
            if requests is not None:
                requests.inc()
            if duration is not None:
                duration.observe(record.duration_seconds, record.exemplar)


class RequestMetrics:
    """All metrics of HTTP requests."""

    __slots__ = (
        "_duration",
        "_endpoints",
        "_first_byte",
        "_joined",
        "_request_size",
        "_requests",
        "_response_size",
        "in_progress",
        "series",
    )

    def __init__(self, registry: Registry, endpoints: EndpointFamilies | None = None) -> None:
        self.in_progress = registry.gauge(IN_PROGRESS).labels()
        self._requests = registry.counter(REQUESTS)
        self._duration = registry.histogram(REQUEST_DURATION)
        self._request_size = registry.histogram(REQUEST_SIZE)
        self._response_size = registry.histogram(RESPONSE_SIZE)
        self._first_byte = registry.histogram(FIRST_BYTE)
        self._endpoints = endpoints
        self._joined: dict[tuple[Histogram, Histogram], JoinedWrite] = {}
        self.series: dict[tuple[str, str, int], Series] = {}
        """What is at hand, by method, route and status."""

    def other_method(self) -> str:
        """Return the label of an invented verb, and count it as folded.

        That count is what shows somebody who makes up verbs: no series does.
        """
        self._requests.folded()
        return "other"

    def open(self, key: tuple[str, str, int]) -> Series:
        """Return the series of a method, route and status, and keep them at hand in `series`."""
        method, route, status = key
        code = status_label(status)
        series = Series()
        series.ended = self._join(
            self._duration.labels(method, route, code), self._response_size.labels(method, route)
        )
        series.request_size = self._request_size.labels(method, route)
        series.first_byte = self._first_byte.labels(method, route)
        series.endpoint = self._endpoint(method, route, code)
        if len(self.series) < _SERIES_LIMIT:
            self.series[key] = series
        return series

    def _join(self, duration: Histogram, size: Histogram) -> JoinedWrite:
        """Join two instruments once: what is past the limits comes again and again, and ends in the
        same ones."""
        ended = self._joined.get((duration, size))
        if ended is None:
            ended = self._joined[duration, size] = duration.joined(size, self.in_progress)
        return ended

    def expect(self, method: str, route: str, statuses: Iterable[int]) -> None:
        """Let the counters of a documented route start at 0, so that `increase()` sees a first
        failure."""
        for status in statuses:
            labels = (KNOWN_METHODS.get(method, "other"), status_label(status))
            self._requests.labels(labels[0], route, labels[1])
            if self._endpoints is not None:
                self._endpoints.requests.labels(route, *labels)

    def _endpoint(
        self, method: str, route: str, code: str
    ) -> tuple[Counter | None, Histogram | None] | None:
        """Return the instruments of the service's own families, but for those that mirror ours."""
        families = self._endpoints
        if families is None:
            return None
        requests = duration = None
        if families.requests.declaration.mirror is None:
            requests = families.requests.labels(route, method, code)
        if families.duration.declaration.mirror is None:
            duration = families.duration.labels(route, method)
        return None if requests is None and duration is None else (requests, duration)


def status_label(status: int) -> str:
    """Return a status as a label value; what is no HTTP status is `other`."""
    return str(int(status)) if 100 <= status <= 599 else "other"
