"""What the four probes say: payloads and codes, from the latest round and the drain."""

from __future__ import annotations

import contextlib
import platform
import sys
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from asset_forge.observability.health._check import Check, Result, Status
from asset_forge.observability.health._drain import Drain
from asset_forge.observability.health._metrics import HealthMetrics
from asset_forge.observability.health._rounds import Pace, Round, Rounds

_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP code and the payload to encode as JSON."""

    code: int
    payload: Mapping[str, object]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Health:
    """The checks of a process, and the answers to its probes.

    Without `running()` rounds run on demand. Raises ValueError for doubled names, and for a check
    whose time limit does not fit the probe's budget.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        *,
        environment: str,
        drain: Drain | None = None,
        metrics: HealthMetrics | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.drain = drain if drain is not None else Drain(clock=clock)
        self._checks = tuple(checks)
        self._pace = pace if pace is not None else Pace()
        _validate(self._checks, self._pace)
        self._rounds = Rounds(self._checks, pace=self._pace, metrics=metrics, clock=clock, now=now)
        self._environment = environment
        self._clock = clock
        self._now = now
        self._began = clock()
        self._started = False

    @property
    def budget_seconds(self) -> float:
        """The longest that any answer waits, of the time in which the event loop runs."""
        return self._pace.budget_seconds

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run rounds in the background while the block runs (the application's lifespan)."""
        async with self._rounds.in_background():
            yield

    def mark_started(self) -> None:
        """Say that the application has started: `startup` turns 200."""
        self._started = True

    def live(self) -> Answer:
        """Answer at once; touches no dependency."""
        return Answer(200, {"status": "ok", "timestamp": timestamp(self._now())})

    def startup(self) -> Answer:
        """Answer 200 once the application has said that it is started, 503 before."""
        word = "started" if self._started else "starting"
        payload = {"status": word, "timestamp": timestamp(self._now())}
        return Answer(200 if self._started else 503, payload)

    async def ready(self) -> Answer:
        """Say whether traffic may come.

        A required check counts as failed after `failures_to_unready` failed rounds in a row. While
        draining the answer is `not_ready` at once, from what is known.
        """
        known = self._rounds.latest if self.drain.draining else await self._rounds.current()
        required = {
            check.name: self._holds(check, known) for check in self._checks if check.required
        }
        shown = {
            check.name: required[check.name] if check.required else _available(check, known)
            for check in self._checks
            if check.in_ready
        }
        ready = known is not None and all(required.values()) and not self.drain.draining
        payload = {
            "status": "ready" if ready else "not_ready",
            "timestamp": timestamp(self._now()),
            "checks": shown,
        }
        return Answer(200 if ready else 503, payload)

    async def deep(self) -> Answer:
        """Say how each part is.

        `timestamp` is when the round finished and `latency` how long it took.
        """
        latest = await self._rounds.current()
        status = self._overall(latest)
        payload: dict[str, object] = {
            "status": status.value,
            "timestamp": timestamp(self._now() if latest is None else latest.finished_at),
            "latency": milliseconds(0.0 if latest is None else latest.seconds),
            "checks": self._shown_checks(latest),
            "system": self._system(),
        }
        return Answer(503 if status is Status.UNHEALTHY else 200, payload)

    def _shown_checks(self, latest: Round | None) -> Mapping[str, object]:
        if latest is None:
            return {check.name: {"status": Status.UNHEALTHY.value} for check in self._checks}
        return {check.name: _shown(check, latest.results[check.name]) for check in self._checks}

    def _overall(self, latest: Round | None) -> Status:
        if latest is None:
            return Status.UNHEALTHY
        found = [(check, latest.results[check.name].status) for check in self._checks]
        if any(check.required and status is Status.UNHEALTHY for check, status in found):
            return Status.UNHEALTHY
        if any(status is not Status.HEALTHY for _, status in found):
            return Status.DEGRADED
        return Status.HEALTHY

    def _holds(self, check: Check, known: Round | None) -> bool:
        return known is not None and known.failures[check.name] < self._pace.failures_to_unready

    def _system(self) -> Mapping[str, object]:
        machine = platform.machine()
        return {
            "uptime": int(self._clock() - self._began),
            "pythonVersion": platform.python_version(),
            "platform": sys.platform,
            "arch": _ARCHITECTURES.get(machine.lower(), machine),
            "environment": self._environment,
        }


def _available(check: Check, known: Round | None) -> bool:
    return known is not None and known.results[check.name].available


def _shown(check: Check, result: Result) -> Mapping[str, object]:
    shown: dict[str, object] = {"status": result.status.value}
    if check.reports_latency:
        shown["latency"] = milliseconds(result.seconds)
    if result.details:
        shown["details"] = result.details
    return shown


def timestamp(at: datetime) -> str:
    """Write a time as RFC 3339 in UTC with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(seconds: float) -> int:
    """Convert seconds to whole milliseconds."""
    return round(seconds * 1000)


def _validate(checks: Sequence[Check], pace: Pace) -> None:
    faults: list[str] = []
    names = [check.name for check in checks]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        faults.append(f"two checks are named {', '.join(doubled)}; each needs a name of its own")
    faults += [
        f"check {check.name!r}: timeout_seconds is {check.timeout_seconds:g}; it must be below the "
        f"probe's budget of {pace.budget_seconds:g} s"
        for check in checks
        if check.timeout_seconds >= pace.budget_seconds
    ]
    if faults:
        raise ValueError("; ".join(faults))
