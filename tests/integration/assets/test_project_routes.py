from __future__ import annotations

import httpx
from tests.integration.assets.conftest import Stage

from asset_forge.accounts import Principal


async def test_a_project_is_created_read_edited_and_deleted(
    client: httpx.AsyncClient, member: Principal, stage: Stage
) -> None:
    made = await client.post("/api/projects", json={"name": " Castle ", "description": "Level 1"})
    assert made.status_code == 201
    place = made.headers["location"]
    body = made.json()
    assert (body["name"], body["quotaBytes"], body["usedBytes"]) == ("Castle", None, 0)
    asset = await stage.upload(member, b"12345", project_id=body["id"])
    read = (await client.get(place)).json()
    assert (read["usedBytes"], read["assetCount"]) == (5, 1)
    edited = await client.patch(place, json={"description": ""})
    assert edited.json()["description"] == ""
    assert edited.json()["name"] == "Castle"
    assert (await client.delete(place)).status_code == 204
    assert (await client.get(place)).status_code == 404
    assert (await stage.assets.get(member, asset.id)).project_id is None
    for action in ("create", "read", "update", "delete"):
        assert stage.count("user_actions_total", action=action, resource_type="project") == 1


async def test_a_name_is_unique_among_one_owners_projects(
    client: httpx.AsyncClient, member: Principal, stage: Stage
) -> None:
    assert (await client.post("/api/projects", json={"name": "a"})).status_code == 201
    other = (await client.post("/api/projects", json={"name": "b"})).headers["location"]
    for answer in (
        await client.post("/api/projects", json={"name": "a "}),
        await client.patch(other, json={"name": "a"}),
    ):
        assert answer.status_code == 409
        assert answer.json()["errors"][0]["field"] == "name"
    assert (await client.get(other)).json()["name"] == "b"
    stage.acting.append(await stage.user())
    assert (await client.post("/api/projects", json={"name": "a"})).status_code == 201
    assert stage.count("user_actions_total", action="create", resource_type="project") == 3


async def test_only_operators_set_quotas(
    client: httpx.AsyncClient, member: Principal, stage: Stage
) -> None:
    place = (await client.post("/api/projects", json={"name": "a"})).headers["location"]
    for answer in (
        await client.post("/api/projects", json={"name": "b", "quotaBytes": 5}),
        await client.patch(place, json={"quotaBytes": 5}),
        await client.patch(place, json={"quotaBytes": None}),
    ):
        assert answer.status_code == 403
    stage.acting.append(await stage.user(role="operator"))
    assert (await client.patch(place, json={"quotaBytes": 5})).json()["quotaBytes"] == 5
    assert (await client.patch(place, json={"quotaBytes": None})).json()["quotaBytes"] is None
    for quota in (-1, 2**60):
        assert (await client.patch(place, json={"quotaBytes": quota})).status_code == 422


async def test_others_projects_answer_as_if_they_were_missing(
    client: httpx.AsyncClient, member: Principal, stage: Stage
) -> None:
    place = (await client.post("/api/projects", json={"name": "a"})).headers["location"]
    stage.acting.append(await stage.user())
    for answer in (
        await client.get(place),
        await client.patch(place, json={"name": "b"}),
        await client.delete(place),
        await client.get("/api/projects/..%2f"),
    ):
        assert answer.status_code == 404
    assert (await client.get("/api/projects")).json()["items"] == []
    stage.acting.append(await stage.user(role="operator"))
    assert (await client.get(place)).json()["name"] == "a"


async def test_projects_come_in_pages_newest_first(
    client: httpx.AsyncClient, member: Principal
) -> None:
    for number in range(3):
        await client.post("/api/projects", json={"name": f"p{number}"})
    page = (await client.get("/api/projects", params={"limit": 2})).json()
    assert [item["name"] for item in page["items"]] == ["p2", "p1"]
    query = {"limit": 2, "cursor": page["nextCursor"]}
    page = (await client.get("/api/projects", params=query)).json()
    assert [item["name"] for item in page["items"]] == ["p0"]
    assert page["nextCursor"] is None


async def test_a_malformed_project_is_refused(client: httpx.AsyncClient, member: Principal) -> None:
    for body in ({}, {"name": ""}, {"name": "x" * 201}, {"name": 1}, {"name": "a", "x": 1}):
        assert (await client.post("/api/projects", json=body)).status_code == 422, body
