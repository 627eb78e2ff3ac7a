"""Bytes behind one interface: a local directory, S3, Google Cloud Storage or Azure."""

from __future__ import annotations

from ._faults import DamagedObject, ObjectMissing, StorageFull, StorageUnavailable
from ._store import ObjectStore, Stored, StoredKey, VolumeUsage, open_store

__all__ = [
    "DamagedObject",
    "ObjectMissing",
    "ObjectStore",
    "StorageFull",
    "StorageUnavailable",
    "Stored",
    "StoredKey",
    "VolumeUsage",
    "open_store",
]
