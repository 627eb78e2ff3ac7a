"""The volume under a local store: what it has left, and what of that stays free."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ._faults import StorageFull


@dataclass(frozen=True, slots=True)
class VolumeUsage:
    """The bytes of a volume: in use, free to this process, and in all."""

    used: int
    free: int
    total: int


def volume_usage(root: Path) -> VolumeUsage:
    """Return the use of the volume that holds a directory."""
    usage = shutil.disk_usage(root)
    return VolumeUsage(used=usage.used, free=usage.free, total=usage.total)


def check_reserve(usage: VolumeUsage, size: int, reserve_bytes: int) -> None:
    """Refuse bytes that would eat into a volume's reserve.

    Raises:
        StorageFull: The volume has not enough room, with the figures.
    """
    if usage.free - size < reserve_bytes:
        raise StorageFull(
            f"The storage's volume has {usage.free} of {usage.total} bytes free and keeps "
            f"{reserve_bytes} in reserve (VOLUME_RESERVE_BYTES), so that {size} more do "
            "not fit. An operator has to free space, or to point STORAGE_URL or "
            "ASSET_FORGE_DATA_DIR at a larger volume"
        )
