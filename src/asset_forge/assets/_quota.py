"""How much somebody may still store; checked before the bytes come and again when they count."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.database.models import Asset, Project, User
from asset_forge.faults import NotFound, QuotaExceeded


async def user_room(session: AsyncSession, user_id: str) -> int | None:
    """Return how many bytes a user's quota has left; None where it is unlimited."""
    quota = await session.scalar(select(User.quota_bytes).where(User.id == user_id))
    if quota is None:
        return None
    return max(0, quota - await stored_by_user(session, user_id))


async def ensure_fits(
    session: AsyncSession, *, owner_id: str, project_id: str | None, size: int
) -> None:
    """Refuse bytes that the quota of the user or of the project does not hold.

    Called inside the transaction that adds the row: the user's and the project's rows stay locked
    until it ends, so that two uploads at once cannot both take the last room (SQLite has one
    writer at a time anyway).

    Raises:
        QuotaExceeded: A quota is too small, with use and limit in bytes.
        NotFound: The user or the project is not there.
    """
    user = await session.execute(
        select(User.quota_bytes).where(User.id == owner_id).with_for_update()
    )
    user_row = user.one_or_none()
    if user_row is None:
        raise NotFound(f"there is no user {owner_id!r}")
    quota = user_row[0]
    if quota is not None:
        _refuse("user", await stored_by_user(session, owner_id), quota, size)
    if project_id is not None:
        await ensure_project_fits(session, project_id, size)


async def ensure_project_fits(session: AsyncSession, project_id: str, size: int) -> None:
    """Refuse bytes that a project's quota does not hold, as `ensure_fits` does."""
    project = await session.execute(
        select(Project.quota_bytes).where(Project.id == project_id).with_for_update()
    )
    row = project.one_or_none()
    if row is None:
        raise NotFound(f"names no project: there is no {project_id!r}", field="projectId")
    quota = row[0]
    if quota is not None:
        _refuse("project", await stored_in_project(session, project_id), quota, size)


async def stored_by_user(session: AsyncSession, user_id: str) -> int:
    """Return how many bytes a user's assets take."""
    total = await session.scalar(
        select(func.coalesce(func.sum(Asset.size_bytes), 0)).where(Asset.owner_id == user_id)
    )
    return int(total or 0)


async def stored_in_project(session: AsyncSession, project_id: str) -> int:
    """Return how many bytes a project's assets take."""
    total = await session.scalar(
        select(func.coalesce(func.sum(Asset.size_bytes), 0)).where(Asset.project_id == project_id)
    )
    return int(total or 0)


def _refuse(scope: str, used: int, quota: int, size: int) -> None:
    if used + size > quota:
        raise QuotaExceeded(
            f"The file's {size} bytes do not fit: the {scope}'s quota is {quota} bytes, "
            f"{used} are used. Delete assets, or ask an operator for a larger quota",
            scope=scope,
        )
