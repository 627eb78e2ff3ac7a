"""Assets that jobs make: a file is staged first, and adopted once by the job's record."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from asset_forge.asset_types import AssetType
from asset_forge.clock import Clock
from asset_forge.database import Database
from asset_forge.database.models import Asset, Project
from asset_forge.ids import new_id
from asset_forge.storage import ObjectStore

from ._keys import claim_key, new_key, run_key
from ._quota import ensure_fits


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file in the storage that no asset owns yet; plain values, so that a step may return it."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class GeneratedAsset:
    """What a job knows of the asset that it made."""

    generation_id: str
    owner_id: str
    project_id: str | None
    name: str
    type: AssetType
    description: str
    tags: list[str]
    file_type: str
    media_type: str


class GeneratedAssets:
    """Takes in what jobs make; every method may run twice for the same job."""

    def __init__(self, database: Database, storage: ObjectStore, *, clock: Clock) -> None:
        self._database = database
        self._storage = storage
        self._clock = clock

    async def stage(
        self,
        generation_id: str,
        source: bytes | AsyncIterable[bytes],
        *,
        run: int | None = None,
        claim: str | None = None,
        expected_length: int | None = None,
        expected_sha256: str | None = None,
    ) -> StagedFile:
        """Store a job's file under a key of its own, checked against what was announced.

        With `run`, the number of the job's run, or `claim`, the name of the request that it
        answers, `discard_runs` finds it also after a crash.
        The sweep leaves it alone while the generation is unfinished.

        Raises:
            DamagedObject: A stream's length or SHA-256 differ from what was expected.
            StorageFull, StorageUnavailable: The storage does not take it.
        """
        key = new_key(generation_id)
        if claim is not None:
            key = claim_key(generation_id, claim)
        elif run is not None:
            key = run_key(generation_id, run)
        if isinstance(source, bytes):
            stored = await self._storage.put_bytes(key, source)
        else:
            stored = await self._storage.put_stream(
                key, source, expected_length=expected_length, expected_sha256=expected_sha256
            )
        return StagedFile(key, stored.size, stored.sha256)

    async def adopt(
        self, generated: GeneratedAsset, staged: StagedFile, *, asset_id: str | None = None
    ) -> Asset:
        """Make a staged file an asset; a generation's second call returns the first one's asset.

        A file staged by the losing one of two runs is removed. A project that was deleted
        meanwhile is left out.

        Raises:
            ObjectMissing: The staged file is gone.
            QuotaExceeded: The quota of the user or the project does not hold it; it stays staged.
        """
        existing = await self._find(generated.generation_id)
        if existing is None:
            await self._storage.size(staged.key)
            try:
                existing = await self._insert(generated, staged, asset_id or new_id())
            except IntegrityError:
                existing = await self._find(generated.generation_id)
                if existing is None:
                    raise
        if existing.storage_key != staged.key:
            await self._storage.delete(staged.key)
        return existing

    async def read_staged(self, key: str) -> bytes:
        """Return the bytes of a staged file.

        Raises:
            ObjectMissing, StorageUnavailable: The storage does not give it.
        """
        return await self._storage.read(key)

    async def discard_runs(self, generation_id: str, runs: int, claims: Iterable[str] = ()) -> None:
        """Remove what a job's runs have staged, also those that crashed, but for its asset's file.

        `claims` names the requests whose answers were staged.

        Raises:
            StorageUnavailable: The storage does not delete.
        """
        existing = await self._find(generation_id)
        keys = [run_key(generation_id, run) for run in range(1, runs + 1)]
        keys += [claim_key(generation_id, claim) for claim in claims]
        for key in keys:
            if existing is None or existing.storage_key != key:
                await self._storage.delete(key)

    async def _find(self, generation_id: str) -> Asset | None:
        async with self._database.reading() as session:
            return await session.scalar(select(Asset).where(Asset.generation_id == generation_id))

    async def _insert(self, generated: GeneratedAsset, staged: StagedFile, asset_id: str) -> Asset:
        now = self._clock()
        async with self._database.transaction() as session:
            project_id = generated.project_id
            if project_id is not None:
                project_id = await session.scalar(
                    select(Project.id).where(Project.id == project_id).with_for_update()
                )
            await ensure_fits(
                session, owner_id=generated.owner_id, project_id=project_id, size=staged.size
            )
            asset = Asset(
                id=asset_id,
                owner_id=generated.owner_id,
                project_id=project_id,
                generation_id=generated.generation_id,
                name=generated.name,
                type=generated.type.value,
                description=generated.description,
                tags=generated.tags,
                file_type=generated.file_type,
                media_type=generated.media_type,
                size_bytes=staged.size,
                sha256=staged.sha256,
                storage_key=staged.key,
                created_at=now,
                updated_at=now,
            )
            session.add(asset)
        return asset
