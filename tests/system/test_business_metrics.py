"""What people do with the real service, read back from its 17 documented business metrics."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from tests.served import PROGRAM, Server, environment_of, serving, until
from tests.system.business import after_the_end, moves, requests_counted
from tests.system.scrapes import Scrape

PASSWORD = "correct-horse-battery-staple"
QUOTA = 5_000_000
LOCK_SECONDS = 4.0
"""For how long a writer waits for the lock of the database."""


@pytest.fixture(scope="module")
def team(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A service with sign-in, an operator without a quota, and a member with one."""
    with serving(request.config, tmp_path_factory.mktemp("team")) as serve:
        server = serve({"AUTH_PROVIDERS": "local"}, start=False)
        create_user(server, "olga", "--role", "operator")
        create_user(server, "mira", "--quota-bytes", str(QUOTA))
        server.start()
        server.sign_in("olga", PASSWORD)
        until("her session is seen", lambda: _sessions(server) == 1, 30)
        yield server


def _sessions(server: Server) -> float:
    return server.scrape().value("user_active_sessions")


def create_user(server: Server, login: str, *arguments: str) -> None:
    subprocess.run(
        [PROGRAM, "user", "create", "--login", login, "--password-stdin", *arguments],
        input=PASSWORD + "\n",
        env=environment_of(server.data_dir),
        text=True,
        check=True,
        timeout=90,
        capture_output=True,
    )


def upload(server: Server, content: bytes, **fields: str) -> str:
    """Upload a file and return the asset's id."""
    files = {"file": ("notes.json", content, "application/json")}
    data = {"type": "dialogue", "name": "notes"} | fields
    response = server.request("POST", "/api/assets", files=files, data=data)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


def moves_until(server: Server, before: Scrape, expected: dict[str, float]) -> None:
    """Wait for the samples that are taken every few seconds, and for nothing else to have moved."""
    seen: list[dict[str, float]] = []

    def as_expected() -> bool:
        seen.append(moves(before, server.scrape()))
        return seen[-1] == expected

    try:
        until("the gauges show it", as_expected, 30)
    except pytest.fail.Exception:
        assert seen[-1] == expected
        raise


def test_a_login_is_counted_and_its_session_is_active_until_the_logout(team: Server) -> None:
    before = team.scrape()
    body = {"login": "mira", "password": PASSWORD}
    token = team.request("POST", "/api/auth/login", json=body).json()["token"]
    login = {'user_logins_total{provider="local"}': 1.0}
    moves_until(team, before, login | {"user_active_sessions": 1.0})
    with team.client(Authorization=f"Bearer {token}") as client:
        assert client.get("/api/auth/me").json()["login"] == "mira"
        assert client.post("/api/auth/logout").status_code == 204
        assert client.get("/api/auth/me").status_code == 401
    moves_until(team, before, login)


def test_a_refused_login_is_no_login(team: Server) -> None:
    before = team.scrape()
    body = {"login": "mira", "password": "wrong-" + PASSWORD}
    assert team.request("POST", "/api/auth/login", json=body).status_code == 401
    assert moves(before, team.scrape()) == {}


def test_an_assets_life_is_counted_action_by_action(team: Server) -> None:
    before = team.scrape()
    content = b'{"hello": "world"}'
    asset = f"/api/assets/{upload(team, content)}"
    created = {
        'file_uploads_total{file_type="json"}': 1.0,
        'user_actions_total{action="create",resource_type="asset"}': 1.0,
    }
    assert moves(before, team.scrape()) == created
    assert team.request("GET", "/api/assets").status_code == 200
    assert team.request("GET", asset).status_code == 200
    assert team.request("GET", "/api/assets/search?q=notes").status_code == 200
    assert team.request("PATCH", asset, json={"name": "better notes"}).status_code == 200
    assert team.request("HEAD", f"{asset}/file").status_code == 200
    assert team.request("GET", f"{asset}/file").content == content
    part = team.request("GET", f"{asset}/file", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, content[:4])
    assert team.request("DELETE", asset).status_code == 204
    assert team.request("GET", asset).status_code == 404
    assert moves(before, team.scrape()) == created | {
        'file_downloads_total{file_type="json"}': 2.0,
        'user_actions_total{action="read",resource_type="asset"}': 3.0,
        'user_actions_total{action="update",resource_type="asset"}': 1.0,
        'user_actions_total{action="download",resource_type="asset"}': 2.0,
        'user_actions_total{action="delete",resource_type="asset"}': 1.0,
    }


def test_a_refused_upload_is_no_upload(team: Server) -> None:
    before = team.scrape()
    files = {"file": ("model.glb", b"no model at all", "model/gltf-binary")}
    response = team.request("POST", "/api/assets", files=files, data={"type": "prop"})
    assert response.status_code == 415
    assert moves(before, team.scrape()) == {}


def test_a_projects_life_is_counted_action_by_action(team: Server) -> None:
    before = team.scrape()
    created = team.request("POST", "/api/projects", json={"name": "Castle"})
    assert created.status_code == 201, created.text
    project = f"/api/projects/{created.json()['id']}"
    assert team.request("GET", "/api/projects").status_code == 200
    assert team.request("GET", project).status_code == 200
    assert team.request("PATCH", project, json={"name": "Keep"}).status_code == 200
    assert team.request("DELETE", project).status_code == 204
    actions = {"create": 1.0, "read": 2.0, "update": 1.0, "delete": 1.0}
    assert moves(before, team.scrape()) == {
        f'user_actions_total{{action="{action}",resource_type="project"}}': count
        for action, count in actions.items()
    }


def test_stored_bytes_show_under_the_quotas_that_hold_them(team: Server) -> None:
    before = team.scrape()
    assert before.value("storage_used_bytes", context="system") > 1_000_000
    body = {"login": "mira", "password": PASSWORD}
    token = team.request("POST", "/api/auth/login", json=body).json()["token"]
    quota = {"name": "Small", "quotaBytes": 10_000}
    project = team.request("POST", "/api/projects", json=quota).json()["id"]
    content = b'{"text": "' + b"x" * 4000 + b'"}'
    files = {"file": ("notes.json", content, "application/json")}
    with team.client(Authorization=f"Bearer {token}") as mira:
        response = mira.post("/api/assets", files=files, data={"type": "dialogue"})
        assert response.status_code == 201, response.text
        upload(team, content + b" " * 1000, projectId=project)
        expected = {
            'user_logins_total{provider="local"}': 1.0,
            "user_active_sessions": 1.0,
            'file_uploads_total{file_type="json"}': 2.0,
            'user_actions_total{action="create",resource_type="asset"}': 2.0,
            'user_actions_total{action="create",resource_type="project"}': 1.0,
            'storage_used_bytes{context="user"}': float(len(content)),
            'storage_used_bytes{context="project"}': len(content) + 1000.0,
        }
        moves_until(team, before, expected)
        mira.post("/api/auth/logout")


def test_a_failed_generation_is_counted_by_its_cause(team: Server) -> None:
    """The user's quota leaves no room for the file: storage is full for them."""
    create_user(team, "nora", "--quota-bytes", "10")
    body = {"login": "nora", "password": PASSWORD}
    token = team.request("POST", "/api/auth/login", json=body).json()["token"]
    before, answered = team.scrape(), team.answered.copy()
    with team.client(Authorization=f"Bearer {token}") as nora:
        options = {"durationSeconds": 0.1}
        job = {"name": "a", "type": "sound_effect", "prompt": "a door", "options": options}
        job_id = nora.post("/api/generation", json=job).json()["id"]
    ended = team.ended(job_id)
    assert (ended["status"], ended["error"]["type"]) == ("failed", "storage_full")
    polls = (team.answered - answered)["GET", "/api/generation/{id}", "200"]
    moved = moves(before, after_the_end(team, before))
    moved.pop("user_active_sessions", None)  # the login was before, its sample may be after
    assert moved == {
        'asset_generations_total{status="failure",type="sound_effect"}': 1,
        'asset_generation_errors_total{error_type="storage_full",type="sound_effect"}': 1,
        'asset_generation_duration_seconds_count{type="sound_effect"}': 1,
        'ai_api_calls_total{model="procedural-audio",provider="procedural",status="success"}': 1,
        'ai_api_latency_seconds_count{model="procedural-audio",provider="procedural"}': 1,
        'user_actions_total{action="create",resource_type="generation"}': 1,
        'user_actions_total{action="read",resource_type="generation"}': polls,
    }


def test_statements_are_counted_by_operation_and_table(team: Server) -> None:
    before = team.scrape()
    asset_id = upload(team, b"[]")
    assert team.request("DELETE", f"/api/assets/{asset_id}").status_code == 204
    moved = team.scrape().moved_since(before)
    statements = {
        tuple(value for _, value in labels): change
        for (name, labels), change in moved.items()
        if name == "db_query_duration_seconds_count"
    }
    # Nothing else changes assets at this time; the background only reads them.
    assert statements["insert", "assets"] == 1
    assert statements["delete", "assets"] == 1
    assert ("update", "assets") not in statements


def test_connections_are_active_while_they_wait_for_the_database(team: Server) -> None:
    quiet = until("the pool is at rest", lambda: _at_rest(team.scrape()), 30)
    assert quiet.value("db_connections_idle") >= 1
    until("it is written after a wait", lambda: _is_written_after_a_wait(team))
    calm = until("the pool is at rest again", lambda: _at_rest(team.scrape()), 30)
    assert calm.value("db_connections_idle") <= calm.value("db_connections_max") == 20


def _is_written_after_a_wait(team: Server) -> bool:
    """Write while another has the lock; refused is it only where the lock was kept for too long."""
    path = team.data_dir / "asset-forge.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        ThreadPoolExecutor() as threads,
    ):
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        body = {"name": "waits for its turn to write"}
        written = threads.submit(team.request, "POST", "/api/projects", json=body)
        until("a connection waits", lambda: team.scrape().value("db_connections_active") >= 1, 30)
        other.execute("ROLLBACK")
        status = written.result().status_code
    assert status == 201 or (status == 503 and time.monotonic() - began > LOCK_SECONDS), status
    return status == 201


def _at_rest(scrape: Scrape) -> Scrape | None:
    return scrape if scrape.value("db_connections_active") == 0 else None


def test_every_answer_is_counted_by_endpoint_method_and_status(team: Server) -> None:
    paths = ("/api/assets/none", "/nowhere/at/all", "/nowhere/else", "/api/health/live")
    before, answered = team.scrape(), team.answered.copy()
    for path in paths:
        team.request("GET", path)
    team.request("POST", "/api/generation", json={"type": "weapon"})
    team.request("DELETE", "/api/assets")
    new = team.answered - answered
    after = team.scrape()
    assert set(new.values()) == {1}
    counted = {
        key: n - requests_counted(before).get(key, 0.0)
        for key, n in requests_counted(after).items()
    }
    assert {key: n for key, n in counted.items() if n} == {
        ("GET", "/metrics/business", "200"): 1,  # the first scrape, after it was written
        ("GET", "/api/assets/{id}", "404"): 1,
        ("GET", "unmatched", "404"): 2,
        ("GET", "/api/health/live", "200"): 1,
        ("POST", "/api/generation", "422"): 1,
        ("DELETE", "/api/assets", "405"): 1,
    }


def test_all_answers_of_this_module_are_counted_once_and_timed_once(team: Server) -> None:
    expected = {key: float(count) for key, count in team.answered.items()}
    scrape = team.scrape()
    counted = requests_counted(scrape)
    unmatched = {key for key in expected if key[1].startswith("/nowhere")}
    for key in unmatched:
        name = (key[0], "unmatched", key[2])
        expected[name] = expected.get(name, 0.0) + expected.pop(key)
    assert counted == _by_template(expected)
    timed = scrape.total("api_response_time_by_endpoint_seconds_count")
    assert timed == sum(counted.values())


def _by_template(answered: dict[tuple[str, str, str], float]) -> dict[tuple[str, str, str], float]:
    merged: dict[tuple[str, str, str], float] = {}
    for (method, path, status), count in answered.items():
        key = (method, path.replace("/assets/none", "/assets/{id}"), status)
        merged[key] = merged.get(key, 0.0) + count
    return merged
