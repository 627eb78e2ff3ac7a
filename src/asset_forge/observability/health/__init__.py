"""Health of a process for any ASGI application: checks, probes, drain and event-loop watchdog.

A check is a name and a function; the ready-made ones are in `checks`:

    async def ping_cache() -> Finding:
        await cache.ping()  # raises when it does not answer
        return Finding(Status.HEALTHY)

    cache_check = Check(name="cache", run=ping_cache, timeout_seconds=1)
    health = Health([cache_check], environment="production")
    app = HealthProbes(InFlightRequests(app, health.drain), health)

The application's lifespan enters `health.running()`, starts a `LoopWatchdog` and says
`health.mark_started()`. `uvicorn_server.DrainingServer(config, health.drain).run()` serves it and
drains it on SIGTERM; `workers.WorkerSupervisor` does so for several processes.
"""

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
