"""What a health check is, and what one run of it found."""

from __future__ import annotations

import enum
import inspect
import math
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


class Status(enum.StrEnum):
    """The three status words of a check and of the whole."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"

    @property
    def gauge_value(self) -> float:
        """The value of `health_check_status`: 1, 0.5 or 0."""
        return {Status.HEALTHY: 1.0, Status.DEGRADED: 0.5, Status.UNHEALTHY: 0.0}[self]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one run of a check saw.

    `details` is shown as it is (JSON values only, no secrets). `available` says whether the thing
    answered; it differs from the status only where something is fine without being there, such as
    an optional server that is not configured.
    """

    status: Status
    details: Mapping[str, object] = field(default_factory=dict[str, object])
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A named question with a time limit.

    A coroutine function runs on the event loop and is cancelled at its time limit; a plain function
    runs in a daemon thread of its own. An exception or a time-out means unhealthy: the payload then
    shows `failure_details` and the exception's type, never its text, which may carry credentials.
    A check must not borrow from the pool that it judges: give it a connection of its own.

    `required`: its failure makes the whole unhealthy and the replica not ready.
    `in_ready`: listed as a boolean in the readiness payload.
    `degraded_after_seconds`: a healthy answer that took longer counts as degraded.
    `reports_latency`: whether the payload carries `latency` (milliseconds).
    """

    name: str
    run: Callable[[], Awaitable[Finding]] | Callable[[], Finding]
    required: bool = False
    in_ready: bool = False
    timeout_seconds: float = 2.0
    degraded_after_seconds: float | None = None
    reports_latency: bool = True
    failure_details: Mapping[str, object] = field(default_factory=dict[str, object])

    def __post_init__(self) -> None:
        """Refuse a name or limits that could not work.

        Raises ValueError naming the check, the value and what is allowed.
        """
        if not _NAME.fullmatch(self.name):
            msg = f"check name {self.name!r}: use letters, digits and underscores, a letter first"
            raise ValueError(msg)
        limits = {
            "timeout_seconds": self.timeout_seconds,
            "degraded_after_seconds": self.degraded_after_seconds,
        }
        for title, value in limits.items():
            if value is not None and not (math.isfinite(value) and value > 0):
                msg = f"check {self.name!r}: {title} is {value}; it must be more than 0 seconds"
                raise ValueError(msg)

    @property
    def is_async(self) -> bool:
        """Whether `run` is a coroutine function (also as a partial or a callable object)."""
        call = getattr(self.run, "__call__", None)  # noqa: B004 - the bound method is inspected
        return inspect.iscoroutinefunction(self.run) or inspect.iscoroutinefunction(call)


@dataclass(frozen=True, slots=True)
class Result:
    """What a check found and how long it took; `seconds` counts from the start of its run."""

    status: Status
    seconds: float
    details: Mapping[str, object]
    available: bool
