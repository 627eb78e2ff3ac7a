"""What goes in and out of the asset service beside the record itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from asset_forge.asset_types import AssetType


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which assets a list shows; what is None does not matter."""

    type: AssetType | None = None
    project_id: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class AssetChanges:
    """What to change of an asset; `project_id=None` takes it out of its project."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    tags: list[str] | UnsetType = UNSET
    project_id: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes of a file on their way out: how many they are, and the bytes in chunks."""

    size: int
    chunks: AsyncIterator[bytes]
