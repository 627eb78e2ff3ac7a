"""Several processes on one Postgres, as on two machines: who runs what, and how it is disturbed.

Each machine is a data directory, and with it a group of processes whose metrics are served
together; all share the database, the store of files and the (simulated) providers.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from tests.databases import PostgresServer, find_postgres
from tests.served import PROGRAM, START_SECONDS, Server, ServerFactory, until

from asset_forge.database import schema
from asset_forge.simulation.providers import SimulatedProviders, environment, running_in_thread

WORKER = (PROGRAM, "worker", "--port", "0")
LIMITS = {"meshy": 8, "openai": 6, "anthropic": 6, "elevenlabs": 5}
"""How many jobs of each provider may run at once, over all processes."""


@dataclass(frozen=True, slots=True)
class Kill:
    """A worker that was killed, and what it was at."""

    at: float  # seconds since 1970
    executor: str | None  # None before it had registered
    jobs: tuple[str, ...]


@dataclass
class Fleet:
    """The processes, and what was done to them."""

    apis: list[Server]
    workers: list[Server]
    postgres: PostgresServer
    database: str
    providers: SimulatedProviders
    objects: Path
    kills: list[Kill] = field(default_factory=list[Kill])
    cut_off: list[int] = field(default_factory=list[int])
    """Submissions whose API process ended after it had taken the request, or as it did."""

    def submit(self, number: int, type_: str, prompt: str) -> str:
        """Ask one API process for an asset, and the other where that one is gone; return the id."""
        body = {"name": prompt, "type": type_, "prompt": prompt, "seed": number}
        key = {"Idempotency-Key": f"job {number}"}
        for api in itertools.islice(itertools.cycle(self.apis), number % 2, number % 2 + 100):
            try:
                answer = api.request("POST", "/api/generation", json=body, headers=key)
            except httpx.TransportError as error:
                if not isinstance(error, httpx.ConnectError):
                    self.cut_off.append(number)
                time.sleep(0.1)  # as a client does before it tries another address
                continue
            assert answer.status_code == 202, answer.text
            return str(answer.json()["id"])
        pytest.fail("neither API process answers")

    def executor_of(self, worker: Server) -> str | None:
        """Return the id under which a worker takes jobs."""
        query = "SELECT id FROM executors WHERE pid = %s"
        found = self.rows(query, worker.process.pid)
        return str(found[0][0]) if found else None

    def running_on(self, executor: str | None) -> tuple[str, ...]:
        """Return the jobs whose workflows are a process's."""
        found = self.rows(
            "SELECT workflow_uuid FROM dbos.workflow_status"
            " WHERE executor_id = %s AND status = 'PENDING'",
            executor,
        )
        return tuple(sorted(str(row[0]).partition(".")[0] for row in found))

    def busy_workers(self) -> list[Server]:
        """Return the workers that execute jobs at the moment."""
        return [one for one in self.workers if self.running_on(self.executor_of(one))]

    def kill(self, worker: Server) -> None:
        """Kill a worker without warning, and put another in its place."""
        executor = self.executor_of(worker)
        worker.kill()
        self.kills.append(Kill(time.time(), executor, self.running_on(executor)))
        worker.spawn()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def listed(self, path: str) -> list[dict[str, Any]]:
        """Read all pages of a list."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.apis[0].get(f"{path}?limit=100{cursor}")
            found += page["items"]
            if page["nextCursor"] is None:
                return found
            cursor = f"&cursor={page['nextCursor']}"

    def total(self, name: str, **labels: str) -> float:
        """Return a counter's sum over both machines; each API process answers for its own."""
        return sum(api.scrape().total(name, **labels) for api in self.apis)

    def output(self) -> str:
        """Return what all processes have printed."""
        return "\n".join(server.output() for server in (*self.apis, *self.workers))

    def taken_over(self) -> dict[str, float]:
        """Return when each dead process was noticed, in seconds since 1970."""
        lines = [json.loads(s) for s in self.output().splitlines() if "unclean_shutdown" in s]
        return {line["msg"].split()[3]: line["time"] / 1000 for line in lines}


def shared_variables(url: str, database: str, objects: Path) -> dict[str, str]:
    """Return what all processes are told: the providers, the database, the store of files."""
    return {
        **environment(url),
        **{f"{name.upper()}_CONCURRENCY": str(limit) for name, limit in LIMITS.items()},
        "DATABASE_URL": database,
        "STORAGE_URL": objects.as_uri(),
        "MESHY_POLL_SECONDS": "0.25",
        "PROMPT_EXPANSION": "off",
        "PROCEDURAL_FALLBACK": "false",
        "DATABASE_POOL_SIZE": "5",
    }


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A Postgres server of the test's own, to be broken."""
    programs = find_postgres()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Postgres is installed, and with CI=true that is a failure")
        pytest.skip("no Postgres is installed")
    server = PostgresServer(programs)
    server.start()
    yield server
    server.close()


def new_fleet(
    serve: ServerFactory,
    postgres: PostgresServer,
    place: Path,
    providers: SimulatedProviders,
    url: str,
    *,
    machines_of_workers: Sequence[str] = ("first",),
    variables: Mapping[str, str] | None = None,
) -> Fleet:
    """Start an API process on each of two machines, and a worker on each that is named."""
    database = postgres.url(postgres.create_database())
    schema.migrate(database)
    objects = place / "objects"
    objects.mkdir()
    shared = shared_variables(url, database, objects) | dict(variables or {})
    workers = [
        serve(shared, data_dir=place / name, command=WORKER, start=False)
        for name in machines_of_workers
    ]
    no_jobs = shared | {"RUN_JOBS": "false"}
    apis = [serve(no_jobs, data_dir=place / name) for name in ("first", "second")]
    for worker in workers:
        worker.spawn()
    fleet = Fleet(apis, workers, postgres, database, providers, objects)
    for worker in workers:  # a machine without a living process would count from 0 again
        until("a worker takes jobs", lambda one=worker: fleet.executor_of(one), START_SECONDS)
    return fleet


@pytest.fixture
def fleet(serve: ServerFactory, own_postgres: PostgresServer, tmp_path: Path) -> Iterator[Fleet]:
    """Two API processes and three workers on one Postgres."""
    providers = SimulatedProviders(speed=20.0)
    machines = ("first", "first", "second")
    with running_in_thread(providers) as url:
        yield new_fleet(serve, own_postgres, tmp_path, providers, url, machines_of_workers=machines)
