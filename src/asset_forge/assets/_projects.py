"""Projects: named sets of assets, each with an owner and, where an operator set one, a quota."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import UNSET, UnsetType
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.accounts import Principal
from asset_forge.actions import UserActions
from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import Asset, Project
from asset_forge.faults import Conflict, InvalidRequest, NotAllowed
from asset_forge.ids import new_id
from asset_forge.observability.metrics import Registry

from ._access import find_project, visible_projects
from ._paging import Page, check_page
from ._texts import clean_description, clean_name

_QUOTA_LIMIT = 2**53 - 1  # what JSON numbers hold exactly everywhere


@dataclass(frozen=True, slots=True)
class ProjectUsage:
    """A project, how many bytes its assets take, and how many they are."""

    project: Project
    used_bytes: int
    asset_count: int


@dataclass(frozen=True, slots=True)
class ProjectChanges:
    """What to change of a project; `quota_bytes=None` makes it unlimited."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    quota_bytes: int | UnsetType | None = UNSET


class ProjectService:
    """What people do with projects; each method answers one request and counts it once."""

    def __init__(self, database: Database, *, clock: Clock, registry: Registry) -> None:
        self._database = database
        self._clock = clock
        self._actions = UserActions(registry)

    async def create(
        self,
        principal: Principal,
        *,
        name: str,
        description: str = "",
        quota_bytes: int | None = None,
    ) -> ProjectUsage:
        """Create a project of the principal's own.

        Raises:
            InvalidRequest: A value is refused.
            NotAllowed: A member tries to set a quota.
            Conflict: The principal has a project of that name.
        """
        if quota_bytes is not None:
            _check_quota(principal, quota_bytes)
        now = self._clock()
        project = Project(
            id=new_id(),
            owner_id=principal.user_id,
            name=clean_name(name),
            description=clean_description(description),
            quota_bytes=quota_bytes,
            created_at=now,
            updated_at=now,
        )
        try:
            async with self._database.transaction() as session:
                session.add(project)
        except IntegrityError as error:
            raise _name_taken(project.name) from error
        self._actions.count("create", "project")
        return ProjectUsage(project, used_bytes=0, asset_count=0)

    async def get(self, principal: Principal, project_id: str) -> ProjectUsage:
        """Return one project with its use.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        async with self._database.reading() as session:
            project = await find_project(session, principal, project_id)
            usage = (await _with_usage(session, [project]))[0]
        self._actions.count("read", "project")
        return usage

    async def list(
        self, principal: Principal, *, limit: int = 50, cursor: str | None = None
    ) -> Page[ProjectUsage]:
        """Return a page of the projects that the principal may see, newest first.

        Raises:
            InvalidRequest: Limit or cursor cannot be used.
        """
        check_page(limit, cursor)
        query = select(Project).where(visible_projects(principal)).order_by(Project.id.desc())
        if cursor is not None:
            query = query.where(Project.id < cursor)
        async with self._database.reading() as session:
            rows = list(await session.scalars(query.limit(limit + 1)))
            items = await _with_usage(session, rows[:limit])
        self._actions.count("read", "project")
        return Page(items, items[-1].project.id if len(rows) > limit else None)

    async def update(
        self, principal: Principal, project_id: str, changes: ProjectChanges
    ) -> ProjectUsage:
        """Change a project; a quota below what is stored only stops further files.

        Raises:
            NotFound: There is none, or it is somebody else's.
            InvalidRequest: A value is refused.
            NotAllowed: A member tries to set the quota.
            Conflict: Its owner has another project of that name.
        """
        name = changes.name if changes.name is UNSET else clean_name(changes.name)
        try:
            async with self._database.transaction() as session:
                project = await find_project(session, principal, project_id, lock=True)
                if isinstance(name, str):
                    project.name = name
                if isinstance(changes.description, str):
                    project.description = clean_description(changes.description)
                if not isinstance(changes.quota_bytes, UnsetType):
                    _check_quota(principal, changes.quota_bytes)
                    project.quota_bytes = changes.quota_bytes
                project.updated_at = self._clock()
                usage = (await _with_usage(session, [project]))[0]
        except IntegrityError as error:
            raise _name_taken(str(name)) from error
        self._actions.count("update", "project")
        return usage

    async def delete(self, principal: Principal, project_id: str) -> None:
        """Delete a project; its assets stay, outside of any project.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        async with self._database.transaction() as session:
            await session.delete(await find_project(session, principal, project_id, lock=True))
        self._actions.count("delete", "project")


async def _with_usage(session: AsyncSession, projects: list[Project]) -> list[ProjectUsage]:
    query = (
        select(Asset.project_id, func.sum(Asset.size_bytes), func.count())
        .where(Asset.project_id.in_([project.id for project in projects]))
        .group_by(Asset.project_id)
    )
    used = {row[0]: (int(row[1]), int(row[2])) for row in await session.execute(query)}
    return [ProjectUsage(project, *used.get(project.id, (0, 0))) for project in projects]


def _check_quota(principal: Principal, quota_bytes: int | None) -> None:
    if principal.role != "operator":
        raise NotAllowed("is set by operators only; ask one", field="quotaBytes")
    if quota_bytes is not None and not 0 <= quota_bytes <= _QUOTA_LIMIT:
        raise InvalidRequest(
            f"is {quota_bytes}, allowed are 0 to {_QUOTA_LIMIT}, or null for no limit",
            field="quotaBytes",
        )


def _name_taken(name: str) -> Conflict:
    return Conflict(f"is taken: there is a project {name!r} already; choose another", field="name")
