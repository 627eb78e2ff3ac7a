"""Steps of looking that several runbooks share. `$ASSET_FORGE` and `$PROMETHEUS` are base URLs."""

from __future__ import annotations

from typing import Final

DEEP: Final = (
    "What the service says of its parts: `curl -s $ASSET_FORGE/api/health/deep | jq .checks`."
)
LOGS: Final = (
    "The errors in the log: `kubectl logs deploy/asset-forge --since=15m | grep ERROR`, or "
    "`grep ERROR` on the file or journal that holds its output."
)
CAPTURED: Final = (
    "The grouped errors, latest first: "
    "`curl -s -H \"Authorization: Bearer $TOKEN\" $ASSET_FORGE/api/errors | jq '.items[:5]'` "
    "(and Sentry, where it is configured)."
)
FAILING_ENDPOINTS: Final = (
    "Which endpoints fail: `promtool query instant $PROMETHEUS 'topk(5, sum by (endpoint, "
    'status_code) (rate(api_requests_by_endpoint_total{status_code=~"5.."}[5m])))\'`.'
)
SLOW_ENDPOINTS: Final = (
    "Which endpoints are slow: `promtool query instant $PROMETHEUS 'histogram_quantile(0.95, sum "
    "by (le, endpoint) (rate(api_response_time_by_endpoint_seconds_bucket[5m]))) > 1'`."
)
SLOW_QUERIES: Final = (
    "Whether the database is slow: `promtool query instant $PROMETHEUS 'topk(10, "
    "histogram_quantile(0.95, sum by (le, table) (rate(db_query_duration_seconds_bucket[5m]))))'`."
)
SLOW_PROVIDERS: Final = (
    "Whether a provider is slow: `promtool query instant $PROMETHEUS 'histogram_quantile(0.95, "
    "sum by (le, provider) (rate(ai_api_latency_seconds_bucket[5m])))'`."
)
FAILED_KINDS: Final = (
    "Why generations fail: `promtool query instant $PROMETHEUS 'topk(5, sum by (type, error_type) "
    "(increase(asset_generation_errors_total[30m])))'`."
)
PROVIDERS: Final = (
    "Which provider fails: `promtool query instant $PROMETHEUS 'sum by (provider, model, status) "
    "(increase(ai_api_calls_total[15m]))'`."
)
QUEUE: Final = (
    "The queue: `curl -s $ASSET_FORGE/metrics/business | "
    "grep -E '^generation(s_in_progress|_queue)'`."
)

LOOK_API: Final = (FAILING_ENDPOINTS, SLOW_ENDPOINTS, DEEP, CAPTURED, LOGS)
LOOK_GENERATION: Final = (FAILED_KINDS, PROVIDERS, QUEUE, CAPTURED)
