"""Structured logs: one JSON object a line, Pino's fields, written from a thread of its own.

logs = configure_logging(level="info", levels={"sqlalchemy": "warning"}, redactor=redactor)
log = structlog.get_logger("asset_forge.generation")
log.info("generation finished", asset_type="prop", seconds=12.5)
logs.set_level("asset_forge.generation", "debug")
logs.close()
"""

from __future__ import annotations

from ._declarations import LOG_MESSAGES, Counter, CounterFamily
from ._levels import LEVEL_NAMES, to_level
from ._logger import Logger
from ._machine import MachineLevels
from ._system import LogSystem, configure_logging

__all__ = [
    "LEVEL_NAMES",
    "LOG_MESSAGES",
    "Counter",
    "CounterFamily",
    "LogSystem",
    "Logger",
    "MachineLevels",
    "configure_logging",
    "to_level",
]
