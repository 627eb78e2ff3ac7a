"""What all tests share."""

from __future__ import annotations

import pytest

pytest_plugins = [
    "tests.databases",
    "tests.object_stores",
    "tests.qdrant_server",
    "tests.served",
    "tests.deployments",  # after those that it imports, whose assertions pytest rewrites
]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio, the only loop that the service runs on."""
    return "asyncio"
