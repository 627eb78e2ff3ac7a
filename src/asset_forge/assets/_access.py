"""Who may see what: members their own, operators all; what is hidden answers as if missing."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.accounts import Principal
from asset_forge.database.models import Asset, Project
from asset_forge.faults import NotFound
from asset_forge.ids import is_id


def visible_assets(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for the assets that somebody may see."""
    return true() if principal.role == "operator" else Asset.owner_id == principal.user_id


def visible_projects(principal: Principal) -> ColumnElement[bool]:
    """Return the condition for the projects that somebody may see."""
    return true() if principal.role == "operator" else Project.owner_id == principal.user_id


async def find_asset(
    session: AsyncSession, principal: Principal, asset_id: str, *, lock: bool = False
) -> Asset:
    """Return an asset that the principal may see; `lock` keeps others from changing it.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    if is_id(asset_id):
        query = select(Asset).where(Asset.id == asset_id, visible_assets(principal))
        if lock:
            query = query.with_for_update()
        if (asset := await session.scalar(query)) is not None:
            return asset
    raise NotFound(f"there is no asset {asset_id!r}")


async def find_project(
    session: AsyncSession,
    principal: Principal,
    project_id: str,
    *,
    field: str | None = None,
    lock: bool = False,
) -> Project:
    """Return a project that the principal may see; `lock` keeps others from changing it.

    `field` is the request's field that names it, where it is not the path.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    if is_id(project_id):
        query = select(Project).where(Project.id == project_id, visible_projects(principal))
        if lock:
            query = query.with_for_update()
        if (project := await session.scalar(query)) is not None:
            return project
    if field is not None:
        raise NotFound(f"names no project: there is no {project_id!r}", field=field)
    raise NotFound(f"there is no project {project_id!r}")
