"""Metrics for any ASGI application: exact over processes, cheap enough to leave on."""

from asset_forge.observability.metrics._declarations import (
    CounterDeclaration,
    Declaration,
    DeclarationError,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Merge,
)
from asset_forge.observability.metrics._families import CounterFamily, GaugeFamily, HistogramFamily
from asset_forge.observability.metrics._guard import TelemetryGuard
from asset_forge.observability.metrics._instruments import Counter, Gauge, Histogram, JoinedWrite
from asset_forge.observability.metrics._mirror import Mirror
from asset_forge.observability.metrics._own import SELF_DECLARATIONS
from asset_forge.observability.metrics._registry import Registry
from asset_forge.observability.metrics._reported import Collector, Sample
from asset_forge.observability.metrics._scraping import Scrape

__all__ = [
    "SELF_DECLARATIONS",
    "Collector",
    "Counter",
    "CounterDeclaration",
    "CounterFamily",
    "Declaration",
    "DeclarationError",
    "Gauge",
    "GaugeDeclaration",
    "GaugeFamily",
    "Histogram",
    "HistogramDeclaration",
    "HistogramFamily",
    "InfoDeclaration",
    "JoinedWrite",
    "Label",
    "Merge",
    "Mirror",
    "Registry",
    "Sample",
    "Scrape",
    "TelemetryGuard",
]
