"""One closing line for each request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Protocol, TypeAlias, TypeVar

from asset_forge.observability import context
from asset_forge.observability.http import RequestObserver, RequestRecord
from asset_forge.observability.redaction import Json, Redactor
from asset_forge.observability.requests._judgment import answer_seconds, is_failure
from asset_forge.observability.tracing import Trace

__all__ = ["AccessLog", "LateLines"]

_MESSAGE = "request"
_MAX_PATH = 1_024

F = TypeVar("F")


class LateLines(Protocol):
    """What is needed of :class:`~asset_forge.observability.logs.LogSystem`."""

    def later(
        self, logger: str, message: str, fields: Callable[[F, context.Scope], Mapping[str, Json]]
    ) -> Callable[[str, F], None]:
        """Return a function that writes lines of fields that hold no secret and are made in another
        thread."""
        ...


_Facts: TypeAlias = tuple[
    str,  # method
    str,  # route
    str,  # path
    int,  # status
    str,  # outcome
    float,  # started at
    float,  # duration
    float,  # first byte at, or 0
    float,  # head at, or 0
    int,  # bytes of the request
    int,  # bytes of the response
    "tuple[str, int] | None",  # client
    str,  # request id
    str,  # trace id
]
"""What a line is made of: the record itself would hold on to the request until it is written."""


class AccessLog(RequestObserver):
    """Writes one line when a request has ended: route, status, duration, sizes, who asked.

    Info; warning from ``slow_seconds``, error from ``very_slow_seconds`` and for a failure of the
    server. The routes in ``quiet`` (probes, scrapes) are debug, and warning where they answer 500
    or more: what they report is logged where it happens. The path has no query string; request id,
    trace id and user come from the open scope.
    """

    def __init__(
        self,
        lines: LateLines,
        redactor: Redactor,
        *,
        name: str = "asset_forge.access",
        quiet: Collection[str] = (),
        slow_seconds: float = 1.0,
        very_slow_seconds: float = 5.0,
    ) -> None:
        self._emit = lines.later(name, _MESSAGE, self._fields)
        self._redact = redactor.text
        self._enabled = logging.getLogger(name).isEnabledFor
        self._quiet = frozenset(quiet)
        self._slow_seconds = slow_seconds
        self._very_slow_seconds = very_slow_seconds

    def finish(self, record: RequestRecord) -> None:
        """Write the line."""
        number, level = logging.INFO, "info"
        route = record.route
        status = record.status
        duration = record.duration_seconds
        if route in self._quiet:
            number, level = logging.DEBUG, "debug"
            if status >= 500:
                number, level = logging.WARNING, "warning"
        elif duration >= self._slow_seconds or status >= 500:
            number, level = self._judge(record)
        elif record.outcome != "completed" and is_failure(record):
            number, level = logging.ERROR, "error"
        if not self._enabled(number):
            return
        path = record.path
        trace: Trace | None = record.trace
        self._emit(
            level,
            (
                record.method,
                route,
                path if len(path) <= _MAX_PATH else path[:_MAX_PATH],
                status,
                record.outcome,
                record.started_at,
                duration,
                record.first_byte_at,
                0.0 if trace is None else trace.head_at,
                record.request_bytes,
                record.response_bytes,
                record.scope.get("client"),
                record.request_id,
                record.trace_id,
            ),
        )

    def _judge(self, record: RequestRecord) -> tuple[int, str]:
        """The level of a request that failed or may have been slow."""
        waited = answer_seconds(record)
        if is_failure(record) or waited >= self._very_slow_seconds:
            return logging.ERROR, "error"
        return (
            (logging.WARNING, "warning") if waited >= self._slow_seconds else (logging.INFO, "info")
        )

    def _fields(self, facts: _Facts, here: context.Scope) -> dict[str, Json]:
        """The fields of a line; called in the thread that writes it."""
        (method, route, path, status, outcome, started_at, duration) = facts[:7]
        (first_byte_at, head_at, request_bytes, response_bytes, client, *ids) = facts[7:]
        fields: dict[str, Json] = {
            "method": method,
            "route": route,
            "path": self._redact(path),
            "status": status,
            "outcome": outcome,
            "durationSeconds": _micro(duration),
            "requestBytes": request_bytes,
            "responseBytes": response_bytes,
        }
        if client:
            fields["client"] = self._redact(client[0])
        if first_byte_at:
            first = first_byte_at - started_at
            fields["firstByteSeconds"] = _micro(first)
            fields["streamSeconds"] = _micro(duration - first)
        if head_at:
            fields["sendSeconds"] = _micro(started_at + duration - head_at)
        request_id, trace_id = ids
        if here.request_id != request_id:
            # Sent from a task that does not belong to the request.
            fields["requestId"] = self._redact(request_id)
            fields["traceId"] = trace_id
        return fields


def _micro(seconds: float) -> float:
    """Seconds in whole microseconds; `round` takes twice as long."""
    return int(seconds * 1e6 + 0.5) / 1e6
