from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import argon2
import httpx
import pytest
from litestar import Litestar, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException

from asset_forge import faults
from asset_forge.accounts import AccountService, PasswordHasher, Principal
from asset_forge.api.auth import AuthController
from asset_forge.api.problems import on_fault, on_http_exception
from asset_forge.api.sessions import COOKIE, provide_operator, provide_principal, signed_in
from asset_forge.catalog import DECLARATIONS
from asset_forge.database import Database
from asset_forge.observability.metrics import Registry

PASSWORD = "correct horse battery"
BODY = {"provider": "local", "login": "ada", "password": PASSWORD}
HOME = "https://forge.example"


@post("/change", status_code=204, guards=[signed_in])
async def change(principal: NamedDependency[Principal]) -> None:
    assert principal


@get("/operators", guards=[signed_in], dependencies={"operator": Provide(provide_operator)})
async def operators(operator: NamedDependency[Principal]) -> str:
    return operator.subject


@pytest.fixture
async def accounts(database: Database) -> AccountService:
    service = AccountService(
        database,
        registry=Registry(DECLARATIONS, strict=True),
        clock=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC),
        hasher=PasswordHasher(argon2.Parameters(argon2.Type.ID, 19, 16, 32, 1, 8, 1)),
    )
    await service.create_user("ada", PASSWORD, display_name="Ada Lovelace")
    return service


@pytest.fixture
def application(accounts: AccountService) -> Litestar:
    return Litestar(
        [AuthController, change, operators],
        dependencies={
            "accounts": Provide(lambda: accounts, sync_to_thread=False),
            "principal": Provide(provide_principal, sync_to_thread=False),
        },
        state=State({"accounts": accounts, "local_only": False}),
        exception_handlers={faults.Fault: on_fault, HTTPException: on_http_exception},
        logging_config=None,
        openapi_config=None,
    )


@pytest.fixture
async def client(application: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(cast("Any", application), client=("192.0.2.9", 5))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        yield client


async def token_of(client: httpx.AsyncClient) -> str:
    """Log in as a program does, keeping no cookie."""
    answer = await client.post("/api/auth/login", json=BODY)
    client.cookies.clear()
    return answer.json()["token"]


async def test_a_login_answers_token_expiry_and_user(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/auth/login", json=BODY)
    body = answer.json()
    assert answer.status_code == 200
    assert body["expiresAt"] == "2026-03-02T00:00:00.000Z"
    assert body["user"]["displayName"] == "Ada Lovelace"
    assert answer.headers["cache-control"] == "no-store"


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("/api/auth/login", json=BODY)
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}={answer.json()['token'].lower()};")
    for attribute in ("httponly", "samesite=lax", "secure", "path=/", "max-age=43200"):
        assert attribute in cookie


async def test_the_cookie_is_sent_without_tls_where_there_is_none(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.post("http://localhost/api/auth/login", json=BODY)
    assert "secure" not in answer.headers["set-cookie"].lower()


async def test_a_wrong_password_is_401(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/auth/login", json=BODY | {"password": "wrong password"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "the login or the password is wrong"


async def test_too_many_failures_are_429_whatever_address_they_claim(
    client: httpx.AsyncClient,
) -> None:
    for number in range(10):
        headers = {"x-forwarded-for": f"198.51.100.{number}"}
        wrong = BODY | {"password": "wrong password"}
        await client.post("/api/auth/login", json=wrong, headers=headers)
    answer = await client.post("/api/auth/login", json=BODY)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "900"


async def test_an_unknown_field_of_a_login_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/api/auth/login", json=BODY | {"role": "operator"})
    assert answer.status_code == 422


async def test_a_bearer_token_says_who_you_are(client: httpx.AsyncClient) -> None:
    headers = {"authorization": f"bearer {await token_of(client)}"}
    answer = await client.get("/api/auth/me", headers=headers)
    assert answer.json()["login"] == "ada"


async def test_a_cookie_says_who_you_are(client: httpx.AsyncClient) -> None:
    await client.post("/api/auth/login", json=BODY)
    assert (await client.get("/api/auth/me")).json()["login"] == "ada"


async def test_a_bearer_token_wins_over_a_cookie(client: httpx.AsyncClient) -> None:
    await client.post("/api/auth/login", json=BODY)
    answer = await client.get("/api/auth/me", headers={"authorization": "Bearer " + "x" * 43})
    assert answer.status_code == 401


async def test_nobody_is_401_with_the_scheme_to_use(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/auth/me")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_logout_ends_the_session_and_may_be_repeated(client: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {await token_of(client)}"}
    for _ in range(2):
        assert (await client.post("/api/auth/logout", headers=headers)).status_code == 204
    assert (await client.get("/api/auth/me", headers=headers)).status_code == 401


async def test_a_logout_removes_the_cookie(client: httpx.AsyncClient) -> None:
    await client.post("/api/auth/login", json=BODY)
    await client.post("/api/auth/logout", headers={"origin": HOME})
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 204),
        ({"sec-fetch-site": "none"}, 204),
        ({"origin": HOME}, 204),
        ({"origin": "https://forge.example:443"}, 204),
        ({}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": HOME}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "https://forge.example.evil.example"}, 403),
        ({"origin": "https://forge.example:8443"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "https://[broken"}, 403),
    ],
)
async def test_a_cookie_changes_something_only_for_its_own_site(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    await client.post("/api/auth/login", json=BODY)
    assert (await client.post("/change", headers=headers)).status_code == status


async def test_a_bearer_token_changes_something_from_anywhere(client: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {await token_of(client)}"}
    assert (await client.post("/change", headers=headers)).status_code == 204


async def test_another_site_cannot_log_its_visitors_in(client: httpx.AsyncClient) -> None:
    headers = {"origin": "https://evil.example"}
    answer = await client.post("/api/auth/login", json=BODY, headers=headers)
    assert answer.status_code == 403


async def test_a_member_is_no_operator(client: httpx.AsyncClient, accounts: AccountService) -> None:
    member = {"authorization": f"Bearer {await token_of(client)}"}
    assert (await client.get("/operators", headers=member)).status_code == 403
    await accounts.create_user("grace", PASSWORD, role="operator")
    answer = await client.post("/api/auth/login", json=BODY | {"login": "grace"})
    assert (await client.get("/operators")).text == "grace"
    assert answer.json()["user"]["role"] == "operator"


async def test_a_single_team_acts_as_the_built_in_operator(
    client: httpx.AsyncClient, accounts: AccountService
) -> None:
    await accounts.ensure_local_operator()
    assert (await client.get("/operators")).text == "local"
    assert (await client.post("/change")).status_code == 204


async def test_a_single_team_is_not_open_to_other_sites(
    client: httpx.AsyncClient, accounts: AccountService
) -> None:
    await accounts.ensure_local_operator()
    headers = {"origin": "https://evil.example"}
    assert (await client.post("/change", headers=headers)).status_code == 403


async def test_a_single_team_is_not_open_under_a_name_that_was_made_to_point_here(
    client: httpx.AsyncClient, accounts: AccountService, application: Litestar
) -> None:
    await accounts.ensure_local_operator()
    application.state.local_only = True
    answer = await client.get("/operators")
    assert answer.status_code == 403
    assert "'forge.example'" in answer.json()["detail"]
    for host in ("localhost:3004", "127.0.0.1:3004", "[::1]:3004", "forge.localhost"):
        assert (await client.get("/operators", headers={"host": host})).text == "local"
    bearer = {"authorization": f"Bearer {await token_of(client)}"}
    assert (await client.post("/change", headers=bearer)).status_code == 204


async def test_a_wrong_token_is_not_taken_for_the_built_in_operator(
    client: httpx.AsyncClient, accounts: AccountService
) -> None:
    await accounts.ensure_local_operator()
    headers = {"authorization": "Bearer wrong"}
    assert (await client.get("/operators", headers=headers)).status_code == 401
