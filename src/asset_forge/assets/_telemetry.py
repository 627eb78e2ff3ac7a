"""What the assets say of themselves: uploads, downloads, and storage used of what there is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import anyio.to_thread
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.database import Database
from asset_forge.database.models import Asset, Project, User
from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    Label,
    Merge,
    Registry,
)

from ._formats import FileType

_FILE_TYPES: Final = tuple(file_type.value for file_type in FileType)
_CONTEXT: Final = Label("context", ("user", "project", "system"))

FILE_UPLOADS: Final = CounterDeclaration(
    "file_uploads_total",
    "Uploaded files that were stored, by the format found in their bytes.",
    (Label("file_type", _FILE_TYPES),),
    endpoint="business",
)

FILE_DOWNLOADS: Final = CounterDeclaration(
    "file_downloads_total",
    "Downloads whose last byte was sent, whole files and ranges alike.",
    (Label("file_type", _FILE_TYPES),),
    endpoint="business",
)

STORAGE_USED: Final = GaugeDeclaration(
    "storage_used_bytes",
    "Bytes in use: of the data volume (system), by users and in projects that have a quota.",
    (_CONTEXT,),
    endpoint="business",
    unit="bytes",
    merge=Merge.NEWEST,
)

STORAGE_TOTAL: Final = GaugeDeclaration(
    "storage_total_bytes",
    "Bytes that there may be: the data volume's size (system), and the sums of the quotas.",
    (_CONTEXT,),
    endpoint="business",
    merge=Merge.NEWEST,
)

DECLARATIONS: Final = (FILE_UPLOADS, FILE_DOWNLOADS, STORAGE_USED, STORAGE_TOTAL)


async def measure_storage(database: Database, data_dir: Path, registry: Registry) -> None:
    """Sample the storage gauges; called in the background, never by a scrape.

    `system` is the volume of the data directory. `user` and `project` sum over those that have a
    quota and are absent while nobody has one.

    Raises:
        OSError: The data directory cannot be examined.
    """
    volume = await anyio.to_thread.run_sync(shutil.disk_usage, data_dir)
    async with database.reading() as session:
        users = await _users(session)
        projects = await _projects(session)
    used = registry.gauge(STORAGE_USED)
    total = registry.gauge(STORAGE_TOTAL)
    samples = {"system": (volume.used, volume.total), "user": users, "project": projects}
    for context, sample in samples.items():
        if sample is None:
            used.remove(context)
            total.remove(context)
        else:
            used.labels(context).set(sample[0])
            total.labels(context).set(sample[1])


async def _users(session: AsyncSession) -> tuple[int, int] | None:
    quotas = await session.scalar(select(func.sum(User.quota_bytes)))
    if quotas is None:
        return None
    stored = await session.scalar(
        select(func.sum(Asset.size_bytes))
        .join(User, User.id == Asset.owner_id)
        .where(User.quota_bytes.is_not(None))
    )
    return int(stored or 0), int(quotas)


async def _projects(session: AsyncSession) -> tuple[int, int] | None:
    quotas = await session.scalar(select(func.sum(Project.quota_bytes)))
    if quotas is None:
        return None
    stored = await session.scalar(
        select(func.sum(Asset.size_bytes))
        .join(Project, Project.id == Asset.project_id)
        .where(Project.quota_bytes.is_not(None))
    )
    return int(stored or 0), int(quotas)
