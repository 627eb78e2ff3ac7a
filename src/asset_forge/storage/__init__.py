"""Bytes behind one interface: a local directory, S3, Google Cloud Storage or Azure."""

from __future__ import annotations

from ._check import Stored
from ._faults import DamagedObject, ObjectMissing, StorageFull, StorageUnavailable
from ._open import open_store
from ._store import ObjectStore, StoredKey, VolumeUsage

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
