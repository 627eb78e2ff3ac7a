"""Puts the tracer of a process together."""

from __future__ import annotations

from collections.abc import Callable

from asset_forge.observability.redaction import Redactor

from ._data import SpanReader
from ._export import TraceExporter
from ._options import TracingOptions
from ._store import CAPACITY, TraceStore
from ._tracer import Tracer

__all__ = ["build_tracer"]


def build_tracer(
    options: TracingOptions,
    redactor: Redactor,
    *,
    on_lost: Callable[[int], None],
    slow_seconds: float = 1.0,
    capacity: int = CAPACITY,
) -> Tracer:
    """A tracer with its store, and with an OTLP exporter where the options name an endpoint.

    ``on_lost`` is told how many spans of kept traces were lost, for a counter.
    """
    reader = SpanReader(redactor, include_content=options.include_content)
    exporter = None
    if options.otlp is not None:
        from ._otlp import OtlpTransport

        exporter = TraceExporter(
            OtlpTransport(options.otlp),
            reader,
            on_lost=on_lost,
            queue_spans=options.queue_spans,
            batch_spans=options.batch_spans,
            delay_seconds=options.delay_seconds,
        )
    return Tracer(
        TraceStore(reader, capacity=capacity, slow_seconds=slow_seconds),
        exporter=exporter,
        on_lost=on_lost,
        sample_ratio=options.sample_ratio,
        follow_caller=options.follow_caller,
        slow_seconds=slow_seconds,
    )
