"""The services on SQLite and a directory, and on Postgres and S3; and the routes on top of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from tests.object_stores import Bucket

from asset_forge import faults
from asset_forge.accounts import Principal
from asset_forge.api.assets import AssetController
from asset_forge.api.media import check_media_type
from asset_forge.api.problems import on_fault, on_http_exception
from asset_forge.api.projects import ProjectController
from asset_forge.asset_types import AssetType
from asset_forge.assets import (
    AssetService,
    GeneratedAssets,
    IncomingFile,
    ProjectService,
    SearchService,
    UploadDetails,
)
from asset_forge.catalog import DECLARATIONS
from asset_forge.clock import utc_now
from asset_forge.database import Database
from asset_forge.database.models import Asset, User
from asset_forge.ids import new_id
from asset_forge.observability.metrics import Registry
from asset_forge.search import FullTextIndex
from asset_forge.storage import ObjectStore, open_store

MAX_UPLOAD = 2_000_000


@dataclass
class Stage:
    """One service room: everything that a test of assets touches."""

    database: Database
    storage: ObjectStore
    root: Path
    registry: Registry
    assets: AssetService
    projects: ProjectService
    generated: GeneratedAssets
    search: SearchService
    bucket: Bucket | None = None
    acting: list[Principal] = field(default_factory=list)

    async def user(self, *, role: str = "member", quota: int | None = None) -> Principal:
        """Add a user and return who they are."""
        user_id = new_id()
        now = utc_now()
        async with self.database.transaction() as session:
            session.add(
                User(
                    id=user_id,
                    provider="local",
                    subject=user_id,
                    display_name="Somebody",
                    role=role,
                    quota_bytes=quota,
                    created_at=now,
                    updated_at=now,
                )
            )
        return Principal(
            user_id=user_id,
            role=role,
            display_name="Somebody",
            subject=user_id,
            provider="local",
        )

    async def upload(
        self, principal: Principal, data: bytes = b"some bytes", **details: object
    ) -> Asset:
        """Upload bytes as a prop named thing, unless told otherwise."""
        said = UploadDetails(**({"type": AssetType.PROP, "name": "thing"} | details))

        async def chunks() -> AsyncIterator[bytes]:
            for start in range(0, len(data), 100_000):
                yield data[start : start + 100_000]

        async def read_details() -> UploadDetails:
            return said

        return await self.assets.upload(principal, IncomingFile(chunks()), read_details)

    def files(self) -> list[str]:
        """Return the names of all files in the storage, in a directory also half-written ones."""
        if self.bucket is not None:
            return sorted(key.rpartition("/")[2] for key in self.bucket.files())
        return sorted(path.name for path in self.root.rglob("*") if path.is_file())

    def count(self, name: str, **labels: str) -> float:
        """Return the value of a counter."""
        return self.registry.value(name, **labels) or 0.0


@pytest.fixture
def stage(
    database: Database,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Stage:
    """The services on an empty database and an empty directory, or bucket with Postgres."""
    registry = Registry(DECLARATIONS, strict=True)
    root = tmp_path / "objects"
    url, variables, bucket = root.as_uri(), dict[str, str](), None
    if database.dialect == "postgresql":
        bucket = request.getfixturevalue("bucket")
        variables = bucket.variables
        url = variables["STORAGE_URL"]
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
    storage = open_store(url, variables=variables)
    return Stage(
        database=database,
        storage=storage,
        root=root,
        registry=registry,
        assets=AssetService(
            database, storage, clock=utc_now, registry=registry, max_upload_bytes=MAX_UPLOAD
        ),
        projects=ProjectService(database, clock=utc_now, registry=registry),
        generated=GeneratedAssets(database, storage, clock=utc_now),
        search=SearchService(database, FullTextIndex(database), registry=registry),
        bucket=bucket,
    )


@pytest.fixture
def app(stage: Stage) -> Litestar:
    """The routes; whoever is last in `stage.acting` sends the requests."""
    provided = {
        "principal": lambda: stage.acting[-1],
        "assets": lambda: stage.assets,
        "projects": lambda: stage.projects,
        "search": lambda: stage.search,
    }
    return Litestar(
        [AssetController, ProjectController],
        dependencies={
            name: Provide(provide, sync_to_thread=False) for name, provide in provided.items()
        },
        exception_handlers={faults.Fault: on_fault, HTTPException: on_http_exception},
        before_request=check_media_type,
    )


@pytest.fixture
async def member(stage: Stage) -> Principal:
    """A member who sends the requests."""
    principal = await stage.user()
    stage.acting.append(principal)
    return principal


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the routes."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as opened:
        yield opened


Uploading = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def post(client: httpx.AsyncClient, member: Principal) -> Uploading:
    """Upload a file through the route."""

    async def upload(
        data: bytes = b'{"a": 1}', filename: str = "thing.json", **fields: object
    ) -> httpx.Response:
        return await client.post(
            "/api/assets",
            files={"file": (filename, data)},
            data={"type": "prop"} | fields,
        )

    return upload
