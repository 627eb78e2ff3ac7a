"""One closing line for each request."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from typing import Protocol

from asset_forge.observability import context
from asset_forge.observability.http import RequestObserver, RequestRecord
from asset_forge.observability.redaction import Json, Redactor
from asset_forge.observability.requests._identity import TRACE_KEY
from asset_forge.observability.requests._judgment import answer_seconds, is_failure
from asset_forge.observability.tracing import Trace

__all__ = ["AccessLog", "CleanLines"]

_MESSAGE = "request"
_MAX_PATH = 1_024


class CleanLines(Protocol):
    """What is needed of :class:`~asset_forge.observability.logs.LogSystem`."""

    def emit_clean(self, logger: str, level: str, message: str, fields: Mapping[str, Json]) -> None:
        """Write a line of fields that hold no secret."""


class AccessLog(RequestObserver):
    """Writes one line when a request has ended: route, status, duration, sizes, who asked.

    Info; warning from ``slow_seconds``, error from ``very_slow_seconds`` and for a failure of the
    server. The routes in ``quiet`` (probes, scrapes) are debug, and warning where they answer 500
    or more: what they report is logged where it happens. The path has no query string; request id,
    trace id and user come from the open scope.
    """

    def __init__(
        self,
        lines: CleanLines,
        redactor: Redactor,
        *,
        name: str = "asset_forge.access",
        quiet: Collection[str] = (),
        slow_seconds: float = 1.0,
        very_slow_seconds: float = 5.0,
    ) -> None:
        self._emit = lines.emit_clean
        self._redact = redactor.text
        self._name = name
        self._enabled = logging.getLogger(name).isEnabledFor
        self._quiet = frozenset(quiet)
        self._slow_seconds = slow_seconds
        self._very_slow_seconds = very_slow_seconds

    def finish(self, record: RequestRecord) -> None:
        """Write the line."""
        if record.route in self._quiet:
            number, level = logging.DEBUG, "debug"
            if record.status >= 500:
                number, level = logging.WARNING, "warning"
        elif is_failure(record):
            number, level = logging.ERROR, "error"
        elif record.duration_seconds < self._slow_seconds:
            number, level = logging.INFO, "info"
        else:
            waited = answer_seconds(record)
            if waited >= self._very_slow_seconds:
                number, level = logging.ERROR, "error"
            elif waited >= self._slow_seconds:
                number, level = logging.WARNING, "warning"
            else:
                number, level = logging.INFO, "info"
        if self._enabled(number):
            self._write(record, level)

    def _write(self, record: RequestRecord, level: str) -> None:
        duration = record.duration_seconds
        fields: dict[str, Json] = {
            "method": record.method,
            "route": record.route,
            "path": self._redact(record.path[:_MAX_PATH]),
            "status": record.status,
            "outcome": record.outcome,
            "durationSeconds": round(duration, 6),
            "requestBytes": record.request_bytes,
            "responseBytes": record.response_bytes,
        }
        client = record.scope.get("client")
        if client:
            fields["client"] = self._redact(client[0])
        if record.first_byte_at:
            first = record.first_byte_at - record.started_at
            fields["firstByteSeconds"] = round(first, 6)
            fields["streamSeconds"] = round(duration - first, 6)
        trace: Trace | None = record.scope.get(TRACE_KEY)
        if trace is not None and trace.head_at:
            fields["sendSeconds"] = round(record.started_at + duration - trace.head_at, 6)
        if context.current().request_id != record.request_id:
            # Sent from a task that does not belong to the request.
            fields["requestId"] = self._redact(record.request_id)
            fields["traceId"] = record.trace_id
        self._emit(self._name, level, _MESSAGE, fields)
