"""Looks at Prometheus all the time: when was which alert first pending, first and last firing."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from asset_forge.simulation.prometheus import PrometheusApi

LOOK_SECONDS = 0.25
STARVED_LOAD = 3.0 * (os.cpu_count() or 1)
STILL_SECONDS = 0.5
"""From this gap between two looks on programs stood still: with what an event loop does anyway it
may add up to the second from which a stalled one is told of."""

OF_A_STARVED_MACHINE = {"DatabaseSlow", "EventLoopStalled", "LatencyBudgetBurnSlow"}
"""True alerts, and not the fault's, where three programs and more wait for each CPU, or all of them
stand still."""


class Watcher:
    """Looks at Prometheus four times a second, and keeps since when each alert was seen how."""

    def __init__(self, api: PrometheusApi) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], float] = {}
        self._last: dict[tuple[str, str], float] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")
        self._load = 0.0
        self._gap = 0.0

    @contextmanager
    def running(self) -> Generator[Watcher]:
        self._thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            self._thread.join()

    @property
    def starved(self) -> bool:
        """Whether the machine had far more to do than it can, or stood still for a time."""
        return self._load > STARVED_LOAD or self._gap > STILL_SECONDS

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()
            self._last.clear()

    def first(self, name: str, state: str) -> float | None:
        with self._lock:
            return self._seen.get((name, state))

    def last(self, name: str, state: str) -> float | None:
        with self._lock:
            return self._last.get((name, state))

    def names(self, state: str) -> set[str]:
        with self._lock:
            return {name for name, at in self._seen if at == state}

    def _run(self) -> None:
        looked = time.monotonic()
        while not self._ending.wait(LOOK_SECONDS):
            before, looked = looked, time.monotonic()
            self._gap = max(self._gap, looked - before)
            self._load = max(self._load, os.getloadavg()[0])
            with contextlib.suppress(httpx.TransportError):
                alerts = self._api.alerts()
                with self._lock:
                    for alert in alerts:
                        # What is seen was so after the question, however late it is noted.
                        self._seen.setdefault((alert.name, alert.state), looked)
                        self._last[alert.name, alert.state] = looked
