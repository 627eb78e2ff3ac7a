"""Assets: files that people upload or jobs make, and what is known of them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import PurePath

import anyio
from sqlalchemy import Exists, func, literal, select
from sqlalchemy import exists as sql_exists
from sqlalchemy.ext.asyncio import AsyncSession

from asset_forge.accounts import Principal
from asset_forge.actions import UserActions
from asset_forge.catalog import FILE_DOWNLOADS, FILE_UPLOADS
from asset_forge.clock import Clock
from asset_forge.database import Database, DatabaseUnavailable
from asset_forge.database.models import Asset
from asset_forge.faults import NotFound
from asset_forge.ids import new_id
from asset_forge.observability.metrics import Registry
from asset_forge.storage import ObjectMissing, ObjectStore, StorageFull, StorageUnavailable

from ._access import find_asset, find_project, visible_assets
from ._keys import new_key
from ._paging import Page, check_page
from ._quota import ensure_fits, ensure_project_fits, user_room
from ._records import AssetChanges, AssetFilter, Download
from ._texts import clean_description, clean_name, clean_tags
from ._uploads import DetailsReader, IncomingFile, Limits, Upload, UploadDetails

_log = logging.getLogger(__name__)


class AssetService:
    """What people do with assets; each method answers one request and counts it once."""

    def __init__(
        self,
        database: Database,
        storage: ObjectStore,
        *,
        clock: Clock,
        registry: Registry,
        max_upload_bytes: int,
        signed_download_seconds: float | None = None,
    ) -> None:
        self._database = database
        self._storage = storage
        self._clock = clock
        self._signed_download_seconds = signed_download_seconds
        self.max_upload_bytes = max_upload_bytes
        self._actions = UserActions(registry)
        self._uploads = registry.counter(FILE_UPLOADS)
        self._downloads = registry.counter(FILE_DOWNLOADS)

    async def upload(
        self, principal: Principal, file: IncomingFile, read_details: DetailsReader
    ) -> Asset:
        """Store an uploaded file and its record, or neither. Names need not be unique.

        Raises:
            InvalidRequest, UnsupportedMedia, TooLarge, QuotaExceeded: The upload is refused.
            NotFound: The project is not there, or somebody else's.
            StorageFull, StorageUnavailable: The storage does not take it.
        """
        async with self._database.reading() as session:
            room = await user_room(session, principal.user_id)
        asset_id = new_id()
        key = new_key(asset_id)
        upload = Upload(file, read_details, Limits(self.max_upload_bytes, room))
        stored = await self._storage.put_stream(key, upload.checked())
        found, details = upload.outcome
        try:
            asset = self._new_asset(principal, asset_id, details, file.filename)
            asset.file_type = found.file_type.value
            asset.media_type = found.media_type
            asset.storage_key, asset.size_bytes, asset.sha256 = key, stored.size, stored.sha256
            await self._insert(principal, asset)
        except Exception as error:
            if _surely_rolled_back(error):
                await self._discard(key)
            raise
        self._uploads.labels(asset.file_type).inc()
        self._actions.count("create", "asset")
        return asset

    async def get(self, principal: Principal, asset_id: str) -> Asset:
        """Return one asset.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        async with self._database.reading() as session:
            asset = await find_asset(session, principal, asset_id)
        self._actions.count("read", "asset")
        return asset

    async def list(
        self,
        principal: Principal,
        *,
        where: AssetFilter | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[Asset]:
        """Return a page of the assets that the principal may see, newest first.

        Raises:
            InvalidRequest: Limit or cursor cannot be used.
        """
        check_page(limit, cursor)
        query = select(Asset).where(visible_assets(principal)).order_by(Asset.id.desc())
        if cursor is not None:
            query = query.where(Asset.id < cursor)
        if where is not None and where.type is not None:
            query = query.where(Asset.type == where.type.value)
        if where is not None and where.project_id is not None:
            query = query.where(Asset.project_id == where.project_id)
        async with self._database.reading() as session:
            if where is not None and where.tag is not None:
                query = query.where(_tagged(session, where.tag))
            rows = list(await session.scalars(query.limit(limit + 1)))
        self._actions.count("read", "asset")
        more = len(rows) > limit
        rows = rows[:limit]
        return Page(rows, rows[-1].id if more else None)

    async def update(self, principal: Principal, asset_id: str, changes: AssetChanges) -> Asset:
        """Change what is said about an asset; its file stays as it is.

        Raises:
            NotFound: The asset or the project is not there, or somebody else's.
            InvalidRequest: A value is refused.
            QuotaExceeded: The project's quota does not hold the file.
        """
        async with self._database.transaction() as session:
            asset = await find_asset(session, principal, asset_id, lock=True)
            if isinstance(changes.name, str):
                asset.name = clean_name(changes.name)
            if isinstance(changes.description, str):
                asset.description = clean_description(changes.description)
            if isinstance(changes.tags, list):
                asset.tags = clean_tags(changes.tags)
            if changes.project_id is None:
                asset.project_id = None
            elif isinstance(changes.project_id, str) and changes.project_id != asset.project_id:
                await find_project(session, principal, changes.project_id, field="projectId")
                await ensure_project_fits(session, changes.project_id, asset.size_bytes)
                asset.project_id = changes.project_id
            asset.updated_at = self._clock()
        self._actions.count("update", "asset")
        return asset

    async def delete(self, principal: Principal, asset_id: str) -> None:
        """Delete an asset: first its record, then its file.

        A file that cannot be deleted now is an orphan, which the sweep removes.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        async with self._database.transaction() as session:
            asset = await find_asset(session, principal, asset_id, lock=True)
            await session.delete(asset)
        await self._discard(asset.storage_key)
        self._actions.count("delete", "asset")

    async def describe_file(self, principal: Principal, asset_id: str) -> Asset:
        """Return the asset whose file is asked for; counts nothing, since nothing is sent yet.

        Raises:
            NotFound: There is none, or it is somebody else's.
        """
        async with self._database.reading() as session:
            return await find_asset(session, principal, asset_id)

    async def signed_url(self, asset: Asset) -> str | None:
        """Return where the object store itself gives the file to whoever asks within a short time.

        None where the service is to send the file: so it is set up, or the store is a directory.
        Handing out the address counts as the download, since what follows is not seen here.

        Raises:
            StorageUnavailable: The store's credentials cannot sign.
        """
        if self._signed_download_seconds is None:
            return None
        url = await self._storage.signed_url(
            asset.storage_key, seconds=self._signed_download_seconds
        )
        if url is not None:
            self._count_download(asset.file_type)
        return url

    async def download(self, asset: Asset, start: int, end: int) -> Download:
        """Open the bytes of an asset's file from `start` up to, not including, `end`.

        It counts as a download once the last of these bytes was handed over.

        Raises:
            NotFound: The asset was deleted meanwhile.
            StorageUnavailable: The storage does not give the file.
        """
        try:
            chunks = await self._storage.open_range(asset.storage_key, start, end)
        except ObjectMissing as error:
            async with self._database.reading() as session:
                if not await session.scalar(select(sql_exists().where(Asset.id == asset.id))):
                    raise NotFound(f"there is no asset {asset.id!r}") from None
            raise StorageUnavailable(
                f"The file of asset {asset.id!r} is not in the storage. An operator has to check "
                "STORAGE_URL, or to restore the file from a backup"
            ) from error
        return Download(end - start, self._counted(chunks, asset.file_type, end - start))

    async def _counted(
        self, chunks: AsyncIterator[bytes], file_type: str, size: int
    ) -> AsyncIterator[bytes]:
        sent = 0
        async for chunk in chunks:
            yield chunk
            sent += len(chunk)
            # At once: a client that has its last byte may close before this is asked for more.
            if sent == size:
                self._count_download(file_type)

    def _count_download(self, file_type: str) -> None:
        self._downloads.labels(file_type).inc()
        self._actions.count("download", "asset")

    def _new_asset(
        self, principal: Principal, asset_id: str, details: UploadDetails, filename: str
    ) -> Asset:
        name = details.name
        if name is None:
            name = PurePath(filename.replace("\\", "/")).name or details.type.value
        now = self._clock()
        return Asset(
            id=asset_id,
            owner_id=principal.user_id,
            project_id=details.project_id,
            name=clean_name(name),
            type=details.type.value,
            description=clean_description(details.description),
            tags=clean_tags(details.tags),
            created_at=now,
            updated_at=now,
        )

    async def _insert(self, principal: Principal, asset: Asset) -> None:
        async with self._database.transaction() as session:
            if asset.project_id is not None:
                await find_project(session, principal, asset.project_id, field="projectId")
            await ensure_fits(
                session,
                owner_id=asset.owner_id,
                project_id=asset.project_id,
                size=asset.size_bytes,
            )
            session.add(asset)

    async def _discard(self, key: str) -> None:
        """Delete an object that nothing refers to, also while the request is being canceled."""
        with anyio.CancelScope(shield=True):
            try:
                await self._storage.delete(key)
            except (StorageFull, StorageUnavailable) as error:
                _log.warning("left an orphan for the sweep: %s (%s)", key, error)


def _surely_rolled_back(error: Exception) -> bool:
    """Say whether there is no record; where a commit's answer was lost, the sweep finds out."""
    return not isinstance(error, DatabaseUnavailable) or error.reason not in (
        "timeout",
        "unreachable",
    )


def _tagged(session: AsyncSession, tag: str) -> Exists:
    if session.get_bind().dialect.name == "postgresql":
        values = func.json_array_elements_text(Asset.tags).table_valued("value")
    else:
        values = func.json_each(Asset.tags).table_valued("value")
    return sql_exists(select(literal(1)).select_from(values).where(values.c.value == tag))
