"""The catalog against the names, labels and buckets that operators were promised."""

from __future__ import annotations

import math
from typing import get_args

from asset_forge import catalog
from asset_forge.assets import FileType
from asset_forge.catalog import DECLARATIONS, TABLES, FileTypeName
from asset_forge.database.models import Base
from asset_forge.observability.metrics import HistogramDeclaration, Registry

BUSINESS = {
    "asset_generations_total": ("counter", ("type", "status")),
    "asset_generation_duration_seconds": ("histogram", ("type",)),
    "asset_generation_errors_total": ("counter", ("type", "error_type")),
    "user_logins_total": ("counter", ("provider",)),
    "user_active_sessions": ("gauge", ()),
    "user_actions_total": ("counter", ("action", "resource_type")),
    "storage_used_bytes": ("gauge", ("context",)),
    "file_uploads_total": ("counter", ("file_type",)),
    "file_downloads_total": ("counter", ("file_type",)),
    "api_requests_by_endpoint_total": ("counter", ("endpoint", "method", "status_code")),
    "api_response_time_by_endpoint_seconds": ("histogram", ("endpoint", "method")),
    "ai_api_calls_total": ("counter", ("provider", "model", "status")),
    "ai_api_latency_seconds": ("histogram", ("provider", "model")),
    "ai_tokens_used_total": ("counter", ("provider", "model", "type")),
    "db_query_duration_seconds": ("histogram", ("operation", "table")),
    "db_connections_active": ("gauge", ()),
    "db_connections_idle": ("gauge", ()),
}
FIXED_BUCKETS = {
    "asset_generation_duration_seconds": (5, 10, 30, 60, 120, 180, 300),
    "api_response_time_by_endpoint_seconds": (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30),
}
BY_NAME = {declaration.name: declaration for declaration in DECLARATIONS}


def test_the_seventeen_business_metrics_have_the_promised_kinds_and_labels():
    declared = {
        name: (BY_NAME[name].kind, tuple(label.name for label in BY_NAME[name].labels))
        for name in BUSINESS
    }
    assert declared == BUSINESS
    assert {BY_NAME[name].endpoint for name in BUSINESS} == {"business"}


def test_the_promised_buckets_are_exact():
    for name, bounds in FIXED_BUCKETS.items():
        declaration = BY_NAME[name]
        assert isinstance(declaration, HistogramDeclaration)
        assert declaration.buckets == bounds


def test_thresholds_of_queries_are_bucket_edges():
    edges = {"db_query_duration_seconds": {0.1}, "http_request_duration_seconds": {1.0, 5.0}}
    for name, needed in edges.items():
        declaration = BY_NAME[name]
        assert isinstance(declaration, HistogramDeclaration)
        assert needed <= set(declaration.buckets)


def test_every_metric_is_declared_once_and_the_registry_takes_all_of_them():
    assert len(BY_NAME) == len(DECLARATIONS)
    Registry(DECLARATIONS, strict=True).close()


def test_faults_of_metrics_are_counted_under_metrics_and_nothing_is_folded():
    registry = Registry(DECLARATIONS)
    assert registry.value("telemetry_dropped_total", sink="metrics") == 0.0
    registry.counter(catalog.GENERATIONS).labels("weapon", "success").inc(-1)
    registry.histogram(catalog.GENERATION_DURATION).labels("weapon").observe(math.nan)
    assert registry.value("telemetry_dropped_total", sink="metrics") == 2.0
    assert registry.value("telemetry_dropped_total", sink="__overflow__") is None


def test_openmetrics_tells_the_unit_of_every_metric_that_is_named_after_one():
    text = Registry(DECLARATIONS, strict=True).render(openmetrics=True).decode()
    units = dict(line.split()[2:] for line in text.splitlines() if line.startswith("# UNIT "))
    named = {
        one.family_name: ending
        for one in DECLARATIONS
        for ending in ("seconds", "bytes", "usd", "ratio")
        if one.family_name.endswith(f"_{ending}")
    }
    assert len(named) > 20
    assert units == named


def test_closed_label_values_are_what_the_code_has():
    assert set(TABLES) == {*Base.metadata.tables, "other"}
    assert set(get_args(FileTypeName)) == {kind.value for kind in FileType}
