"""What the storage measures: the operations that failed, by what they were and why."""

from __future__ import annotations

from asset_forge.catalog import STORAGE_ERRORS, StorageFailure, StorageOperation
from asset_forge.observability.metrics import Registry


class StorageMetrics:
    """The metrics of one `ObjectStore`."""

    def __init__(self, registry: Registry) -> None:
        self._errors = registry.counter(STORAGE_ERRORS)

    def count_failure(self, operation: StorageOperation, code: StorageFailure) -> None:
        """Count an operation that the store did not do, after the client's own retries."""
        self._errors.labels(operation, code).inc()
