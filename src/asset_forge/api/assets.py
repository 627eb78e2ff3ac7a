"""`/api/assets`: upload, find, edit, delete and download assets."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from litestar import Controller, Request, Response, delete, get, head, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream

from asset_forge.accounts import Principal
from asset_forge.api.bodies import Body
from asset_forge.api.downloads import (
    file_headers,
    matches,
    range_is_current,
    wanted_range,
)
from asset_forge.api.media import MULTIPART
from asset_forge.api.multipart import OVERHEAD, ClientLeft, UploadForm, body_of
from asset_forge.api.problems import problem_responses
from asset_forge.api.uploads import FIELDS, UploadOperation, details_of
from asset_forge.asset_types import AssetType
from asset_forge.assets import (
    DESCRIPTION_LIMIT,
    NAME_LIMIT,
    PAGE_LIMIT,
    TAG_LIMIT,
    TAGS_LIMIT,
    AssetChanges,
    AssetFilter,
    AssetService,
    IncomingFile,
    SearchService,
    UploadDetails,
)
from asset_forge.clock import rfc3339
from asset_forge.database.models import Asset

PageLimit = Annotated[
    int, QueryParameter(name="limit", ge=1, le=PAGE_LIMIT, description="How many items at most")
]
PageCursor = Annotated[
    str | None, QueryParameter(name="cursor", description="The nextCursor of the page before")
]


class AssetView(msgspec.Struct, rename="camel"):
    """An asset and what is known of its file."""

    id: str
    name: str
    type: str
    description: str
    tags: list[str]
    file_type: str
    media_type: str
    size_bytes: int
    sha256: str
    owner_id: str
    project_id: str | None
    generation_id: str | None
    created_at: str
    updated_at: str


class AssetPage(msgspec.Struct, rename="camel"):
    """A page of assets, and the cursor for the next one."""

    items: list[AssetView]
    next_cursor: str | None


Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=TAG_LIMIT)]


class AssetPatch(Body):
    """What to change; a field that is not there stays as it is."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_LIMIT)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    description: Annotated[str, msgspec.Meta(max_length=DESCRIPTION_LIMIT)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    tags: Annotated[list[Tag], msgspec.Meta(max_length=TAGS_LIMIT)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    project_id: str | msgspec.UnsetType | None = msgspec.UNSET


def view(asset: Asset) -> AssetView:
    """Present a record."""
    return AssetView(
        id=asset.id,
        name=asset.name,
        type=asset.type,
        description=asset.description,
        tags=asset.tags,
        file_type=asset.file_type,
        media_type=asset.media_type,
        size_bytes=asset.size_bytes,
        sha256=asset.sha256,
        owner_id=asset.owner_id,
        project_id=asset.project_id,
        generation_id=asset.generation_id,
        created_at=rfc3339(asset.created_at),
        updated_at=rfc3339(asset.updated_at),
    )


_ANY_FILE: Final = "*/*"
_FILE_RESPONSES: Final = {
    200: ResponseSpec(Any, generate_examples=False, description="It", media_type=_ANY_FILE),
    206: ResponseSpec(Any, generate_examples=False, description="A range", media_type=_ANY_FILE),
    304: ResponseSpec(None, generate_examples=False, description="The ETag still holds"),
    307: ResponseSpec(None, generate_examples=False, description="The object store has it"),
    **problem_responses(401, 404, 416),
}


def _client_left(_request: Request[Any, Any, Any], _error: ClientLeft) -> Response[None]:
    return Response(None, status_code=499)


class AssetController(Controller):
    """The routes of assets."""

    path = "/api/assets"
    tags = ("assets",)

    @get(summary="List assets", responses=problem_responses(401))
    async def list(
        self,
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
        type: FromQuery[AssetType | None] = None,  # noqa: A002
        project_id: Annotated[str | None, QueryParameter(name="projectId")] = None,
        tag: FromQuery[str | None] = None,
        cursor: PageCursor = None,
        limit: PageLimit = 50,
    ) -> AssetPage:
        """Read a page of assets, newest first, filtered by type, project and tag."""
        page = await assets.list(
            principal,
            where=AssetFilter(type=type, project_id=project_id, tag=tag),
            limit=limit,
            cursor=cursor,
        )
        return AssetPage([view(asset) for asset in page.items], page.next_cursor)

    @post(
        status_code=201,
        summary="Upload an asset",
        opt=MULTIPART,
        operation_class=UploadOperation,
        exception_handlers={ClientLeft: _client_left},
        responses=problem_responses(401, 404, 415, 507),
    )
    async def upload(
        self,
        request: Request[Any, Any, Any],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> Response[AssetView]:
        """Store a file as an asset; what it is, is told from its bytes."""
        form = UploadForm(
            body_of(request, limit=assets.max_upload_bytes + OVERHEAD),
            request.headers.get("content-type", ""),
            file_field="file",
            fields=FIELDS,
        )
        await form.open_file()

        async def details() -> UploadDetails:
            return details_of(await form.read_fields())

        file = IncomingFile(form.chunks(), form.filename, form.content_type)
        asset = await assets.upload(principal, file, details)
        headers = {"location": f"/api/assets/{asset.id}"}
        return Response(view(asset), status_code=201, headers=headers)

    @get("/search", summary="Search assets", responses=problem_responses(401))
    async def search(
        self,
        principal: NamedDependency[Principal],
        search: NamedDependency[SearchService],
        q: Annotated[str, QueryParameter(name="q", min_length=1, max_length=200)],
        cursor: PageCursor = None,
        limit: PageLimit = 20,
    ) -> AssetPage:
        """Find assets by the words of their names, tags and descriptions, the best first."""
        page = await search.search(principal, q, limit=limit, cursor=cursor)
        return AssetPage([view(asset) for asset in page.items], page.next_cursor)

    @get("/{asset_id:str}", summary="Look at an asset", responses=problem_responses(401, 404))
    async def read(
        self,
        asset_id: FromPath[str],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> AssetView:
        """Read one asset."""
        return view(await assets.get(principal, asset_id))

    @patch("/{asset_id:str}", summary="Edit an asset", responses=problem_responses(401, 404, 415))
    async def edit(
        self,
        asset_id: FromPath[str],
        data: JSONBody[AssetPatch],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> AssetView:
        """Change what is said about an asset; `projectId: null` takes it out of its project."""
        changes = AssetChanges(
            name=data.name,
            description=data.description,
            tags=data.tags,
            project_id=data.project_id,
        )
        return view(await assets.update(principal, asset_id, changes))

    @delete("/{asset_id:str}", summary="Delete an asset", responses=problem_responses(401, 404))
    async def remove(
        self,
        asset_id: FromPath[str],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> None:
        """Delete an asset and its file."""
        await assets.delete(principal, asset_id)

    @get("/{asset_id:str}/file", summary="Download an asset's file", responses=_FILE_RESPONSES)
    async def download(
        self,
        asset_id: FromPath[str],
        request: Request[Any, Any, Any],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> Response[Any]:
        """Send the file, or the one range of it that is asked for, or say where it is."""
        asset = await assets.describe_file(principal, asset_id)
        headers = file_headers(asset)
        if matches(request.headers.get("if-none-match"), headers["etag"]):
            return Response(None, status_code=304, headers=headers)
        if (url := await assets.signed_url(asset)) is not None:
            redirect = {"location": url, "cache-control": "no-store"}
            return Response(None, status_code=307, headers=redirect)
        wanted = None
        if range_is_current(request.headers.get("if-range"), headers["etag"]):
            wanted = wanted_range(request.headers.get("range"), asset.size_bytes)
        start, end = wanted or (0, asset.size_bytes)
        file = await assets.download(asset, start, end)
        headers["content-length"] = str(file.size)
        if wanted is not None:
            headers["content-range"] = f"bytes {start}-{end - 1}/{asset.size_bytes}"
        return Stream(
            file.chunks,
            status_code=200 if wanted is None else 206,
            headers=headers,
            media_type=asset.media_type,
        )

    @head("/{asset_id:str}/file", summary="Describe an asset's file", responses=_FILE_RESPONSES)
    async def describe_file(
        self,
        asset_id: FromPath[str],
        principal: NamedDependency[Principal],
        assets: NamedDependency[AssetService],
    ) -> Response[None]:
        """Send the headers of the whole file."""
        asset = await assets.describe_file(principal, asset_id)
        headers = file_headers(asset) | {
            "content-type": asset.media_type,
            "content-length": str(asset.size_bytes),
        }
        return Response(None, headers=headers)
