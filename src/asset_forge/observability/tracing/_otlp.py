"""OTLP over HTTP through OpenTelemetry's own exporter; imported only where an endpoint is set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ._data import SpanData
from ._options import OtlpOptions

__all__ = ["OtlpTransport"]

_KINDS: Final = {
    "internal": SpanKind.INTERNAL,
    "server": SpanKind.SERVER,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
_COMPRESSIONS: Final = {
    "none": Compression.NoCompression,
    "gzip": Compression.Gzip,
    "deflate": Compression.Deflate,
}


class OtlpTransport:
    """Sends spans to an OTLP collector over HTTP with protobuf bodies.

    A batch that the collector refuses or does not answer is tried again within the timeout of the
    options, as OpenTelemetry's exporter does; `send` blocks that long at most.
    """

    def __init__(self, options: OtlpOptions, *, scope_version: str = "") -> None:
        self._exporter = OTLPSpanExporter(
            endpoint=options.endpoint,
            headers=dict(options.headers),
            timeout=options.timeout_seconds,
            compression=_COMPRESSIONS[options.compression],
            certificate_file=options.certificate_file,
            client_key_file=options.client_key_file,
            client_certificate_file=options.client_certificate_file,
        )
        self._resource = Resource(dict(options.resource))
        self._scope = InstrumentationScope("asset_forge.observability.tracing", scope_version)

    def send(self, spans: Sequence[SpanData]) -> bool:
        """Send a batch; returns whether the collector took it."""
        batch = [self._readable(span) for span in spans]
        return self._exporter.export(batch) is SpanExportResult.SUCCESS

    def close(self) -> None:
        """End the pauses between attempts, and close the connections."""
        self._exporter.shutdown()

    def _readable(self, span: SpanData) -> ReadableSpan:
        trace_id = int(span.trace_id, 16)
        flags = TraceFlags(TraceFlags.SAMPLED if span.sampled else TraceFlags.DEFAULT)
        attributes = dict(span.attributes)
        events: list[Event] = []
        status = Status()
        if span.error_type:
            attributes.setdefault("error.type", span.error_type)
            status = Status(StatusCode.ERROR, span.error_message or span.error_type)
            told = {"exception.type": span.error_type, "exception.message": span.error_message}
            events.append(Event("exception", told, span.ended_ns))
        parent = SpanContext(trace_id, span.parent_id, is_remote=False, trace_flags=flags)
        return ReadableSpan(
            name=span.name,
            context=SpanContext(trace_id, span.span_id, is_remote=False, trace_flags=flags),
            parent=parent if span.parent_id else None,
            resource=self._resource,
            attributes=attributes,
            events=events,
            kind=_KINDS[span.kind],
            status=status,
            start_time=span.started_ns,
            end_time=span.ended_ns,
            instrumentation_scope=self._scope,
        )
