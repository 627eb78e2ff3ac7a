"""The three objectives of the service."""

from __future__ import annotations

from typing import Final

from asset_forge.monitoring.series import Matcher, Series
from asset_forge.monitoring.slo import Objective

_BY_USERS: Final = Matcher("endpoint", "!~", "/api/health.*|/metrics.*")
_AT_ONCE: Final = Matcher("endpoint", "!~", "/api/health.*|/metrics.*|.*/events")

USER_TRAFFIC: Final = str(_BY_USERS)
"""Requests of users. A replica that drains answers its probe 503, which is no error of theirs."""

ANSWERED_AT_ONCE: Final = str(_AT_ONCE)
"""Requests that have a latency; an event stream lasts as long as the work that it follows."""

AVAILABILITY: Final = Objective(
    name="availability",
    title="99.9 % of requests are answered without a server error",
    ratio=0.999,
    total=Series("api_requests_by_endpoint_total", (_BY_USERS,)),
    bad=Series("api_requests_by_endpoint_total", (_BY_USERS, Matcher("status_code", "=~", "5.."))),
    minimum_failures=10,
)
LATENCY: Final = Objective(
    name="latency",
    title="95 % of requests are answered within 1 s",
    ratio=0.95,
    total=Series("api_response_time_by_endpoint_seconds_count", (_AT_ONCE,)),
    good=Series(
        "api_response_time_by_endpoint_seconds_bucket", (_AT_ONCE, Matcher("le", "=", "1.0"))
    ),
    minimum_failures=10,
)
GENERATION: Final = Objective(
    name="generation",
    title="90 % of generations that were not canceled succeed",
    ratio=0.9,
    total=Series("asset_generations_total", (Matcher("status", "=~", "success|failure"),)),
    bad=Series("asset_generations_total", (Matcher("status", "=", "failure"),)),
    minimum_failures=5,
    replaced={14.4: 0.9},  # 14.4 × 10 % = 144 %
)

OBJECTIVES: Final = (AVAILABILITY, LATENCY, GENERATION)
