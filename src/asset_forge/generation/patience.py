"""Waiting out what will come back: the database, and for paid results also the storage."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import stamina

from asset_forge import faults
from asset_forge.storage import StorageUnavailable

PATIENCE_SECONDS: Final = 600.0
"""How long a step waits for the service's own parts before its job ends as failed."""

_Result = TypeVar("_Result")


def database_is_away(error: Exception) -> bool:
    """Say whether an error means that the database did not work, and nothing was committed."""
    return isinstance(error, faults.Unavailable) and not isinstance(error, StorageUnavailable)


def storage_is_away(error: Exception) -> bool:
    """Say whether an error means that the storage did not take the bytes."""
    return isinstance(error, StorageUnavailable)


def stores_are_away(error: Exception) -> bool:
    """Say whether an error means that the database or the storage did not work."""
    return database_is_away(error) or storage_is_away(error)


async def patiently(
    work: Callable[[], Awaitable[_Result]],
    away: Callable[[Exception], bool] = database_is_away,
) -> _Result:
    """Do work that may be repeated, and repeat it for ten minutes while what it needs is away."""
    async for attempt in stamina.retry_context(
        on=away, attempts=None, timeout=PATIENCE_SECONDS, wait_initial=0.2, wait_max=10.0
    ):
        with attempt:
            return await work()
    raise AssertionError("the loop above returns or raises")
