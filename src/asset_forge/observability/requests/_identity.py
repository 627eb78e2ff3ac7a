"""The ids of a request, the headers that tell them, and its trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from asset_forge.observability import context
from asset_forge.observability.http import RequestObserver, RequestRecord
from asset_forge.observability.requests._judgment import answer_seconds, is_failure
from asset_forge.observability.tracing import (
    PHASES,
    AttributeValue,
    Trace,
    Traceparent,
    Tracer,
    parse_traceparent,
    random_id,
)

__all__ = ["RequestIdentity"]

# What ids are made of everywhere, UUIDs and base64 included; no space, no control, no quote.
_SANE_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")

_REQUEST_ID: Final = b"x-request-id"
_TRACEPARENT: Final = b"traceparent"
_TWICE: Final = b"\n"
"""Stands for a header that came twice, and is never a sane one."""

_PHASE_NAMES: Final[dict[str, bytes]] = {name: name.encode() for name in PHASES}


class RequestIdentity(RequestObserver):
    """Gives each request its ids and its trace; put it first among the observers.

    The id comes from `X-Request-ID` if that is sane (up to 128 letters, digits and ``._:/+=@-``),
    else from ``new_id``; the trace from a valid `traceparent`, else it is a new one. Logs, errors
    and spans find both through :mod:`asset_forge.observability.context`. The response tells
    `X-Request-ID`, `X-Response-Time` and `Server-Timing` (milliseconds until it began).
    """

    def __init__(self, tracer: Tracer, *, new_id: Callable[[], str] = random_id) -> None:
        self._tracer = tracer
        self._begin = tracer.begin
        self._new_id = new_id
        self._makes_ids = new_id is random_id
        self._slow_seconds = tracer.slow_seconds

    def start(self, record: RequestRecord) -> None:
        """Take or make the ids, and open the scope and the trace of the request."""
        headers: Iterable[tuple[bytes, bytes]] = record.scope["headers"]
        found = dict(headers)  # far less than a loop over them: most requests bring no ids
        if _REQUEST_ID in found or _TRACEPARENT in found:
            request_id, caller, made_here = self._told(headers)
        else:
            request_id, caller, made_here = self._new_id(), None, self._makes_ids
        trace = record.trace = self._begin(caller, "server", record.started_at)
        record.trace_id = trace.trace_id
        record.request_id = trace.request_id = request_id
        trace.made_here = made_here
        context.begin(trace)

    def _told(self, headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, Traceparent | None, bool]:
        """Return the request's id and the caller's trace by what a request brings, and whether all
        ids are made here."""
        given = parent = b""
        for name, value in headers:
            if name == _REQUEST_ID:
                given = value if not given else _TWICE
            elif name == _TRACEPARENT:
                parent = value if not parent else _TWICE
        if given and _SANE_ID.fullmatch(given):
            request_id = given.decode("ascii")
        else:
            request_id = self._new_id()
        caller = parse_traceparent(parent.decode("latin-1")) if parent else None
        return request_id, caller, self._makes_ids and not given and caller is None

    def response_headers(self, record: RequestRecord) -> Iterable[tuple[bytes, bytes]]:
        """The headers of a response that begins now."""
        trace: Trace = record.trace
        now = trace.head_at = trace.now()
        took = b"%.2f" % ((now - record.started_at) * 1000.0)
        timing = b"total;dur=" + took
        if trace.phases is not None:
            timing += _phases(trace)
        return (
            (b"x-request-id", record.request_id.encode()),
            (b"x-response-time", took + b"ms"),
            (b"server-timing", timing),
        )

    def decide(self, record: RequestRecord) -> None:
        """End the trace, and keep it if it was sampled, failed or was slow.

        Before the metrics are written, so that whatever is kept is found from them.
        """
        trace: Trace | None = record.trace
        if trace is None:
            return
        if trace.sampled or self._matters(record):
            record.exemplar = {"trace_id": trace.trace_id}
            self._describe(trace, record)
            self._tracer.end(trace, record.started_at + record.duration_seconds, keep=True)
        else:
            trace.kept = False
            trace.spans = None  # they refer to the trace: let go of both now, not at a collection

    def failed_afterwards(self, record: RequestRecord, error: BaseException) -> None:
        """Keep the trace of a request whose background work failed."""
        trace: Trace | None = record.trace
        if trace is not None and isinstance(error, Exception):
            if trace.kept is False:
                self._describe(trace, record)
                trace.ended_at = record.started_at + record.duration_seconds
            self._tracer.keep_late(trace, error)

    def _matters(self, record: RequestRecord) -> bool:
        """Whether a request has failed or was slow."""
        if record.status < 500 and record.outcome == "completed":
            if record.duration_seconds < self._slow_seconds:
                return False  # nearly all go here
        elif is_failure(record):
            return True
        return answer_seconds(record) >= self._slow_seconds

    def _describe(self, trace: Trace, record: RequestRecord) -> None:
        """Give the root span its name and attributes, by OpenTelemetry's conventions for HTTP."""
        trace.name = f"{record.method} {record.route}"
        ended_at = record.started_at + record.duration_seconds
        found: dict[str, AttributeValue] = {
            "http.request.method": record.method,
            "http.route": record.route,
            "url.path": record.path[:1_024],
            "url.scheme": record.scope.get("scheme", "http"),
            "http.response.status_code": record.status,
            "http.request.body.size": record.request_bytes,
            "http.response.body.size": record.response_bytes,
            "request.id": record.request_id,
            "request.outcome": record.outcome,
        }
        client = record.scope.get("client")
        if client:
            found["client.address"] = client[0]
        user_id = context.current().user_id
        if user_id is not None:
            found["user.id"] = user_id
        if trace.phases is not None:
            for name, seconds in trace.phases.items():
                found[f"phase.{name}.seconds"] = seconds
        if trace.head_at:
            found["phase.send.seconds"] = ended_at - trace.head_at
        if record.first_byte_at:
            found["phase.stream.seconds"] = ended_at - record.first_byte_at
        if trace.attributes:
            found.update(trace.attributes)
        trace.attributes = found
        if is_failure(record) and not trace.error_type:
            trace.fail(record.exception or str(record.status), record.outcome)


def _phases(trace: Trace) -> bytes:
    """What `Server-Timing` says of the phases; since the mark `handle` the response was encoded."""
    if trace.marked == "handle":
        trace.mark("serialize")
    said = b""
    for name, seconds in (trace.phases or {}).items():
        label = _PHASE_NAMES.get(name)
        if label is not None:
            said += b", %b;dur=%.2f" % (label, seconds * 1000.0)
    return said
