"""How the probes are reached: methods, headers, mounts, and who sees details."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from tests.stillness import undisturbed

from asset_forge.observability.health import Details, HealthProbes, default_details

PROBES = ("live", "ready", "deep", "startup")


@pytest.mark.parametrize("name", PROBES)
async def test_head_gives_the_code_and_length_of_get_without_a_body(
    service: Any, name: str
) -> None:
    got = await service.ask(f"/api/health/{name}")
    head = await service.ask(f"/api/health/{name}", "HEAD")
    assert head.status_code == got.status_code
    assert head.headers["content-length"] == str(len(got.content))
    assert head.content == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("name", PROBES)
async def test_another_method_is_refused_with_the_allowed_ones(
    service: Any, name: str, method: str
) -> None:
    answer = await service.ask(f"/api/health/{name}", method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == 405
    assert service.app_calls == []


@pytest.mark.parametrize("name", PROBES)
async def test_no_answer_may_be_stored(service: Any, name: str) -> None:
    answer = await service.ask(f"/api/health/{name}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/", "/api/health", "/api/health/other", "/api/healthy/live"])
async def test_other_paths_reach_the_application(service: Any, path: str) -> None:
    assert (await service.ask(path)).status_code == 418
    assert service.app_calls == [path]


async def test_a_probe_is_found_below_a_mount_point(service: Any) -> None:
    probes = HealthProbes(service.app, service.health)
    transport = httpx.ASGITransport(probes, root_path="/forge")
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/forge/api/health/live")).status_code == 200


async def test_the_prefix_can_be_chosen(service: Any) -> None:
    transport = httpx.ASGITransport(HealthProbes(service.app, service.health, "/z"))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/z/live")).status_code == 200
        assert (await client.get("/api/health/live")).status_code == 418


@pytest.mark.parametrize("prefix", ["api", "/api/", ""])
async def test_a_prefix_that_could_not_match_is_refused(service: Any, prefix: str) -> None:
    with pytest.raises(ValueError, match="must begin with a slash and not end with one"):
        HealthProbes(service.app, service.health, prefix)


async def test_websockets_and_lifespan_reach_the_application(service: Any) -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    probes = HealthProbes(app, service.health)
    for kind in ("websocket", "lifespan"):
        await probes({"type": kind, "path": "/api/health/live"}, _nothing, _nothing)
    assert seen == ["websocket", "lifespan"]


async def test_the_application_is_not_asked_even_when_it_would_fail(service: Any) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError

    transport = httpx.ASGITransport(HealthProbes(broken, service.health))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/api/health/deep")).status_code == 200


async def _nothing(*_: Any) -> Any:
    return None


async def _yes(scope: Any) -> bool:
    return dict(scope["headers"]).get(b"authorization") == b"Bearer operator"


async def _broken(scope: Any) -> bool:
    raise RuntimeError


async def _hanging(scope: Any) -> bool:
    await asyncio.Event().wait()
    return True


async def test_an_authorized_caller_sees_details_and_another_the_word_only(
    make_service: Any,
) -> None:
    service = make_service(details=Details.AUTHORIZED, is_authorized=_yes)
    trusted = await service.ask("/api/health/deep", authorization="Bearer operator")
    stranger = await service.ask("/api/health/deep")
    assert trusted.json().keys() == {"status", "timestamp", "latency", "checks", "system"}
    assert stranger.json() == {"status": "healthy", "timestamp": "2025-11-12T10:30:00.000Z"}
    assert stranger.status_code == 200


@pytest.mark.parametrize("is_authorized", [None, _broken, _hanging])
@undisturbed
async def test_without_a_clear_yes_no_details_are_shown(
    make_service: Any, is_authorized: Any, short_pace: Any
) -> None:
    service = make_service(
        details=Details.AUTHORIZED,
        is_authorized=is_authorized,
        pace=short_pace,
        timeout_seconds=0.05,
    )
    answer = await service.ask("/api/health/deep", authorization="Bearer operator")
    assert (answer.status_code, set(answer.json())) == (200, {"status", "timestamp"})


async def test_none_hides_details_from_everyone_but_keeps_word_and_code(make_service: Any) -> None:
    service = make_service(details=Details.NONE, is_authorized=_yes)
    service.database.fault = OSError()
    answer = await service.ask("/api/health/deep", authorization="Bearer operator")
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
    assert set(answer.json()) == {"status", "timestamp"}


@pytest.mark.parametrize("details", list(Details))
async def test_readiness_shows_its_booleans_to_everyone(
    make_service: Any, details: Details
) -> None:
    service = make_service(details=details)
    assert (await service.probe("ready")).json()["checks"] == {"database": True, "qdrant": True}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", Details.FULL),
        ("127.8.9.1", Details.FULL),
        ("::1", Details.FULL),
        ("localhost", Details.FULL),
        ("0.0.0.0", Details.AUTHORIZED),
        ("::", Details.AUTHORIZED),
        ("10.0.0.1", Details.AUTHORIZED),
        ("forge.example", Details.AUTHORIZED),
    ],
)
def test_details_are_open_by_default_on_loopback_only(host: str, expected: Details) -> None:
    assert default_details(host) is expected
