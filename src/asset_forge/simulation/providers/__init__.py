"""Meshy, OpenAI, Anthropic and ElevenLabs on loopback: their wire formats, latencies and failures.

    providers = SimulatedProviders(speed=50)
    async with running(providers) as url:
        variables = environment(url)  # for the service: base URLs and keys
        providers.set_fault("openai", Fault.RATE_LIMITED, times=2, retry_after=1)
        ...
        assert len(providers.journal.requests("openai", method="POST")) == 3

The vendors' own SDKs work against it by their base URL alone. Keys that begin with `simulated-` are
accepted. Files and texts are small, valid, and differ from prompt to prompt.
"""

from asset_forge.simulation.providers._app import SimulatedProviders
from asset_forge.simulation.providers._faults import Fault, Provider
from asset_forge.simulation.providers._journal import CLAIM_HEADERS, Journal, SimulatedRequest
from asset_forge.simulation.providers._serving import environment, running, running_in_thread

__all__ = [
    "CLAIM_HEADERS",
    "Fault",
    "Journal",
    "Provider",
    "SimulatedProviders",
    "SimulatedRequest",
    "environment",
    "running",
    "running_in_thread",
]
