"""The vector database: optional, and fine when it is not configured."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asset_forge.observability.health._check import Check, Finding, Status


def qdrant(
    ask: Callable[[], Awaitable[object]] | None,
    *,
    timeout_seconds: float = 2.0,
    degraded_after_seconds: float = 1.0,
) -> Check:
    """Build the check `qdrant`.

    `ask` sends the configured server a cheap request and raises when it does not answer; None means
    that no server is configured. Readiness shows true only when a configured server answered.
    """

    async def run() -> Finding:
        if ask is None:
            return Finding(Status.HEALTHY, {"configured": False}, available=False)
        await ask()
        return Finding(Status.HEALTHY)

    return Check(
        name="qdrant",
        run=run,
        in_ready=True,
        timeout_seconds=timeout_seconds,
        degraded_after_seconds=degraded_after_seconds,
        failure_details={"configured": True},
    )
