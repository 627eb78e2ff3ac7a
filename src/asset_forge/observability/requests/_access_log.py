"""One closing line for each request."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Protocol

from asset_forge.observability import context
from asset_forge.observability.http import RequestObserver, RequestRecord
from asset_forge.observability.requests._identity import TRACE_KEY
from asset_forge.observability.requests._judgment import answer_seconds, is_failure
from asset_forge.observability.tracing import Trace

__all__ = ["AccessLog", "AccessLogger"]

_MESSAGE = "request"
_MAX_PATH = 1_024


class AccessLogger(Protocol):
    """What is needed of a logger; the one of :mod:`asset_forge.observability.logs` has it."""

    def debug(self, event: str, /, **fields: object) -> None:
        """Log at the level debug."""

    def info(self, event: str, /, **fields: object) -> None:
        """Log at the level info."""

    def warning(self, event: str, /, **fields: object) -> None:
        """Log at the level warning."""

    def error(self, event: str, /, **fields: object) -> None:
        """Log at the level error."""

    def is_enabled_for(self, level: int) -> bool:
        """Whether a line of this level, as `logging` numbers it, would be written."""
        ...


class AccessLog(RequestObserver):
    """Writes one line when a request has ended: route, status, duration, sizes, who asked.

    Info; warning from ``slow_seconds``, error from ``very_slow_seconds`` and for a failure of the
    server. The routes in ``quiet`` (probes, scrapes) are debug, and warning where they answer 500
    or more: what they report is logged where it happens. The path has no query string; request id,
    trace id and user come from the open scope.
    """

    def __init__(
        self,
        log: AccessLogger,
        *,
        quiet: Collection[str] = (),
        slow_seconds: float = 1.0,
        very_slow_seconds: float = 5.0,
    ) -> None:
        self._log = log
        self._enabled = log.is_enabled_for
        self._quiet = frozenset(quiet)
        self._slow_seconds = slow_seconds
        self._very_slow_seconds = very_slow_seconds

    def finish(self, record: RequestRecord) -> None:
        """Write the line."""
        log = self._log
        if record.route in self._quiet:
            number, write = logging.DEBUG, log.debug
            if record.status >= 500:
                number, write = logging.WARNING, log.warning
        elif is_failure(record):
            number, write = logging.ERROR, log.error
        elif record.duration_seconds < self._slow_seconds:
            number, write = logging.INFO, log.info
        else:
            waited = answer_seconds(record)
            if waited >= self._very_slow_seconds:
                number, write = logging.ERROR, log.error
            elif waited >= self._slow_seconds:
                number, write = logging.WARNING, log.warning
            else:
                number, write = logging.INFO, log.info
        if self._enabled(number):
            self._write(record, write)

    def _write(self, record: RequestRecord, write: Callable[..., None]) -> None:
        duration = record.duration_seconds
        fields: dict[str, object] = {
            "method": record.method,
            "route": record.route,
            "path": record.path[:_MAX_PATH],
            "status": record.status,
            "outcome": record.outcome,
            "durationSeconds": round(duration, 6),
            "requestBytes": record.request_bytes,
            "responseBytes": record.response_bytes,
        }
        client = record.scope.get("client")
        if client:
            fields["client"] = client[0]
        if record.first_byte_at:
            first = record.first_byte_at - record.started_at
            fields["firstByteSeconds"] = round(first, 6)
            fields["streamSeconds"] = round(duration - first, 6)
        trace: Trace | None = record.scope.get(TRACE_KEY)
        if trace is not None and trace.head_at:
            fields["sendSeconds"] = round(record.started_at + duration - trace.head_at, 6)
        if context.current().request_id != record.request_id:
            # Sent from a task that does not belong to the request.
            fields["request_id"] = record.request_id
            fields["trace_id"] = record.trace_id
        write(_MESSAGE, **fields)
