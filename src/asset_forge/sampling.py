"""Values that only the database or the volume knows, read in the background, never by a scrape."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from asset_forge.catalog import SampleName
from asset_forge.observability.metrics import CounterFamily

INTERVAL_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class Sampler:
    """Runs each sample every few seconds; one that fails is counted and costs its own gauges."""

    def __init__(
        self,
        samples: Mapping[SampleName, Callable[[], Awaitable[None]]],
        failures: CounterFamily,
        *,
        interval_seconds: float = INTERVAL_SECONDS,
    ) -> None:
        self._samples = samples
        self._failures = failures
        self._interval_seconds = interval_seconds
        self._failing: set[str] = set()

    async def sample(self) -> None:
        """Take all samples once."""
        for name, take in self._samples.items():
            try:
                await take()
            except Exception as error:  # noqa: BLE001 - counted, and told once
                self._failures.labels(name).inc()
                if name not in self._failing:
                    _log.warning("the sample %s fails: %s", name, error)
                self._failing.add(name)
            else:
                self._failing.discard(name)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Take samples in the background while the block runs; the first ones before it begins."""
        await self.sample()
        task = asyncio.create_task(self._forever(), name="sampler")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _forever(self) -> None:
        while True:
            await asyncio.sleep(self._interval_seconds)
            await self.sample()
