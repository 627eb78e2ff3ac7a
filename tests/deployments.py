"""The two ways in which the whole API is tested: embedded, and on Postgres with S3.

A test that asks for `deployed_server` runs once on each; others build servers of their own with the
variables that `deployment` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.databases import PostgresServer
from tests.object_stores import S3Server
from tests.served import Server, serving

Deployment = Callable[[], dict[str, str]]
"""Returns the environment variables of a service with an empty database and empty storage."""


@pytest.fixture(scope="session", params=["embedded", "postgres+s3"])
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """Each of the two ways in turn."""
    if request.param == "embedded":
        return dict
    postgres: PostgresServer = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("migrated_postgres_template")
    s3: S3Server = request.getfixturevalue("s3_server")

    def variables() -> dict[str, str]:
        database = postgres.url(postgres.create_database(template))
        return {"DATABASE_URL": database, **s3.create_bucket().variables}

    return variables


@pytest.fixture(scope="session")
def deployed_server(
    deployment: Deployment, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server without sign-in that tests share, on each of the two in turn."""
    with serving(request.config, tmp_path_factory.mktemp("deployed")) as factory:
        yield factory(deployment())
