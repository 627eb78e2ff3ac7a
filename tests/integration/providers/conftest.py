"""A door to simulated providers, and what it is made of."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.integration.providers.vendors import providers_at
from tests.integration.providers.workbench import Workbench, workbench

from asset_forge.generation.providers.base import Provider
from asset_forge.simulation.providers import SimulatedProviders, running


@pytest.fixture
def simulated() -> SimulatedProviders:
    """The vendors, four hundred times as fast as in life."""
    return SimulatedProviders(speed=400, seed=1)


@pytest.fixture
async def url(simulated: SimulatedProviders) -> AsyncGenerator[str]:
    """Where the vendors are."""
    async with running(simulated) as url:
        yield url


@pytest.fixture
async def providers(url: str) -> AsyncGenerator[dict[str, Provider]]:
    """The adapters of these vendors."""
    async with providers_at(url) as providers:
        yield providers


@pytest.fixture
async def bench(
    tmp_path: Path, migrated_sqlite_file: Path, simulated: SimulatedProviders, url: str
) -> AsyncGenerator[Workbench]:
    """A door whose waits are short."""
    async with workbench(tmp_path, migrated_sqlite_file, simulated, url) as bench:
        yield bench
