"""What the assets say of themselves: uploads, downloads, and storage used of what there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import anyio.to_thread
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.catalog import STORAGE_TOTAL, STORAGE_USED
from asset_forge.database import Database
from asset_forge.database.models import Asset, Project, User
from asset_forge.observability.metrics import Registry


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
