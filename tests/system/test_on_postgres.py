"""The service on Postgres: the same jobs, and what its probes and jobs do while it is away.

The Postgres server is one of the test's own, since it is broken on purpose.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from tests.databases import PostgresServer, find_postgres
from tests.served import PROGRAM, Server, ServerFactory, environment_of, until
from tests.system.held_work import held

SEEN_SECONDS = 20.0
"""Within this the probes tell of a database that went or came back; the machines are busy."""


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    programs = find_postgres()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Postgres is installed, and with CI=true that is a failure")
        pytest.skip("no Postgres is installed")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


def asset_forge(command: str, server: Server, variables: dict[str, str]) -> str:
    environment = environment_of(server.data_dir, variables)
    done = subprocess.run(
        [PROGRAM, command],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return f"{done.returncode} {done.stderr}"


def started(serve: ServerFactory, postgres: PostgresServer) -> Server:
    """Start a server on a database of its own, which it finds migrated."""
    variables = {"DATABASE_URL": postgres.url(postgres.create_database())}
    server = serve(variables, start=False)
    assert asset_forge("migrate", server, variables).startswith("0 ")
    server.start()
    return server


def probe(server: Server, name: str) -> int:
    try:
        return server.request("GET", f"/api/health/{name}").status_code
    except httpx.TransportError:
        return 0


def test_a_database_without_a_schema_is_named_and_migrated_on_request(
    serve: ServerFactory, postgres: PostgresServer
):
    variables = {"DATABASE_URL": postgres.url(postgres.create_database())}
    server = serve(variables, start=False)
    refused = asset_forge("serve", server, variables)
    assert refused.startswith("2 ")
    assert "run `asset-forge migrate`" in refused
    assert asset_forge("migrate", server, variables).startswith("0 ")
    server.start()
    assert server.ended(server.submit("dialogue", "a guard"))["status"] == "succeeded"
    assert server.stop() == 0
    with psycopg.connect(variables["DATABASE_URL"]) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables"
        ).fetchall()
    # The jobs' own tables are beside ours, on the same server.
    assert ("dbos", "workflow_status") in tables
    assert {schema for schema, name in tables if name in ("assets", "generations")} == {"public"}


def test_jobs_of_a_killed_server_are_finished_by_another_on_the_same_database(
    serve: ServerFactory, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
):
    first = started(serve, postgres)
    options = {"textureSize": 256}
    with held(first):
        jobs = [first.submit("weapon", f"sword number {i}", options=options) for i in range(4)]
        until("a job runs", lambda: are_running(first, jobs))
        first.kill()
    second = serve(first.variables, data_dir=first.data_dir)
    assert [second.ended(job)["status"] for job in jobs] == ["succeeded"] * 4
    assets = second.get("/api/assets?limit=100")["items"]
    assert sorted(asset["generationId"] for asset in assets) == sorted(jobs)


def are_running(server: Server, jobs: list[str]) -> bool:
    return any(server.job(job)["status"] == "running" for job in jobs)


def test_while_postgres_is_away_the_probes_say_so_and_accepted_jobs_wait(
    serve: ServerFactory, postgres: PostgresServer
):
    server = started(serve, postgres)
    with held(server):
        job = server.submit("music", "a calm village", options={"durationSeconds": 20})
        until("the job runs", lambda: server.job(job)["stage"] == "generate")
        postgres.stop(immediate=True)
    until("the deep probe is 503", lambda: probe(server, "deep") == 503, SEEN_SECONDS)
    until("readiness is 503", lambda: probe(server, "ready") == 503, SEEN_SECONDS)
    assert probe(server, "live") == 200
    refused = server.request("GET", "/api/assets")
    assert refused.status_code == 503
    assert "retry-after" in refused.headers
    postgres.start()
    until("readiness is back", lambda: probe(server, "ready") == 200, SEEN_SECONDS)
    assert server.ended(job)["status"] == "succeeded"
    until("its end is counted", lambda: server.scrape().total("asset_generations_total") >= 1)
    assert server.scrape().total("asset_generations_total", status="success") == 1


def test_a_job_whose_beginning_the_database_lost_goes_on(
    serve: ServerFactory, postgres: PostgresServer
):
    # As after a crash without synchronous commits, or when a replica that lags takes over.
    server = started(serve, postgres)
    with held(server):
        job = server.submit("sound_effect", "a door")
        until("the job runs", lambda: server.job(job)["stage"] == "generate")
        began = server.job(job)["startedAt"]
        with psycopg.connect(server.variables["DATABASE_URL"]) as connection:
            lost = connection.execute(
                "UPDATE generations SET status = 'queued', runs = 0, started_at = NULL,"
                " stage = NULL WHERE status = 'running'"
            )
            assert lost.rowcount == 1
    ended = server.ended(job)
    assert (ended["status"], ended["startedAt"]) == ("succeeded", began)
    with psycopg.connect(server.variables["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT runs FROM generations").fetchall() == [(1,)]
    until("its end is counted", lambda: server.scrape().total("asset_generations_total") >= 1)
    assert server.scrape().total("asset_generations_total", status="success") == 1
