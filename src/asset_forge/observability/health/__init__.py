"""Health of a process for any ASGI application: checks, probes, drain and event-loop watchdog."""

from asset_forge.observability.health._check import Check, Finding, Result, Status
from asset_forge.observability.health._drain import Drain, DrainState
from asset_forge.observability.health._health import Answer, Health
from asset_forge.observability.health._metrics import HealthMetrics
from asset_forge.observability.health._probes import Details, HealthProbes, default_details
from asset_forge.observability.health._rounds import Pace

__all__ = [
    "Answer",
    "Check",
    "Details",
    "Drain",
    "DrainState",
    "Finding",
    "Health",
    "HealthMetrics",
    "HealthProbes",
    "Pace",
    "Result",
    "Status",
    "default_details",
]
