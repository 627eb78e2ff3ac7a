"""Metrics of the process, the interpreter, the event loop and the machine, as usually named."""

from asset_forge.observability.metrics.runtime._declarations import (
    EVENT_LOOP_LAG_SECONDS,
    RUNTIME_DECLARATIONS,
)
from asset_forge.observability.metrics.runtime._sampler import RuntimeSampler

__all__ = [
    "EVENT_LOOP_LAG_SECONDS",
    "RUNTIME_DECLARATIONS",
    "RuntimeSampler",
]
