"""Health of a process for any ASGI application: checks, probes, drain and event-loop watchdog."""

from asset_forge.observability.health._check import Check, Finding, Result, Status
from asset_forge.observability.health._drain import Drain, DrainState
from asset_forge.observability.health._health import Answer, Health
from asset_forge.observability.health._in_flight import InFlightRequests
from asset_forge.observability.health._metrics import (
    DECLARATIONS,
    HEALTH_CHECK_DURATION,
    HEALTH_CHECK_STATUS,
    HealthMetrics,
)
from asset_forge.observability.health._probes import Details, HealthProbes, default_details
from asset_forge.observability.health._rounds import Pace
from asset_forge.observability.health._watchdog import LoopWatchdog

__all__ = [
    "DECLARATIONS",
    "HEALTH_CHECK_DURATION",
    "HEALTH_CHECK_STATUS",
    "Answer",
    "Check",
    "Details",
    "Drain",
    "DrainState",
    "Finding",
    "Health",
    "HealthMetrics",
    "HealthProbes",
    "InFlightRequests",
    "LoopWatchdog",
    "Pace",
    "Result",
    "Status",
    "default_details",
]
