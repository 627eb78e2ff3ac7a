"""Shares of something used, judged by two limits."""

from __future__ import annotations

from dataclasses import dataclass

from asset_forge.observability.health._check import Status


@dataclass(frozen=True, slots=True)
class UsedPercent:
    """From which share used (percent) a thing is degraded, and from which unhealthy.

    Raises ValueError unless 0 < degraded < unhealthy <= 100.
    """

    degraded: float
    unhealthy: float

    def __post_init__(self) -> None:
        """Refuse limits that could not be told apart."""
        if not 0 < self.degraded < self.unhealthy <= 100:
            msg = (
                f"thresholds degraded={self.degraded}, unhealthy={self.unhealthy}: "
                "they must satisfy 0 < degraded < unhealthy <= 100 percent"
            )
            raise ValueError(msg)

    def judge(self, used_percent: float) -> Status:
        """Give the status that a share used amounts to."""
        if used_percent >= self.unhealthy:
            return Status.UNHEALTHY
        return Status.DEGRADED if used_percent >= self.degraded else Status.HEALTHY
