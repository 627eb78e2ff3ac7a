"""Bad input gets one problem document that names the field and what is allowed."""

from __future__ import annotations

import socket
from typing import Any

import httpx
import pytest
from tests.contract.conftest import MAX_UPLOAD
from tests.contract.problems import problem
from tests.served import Server

from asset_forge.asset_types import AssetType
from asset_forge.ids import new_id

GOOD: dict[str, Any] = {"name": "Barrel", "type": "prop", "prompt": "an old barrel"}
PATHS = ("../../etc/passwd", "/etc/passwd", "..\\..\\boot.ini", "C:\\autoexec.bat", "a/../../b")


def _ask(api: httpx.Client, **fields: object) -> httpx.Response:
    return api.post("/api/generation", json=GOOD | fields)


def _upload(api: httpx.Client, name: str = "note.json", **fields: str) -> httpx.Response:
    data = {"type": "dialogue"} | fields
    return api.post("/api/assets", data=data, files={"file": (name, b'{"a": 1}')})


def test_an_unknown_type_is_answered_with_the_known_ones(api: httpx.Client) -> None:
    detail = problem(_ask(api, type="spaceship"), 422, field="type")["detail"]
    assert all(kind.value in detail for kind in AssetType)


def test_an_unknown_provider_is_answered_with_the_known_ones(api: httpx.Client) -> None:
    detail = problem(_ask(api, provider="acme"), 422, field="provider")["detail"]
    assert "auto" in detail
    assert "procedural" in detail


def test_a_provider_that_is_not_set_up_is_named(api: httpx.Client) -> None:
    assert "meshy" in problem(_ask(api, provider="meshy"), 422, field="provider")["detail"]


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_an_empty_prompt_is_refused(api: httpx.Client, prompt: str) -> None:
    assert "empty" in problem(_ask(api, prompt=prompt), 422, field="prompt")["detail"]


def test_a_prompt_of_a_hundred_kilobytes_is_told_the_limit(api: httpx.Client) -> None:
    detail = problem(_ask(api, prompt="x" * 100_000), 422, field="prompt")["detail"]
    assert "100000" in detail
    assert "4000" in detail


@pytest.mark.parametrize("missing", ["name", "type", "prompt"])
def test_a_missing_field_is_named(api: httpx.Client, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}
    problem(api.post("/api/generation", json=body), 422, field=missing)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", 5), ("prompt", None), ("seed", "seven"), ("seed", -1), ("seed", 2**60), ("name", "")],
)
def test_a_field_with_a_wrong_value_is_named(api: httpx.Client, field: str, value: object) -> None:
    problem(_ask(api, **{field: value}), 422, field=field)


def test_log_levels_of_another_shape_are_refused(api: httpx.Client) -> None:
    answer = api.put("/api/admin/log-levels", json={"levels": [None, None]})
    problem(answer, 422, field="levels")


def test_an_unknown_option_is_answered_with_the_known_ones(api: httpx.Client) -> None:
    detail = problem(_ask(api, options={"color": "red"}), 422, field="options")["detail"]
    assert "color" in detail
    assert "textureSize" in detail


def test_an_unknown_field_is_named(api: httpx.Client) -> None:
    problem(_ask(api, colour="red"), 422, field="colour")


@pytest.mark.parametrize(
    "body", [b"{", b'{"name": ', b"\xff\xfe", b'{"name": "\xff"}', b"[" * 100_000]
)
def test_a_body_that_is_no_json_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/api/generation", content=body, headers={"content-type": "application/json"})
    assert "JSON" in problem(answer, 400)["detail"]


def test_a_body_that_is_missing_is_asked_for(api: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    problem(api.post("/api/generation", content=b"", headers=headers), 422, field="body")
    problem(api.post("/api/generation", content=iter([b""]), headers=headers), 422, field="body")
    problem(api.post("/api/generation"), 422, field="body")


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"5"])
def test_json_that_is_no_object_is_refused(api: httpx.Client, body: bytes) -> None:
    answer = api.post("/api/generation", content=body, headers={"content-type": "application/json"})
    problem(answer, 422, field="body")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "multipart/form-data", ""])
def test_a_wrong_media_type_is_answered_with_the_right_one(
    api: httpx.Client, media_type: str
) -> None:
    headers = {"content-type": media_type} if media_type else {}
    answer = api.post("/api/generation", content=b'{"name": "a"}', headers=headers)
    detail = problem(answer, 415, field="Content-Type")["detail"]
    assert "application/json" in detail


def test_an_upload_as_json_is_answered_with_the_right_type(api: httpx.Client) -> None:
    detail = problem(api.post("/api/assets", json=GOOD), 415, field="Content-Type")["detail"]
    assert "multipart/form-data" in detail


def test_a_json_body_beyond_the_limit_is_refused(api: httpx.Client) -> None:
    problem(_ask(api, name="x" * 2_000_000), 413)


def test_an_upload_beyond_the_limit_is_refused(api: httpx.Client) -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(MAX_UPLOAD + 1)
    answer = api.post("/api/assets", data={"type": "texture"}, files={"file": ("a.png", content)})
    assert str(MAX_UPLOAD) in problem(answer, 413)["detail"]


def test_an_announced_length_beyond_the_limit_is_refused_before_it_is_sent(
    single_team: Server,
) -> None:
    head = (
        "POST /api/assets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", single_team.port), 20) as connection:
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 413")


def test_a_truncated_form_is_refused_and_nothing_is_kept(api: httpx.Client) -> None:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="type"\r\n\r\ndialogue\r\n--b\r\n'
        b'Content-Disposition: form-data; name="file"; filename="cut-short.json"\r\n\r\n{"a": 1'
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = api.post("/api/assets", content=body, headers=headers)
    assert "cut short" in problem(answer, 422)["detail"]
    found = api.get("/api/assets/search", params={"q": "short"}).json()
    assert found["items"] == []


def test_an_upload_whose_client_leaves_is_not_kept(single_team: Server) -> None:
    head = (
        "POST /api/assets HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="left.json"\r\n\r\n{'
    )
    with socket.create_connection(("127.0.0.1", single_team.port), 20) as connection:
        connection.sendall(head.encode())
    found = single_team.get("/api/assets/search?q=left")
    assert found["items"] == []
    assert single_team.request("GET", "/api/health/ready").status_code == 200


@pytest.mark.parametrize("missing", ["file", "type"])
def test_a_part_that_an_upload_lacks_is_named(api: httpx.Client, missing: str) -> None:
    parts = {"file": ("a.json", b"{}"), "type": (None, "dialogue")}
    del parts[missing]
    problem(api.post("/api/assets", files=parts), 422, field=missing)  # type: ignore[arg-type]


def test_a_file_of_a_foreign_kind_is_refused(api: httpx.Client) -> None:
    answer = api.post(
        "/api/assets", data={"type": "prop"}, files={"file": ("a.glb", b"MZ\x90\x00 a program")}
    )
    problem(answer, 415)


@pytest.mark.parametrize("name", PATHS)
def test_a_path_in_a_name_stays_a_name(api: httpx.Client, name: str) -> None:
    uploaded = _upload(api, name)
    assert uploaded.status_code == 201, uploaded.text
    asset = uploaded.json()
    sent = api.get(f"/api/assets/{asset['id']}/file").headers["content-disposition"]
    suggested = sent.partition("filename=")[2].partition(";")[0]
    assert "/" not in suggested.replace("\\\\", "")
    assert ".." not in suggested
    assert api.delete(f"/api/assets/{asset['id']}").status_code == 204


@pytest.mark.parametrize("id_", ["..%2f..%2fetc%2fpasswd", "..", "%2e%2e%2f", "a%00b", "%ff"])
def test_a_path_in_place_of_an_id_is_not_found(single_team: Server, id_: str) -> None:
    request = f"GET /api/assets/{id_}/file HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", single_team.port), 20) as connection:
        connection.sendall(request.encode())
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 404"), answer
    assert b"application/problem+json" in answer


@pytest.mark.parametrize("character", ["\x00", "\n", "\x1b", "\ud800"])
def test_a_control_character_in_a_name_is_refused(api: httpx.Client, character: str) -> None:
    body = f'{{"name": "a{_escaped(character)}b", "type": "prop", "prompt": "a barrel"}}'
    answer = api.post("/api/generation", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    problem(answer, answer.status_code)


def _escaped(character: str) -> str:
    return f"\\u{ord(character):04x}"


def test_two_projects_of_one_name_contradict(api: httpx.Client) -> None:
    assert api.post("/api/projects", json={"name": "Twice"}).status_code == 201
    assert "Twice" in problem(api.post("/api/projects", json={"name": "Twice"}), 409)["detail"]


def test_two_assets_of_one_name_are_two_assets(api: httpx.Client) -> None:
    first, second = (_upload(api, name="Same name").json() for _ in range(2))
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    "id_", ["nonsense", "0", "A" * 300, new_id()], ids=["nonsense", "0", "long", "unknown"]
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/assets/{}"),
        ("PATCH", "/api/assets/{}"),
        ("DELETE", "/api/assets/{}"),
        ("GET", "/api/assets/{}/file"),
        ("GET", "/api/generation/{}"),
        ("GET", "/api/generation/{}/events"),
        ("POST", "/api/generation/{}/cancel"),
        ("GET", "/api/projects/{}"),
        ("PATCH", "/api/projects/{}"),
        ("DELETE", "/api/projects/{}"),
        ("GET", "/api/errors/{}"),
        ("POST", "/api/errors/{}/resolve"),
    ],
)
def test_what_is_not_there_is_named(api: httpx.Client, method: str, path: str, id_: str) -> None:
    answer = api.request(method, path.format(id_), json={} if method == "PATCH" else None)
    assert id_[:64] in problem(answer, 404)["detail"]


def test_a_project_that_is_not_there_is_named(api: httpx.Client) -> None:
    missing = new_id()
    assert missing in problem(_ask(api, projectId=missing), 404)["detail"]
    assert missing in problem(_upload(api, projectId=missing), 404)["detail"]


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/assets?limit=0", "limit"),
        ("/api/assets?limit=many", "limit"),
        ("/api/assets?cursor=nonsense", "cursor"),
        ("/api/assets?type=spaceship", "type"),
        ("/api/generation?status=lost", "status"),
        ("/api/generation?cursor=nonsense", "cursor"),
        ("/api/projects?limit=100000", "limit"),
        ("/api/projects?cursor=nonsense", "cursor"),
        ("/api/assets/search", "q"),
        ("/api/assets/search?q=", "q"),
        ("/api/errors?severity=mild", "severity"),
        ("/api/errors?cursor=nonsense", "cursor"),
    ],
)
def test_a_wrong_query_parameter_is_named(api: httpx.Client, path: str, field: str) -> None:
    problem(api.get(path), 422, field=field)


def test_a_used_idempotency_key_is_refused_for_another_request(api: httpx.Client) -> None:
    headers = {"idempotency-key": "only-once"}
    body = GOOD | {"type": "dialogue", "options": {"nodes": 6}}
    first = api.post("/api/generation", json=body, headers=headers)
    again = api.post("/api/generation", json=body, headers=headers)
    assert first.json()["id"] == again.json()["id"]
    other = api.post("/api/generation", json=body | {"seed": 5}, headers=headers)
    problem(other, 422, field="Idempotency-Key")


def test_a_range_beyond_the_file_is_told_its_size(api: httpx.Client) -> None:
    asset = _upload(api).json()["id"]
    answer = api.get(f"/api/assets/{asset}/file", headers={"range": "bytes=500-"})
    assert "8 bytes" in problem(answer, 416)["detail"]
    assert answer.headers["content-range"] == "bytes */8"
