"""Signing in with Privy on the real server: what is answered, counted and logged."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.served import Server, ServerFactory, until

KEY = ec.generate_private_key(ec.SECP256R1())
DID = "did:privy:cm4x1a2b3c"
APP = {"AUTH_PROVIDERS": "local,privy", "PRIVY_APP_ID": "cm-the-app"}


def token(**changes: object) -> str:
    now = int(time.time())
    claims = {"iss": "privy.io", "aud": "cm-the-app", "sub": DID, "iat": now, "exp": now + 600}
    return jwt.encode(claims | changes, KEY, algorithm="ES256", headers={"kid": "k-1"})


def login(server: Server, **body: object) -> httpx.Response:
    return server.request("POST", "/api/auth/login", json={"provider": "privy"} | body)


@pytest.fixture
def privy_server(serve: ServerFactory) -> Server:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    return serve(APP | {"PRIVY_VERIFICATION_KEY": pem.replace("\n", "\\n")})


def test_a_token_opens_a_session_and_what_is_none_is_told_counted_and_logged(
    privy_server: Server,
) -> None:
    answer = login(privy_server, token=token())
    assert answer.status_code == 200
    user = answer.json()["user"]
    assert (user["login"], user["provider"], user["role"]) == (DID, "privy", "member")
    bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = privy_server.request("GET", "/api/auth/me", headers=bearer)
    assert me.json()["id"] == user["id"]
    operators = privy_server.request("GET", "/api/errors", headers=bearer)
    assert operators.status_code == 403

    expired = login(privy_server, token=token(exp=int(time.time()) - 60))
    invalid = login(privy_server, token=token(aud="another-app"))
    assert (expired.status_code, invalid.status_code) == (401, 401)
    assert "expired" in expired.json()["detail"]
    assert "another app" in invalid.json()["detail"]
    scrape = privy_server.scrape()
    assert scrape.total("user_logins_total", provider="privy") == 1
    for reason in ("expired_token", "invalid_token"):
        assert scrape.total("login_failures_total", provider="privy", reason=reason) == 1
    outcomes = ["success", "expired_token", "invalid_token"]
    until("all three are logged", lambda: len(_logged_outcomes(privy_server)) >= len(outcomes))
    assert _logged_outcomes(privy_server) == outcomes
    assert DID not in privy_server.output()
    assert token().split(".")[0] not in privy_server.output()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "token"),
        ({"token": "x", "login": "max"}, "login"),
        ({"token": "x" * 8193}, "token"),
        ({"provider": "local", "token": "x"}, "login"),
        ({"provider": "local", "login": "max"}, "password"),
        ({"provider": "oracle", "token": "x"}, "provider"),
    ],
)
def test_each_provider_says_which_fields_it_takes(
    privy_server: Server, body: dict[str, Any], field: str
) -> None:
    answer = login(privy_server, **body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_while_privy_cannot_be_asked_a_login_is_503_and_no_session(serve: ServerFactory) -> None:
    server = serve(APP | {"PRIVY_JWKS_URL": "http://127.0.0.1:1/jwks.json"})
    answer = login(server, token=token())
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "does not answer" in answer.json()["detail"]
    assert server.scrape().total("login_failures_total", provider="privy", reason="other") == 1
    assert server.scrape().total("user_logins_total", provider="privy") == 0


def _logged_outcomes(server: Server) -> list[str]:
    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    return [line["outcome"] for line in lines if line["msg"].startswith("login")]
