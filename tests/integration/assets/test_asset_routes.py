from __future__ import annotations

import hashlib

import httpx
from litestar import Litestar
from tests.integration.assets.conftest import MAX_UPLOAD, Stage, Uploading


async def test_an_upload_answers_with_the_record_and_its_place(
    post: Uploading, client: httpx.AsyncClient, stage: Stage
) -> None:
    data = b'{"lines": ["Halt!"]}'
    answer = await post(data, name="  Guard’s lines ", tags=["guard", "a, b"], type="dialogue")
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/api/assets/{body['id']}"
    assert body["name"] == "Guard’s lines"
    assert body["tags"] == ["guard", "a", "b"]
    assert body["fileType"] == "json"
    assert body["mediaType"] == "application/json"
    assert body["sizeBytes"] == len(data)
    assert body["sha256"] == hashlib.sha256(data).hexdigest()
    assert (await client.get(answer.headers["location"])).json() == body
    assert stage.count("file_uploads_total", file_type="json") == 1
    assert stage.count("user_actions_total", action="create", resource_type="asset") == 1
    assert stage.count("user_actions_total", action="read", resource_type="asset") == 1


async def test_the_name_is_taken_from_the_file_without_its_directories(post: Uploading) -> None:
    answer = await post(filename="../../etc/pass\\wd.json")
    assert answer.json()["name"] == "wd.json"


async def test_fields_may_stand_behind_the_file(client: httpx.AsyncClient, member: object) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhello\r\n'
        b'--b\r\nContent-Disposition: form-data; name="type"\r\n\r\nitem\r\n--b--\r\n'
    )
    answer = await client.post(
        "/api/assets", content=body, headers={"content-type": "multipart/form-data; boundary=b"}
    )
    assert answer.status_code == 201
    assert answer.json()["type"] == "item"


async def _refused(stage: Stage, answer: httpx.Response, status: int, field: str | None) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert [error["field"] for error in problem.get("errors", [])] == ([field] if field else [])
    assert stage.files() == []
    assert (await stage.assets.list(stage.acting[-1])).items == []
    uploads = ("glb", "png", "wav", "json", "zip", "other")
    assert sum(stage.count("file_uploads_total", file_type=kind) for kind in uploads) == 0
    return problem["detail"]


async def test_a_missing_file_is_named(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    answer = await client.post("/api/assets", files={"type": (None, "prop")})
    assert "file" in await _refused(stage, answer, 422, "file")


async def test_an_unknown_type_is_answered_with_the_choices(post: Uploading, stage: Stage) -> None:
    detail = await _refused(stage, await post(type="hat"), 422, "type")
    assert "'hat'" in detail
    assert "sound_effect" in detail


async def test_an_unknown_field_is_refused(post: Uploading, stage: Stage) -> None:
    detail = await _refused(stage, await post(colour="red"), 422, "colour")
    assert "projectId" in detail


async def test_a_field_given_twice_is_refused(post: Uploading, stage: Stage) -> None:
    await _refused(stage, await post(name=["a", "b"]), 422, "name")


async def test_an_empty_name_is_refused(post: Uploading, stage: Stage) -> None:
    await _refused(stage, await post(name="  "), 422, "name")


async def test_an_empty_file_is_refused(post: Uploading, stage: Stage) -> None:
    await _refused(stage, await post(b"", filename="a.bin"), 422, "file")


async def test_a_foreign_or_missing_project_is_not_found(post: Uploading, stage: Stage) -> None:
    other = await stage.user()
    project = (await stage.projects.create(other, name="theirs")).project
    await _refused(stage, await post(projectId=project.id), 404, "projectId")
    await _refused(stage, await post(projectId="x"), 404, "projectId")


async def test_a_file_under_a_false_extension_is_refused(post: Uploading, stage: Stage) -> None:
    detail = await _refused(stage, await post(filename="a.png"), 415, "file")
    assert "json" in detail
    assert ".png" in detail


async def test_a_truncated_document_is_refused(post: Uploading, stage: Stage) -> None:
    await _refused(stage, await post(b'{"a": [1, 2'), 422, "file")


async def test_a_file_over_the_limit_is_refused(post: Uploading, stage: Stage) -> None:
    detail = await _refused(stage, await post(b"x" * (MAX_UPLOAD + 1), "a.bin"), 413, "file")
    assert str(MAX_UPLOAD) in detail


async def test_an_announced_length_over_the_limit_is_refused_unread(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": "99999999999"}
    answer = await client.post("/api/assets", content=b"--b", headers=headers)
    assert "MAX_UPLOAD_BYTES" in await _refused(stage, answer, 413, None)


async def test_a_body_cut_short_leaves_nothing(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhel'
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = await client.post("/api/assets", content=body, headers=headers)
    assert "cut short" in await _refused(stage, answer, 422, None)


async def test_a_body_that_is_no_form_is_refused(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    answer = await client.post("/api/assets", json={"name": "x"})
    await _refused(stage, answer, 415, "Content-Type")
    answer = await client.post(
        "/api/assets", content=b"x", headers={"content-type": "multipart/form-data"}
    )
    await _refused(stage, answer, 422, "Content-Type")


async def test_a_client_that_leaves_during_an_upload_leaves_nothing(
    app: Litestar, member: object, stage: Stage
) -> None:
    begin = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    messages = [
        {"type": "http.request", "body": begin + b"x" * 1_500_000, "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/api/assets",
        "raw_path": b"/api/assets",
        "query_string": b"",
        "headers": [
            (b"content-type", b"multipart/form-data; boundary=b"),
            (b"content-length", b"1900000"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "scheme": "http",
        "root_path": "",
    }
    await app(scope, receive, send)  # pyright: ignore[reportArgumentType]
    assert sent[0]["status"] == 499
    assert stage.files() == []
    assert stage.count("user_actions_total", action="create", resource_type="asset") == 0


async def test_lists_come_in_pages_newest_first(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    made = [(await stage.upload(stage.acting[-1])).id for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/assets", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert seen == made[::-1]


async def test_lists_are_filtered_by_type_project_and_tag(
    client: httpx.AsyncClient, member: object, stage: Stage
) -> None:
    somebody = stage.acting[-1]
    project = (await stage.projects.create(somebody, name="p")).project
    one = await stage.upload(somebody, tags=["red", 'qu"ote'], project_id=project.id)
    await stage.upload(somebody, tags=["reddish"])
    for query in ({"tag": "red"}, {"tag": 'qu"ote'}, {"projectId": project.id, "type": "prop"}):
        page = (await client.get("/api/assets", params=query)).json()
        assert [item["id"] for item in page["items"]] == [one.id], query
    assert (await client.get("/api/assets", params={"type": "music"})).json()["items"] == []


async def test_a_limit_or_cursor_that_cannot_be_used_is_refused(
    client: httpx.AsyncClient, member: object
) -> None:
    for query, named in (
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"cursor": "x"}, "cursor"),
        ({"type": "hat"}, "type"),
    ):
        answer = await client.get("/api/assets", params=query)
        assert answer.status_code == 422
        assert named in answer.json()["detail"]


async def test_others_assets_answer_as_if_they_were_missing(
    client: httpx.AsyncClient, post: Uploading, stage: Stage
) -> None:
    place = (await post()).headers["location"]
    stage.acting.append(await stage.user())
    for answer in (
        await client.get(place),
        await client.get(f"{place}/file"),
        await client.head(f"{place}/file"),
        await client.patch(place, json={"name": "mine"}),
        await client.delete(place),
    ):
        assert answer.status_code == 404
    assert (await client.get("/api/assets")).json() == {"items": [], "nextCursor": None}
    stage.acting.append(await stage.user(role="operator"))
    assert (await client.get(place)).json()["name"] == "thing.json"
    assert len((await client.get("/api/assets")).json()["items"]) == 1


async def test_an_edit_changes_what_it_names_and_nothing_else(
    client: httpx.AsyncClient, post: Uploading, stage: Stage
) -> None:
    before = (await post(description="old", tags="x")).json()
    place = f"/api/assets/{before['id']}"
    project = (await stage.projects.create(stage.acting[-1], name="p")).project
    answer = await client.patch(place, json={"name": "New", "projectId": project.id})
    assert answer.status_code == 200
    after = answer.json()
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {"name", "projectId", "updatedAt"}
    assert (await client.patch(place, json={"projectId": None})).json()["projectId"] is None
    assert stage.count("user_actions_total", action="update", resource_type="asset") == 2


async def test_an_edit_with_an_unknown_field_or_a_bad_value_is_refused(
    client: httpx.AsyncClient, post: Uploading
) -> None:
    place = (await post()).headers["location"]
    for body in (
        {"colour": 1},
        {"name": ""},
        {"name": "a\u0000"},
        {"tags": ["x" * 51]},
        {"name": None},
    ):
        answer = await client.patch(place, json=body)
        assert answer.status_code == 422, body
    assert (await client.get(place)).json()["name"] == "thing.json"


async def test_a_deleted_asset_is_gone_with_its_file(
    client: httpx.AsyncClient, post: Uploading, stage: Stage
) -> None:
    place = (await post()).headers["location"]
    answer = await client.delete(place)
    assert (answer.status_code, answer.content) == (204, b"")
    assert stage.files() == []
    assert (await client.get(place)).status_code == 404
    assert (await client.delete(place)).status_code == 404
    assert stage.count("user_actions_total", action="delete", resource_type="asset") == 1
