"""What all tests share."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Iterator

import hypothesis
import pytest

import asset_forge

# How long an example takes says how busy the machine is. With CI set, hypothesis has a profile.
_SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=_SLOW)
if hypothesis.settings.get_current_profile_name() == "default":
    hypothesis.settings.load_profile("busy")
else:
    # Examples are drawn from the constants of what is loaded, too: with all of it, each run of CI
    # tries the same ones, whatever its processes have run before.
    for module in pkgutil.walk_packages(asset_forge.__path__, "asset_forge."):
        if not module.name.endswith(("__main__", "migrations.env")):
            importlib.import_module(module.name)

pytest_plugins = [
    "tests.databases",
    "tests.object_stores",
    "tests.qdrant_server",
    "tests.served",
    "tests.system.fleets",
    "tests.deployments",  # after those that it imports, whose assertions pytest rewrites
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only loop that the service runs on."""
    return "asyncio"


@pytest.fixture(autouse=True)
def levels_of_uvicorn() -> Iterator[None]:
    """Leave its loggers as they were: a server in this process is quieter than the next test."""
    loggers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error", "uvicorn.access")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
