"""What there is nothing at, and what a path does not take."""

from __future__ import annotations

import re

import httpx
import pytest
from tests.contract.problems import problem


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api",
        "/api/",
        "/api/nope",
        "/api/docs/nope",
        "/api/docs/a/b",
        "/api/health/nope",
        "/nope",
    ],
)
def test_an_unknown_path_is_a_problem(api: httpx.Client, path: str) -> None:
    assert path in problem(api.get(path), 404)["detail"]


def test_a_very_long_path_is_a_problem(api: httpx.Client) -> None:
    problem(api.get("/api/" + "x" * 8000), 404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/assets", {"GET", "POST", "OPTIONS"}),
        ("POST", "/api/assets/0", {"GET", "PATCH", "DELETE", "OPTIONS"}),
        ("DELETE", "/api/generation", {"GET", "POST", "OPTIONS"}),
        ("POST", "/metrics", {"GET", "OPTIONS"}),
        ("GET", "/api/auth/login", {"POST", "OPTIONS"}),
        ("DELETE", "/api/openapi.json", {"GET", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_answered_with_the_right_ones(
    api: httpx.Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = api.request(method, path)
    problem(answer, 405)
    assert {name.strip() for name in answer.headers["allow"].split(",")} == allowed


def test_a_probe_takes_no_other_method(api: httpx.Client) -> None:
    answer = api.post("/api/health/live")
    document = problem(answer, 405)
    assert len(document["traceId"]) == 32
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/api/assets", "/api/projects/0", "/metrics", "/api/generation"])
def test_options_names_every_method_of_a_path(api: httpx.Client, path: str) -> None:
    answer = api.options(path)
    assert answer.status_code == 204
    assert "GET" in answer.headers["allow"]
    refused = api.request("TRACE", path)
    assert set(answer.headers["allow"].split(", ")) == set(refused.headers["allow"].split(", "))


def test_head_of_a_file_describes_it(api: httpx.Client) -> None:
    files = {"file": ("a.json", b'{"a": 1}')}
    asset = api.post("/api/assets", data={"type": "dialogue"}, files=files).json()["id"]
    answer = api.head(f"/api/assets/{asset}/file")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "8"
    assert api.head("/api/assets/nonsense/file").status_code == 404


def test_head_is_refused_where_there_is_no_file(api: httpx.Client) -> None:
    answer = api.head("/metrics")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_a_request_that_is_no_http_is_refused(api: httpx.Client) -> None:
    assert api.request("BREW", "/api/assets").status_code in (400, 405)


def test_the_reader_shows_the_document_that_is_served(api: httpx.Client) -> None:
    shown = re.search(r'data-url="([^"]+)"', api.get("/api/docs").text)
    assert shown is not None
    assert api.get(shown[1]).json() == api.get("/api/openapi.json").json()
