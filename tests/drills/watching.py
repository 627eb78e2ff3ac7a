"""Looks at Prometheus all the time: when was which alert first pending, first firing."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import httpx

from asset_forge.simulation.prometheus import PrometheusApi

LOOK_SECONDS = 0.25
STARVED_SECONDS = 1.0
OF_A_STARVED_MACHINE = {"DatabaseSlow", "EventLoopStalled", "LatencyBudgetBurnSlow"}
"""True alerts, and not the fault's: threads of the test itself ran more than a second late."""


class Watcher:
    """Looks at Prometheus four times a second, and keeps when each alert was first seen how."""

    def __init__(self, api: PrometheusApi) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], float] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher")
        self.latest_seconds = 0.0
        """How late the thread ran at worst: a measure of how starved the machine is."""

    @contextmanager
    def running(self) -> Generator[Watcher]:
        self._thread.start()
        try:
            yield self
        finally:
            self._ending.set()
            self._thread.join()

    def forget(self) -> None:
        with self._lock:
            self._seen.clear()

    def first(self, name: str, state: str) -> float | None:
        with self._lock:
            return self._seen.get((name, state))

    def names(self, state: str) -> set[str]:
        with self._lock:
            return {name for name, at in self._seen if at == state}

    def _run(self) -> None:
        due = time.monotonic() + LOOK_SECONDS
        while not self._ending.wait(LOOK_SECONDS):
            self.latest_seconds = max(self.latest_seconds, time.monotonic() - due)
            with contextlib.suppress(httpx.TransportError):
                alerts = self._api.alerts()
                now = time.monotonic()
                with self._lock:
                    for alert in alerts:
                        self._seen.setdefault((alert.name, alert.state), now)
            due = time.monotonic() + LOOK_SECONDS
