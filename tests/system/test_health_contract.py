"""The probes of the real server against the documented payloads, in each state, by real faults."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from tests.databases import PostgresServer, find_postgres
from tests.health_payloads import DEEP, LIVE, READY, shape, without
from tests.served import Server, ServerFactory, until
from tests.system.namespaces import serve_after

PROBE_SECONDS = 3.0
"""What an orchestrator gives a probe."""
SEEN_SECONDS = 20.0
HEALTHY_SECONDS = 90.0
"""More than for how long a query is shown as a strain that took a second in a stall."""
WITHOUT_QDRANT: dict[str, Any] = {
    **DEEP["checks"]["qdrant"],
    "details": {"configured": False},
}
HEALTHY: dict[str, Any] = {**DEEP, "checks": {**DEEP["checks"], "qdrant": WITHOUT_QDRANT}}


def probe(server: Server, name: str) -> httpx.Response:
    """Ask as an orchestrator does: it gives up after its time-out."""
    response = httpx.get(
        f"{server.url}/api/health/{name}", timeout=PROBE_SECONDS + 2, trust_env=False
    )
    assert response.headers["content-type"] == "application/json"
    return response


def deep_is(server: Server, status: str) -> dict[str, Any]:
    """Wait until the deep probe says a status; return what it says then."""

    said: dict[str, Any] = {}

    def looked() -> bool:
        said.update(probe(server, "deep").json())
        return said["status"] == status

    seconds = HEALTHY_SECONDS if status == "healthy" else SEEN_SECONDS
    try:
        until(f"deep says {status}", looked, seconds)
    except pytest.fail.Exception as error:
        pytest.fail(f"{error}; it says {said}")
    return said


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    """A server of the test's own, to be broken."""
    programs = find_postgres()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Postgres is installed, and with CI=true that is a failure")
        pytest.skip("no Postgres is installed")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


@pytest.fixture
def on_postgres(serve: ServerFactory, postgres: PostgresServer) -> Server:
    from asset_forge.database import schema

    url = postgres.url(postgres.create_database())
    schema.migrate(url)
    return serve({"DATABASE_URL": url, "RUN_JOBS": "false"})


def test_a_healthy_server_says_what_is_documented(server: Server) -> None:
    deep = deep_is(server, "healthy")
    assert shape(deep) == shape(HEALTHY)
    ready = probe(server, "ready")
    assert (ready.status_code, shape(ready.json())) == (200, shape(READY))
    assert ready.json()["checks"] == {"database": True, "qdrant": False}
    live = probe(server, "live")
    assert (live.status_code, shape(live.json())) == (200, shape(LIVE))
    startup = probe(server, "startup")
    assert (startup.status_code, startup.json()["status"]) == (200, "started")


def test_a_full_disk_is_degraded_and_goes_on_serving(serve: ServerFactory, tmp_path: Path) -> None:
    place = tmp_path / "volume"
    place.mkdir()
    command = serve_after(f"mount -t tmpfs -o size=32m tmpfs '{place}'")
    server = serve({"VOLUME_RESERVE_BYTES": "0"}, data_dir=place, command=command)
    assert deep_is(server, "healthy")["checks"]["disk"]["status"] == "healthy"
    ballast = Path(f"/proc/{server.process.pid}/root{place}") / "ballast"
    fill(ballast)
    until("the disk is unhealthy", lambda: check(server, "disk")["status"] == "unhealthy", 15)
    deep = deep_is(server, "degraded")
    disk = deep["checks"]["disk"]
    assert (disk["status"], disk["details"].pop("error")) == ("unhealthy", "ENOSPC")
    assert disk["details"]["usedPercent"] == 100.0
    assert shape(without(deep, "checks", "database")) == shape(
        without(HEALTHY, "checks", "database")
    )
    assert probe(server, "deep").status_code == probe(server, "ready").status_code == 200
    gauge = "health_check_status"
    until("the metric says so", lambda: server.scrape().value(gauge, check="disk") == 0, 15)
    ballast.unlink()
    until("it is well again", lambda: check(server, "disk")["status"] == "healthy", SEEN_SECONDS)


def fill(ballast: Path) -> None:
    """Take every byte that the volume has left."""
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


def test_a_stopped_database_is_unhealthy_and_comes_back(
    on_postgres: Server, postgres: PostgresServer
) -> None:
    server = on_postgres
    assert shape(deep_is(server, "healthy")) == shape(HEALTHY)
    postgres.stop(immediate=True)
    deep = deep_is(server, "unhealthy")
    assert probe(server, "deep").status_code == 503
    database = deep["checks"]["database"]
    assert set(database) == {"status", "latency", "details"}
    assert database["status"] == "unhealthy"
    assert (database["details"]["connected"], set(database["details"])) == (
        False,
        {"connected", "error"},
    )
    assert shape(without(deep, "checks", "database")) == shape(
        without(HEALTHY, "checks", "database")
    )
    ready = until("it is not ready", lambda: unready(server), SEEN_SECONDS)
    assert shape(ready) == shape(READY)
    assert (ready["status"], ready["checks"]["database"]) == ("not_ready", False)
    assert probe(server, "live").status_code == 200
    postgres.start()
    until("it is connected again", lambda: is_connected(server), SEEN_SECONDS)
    until("it is ready", lambda: probe(server, "ready").status_code == 200, SEEN_SECONDS)


def check(server: Server, name: str) -> dict[str, Any]:
    found: dict[str, Any] = probe(server, "deep").json()["checks"][name]
    return found


def is_connected(server: Server) -> bool:
    """Say whether the database answers; for a while it is still shown what it suffered."""
    found = check(server, "database")
    return found["details"]["connected"] is True and found["status"] != "unhealthy"


def unready(server: Server) -> dict[str, Any] | None:
    answer = probe(server, "ready")
    payload: dict[str, Any] = answer.json()
    return payload if answer.status_code == 503 else None


def test_a_hanging_database_holds_up_no_probe_and_makes_no_stampede(
    on_postgres: Server, postgres: PostgresServer
) -> None:
    server = on_postgres
    deep_is(server, "healthy")
    assert server.request("GET", "/api/assets").status_code == 200
    postmaster = psutil.Process(postgres.pid)
    postmaster.suspend()  # first: it starts no more children then
    stopped = [postmaster, *postmaster.children()]
    for process in stopped:
        with contextlib.suppress(psutil.NoSuchProcess):  # its client has just left it
            process.suspend()
    try:
        refused = [server.request("GET", "/api/assets") for _ in range(3)]
        assert {answer.status_code for answer in refused} == {503}
        # The machine may stand still for seconds, but hardly three times in a row.
        assert min(answer.elapsed.total_seconds() for answer in refused) < 8
        assert all("retry-after" in answer.headers for answer in refused)
        deep_is(server, "unhealthy")
        until("it is not ready", lambda: unready(server), SEEN_SECONDS)
        before = connections(server, postgres)
        seconds: list[float] = []
        for _ in range(100):
            deep = probe(server, "deep")
            assert deep.status_code == 503
            seconds.append(deep.elapsed.total_seconds())
            assert probe(server, "ready").status_code == 503
            assert probe(server, "live").status_code == 200
        # Of 200 probes none asks by itself: only the rounds in the background go on asking.
        assert connections(server, postgres) < before + 50, "probes pile up connections"
        # A machine that stands still holds up one or another; the service holds up none.
        assert sorted(seconds)[90] < PROBE_SECONDS
    finally:
        for process in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
    until("it is connected again", lambda: is_connected(server), SEEN_SECONDS)
    until("it is ready", lambda: probe(server, "ready").status_code == 200, SEEN_SECONDS)
    until(
        "requests are answered",
        lambda: server.request("GET", "/api/assets").status_code == 200,
        SEEN_SECONDS,
    )
    assert server.scrape().total("db_failures_total", reason="timeout") >= 1


def connections(server: Server, postgres: PostgresServer) -> int:
    """Count the server's connections to its database, those under way included."""
    found = server.process.net_connections("tcp")
    return sum(bool(one.raddr) and one.raddr.port == postgres.port for one in found)


def test_a_draining_server_says_so_at_once_and_lives_on(serve: ServerFactory) -> None:
    # Longer than the probes need here, also where the machine stands still between two of them.
    server = serve({"DRAIN_SECONDS": "12", "RUN_JOBS": "false"})
    server.process.send_signal(signal.SIGTERM)
    ready = until("readiness is down", lambda: unready(server), 5)
    assert shape(ready) == shape(READY)
    assert (ready["status"], ready["checks"]["database"]) == ("not_ready", True)
    assert (probe(server, "live").status_code, probe(server, "deep").status_code) == (200, 200)
    assert server.wait(60) == 0
