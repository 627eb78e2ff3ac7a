"""The three objectives of the service."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring.slo import Objective

USER_TRAFFIC: Final = 'endpoint!~"/api/health.*|/metrics.*"'
"""Requests of users. A replica that drains answers its probe 503, which is no error of theirs."""

ANSWERED_AT_ONCE: Final = 'endpoint!~"/api/health.*|/metrics.*|.*/events"'
"""Requests that have a latency; an event stream lasts as long as the work that it follows."""

_REQUESTS = f"api_requests_by_endpoint_total{{{USER_TRAFFIC}}}"
_FAILED = f'api_requests_by_endpoint_total{{{USER_TRAFFIC},status_code=~"5.."}}'
_TIMED = f"api_response_time_by_endpoint_seconds_count{{{ANSWERED_AT_ONCE}}}"
_FAST = f'api_response_time_by_endpoint_seconds_bucket{{{ANSWERED_AT_ONCE},le="1.0"}}'

AVAILABILITY: Final = Objective(
    name="availability",
    title="99.9 % of requests are answered without a server error",
    ratio=0.999,
    bad=f"(sum(rate({_FAILED}[1m])) or 0 * sum(rate({_REQUESTS}[1m])))",
    total=f"sum(rate({_REQUESTS}[1m]))",
    minimum_failures=10,
)
LATENCY: Final = Objective(
    name="latency",
    title="95 % of requests are answered within 1 s",
    ratio=0.95,
    bad=f"(sum(rate({_TIMED}[1m])) - sum(rate({_FAST}[1m])))",
    total=f"sum(rate({_TIMED}[1m]))",
    minimum_failures=10,
)
GENERATION: Final = Objective(
    name="generation",
    title="90 % of generations that were not canceled succeed",
    ratio=0.9,
    bad='sum(rate(asset_generations_total{status="failure"}[1m]))',
    total='sum(rate(asset_generations_total{status=~"success|failure"}[1m]))',
    minimum_failures=5,
    replaced={14.4: 0.9},  # 14.4 × 10 % = 144 %
)

OBJECTIVES: Final = (AVAILABILITY, LATENCY, GENERATION)
