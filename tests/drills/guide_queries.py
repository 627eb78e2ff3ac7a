"""The observability guide's queries: 51 of its PromQL blocks, 6 of its dashboard.

Where the original could not work, or meant something else than it said, the corrected form stands
here, with what was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GuideQuery:
    """One query; `corrected` says why it is not the original's text."""

    title: str
    expr: str
    corrected: str = ""


_ = GuideQuery
_API = "api_requests_by_endpoint_total"
_TIME = "api_response_time_by_endpoint_seconds"
_MADE = "asset_generation_duration_seconds"
_CANCELED = "canceled generations are neither success nor failure"

_SLOW_ENDPOINTS = f"histogram_quantile(0.95, sum(rate({_TIME}_bucket[5m])) by (le, endpoint)) > 1"
_SLOW_PROVIDERS = (
    "histogram_quantile(0.95, sum(rate(ai_api_latency_seconds_bucket[5m])) by (le, provider))"
)

SYSTEM = (
    _("Request rate by status code", "rate(http_request_duration_seconds_count[5m])"),
    _(
        "95th percentile response time",
        "histogram_quantile(0.95, rate(http_request_duration_seconds_bucket[5m]))",
    ),
    _(
        "Error rate (5xx responses)",
        'sum(rate(http_request_duration_seconds_count{status_code=~"5.."}[5m]))'
        " / sum(rate(http_request_duration_seconds_count[5m]))",
    ),
)
GENERATION = (
    _("Total asset generations in last hour", "increase(asset_generations_total[1h])"),
    _(
        "Success rate by type",
        'sum(rate(asset_generations_total{status="success"}[5m])) by (type)'
        ' / sum(rate(asset_generations_total{status=~"success|failure"}[5m])) by (type)',
        _CANCELED,
    ),
    _(
        "Failed generations by type",
        'sum(rate(asset_generations_total{status="failure"}[5m])) by (type)',
    ),
    _(
        "95th percentile generation time by type",
        f"histogram_quantile(0.95, sum(rate({_MADE}_bucket[5m])) by (le, type))",
    ),
    _("Average generation time", f"rate({_MADE}_sum[5m]) / rate({_MADE}_count[5m])"),
    _(
        "Slow generations (> 2 minutes)",
        f'sum(rate({_MADE}_count[5m])) - sum(rate({_MADE}_bucket{{le="120.0"}}[5m]))',
        "buckets are cumulative: the original is never above 0; and le is 120.0",
    ),
    _("Top error types", "topk(5, sum(rate(asset_generation_errors_total[5m])) by (error_type))"),
    _("Error rate by asset type", "sum(rate(asset_generation_errors_total[5m])) by (type)"),
)
USERS = (
    _("Login rate", "rate(user_logins_total[5m])"),
    _("Logins by provider", "sum(rate(user_logins_total[5m])) by (provider)"),
    _("Current active sessions", "user_active_sessions"),
    _("Peak sessions today", "max_over_time(user_active_sessions[24h])"),
    _(
        "Most common actions",
        "topk(10, sum(rate(user_actions_total[5m])) by (action, resource_type))",
    ),
    _(
        "Create vs Update vs Delete ratio",
        'sum(rate(user_actions_total{action="create"}[5m])) / sum(rate(user_actions_total[5m]))',
    ),
)
STORAGE = (
    _("Total storage in GB", "storage_used_bytes / (1024^3)"),
    _("Storage growth rate", "deriv(storage_used_bytes[1h])"),
    _("Upload rate by file type", "sum(rate(file_uploads_total[5m])) by (file_type)"),
    _(
        "Download to upload ratio",
        "sum(rate(file_downloads_total[5m])) / sum(rate(file_uploads_total[5m]))",
    ),
)
API = (
    _("Top endpoints by request count", f"topk(10, sum(rate({_API}[5m])) by (endpoint))"),
    _(
        "Error rate by endpoint",
        f'sum(rate({_API}{{status_code=~"5.."}}[5m])) by (endpoint)'
        f" / sum(rate({_API}[5m])) by (endpoint)",
    ),
    _(
        "4xx rate (client errors)",
        f'sum(rate({_API}{{status_code=~"4.."}}[5m])) / sum(rate({_API}[5m]))',
    ),
    _(
        "99th percentile latency by endpoint",
        f"histogram_quantile(0.99, sum(rate({_TIME}_bucket[5m])) by (le, endpoint))",
    ),
    _("Slow endpoints (>1s p95)", _SLOW_ENDPOINTS),
    _("Average latency", f"rate({_TIME}_sum[5m]) / rate({_TIME}_count[5m])"),
)
AI = (
    _("AI API call rate", "sum(rate(ai_api_calls_total[5m])) by (provider)"),
    _(
        "AI API error rate",
        'sum(rate(ai_api_calls_total{status="failure"}[5m])) / sum(rate(ai_api_calls_total[5m]))',
    ),
    _("AI API p95 latency", _SLOW_PROVIDERS),
    _("Token usage rate", "sum(rate(ai_tokens_used_total[5m])) by (provider, type)"),
    _(
        "Cost estimation (approximate, adjust rates)",
        'sum(rate(ai_tokens_used_total{provider="openai",type="prompt"}[5m])) * 0.00001'
        ' + sum(rate(ai_tokens_used_total{provider="openai",type="completion"}[5m])) * 0.00003',
    ),
)
DATABASE = (
    _(
        "Slow queries (>100ms p95)",
        "histogram_quantile(0.95, sum(rate(db_query_duration_seconds_bucket[5m])) by (le, table))"
        " > 0.1",
    ),
    _(
        "Query rate by operation",
        "sum(rate(db_query_duration_seconds_count[5m])) by (operation)",
    ),
    _(
        "Connection pool utilization",
        "db_connections_active / (db_connections_active + db_connections_idle)",
    ),
    _(
        "Connection pool exhaustion risk",
        "sum by (instance) (db_connections_active) / sum by (instance) (db_connections_max) > 0.9",
        "18 of 20 is right for one process of one size only",
    ),
)
ALERTS_AND_OBJECTIVES = (
    _(
        "High Error Rate",
        f'sum(rate({_API}{{status_code=~"5.."}}[5m])) / sum(rate({_API}[5m])) > 0.05',
    ),
    _("Database Down, which is the service down", 'up{job="asset-forge"} == 0'),
    _("High Latency", f"histogram_quantile(0.95, sum(rate({_TIME}_bucket[5m])) by (le)) > 5"),
    _(
        "Increased Error Rate",
        "sum(rate(asset_generation_errors_total[5m]))"
        ' / sum(rate(asset_generations_total{status=~"success|failure"}[5m])) > 0.1',
        _CANCELED,
    ),
    _("Low Disk Space", "storage_used_bytes / storage_total_bytes > 0.8"),
    _("High Memory Usage", "process_resident_memory_bytes / system_memory_total_bytes > 0.9"),
    _(
        "Availability SLO",
        f'1 - (sum(rate({_API}{{status_code=~"5.."}}[30d])) / sum(rate({_API}[30d])))',
    ),
    _(
        "Latency SLO, the quantile",
        f"histogram_quantile(0.95, sum(rate({_TIME}_bucket[30d])) by (le)) < 1",
    ),
    _(
        "Asset Generation SLO",
        'sum(rate(asset_generations_total{status="success"}[30d]))'
        ' / sum(rate(asset_generations_total{status=~"success|failure"}[30d])) > 0.9',
        _CANCELED,
    ),
)
TROUBLESHOOTING = (
    _("Slow Response Times: endpoints", _SLOW_ENDPOINTS),
    _(
        "Slow Response Times: database",
        "topk(10, histogram_quantile(0.95,"
        " sum(rate(db_query_duration_seconds_bucket[5m])) by (le, table)))",
    ),
    _("Slow Response Times: AI API", _SLOW_PROVIDERS),
    _("Memory Leaks: process", "process_resident_memory_bytes"),
    _(
        "Memory Leaks: heap",
        "python_heap_size_used_bytes / python_heap_size_total_bytes",
        "the heap is Python's",
    ),
    _("Memory Leaks: connections", "db_connections_active"),
)
DASHBOARD = (
    _("Panel Request Rate", f"sum(rate({_API}[5m]))"),
    _(
        "Panel Error Rate",
        f'sum(rate({_API}{{status_code=~"5.."}}[5m])) / sum(rate({_API}[5m]))',
    ),
    _("Panel P95 Latency", f"histogram_quantile(0.95, sum(rate({_TIME}_bucket[5m])) by (le))"),
    _("Panel Active Sessions", "user_active_sessions"),
    _("Panel Asset Generations", "sum(rate(asset_generations_total[5m])) by (type, status)"),
    _(
        "Panel Database Health",
        "histogram_quantile(0.95,"
        " sum(rate(db_query_duration_seconds_bucket[5m])) by (le, operation))",
    ),
)

BLOCKS = (
    *SYSTEM,
    *GENERATION,
    *USERS,
    *STORAGE,
    *API,
    *AI,
    *DATABASE,
    *ALERTS_AND_OBJECTIVES,
    *TROUBLESHOOTING,
)
GUIDE = (*BLOCKS, *DASHBOARD)
