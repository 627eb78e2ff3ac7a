from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import pytest
from tests.integration.assets.conftest import Stage

from asset_forge.accounts import Principal
from asset_forge.asset_types import AssetType
from asset_forge.assets import GeneratedAsset, measure_storage, sweep_orphans
from asset_forge.clock import utc_now
from asset_forge.database.models import Asset, Generation
from asset_forge.faults import QuotaExceeded
from asset_forge.ids import new_id
from asset_forge.storage import DamagedObject, ObjectMissing


def _made(owner: Principal, generation_id: str, project_id: str | None = None) -> GeneratedAsset:
    return GeneratedAsset(
        generation_id=generation_id,
        owner_id=owner.user_id,
        project_id=project_id,
        name="Sword",
        type=AssetType.WEAPON,
        description="a rusty sword",
        tags=["generated"],
        file_type="glb",
        media_type="model/gltf-binary",
    )


async def _add_generation(stage: Stage, owner: Principal, *, finished: bool) -> str:
    now = utc_now()
    row = Generation(
        id=new_id(),
        owner_id=owner.user_id,
        request_hash="0" * 64,
        revision="generation.v1",
        name="Sword",
        type="weapon",
        prompt="a rusty sword",
        requested_provider="auto",
        seed=1,
        options={},
        status="failed" if finished else "running",
        stages={},
        created_at=now,
        finished_at=now if finished else None,
    )
    async with stage.database.transaction() as session:
        session.add(row)
    return row.id


def _age(stage: Stage, hours: int) -> None:
    then = utc_now().timestamp() - hours * 3600
    for path in stage.root.rglob("*"):
        os.utime(path, (then, then))


async def test_a_staged_file_becomes_one_asset_however_often_it_is_adopted(stage: Stage) -> None:
    owner = await stage.user()
    generation_id, asset_id = new_id(), new_id()
    first = await stage.generated.stage(generation_id, b"the model")
    asset = await stage.generated.adopt(_made(owner, generation_id), first, asset_id=asset_id)
    again = await stage.generated.adopt(_made(owner, generation_id), first, asset_id=asset_id)
    second = await stage.generated.stage(generation_id, b"another model")
    late = await stage.generated.adopt(_made(owner, generation_id), second)
    assert asset.id == again.id == late.id == asset_id
    assert [Path(late.storage_key).name] == stage.files()
    page = await stage.assets.list(owner)
    assert [(item.id, item.generation_id) for item in page.items] == [(asset_id, generation_id)]
    assert stage.count("file_uploads_total", file_type="glb") == 0
    assert stage.count("user_actions_total", action="create", resource_type="asset") == 0


async def test_two_runs_at_once_adopt_one_asset(stage: Stage) -> None:
    owner = await stage.user()
    generation_id = new_id()
    adopted: list[Asset] = []

    async def run(data: bytes) -> None:
        staged = await stage.generated.stage(generation_id, data)
        adopted.append(await stage.generated.adopt(_made(owner, generation_id), staged))

    async with anyio.create_task_group() as tasks:
        for number in range(4):
            tasks.start_soon(run, b"run %d" % number)
    assert len({asset.id for asset in adopted}) == 1
    assert stage.files() == [Path(adopted[0].storage_key).name]
    file = await stage.assets.download(adopted[0], 0, adopted[0].size_bytes)
    data = b"".join([chunk async for chunk in file.chunks])
    assert data.startswith(b"run ")


async def test_a_stream_is_held_against_what_was_announced(stage: Stage) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"half"

    with pytest.raises(DamagedObject, match="4 bytes came, 8 were announced"):
        await stage.generated.stage(new_id(), chunks(), expected_length=8)
    staged = await stage.generated.stage(new_id(), chunks(), expected_length=4)
    assert await stage.storage.read(staged.key) == b"half"


async def test_a_project_that_was_deleted_meanwhile_is_left_out(stage: Stage) -> None:
    owner = await stage.user()
    project = (await stage.projects.create(owner, name="p")).project
    await stage.projects.delete(owner, project.id)
    generation_id = new_id()
    staged = await stage.generated.stage(generation_id, b"x")
    asset = await stage.generated.adopt(_made(owner, generation_id, project.id), staged)
    assert asset.project_id is None


async def test_a_quota_refuses_a_generated_file_and_leaves_it_staged(stage: Stage) -> None:
    owner = await stage.user(quota=3)
    generation_id = new_id()
    staged = await stage.generated.stage(generation_id, b"1234", run=1)
    with pytest.raises(QuotaExceeded):
        await stage.generated.adopt(_made(owner, generation_id), staged)
    assert await stage.storage.read(staged.key) == b"1234"
    await stage.generated.discard_runs(generation_id, 1)
    await stage.generated.discard_runs(generation_id, 1)
    assert stage.files() == []
    with pytest.raises(ObjectMissing):
        await stage.generated.adopt(_made(owner, generation_id), staged)


async def test_discarding_spares_a_file_that_an_asset_owns(stage: Stage) -> None:
    owner = await stage.user()
    generation_id = new_id()
    staged = await stage.generated.stage(generation_id, b"x", run=1)
    await stage.generated.adopt(_made(owner, generation_id), staged)
    await stage.generated.discard_runs(generation_id, 1)
    assert len(stage.files()) == 1


def in_a_day() -> datetime:
    return utc_now() + timedelta(hours=25)


async def test_the_sweep_leaves_what_is_owned_or_needed_in_every_kind_of_store(
    stage: Stage,
) -> None:
    owner = await stage.user()
    asset = await stage.upload(owner)
    running = await _add_generation(stage, owner, finished=False)
    kept = await stage.generated.stage(running, b"needed by the next step")
    await stage.storage.put_bytes(f"assets/{new_id()}.abc", b"a crash came before the record")
    assert await sweep_orphans(stage.database, stage.storage, clock=utc_now) == 0
    assert await sweep_orphans(stage.database, stage.storage, clock=in_a_day) == 1
    assert stage.files() == sorted(Path(key).name for key in (asset.storage_key, kept.key))


@pytest.mark.parametrize("dialect", ["sqlite"])  # the age of a file in a bucket is not ours to set
async def test_the_sweep_removes_old_orphans_and_nothing_else(stage: Stage) -> None:
    owner = await stage.user()
    asset = await stage.upload(owner)
    running = await _add_generation(stage, owner, finished=False)
    failed = await _add_generation(stage, owner, finished=True)
    kept = await stage.generated.stage(running, b"needed by the next step")
    await stage.generated.stage(failed, b"left behind")
    await stage.storage.put_bytes(f"assets/{new_id()}.abc", b"a crash came before the record")
    await stage.storage.put_bytes("assets/notes.txt", b"put there by somebody else")
    (stage.root / "assets" / "half#1").write_bytes(b"a write that died")
    _age(stage, hours=25)
    await stage.generated.stage(failed, b"too young")

    assert await sweep_orphans(stage.database, stage.storage, clock=utc_now) == 3
    names = stage.files()
    assert len(names) == 4
    assert Path(asset.storage_key).name in names
    assert Path(kept.key).name in names
    assert "notes.txt" in names
    later = timedelta(seconds=-1)
    assert await sweep_orphans(stage.database, stage.storage, clock=utc_now, grace=later) == 1


async def test_a_deletion_whose_file_stays_is_finished_by_the_sweep(stage: Stage) -> None:
    owner = await stage.user()
    asset = await stage.upload(owner)
    async with stage.database.transaction() as session:
        row = await session.get(Asset, asset.id)
        await session.delete(row)
    assert await sweep_orphans(stage.database, stage.storage, clock=in_a_day) == 1
    assert stage.files() == []


async def test_storage_is_measured_against_quotas_and_the_volume(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.upload(await stage.user(), b"unlimited")
    await measure_storage(stage.database, tmp_path, stage.registry)
    assert stage.registry.value("storage_total_bytes", context="user") is None
    assert stage.count("storage_used_bytes", context="system") > 0

    limited = await stage.user(quota=1000)
    operator = await stage.user(role="operator")
    project = (await stage.projects.create(operator, name="p", quota_bytes=500)).project
    await stage.upload(limited, b"x" * 30)
    await stage.upload(operator, b"x" * 7, project_id=project.id)
    await measure_storage(stage.database, tmp_path, stage.registry)
    measured = {
        context: (
            stage.count("storage_used_bytes", context=context),
            stage.count("storage_total_bytes", context=context),
        )
        for context in ("user", "project")
    }
    assert measured == {"user": (30, 1000), "project": (7, 500)}


async def test_discarding_removes_what_other_runs_of_the_job_left(stage: Stage) -> None:
    owner = await stage.user()
    generation_id = new_id()
    await stage.generated.stage(generation_id, b"killed", run=1)
    staged = await stage.generated.stage(generation_id, b"kept", run=2)
    asset = await stage.generated.adopt(_made(owner, generation_id), staged)
    await stage.generated.discard_runs(generation_id, 2)
    assert len(stage.files()) == 1
    assert await stage.storage.read(asset.storage_key) == b"kept"
