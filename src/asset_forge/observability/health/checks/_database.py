"""The database: required, asked over a connection of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from asset_forge.observability.health._check import Check, Finding, Status


def database(
    select_one: Callable[[], Awaitable[object]],
    *,
    strains: Callable[[], Sequence[str]] | None = None,
    timeout_seconds: float = 2.0,
    degraded_after_seconds: float = 0.5,
) -> Check:
    """Build the check `database`.

    `select_one` runs SELECT 1 on a connection that is not from the application's pool, so that an
    exhausted pool does not look like a dead database; it raises when that fails. `strains` names
    what went wrong lately for those who do use the pool; with any the database is degraded.
    """

    async def run() -> Finding:
        await select_one()
        lately = list(strains()) if strains is not None else []
        if lately:
            return Finding(Status.DEGRADED, {"connected": True, "strains": lately})
        return Finding(Status.HEALTHY, {"connected": True})

    return Check(
        name="database",
        run=run,
        required=True,
        in_ready=True,
        timeout_seconds=timeout_seconds,
        degraded_after_seconds=degraded_after_seconds,
        failure_details={"connected": False},
    )
