"""Metrics that others collect: callables of ours, and the collectors of `prometheus_client` by
their shape.

Nothing of `prometheus_client` is imported. A collector runs in a thread of its own, so that a slow
one does not hold the event loop, and may take `COLLECTOR_SECONDS`; while one is still running it is
not started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Collection, Generator, Iterable
from dataclasses import dataclass
from typing import cast

from asset_forge.observability.metrics._exposition import claims
from asset_forge.observability.metrics._reported import (
    Collector,
    ForeignFamily,
    Reported,
    Sample,
    gather,
)
from asset_forge.observability.metrics._reporting import write

COLLECTOR_SECONDS = 2.0
"""How long a collector may take before it counts as broken."""


@dataclass(slots=True)
class Bridged:
    """A collector that has been added to a registry."""

    name: str
    collector: Collector
    endpoint: str
    running: threading.Thread | None = None

    def collect(self) -> list[Reported]:
        """Run the collector to its end, in this thread."""
        collect = getattr(self.collector, "collect", self.collector)
        return gather(cast("Callable[[], Iterable[Sample | ForeignFamily]]", collect)())

    async def collect_aside(self) -> list[Reported]:
        """Run the collector in a thread of its own. Raises what it raises, or `TimeoutError`."""
        if self.running is not None and self.running.is_alive():
            raise TimeoutError("it is still busy with an earlier scrape")
        loop = asyncio.get_running_loop()
        result: asyncio.Future[list[Reported]] = loop.create_future()

        def hand_over(found: list[Reported] | None, error: Exception | None) -> None:
            if result.done():
                return
            if error is not None:
                result.set_exception(error)
            else:
                result.set_result(found or [])

        def run() -> None:
            found: list[Reported] | None = None
            failure: Exception | None = None
            try:
                found = self.collect()
            except Exception as error:  # noqa: BLE001 - handed to the scrape
                failure = error
            self.running = None  # first: with the answer, the next scrape may begin
            with contextlib.suppress(RuntimeError):  # the loop has closed meanwhile
                loop.call_soon_threadsafe(hand_over, found, failure)

        self.running = threading.Thread(
            target=run, name=f"metrics-collector-{self.name}", daemon=True
        )
        self.running.start()
        async with asyncio.timeout(COLLECTOR_SECONDS):
            return await result


def bridge(
    pieces: list[bytes],
    families: Iterable[Reported],
    taken: set[str],
    names: Collection[str],
    *,
    openmetrics: bool,
) -> Generator[None]:
    """Append what a collector reported to `pieces`, limited to `names` if there are any, and add
    the names that it uses to `taken`; yields now and then.

    Raises `ValueError` if any of it is invalid, or uses a name that is taken, and appends nothing
    then: a reader would refuse the whole answer.
    """
    written: list[bytes] = []
    used: set[str] = set()
    created = any(name.endswith("_created") for name in names)
    for family in families:
        family.check()
        claimed = claims(family.name, family.kind)
        clashes = sorted(claimed & taken) or sorted(claimed & used)
        if clashes:
            raise ValueError(f"it reports {clashes}, which others have reported, or itself")
        used |= claimed
        if not names or family.is_among(names):
            for text in write(family, openmetrics=openmetrics, created=created):
                if text:
                    written.append(text.encode("utf-8"))
                yield
    pieces.extend(written)
    taken |= used
