"""The checks that most services need; each function builds one `Check`."""

from asset_forge.observability.health.checks._cgroup import CgroupMemory, cgroup_memory
from asset_forge.observability.health.checks._database import database
from asset_forge.observability.health.checks._disk import disk
from asset_forge.observability.health.checks._external_apis import LastOutcome, external_apis
from asset_forge.observability.health.checks._memory import (
    HeapUse,
    MemoryUse,
    memory,
    system_memory,
)
from asset_forge.observability.health.checks._qdrant import qdrant
from asset_forge.observability.health.checks._thresholds import UsedPercent

__all__ = [
    "CgroupMemory",
    "HeapUse",
    "LastOutcome",
    "MemoryUse",
    "UsedPercent",
    "cgroup_memory",
    "database",
    "disk",
    "external_apis",
    "memory",
    "qdrant",
    "system_memory",
]
