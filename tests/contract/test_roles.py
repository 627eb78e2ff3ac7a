"""Who sees what: nobody, members, operators."""

from __future__ import annotations

import secrets
from typing import Any

import httpx
import pytest
from tests.contract.conftest import PASSWORD, People
from tests.contract.problems import problem
from tests.served import Server, ServerFactory

OPEN = {
    ("POST", "/api/auth/login"),  # 422 without a body, and never a session
    ("POST", "/api/auth/logout"),  # ends no session where there is none
    ("GET", "/metrics"),  # METRICS_TOKEN closes both
    ("GET", "/metrics/business"),
}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("POST", "/api/generation"): {"json": {"name": "A", "type": "prop", "prompt": "a barrel"}},
    ("POST", "/api/assets"): {"data": {"type": "prop"}, "files": {"file": ("a.json", b"{}")}},
    ("GET", "/api/assets/search"): {"params": {"q": "a"}},
    ("PATCH", "/api/assets/asset_id"): {"json": {"name": "A"}},
    ("POST", "/api/projects"): {"json": {"name": "A"}},
    ("PATCH", "/api/projects/project_id"): {"json": {"name": "A"}},
    ("PUT", "/api/admin/log-levels"): {"json": {"levels": {}}},
}
OPERATORS_ONLY = (
    ("GET", "/api/errors", None),
    ("GET", "/api/errors/0", None),
    ("POST", "/api/errors/0/resolve", None),
    ("GET", "/api/admin/log-levels", None),
    ("PUT", "/api/admin/log-levels", {"levels": {"root": "info"}}),
)


def _routes(client: httpx.Client) -> list[tuple[str, str]]:
    document = client.get("/api/openapi.json").json()
    return [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in document["paths"].items()
        for method in methods
    ]


def test_every_route_but_the_open_ones_asks_for_a_session(people: People) -> None:
    routes = _routes(people.nobody)
    assert set(routes) >= OPEN
    assert {route for route in routes if route[0] in ("PATCH", "PUT")} <= BODIES.keys()
    for method, path in set(routes) - OPEN:
        sent = BODIES.get((method, path), {})
        answer = people.nobody.request(method, path, **sent)
        assert answer.status_code == 401, f"{method} {path}: {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/assets"),
        ("GET", "/api/assets/search?q=a"),
        ("GET", "/api/assets/0"),
        ("GET", "/api/assets/0/file"),
        ("DELETE", "/api/assets/0"),
        ("GET", "/api/generation"),
        ("GET", "/api/generation/0"),
        ("GET", "/api/generation/0/events"),
        ("POST", "/api/generation/0/cancel"),
        ("GET", "/api/projects"),
        ("GET", "/api/auth/me"),
        ("GET", "/api/errors"),
        ("GET", "/api/admin/log-levels"),
    ],
)
def test_without_a_session_the_answer_says_how_to_get_one(
    people: People, method: str, path: str
) -> None:
    answer = people.nobody.request(method, path)
    assert "log in" in problem(answer, 401)["detail"]
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["Bearer nonsense", "Bearer", "Basic bWF4Om1heA=="])
def test_a_token_that_is_none_is_refused(people: People, authorization: str) -> None:
    headers = {"authorization": authorization}
    problem(people.nobody.get("/api/assets", headers=headers), 401)


@pytest.mark.parametrize(
    "path", ["/api/health/live", "/api/health/ready", "/api/health/startup", "/api/docs"]
)
def test_probes_and_docs_are_open(people: People, path: str) -> None:
    assert people.nobody.get(path).status_code == 200


def test_metrics_ask_for_their_token_where_there_is_one(serve: ServerFactory) -> None:
    server = serve({"METRICS_TOKEN": "only-prometheus-knows"})
    for path in ("/metrics", "/metrics/business"):
        answer = server.request("GET", path)
        assert "METRICS_TOKEN" in problem(answer, 401)["detail"]
        headers = {"authorization": "Bearer only-prometheus-knows"}
        assert server.request("GET", path, headers=headers).status_code == 200
    assert server.request("GET", "/api/health/live").status_code == 200


def test_a_wrong_password_does_not_say_which_part_was_wrong(signed_in_only: Server) -> None:
    answers = [
        problem(_login(signed_in_only, login, "wrong"), 401)["detail"]
        for login in ("mia", f"nobody-{secrets.token_hex(4)}")
    ]
    assert answers[0] == answers[1]
    assert _login(signed_in_only, "mia", PASSWORD).status_code == 200


def _login(server: Server, login: str, password: str) -> httpx.Response:
    body = {"login": login, "password": password}
    return server.request("POST", "/api/auth/login", json=body)


@pytest.fixture(scope="module")
def belongings(people: People) -> dict[str, str]:
    """A project, a job and an asset of max's, as the paths that they are at."""
    project = people.max.post("/api/projects", json={"name": f"Max {secrets.token_hex(4)}"})
    job = people.max.post(
        "/api/generation",
        json={"name": "Talk", "type": "dialogue", "prompt": "a guard", "options": {"nodes": 6}},
    )
    files = {"file": ("max.json", b'{"of": "max"}')}
    asset = people.max.post("/api/assets", data={"type": "dialogue"}, files=files)
    assert {project.status_code, job.status_code, asset.status_code} == {201, 202}
    return {
        "project": project.headers["location"],
        "job": job.headers["location"],
        "asset": asset.headers["location"],
    }


def test_a_member_and_the_operators_see_what_is_the_members(
    people: People, belongings: dict[str, str]
) -> None:
    for path in belongings.values():
        assert people.max.get(path).status_code == 200
        assert people.olivia.get(path).status_code == 200
    for listing in ("/api/projects", "/api/generation", "/api/assets"):
        id_ = {path.rpartition("/")[2] for path in belongings.values()}
        listed: Any = people.olivia.get(listing).json()["items"]
        assert id_ & {item["id"] for item in listed}
        theirs: Any = people.mia.get(listing).json()["items"]
        assert not id_ & {item["id"] for item in theirs}


@pytest.mark.parametrize(
    ("method", "thing", "suffix"),
    [
        ("GET", "project", ""),
        ("PATCH", "project", ""),
        ("DELETE", "project", ""),
        ("GET", "job", ""),
        ("GET", "job", "/events"),
        ("POST", "job", "/cancel"),
        ("GET", "asset", ""),
        ("GET", "asset", "/file"),
        ("PATCH", "asset", ""),
        ("DELETE", "asset", ""),
    ],
)
def test_what_is_another_members_is_not_there(
    people: People, belongings: dict[str, str], method: str, thing: str, suffix: str
) -> None:
    body = {"name": "Mine now"} if method == "PATCH" else None
    path = belongings[thing] + suffix
    theirs = problem(people.mia.request(method, path, json=body), 404)
    nowhere = problem(people.mia.request(method, path.replace("-", "0"), json=body), 404)
    assert theirs["detail"].partition("'")[0] == nowhere["detail"].partition("'")[0]


def test_a_member_cannot_put_things_into_anothers_project(
    people: People, belongings: dict[str, str]
) -> None:
    project = belongings["project"].rpartition("/")[2]
    body = {"name": "A", "type": "prop", "prompt": "a barrel", "projectId": project}
    problem(people.mia.post("/api/generation", json=body), 404)


@pytest.mark.parametrize(("method", "path", "body"), OPERATORS_ONLY)
def test_an_operators_route_is_refused_to_members(
    people: People, method: str, path: str, body: object
) -> None:
    assert "operator" in problem(people.max.request(method, path, json=body), 403)["detail"]
    assert people.olivia.request(method, path, json=body).status_code in (200, 404)


def test_a_member_gives_no_quota(people: People) -> None:
    answer = people.max.post("/api/projects", json={"name": "Endless", "quotaBytes": 5})
    problem(answer, 403)
