"""The health check of a store that is not a local directory."""

from __future__ import annotations

from asset_forge.observability.health import Check, Finding, Status

from ._faults import StorageFull, StorageUnavailable
from ._store import ObjectStore


def storage_check(store: ObjectStore, *, timeout_seconds: float = 2.0) -> Check:
    """Build the check `storage`; a local store is judged by the check `disk` of its volume.

    Unhealthy when the store does not answer, refuses, or has refused to take the last file that
    was written and still does; `error` then names the cause as `storage_errors_total` does.
    """

    async def run() -> Finding:
        try:
            await store.check(limit=0.9 * timeout_seconds)
        except (StorageFull, StorageUnavailable) as fault:
            return Finding(Status.UNHEALTHY, {"error": fault.code}, available=False)
        return Finding(Status.HEALTHY)

    return Check(
        name="storage",
        run=run,
        timeout_seconds=timeout_seconds,
        degraded_after_seconds=timeout_seconds / 2,
    )
