from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from tests.integration.assets.conftest import Stage, Uploading

from asset_forge.asset_types import AssetType
from asset_forge.assets import AssetChanges, IncomingFile, UploadDetails
from asset_forge.faults import QuotaExceeded
from asset_forge.storage import open_store


async def test_a_users_quota_names_use_and_limit_and_stops_the_bytes_early(stage: Stage) -> None:
    somebody = await stage.user(quota=1000)
    await stage.upload(somebody, b"x" * 400)
    with pytest.raises(QuotaExceeded, match="600 bytes") as refused:
        await stage.upload(somebody, b"x" * 601)
    assert refused.value.scope == "user"
    await stage.upload(somebody, b"x" * 600)
    assert len(stage.files()) == 2


async def test_two_uploads_at_once_cannot_both_take_the_last_room(stage: Stage) -> None:
    somebody = await stage.user(quota=1000)
    outcomes: list[str] = []
    both_began = anyio.Event()
    began = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal began
        began += 1
        if began == 2:
            both_began.set()
        await both_began.wait()  # both have been told that there are 1,000 bytes left
        yield b"x" * 700

    async def details() -> UploadDetails:
        return UploadDetails(AssetType.PROP, name="thing")

    async def attempt() -> None:
        try:
            await stage.assets.upload(somebody, IncomingFile(chunks()), details)
            outcomes.append("stored")
        except QuotaExceeded as fault:
            outcomes.append(fault.message)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(attempt)
        tasks.start_soon(attempt)
    outcomes.sort(key=lambda outcome: outcome != "stored")
    assert outcomes[0] == "stored"
    assert "700 bytes do not fit" in outcomes[1]
    assert "quota is 1000 bytes, 700 are used" in outcomes[1]
    assert len(stage.files()) == 1


async def test_a_projects_quota_holds_for_uploads_and_for_moves(stage: Stage) -> None:
    operator = await stage.user(role="operator")
    project = (await stage.projects.create(operator, name="p", quota_bytes=100)).project
    await stage.upload(operator, b"x" * 60, project_id=project.id)
    with pytest.raises(QuotaExceeded, match="project's quota is 100 bytes, 60 are used"):
        await stage.upload(operator, b"x" * 41, project_id=project.id)
    outside = await stage.upload(operator, b"x" * 41)
    with pytest.raises(QuotaExceeded) as refused:
        await stage.assets.update(operator, outside.id, AssetChanges(project_id=project.id))
    assert refused.value.scope == "project"
    usage = await stage.projects.get(operator, project.id)
    assert (usage.used_bytes, usage.asset_count) == (60, 1)
    assert len(stage.files()) == 2


async def test_quotas_and_a_full_volume_answer_413_and_507(
    post: Uploading, client: httpx.AsyncClient, stage: Stage
) -> None:
    stage.acting.append(await stage.user(quota=3))
    answer = await post(b"1234", filename="a.bin")
    assert answer.status_code == 413
    stage.acting.append(await stage.user())
    stage.assets._storage = open_store(stage.root.as_uri(), reserve_bytes=10**18)
    answer = await post(b"1234", filename="a.bin")
    assert answer.status_code == 507
    assert "VOLUME_RESERVE_BYTES" in answer.json()["detail"]
    assert stage.files() == []
