"""Bytes behind one interface: a local directory, S3, Google Cloud Storage or Azure."""

from __future__ import annotations

from ._check import Stored
from ._faults import DamagedObject, ObjectMissing, StorageFull, StorageUnavailable
from ._health import storage_check
from ._metrics import StorageMetrics
from ._open import open_store
from ._store import ObjectStore, StoredKey
from ._volume import VolumeUsage

__all__ = [
    "DamagedObject",
    "ObjectMissing",
    "ObjectStore",
    "StorageFull",
    "StorageMetrics",
    "StorageUnavailable",
    "Stored",
    "StoredKey",
    "VolumeUsage",
    "open_store",
    "storage_check",
]
