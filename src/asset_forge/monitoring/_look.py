"""Steps of looking that several runbooks share, and the commands that steps are made of.

The variables in the commands are set as the runbooks' README says. A refused request is seen: curl
then prints an error, where silence would read as "nothing wrong".
"""

from __future__ import annotations

import shlex
from typing import Final

from asset_forge.monitoring._model import SERVICE

PODS: Final = f"app={SERVICE}"
"""Selects the pods of the API and of the workers, and no other."""

OLD_LOGS: Final = f"kubectl logs -l {PODS} --prefix --tail=50 --previous --ignore-errors"


def metrics(pattern: str, path: str = "/metrics/business") -> str:
    """Return the command that prints the lines of a metrics path that match for `grep -E`."""
    return (
        f'`curl -fsS -H "Authorization: Bearer $METRICS_TOKEN" $ASSET_FORGE{path} | '
        f"grep -E '{pattern}'`"
    )


def operators(path: str, program: str) -> str:
    """Return the command that shows through `jq` what a path answers to an operator."""
    return (
        f'`curl -fsS -H "Authorization: Bearer $TOKEN" "$ASSET_FORGE{path}" | jq -r \'{program}\'`'
    )


def deep(member: str) -> str:
    """Return the command that shows a member of the deep probe, also where that answers 503."""
    return (
        '`curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" '
        f"$ASSET_FORGE/api/health/deep | jq '{member} // \"withheld: no valid session\"'`"
    )


def logs(pattern: str) -> str:
    """Return the commands that search the last quarter of an hour of all processes' logs."""
    search = f"grep {shlex.quote(pattern)}"
    return (
        f"`kubectl logs -l {PODS} --prefix --tail=-1 --since=15m | {search}`, or "
        f"`journalctl -u {SERVICE} --since=-15min | {search}`"
    )


def query(promql: str) -> str:
    """Return the command that asks Prometheus, and with it all instances."""
    return f"`promtool query instant $PROMETHEUS '{promql}'`"


def _asked(what: str, promql: str) -> str:
    return f"{what}: {query(promql)}."


DEEP: Final = (
    f"What the service says of its parts: {deep('.checks')}. While the database is down no session "
    f"is valid; then {metrics('^health_check_status')} (1 healthy, 0.5 degraded, 0 unhealthy)."
)
LOGS: Final = f"The errors in the log: {logs('ERROR')}."
CAPTURED: Final = (
    f"The grouped errors, latest first: {operators('/api/errors?limit=5', '.items')} "
    "(and Sentry, where it is configured)."
)
FAILING_ENDPOINTS: Final = _asked(
    "Which endpoints fail",
    "topk(5, sum by (endpoint, status_code) "
    '(rate(api_requests_by_endpoint_total{status_code=~"5.."}[5m])))',
)
SLOW_ENDPOINTS: Final = _asked(
    "Which endpoints are slow",
    "histogram_quantile(0.95, sum by (le, endpoint) "
    "(rate(api_response_time_by_endpoint_seconds_bucket[5m]))) > 1",
)
SLOW_QUERIES: Final = _asked(
    "Whether the database is slow",
    "topk(10, histogram_quantile(0.95, sum by (le, table) "
    "(rate(db_query_duration_seconds_bucket[5m]))))",
)
SLOW_PROVIDERS: Final = _asked(
    "Whether a provider is slow",
    "histogram_quantile(0.95, sum by (le, provider) (rate(ai_api_latency_seconds_bucket[5m])))",
)
FAILED_KINDS: Final = _asked(
    "Why generations fail",
    "topk(5, sum by (type, error_type) (increase(asset_generation_errors_total[30m])))",
)
PROVIDERS: Final = _asked(
    "Which provider fails",
    "sum by (provider, model, status) (increase(ai_api_calls_total[15m]))",
)
QUEUE: Final = _asked(
    "How many generations wait, how long the oldest, and how many are executed",
    'label_replace(max(generation_queue_depth), "is", "waiting", "", "") '
    'or label_replace(max(generation_queue_oldest_seconds), "is", "seconds", "", "") '
    'or label_replace(sum(generations_in_progress), "is", "executed", "", "")',
)

ROLLBACK: Final = f"`kubectl rollout undo deploy/{SERVICE} deploy/{SERVICE}-worker`"

LOOK_API: Final = (FAILING_ENDPOINTS, SLOW_ENDPOINTS, DEEP, CAPTURED, LOGS)
LOOK_LATENCY: Final = (SLOW_ENDPOINTS, SLOW_QUERIES, SLOW_PROVIDERS, DEEP, LOGS)
LOOK_GENERATION: Final = (FAILED_KINDS, PROVIDERS, QUEUE, CAPTURED, LOGS)
