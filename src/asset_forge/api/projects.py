"""`/api/projects`: create, read, edit and delete projects."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from asset_forge.accounts import Principal
from asset_forge.api.assets import PageCursor, PageLimit
from asset_forge.api.bodies import Body
from asset_forge.api.problems import problem_responses
from asset_forge.assets import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    ProjectChanges,
    ProjectService,
    ProjectUsage,
)
from asset_forge.clock import rfc3339

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LIMIT)]
Description = Annotated[str, msgspec.Meta(max_length=DESCRIPTION_LIMIT)]
Quota = Annotated[int, msgspec.Meta(ge=0)]


class ProjectView(msgspec.Struct, rename="camel"):
    """A project and how much of its quota is used; no quota is no limit."""

    id: str
    name: str
    description: str
    owner_id: str
    quota_bytes: int | None
    used_bytes: int
    asset_count: int
    created_at: str
    updated_at: str


class ProjectPage(msgspec.Struct, rename="camel"):
    """A page of projects, and the cursor for the next one."""

    items: list[ProjectView]
    next_cursor: str | None


class ProjectBody(Body):
    """A new project; only operators give a quota."""

    name: Name
    description: Description = ""
    quota_bytes: Quota | None = None


class ProjectPatch(Body):
    """What to change; a field that is not there stays as it is."""

    name: Name | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    quota_bytes: Quota | msgspec.UnsetType | None = msgspec.UNSET


def view(usage: ProjectUsage) -> ProjectView:
    """Present a project."""
    project = usage.project
    return ProjectView(
        id=project.id,
        name=project.name,
        description=project.description,
        owner_id=project.owner_id,
        quota_bytes=project.quota_bytes,
        used_bytes=usage.used_bytes,
        asset_count=usage.asset_count,
        created_at=rfc3339(project.created_at),
        updated_at=rfc3339(project.updated_at),
    )


class ProjectController(Controller):
    """The routes of projects."""

    path = "/api/projects"
    tags = ("projects",)

    @get(summary="List projects", responses=problem_responses(401))
    async def list(
        self,
        principal: NamedDependency[Principal],
        projects: NamedDependency[ProjectService],
        cursor: PageCursor = None,
        limit: PageLimit = 50,
    ) -> ProjectPage:
        """Read a page of projects, newest first."""
        page = await projects.list(principal, limit=limit, cursor=cursor)
        return ProjectPage([view(usage) for usage in page.items], page.next_cursor)

    @post(
        status_code=201,
        summary="Create a project",
        responses=problem_responses(401, 403, 409, 415),
    )
    async def create(
        self,
        data: JSONBody[ProjectBody],
        principal: NamedDependency[Principal],
        projects: NamedDependency[ProjectService],
    ) -> Response[ProjectView]:
        """Create a project of your own; names are unique among one owner's projects."""
        usage = await projects.create(
            principal,
            name=data.name,
            description=data.description,
            quota_bytes=data.quota_bytes,
        )
        headers = {"location": f"/api/projects/{usage.project.id}"}
        return Response(view(usage), status_code=201, headers=headers)

    @get("/{project_id:str}", summary="Look at a project", responses=problem_responses(401, 404))
    async def read(
        self,
        project_id: FromPath[str],
        principal: NamedDependency[Principal],
        projects: NamedDependency[ProjectService],
    ) -> ProjectView:
        """Read one project and its use."""
        return view(await projects.get(principal, project_id))

    @patch(
        "/{project_id:str}",
        summary="Edit a project",
        responses=problem_responses(401, 403, 404, 409, 415),
    )
    async def edit(
        self,
        project_id: FromPath[str],
        data: JSONBody[ProjectPatch],
        principal: NamedDependency[Principal],
        projects: NamedDependency[ProjectService],
    ) -> ProjectView:
        """Change name and description; operators also the quota, null for no limit."""
        changes = ProjectChanges(
            name=data.name, description=data.description, quota_bytes=data.quota_bytes
        )
        return view(await projects.update(principal, project_id, changes))

    @delete("/{project_id:str}", summary="Delete a project", responses=problem_responses(401, 404))
    async def remove(
        self,
        project_id: FromPath[str],
        principal: NamedDependency[Principal],
        projects: NamedDependency[ProjectService],
    ) -> None:
        """Delete a project; its assets stay, outside of any project."""
        await projects.delete(principal, project_id)
