"""Traces: noted for every request at next to no cost, kept where it matters, readable in memory.

with span("load asset", attributes=database_attributes("sqlite", "select", "assets"),
          kind="client", phase="database"):
    ...

job.traceparent = current_traceparent()               # where the job is queued
with tracer.continue_trace(job.traceparent, "step"):   # where it is worked on
    ...
"""

from __future__ import annotations

from ._build import build_tracer
from ._current import (
    add_phase,
    current_exemplar,
    current_trace_id,
    current_traceparent,
    keep_trace,
    mark,
    phase,
    span,
)
from ._data import SpanData, SpanReader
from ._export import SpanTransport, TraceExporter
from ._ids import random_id
from ._machine import MachineTraces
from ._options import OtlpOptions, TracingOptions, tracing_options
from ._semantics import database_attributes, generation_attributes, storage_attributes
from ._store import TraceStore
from ._trace import PHASES, AttributeValue, Phase, Span, SpanKind, Trace
from ._traceparent import Traceparent, parse_traceparent
from ._tracer import Tracer, TraceSink
from ._views import SpanView, TraceDetails, TracePage, TraceSummary

__all__ = [
    "PHASES",
    "AttributeValue",
    "MachineTraces",
    "OtlpOptions",
    "Phase",
    "Span",
    "SpanData",
    "SpanKind",
    "SpanReader",
    "SpanTransport",
    "SpanView",
    "Trace",
    "TraceDetails",
    "TraceExporter",
    "TracePage",
    "TraceSink",
    "TraceStore",
    "TraceSummary",
    "Traceparent",
    "Tracer",
    "TracingOptions",
    "add_phase",
    "build_tracer",
    "current_exemplar",
    "current_trace_id",
    "current_traceparent",
    "database_attributes",
    "generation_attributes",
    "keep_trace",
    "mark",
    "parse_traceparent",
    "phase",
    "random_id",
    "span",
    "storage_attributes",
    "tracing_options",
]
