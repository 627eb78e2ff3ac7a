"""A table that is locked: seen by the metrics, the health check, and the alerts of a Prometheus."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.databases import PostgresServer
from tests.integration.monitoring.test_live_alerting import ask, running
from tests.ports import free_port
from tests.served import Server, ServerFactory, until

from asset_forge.monitoring import Options, render, write

SCALE = 0.05
POOL = 3
CLIENTS = 8


@pytest.fixture
def database(postgres_server: PostgresServer, migrated_postgres_template: str) -> Iterator[str]:
    name = postgres_server.create_database(migrated_postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@contextmanager
def locked_assets(url: str) -> Iterator[None]:
    """Hold the table of assets, as a migration by hand or a forgotten transaction would."""
    with psycopg.connect(url) as connection:
        connection.execute("LOCK TABLE assets IN ACCESS EXCLUSIVE MODE")
        yield
        connection.rollback()


@contextmanager
def clients_of(server: Server) -> Iterator[list[httpx.Response]]:
    """Ask for assets all the time, with more clients than there are connections."""
    answers: list[httpx.Response] = []
    done = threading.Event()

    def ask_on() -> None:
        with server.client() as client:
            while not done.is_set():
                answers.append(client.get("/api/assets"))

    threads = [threading.Thread(target=ask_on) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        done.set()
        for thread in threads:
            thread.join(60)


def database_check(server: Server) -> dict[str, Any]:
    check: dict[str, Any] = server.get("/api/health/deep")["checks"]["database"]
    return check


def strains(server: Server) -> set[str]:
    return set(database_check(server)["details"].get("strains", ()))


def test_slow_queries_and_a_pool_that_is_used_up_are_seen_everywhere(
    serve: ServerFactory, database: str, tmp_path: Path
) -> None:
    server = serve({"DATABASE_URL": database, "DATABASE_POOL_SIZE": str(POOL)})
    until("the database is healthy", lambda: database_check(server)["status"] == "healthy", 60)
    deploy, port = tmp_path / "deploy", free_port()
    write(render(Options(scale=SCALE, targets=(f"127.0.0.1:{server.port}",))), deploy)
    api = f"http://127.0.0.1:{port}/api/v1"

    def firing() -> set[str]:
        alerts = ask(f"{api}/alerts")["alerts"]
        return {one["labels"]["alertname"] for one in alerts if one["state"] == "firing"}

    with running(
        "prometheus", "--config.file=prometheus.yml", "--enable-feature=exemplar-storage",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--storage.tsdb.path={tmp_path / 'series'}",
        directory=deploy / "prometheus", ready=f"http://127.0.0.1:{port}/-/ready",
    ):  # fmt: skip
        with locked_assets(database), clients_of(server) as answers:
            until(
                "the pool is used up",
                lambda: server.scrape().total("db_connections_active") == POOL,
                30,
            )
            until(
                "requests without a connection are refused",
                lambda: server.scrape().total("db_failures_total", reason="pool_exhausted") > 0,
                30,
            )
            until(
                "the health check tells of both",
                lambda: {"pool_exhausted", "slow_queries"} <= strains(server),
                60,
            )
            assert database_check(server)["status"] == "degraded"
            assert server.request("GET", "/api/health/live").status_code == 200
            assert server.request("GET", "/api/health/ready").status_code == 200
            until("the alert on the pool fires", lambda: "DatabasePoolNearExhaustion" in firing())
            until("the alert on slow queries fires", lambda: "DatabaseSlow" in firing())
            assert "DatabaseDown" not in firing()
            scrape = server.scrape()
            assert scrape.total("db_connections_max") == POOL
            waits = scrape.total("db_connection_wait_seconds_count")
            quick = scrape.total("db_connection_wait_seconds_bucket", le="1.0")
            assert waits > quick
        refused = [answer for answer in answers if answer.status_code == 503]
        assert {answer.status_code for answer in answers} <= {200, 503}
        assert refused
        assert all(answer.headers["retry-after"] for answer in refused)
        until("the pool heals", lambda: server.request("GET", "/api/assets").status_code == 200, 30)
        until("the alert is over", lambda: "DatabasePoolNearExhaustion" not in firing())
        until("the health check heals", lambda: database_check(server)["status"] == "healthy", 90)
        until(
            "the pool is at rest, but for what works in the background",
            lambda: server.scrape().total("db_connections_active") <= 1,
            30,
        )
