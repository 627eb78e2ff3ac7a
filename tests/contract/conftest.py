"""Two services: one without sign-in, one that everybody has to sign in to.

Both are embedded first, with all defaults, and then on Postgres and S3.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest
from tests.deployments import Deployment
from tests.served import PROGRAM, Server, environment_of

PASSWORD = "correct horse battery staple"
MAX_UPLOAD = 1_000_000


@pytest.fixture(scope="session")
def single_team(
    deployment: Deployment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A service without sign-in: everybody is its operator."""
    home = tmp_path_factory.mktemp("single-team")
    variables = deployment() | {"MAX_UPLOAD_BYTES": str(MAX_UPLOAD)}
    service = Server(home / "var", home / "server.log", variables)
    try:
        service.start()
        yield service
    finally:
        service.close()


@pytest.fixture(scope="session")
def signed_in_only(
    deployment: Deployment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A service with local users: olivia, an operator, and the members max and mia."""
    home = tmp_path_factory.mktemp("signed-in-only")
    variables = deployment() | {"AUTH_PROVIDERS": "local"}
    for login, role in (("olivia", "operator"), ("max", "member"), ("mia", "member")):
        _create_user(environment_of(home / "var", variables), login, role)
    service = Server(home / "var", home / "server.log", variables)
    try:
        service.start()
        yield service
    finally:
        service.close()


def new_session(server: Server, login: str) -> str:
    """Log somebody in, and return what the header `Authorization` has to be."""
    body = {"provider": "local", "login": login, "password": PASSWORD}
    answer = server.request("POST", "/api/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    return f"Bearer {answer.json()['token']}"


@dataclass(frozen=True)
class People:
    """A client for each user, and one without a session."""

    olivia: httpx.Client
    max: httpx.Client
    mia: httpx.Client
    nobody: httpx.Client


@pytest.fixture(scope="session")
def people(signed_in_only: Server) -> Iterator[People]:
    """Sign the users in."""
    with ExitStack() as stack:

        def signed_in(login: str) -> httpx.Client:
            bearer = new_session(signed_in_only, login)
            return stack.enter_context(signed_in_only.client(authorization=bearer))

        yield People(
            olivia=signed_in("olivia"),
            max=signed_in("max"),
            mia=signed_in("mia"),
            nobody=stack.enter_context(signed_in_only.client()),
        )


@pytest.fixture
def api(single_team: Server) -> Iterator[httpx.Client]:
    """A client of the service without sign-in."""
    with single_team.client() as client:
        yield client


def _create_user(environment: dict[str, str], login: str, role: str) -> None:
    subprocess.run(
        [PROGRAM, "user", "create", "--login", login, "--role", role, "--password-stdin"],
        env=environment,
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )
