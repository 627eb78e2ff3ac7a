"""A background sample that fails is counted under its own name, whichever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from asset_forge.application import Application
from asset_forge.catalog import DECLARATIONS, SAMPLE_FAILURES
from asset_forge.observability.metrics import Registry
from asset_forge.sampling import Sampler
from asset_forge.settings import load_settings


@pytest.fixture
async def samplers(tmp_path: Path) -> AsyncIterator[list[Sampler]]:
    application = Application(load_settings({"ASSET_FORGE_DATA_DIR": str(tmp_path)}))
    async with application.telemetry.running():
        yield [application.sampler, application.objectives_sampler]


async def test_each_sample_of_the_service_fails_under_its_own_name(
    samplers: list[Sampler],
) -> None:
    async def fail() -> None:
        raise OSError("the volume is gone")

    registry = Registry(DECLARATIONS, strict=True)
    names = [name for sampler in samplers for name in sampler._samples]
    await Sampler(dict.fromkeys(names, fail), registry.counter(SAMPLE_FAILURES)).sample()
    (label,) = SAMPLE_FAILURES.labels
    assert sorted(names) == sorted(label.values or ())
    for name in names:
        assert registry.value("background_sample_errors_total", sample=name) == 1
    assert registry.value("metrics_series_overflow_total", metric=SAMPLE_FAILURES.name) is None
