"""Traces: noted for every request at next to no cost, kept where it matters, readable in memory.

with span("load asset", attributes=database_attributes("sqlite", "select", "assets"),
          kind="client", phase="database"):
    ...

job.traceparent = current_traceparent()               # where the job is queued
with tracer.continue_trace(job.traceparent, "step"):   # where it is worked on
    ...
"""

from __future__ import annotations

from ._current import (
    add_phase,
    current_trace_id,
    current_traceparent,
    keep_trace,
    mark,
    phase,
    span,
)
from ._data import SpanData, SpanReader
from ._ids import random_id
from ._store import SpanView, TraceDetails, TracePage, TraceStore, TraceSummary
from ._trace import PHASES, AttributeValue, Phase, Span, SpanKind, Trace
from ._traceparent import Traceparent, parse_traceparent
from ._tracer import Tracer, TraceSink

__all__ = [
    "PHASES",
    "AttributeValue",
    "Phase",
    "Span",
    "SpanData",
    "SpanKind",
    "SpanReader",
    "SpanView",
    "Trace",
    "TraceDetails",
    "TracePage",
    "TraceSink",
    "TraceStore",
    "TraceSummary",
    "Traceparent",
    "Tracer",
    "add_phase",
    "current_trace_id",
    "current_traceparent",
    "keep_trace",
    "mark",
    "parse_traceparent",
    "phase",
    "random_id",
    "span",
]
