"""Limits that hold over all processes: each provider's queue is one, however many work on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.served import Server, ServerFactory, until

from asset_forge.simulation.providers import (
    Fault,
    SimulatedProviders,
    environment,
    running_in_thread,
)

JOBS = 8
LIMIT = 2


def pair(serve: ServerFactory, variables: dict[str, str], place: Path, url: str) -> list[Server]:
    """Start two processes on one database and one storage."""
    if url.startswith("sqlite"):
        return [serve(variables, data_dir=place) for _ in range(2)]
    shared = {"DATABASE_URL": url, "STORAGE_URL": (place / "objects").as_uri()}
    return [serve(variables | shared, data_dir=place / name) for name in ("one", "two")]


def spans(simulated: SimulatedProviders) -> list[tuple[float, float]]:
    """Return for each job the time from its first task's submission to its last task's end."""
    found: dict[str, tuple[float, float]] = {}
    for task in simulated.meshy.tasks.values():
        begin, end = found.get(task.prompt, (task.created, task.finished))
        found[task.prompt] = (min(begin, task.created), max(end, task.finished))
    return list(found.values())


def most_at_once(intervals: list[tuple[float, float]]) -> int:
    return max(sum(b <= begin < e for b, e in intervals) for begin, _ in intervals)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"], indirect=True)
def test_two_processes_ask_a_provider_for_no_more_at_once_than_it_allows(
    serve: ServerFactory, tmp_path: Path, database_url: str
) -> None:
    simulated = SimulatedProviders(speed=8, seed=5)
    with running_in_thread(simulated) as url:
        variables = environment(url) | {
            "MESHY_CONCURRENCY": str(LIMIT),
            "MESHY_POLL_SECONDS": "0.1",
            "PROMPT_EXPANSION": "off",
            "PROCEDURAL_FALLBACK": "false",
        }
        one, two = pair(serve, variables, tmp_path, database_url)
        jobs = [(one, two)[n % 2].submit("prop", f"barrel number {n}") for n in range(JOBS)]
        ended = [one.ended(job_id) for job_id in jobs]
        assert [job["status"] for job in ended] == ["succeeded"] * JOBS
        posts = simulated.journal.requests("meshy", method="POST")
        assert len(posts) == 2 * JOBS
        assert len({post.claim for post in posts}) == 2 * JOBS
        assert most_at_once(spans(simulated)) == LIMIT


def test_a_provider_that_hangs_takes_no_worker_from_the_others(
    serve: ServerFactory,
) -> None:
    simulated = SimulatedProviders(speed=200, seed=6)
    simulated.set_fault("meshy", Fault.TIMEOUT, method="POST")
    with running_in_thread(simulated) as url:
        server = serve(environment(url) | {"JOB_CONCURRENCY": "1", "PROMPT_EXPANSION": "off"})
        stuck = [server.submit("prop", f"barrel {n}", provider="meshy") for n in range(4)]
        until("meshy hangs", lambda: len(simulated.journal.requests("meshy")) == len(stuck))
        free = server.submit(
            "sound_effect", options={"durationSeconds": 0.1}, provider="procedural"
        )
        assert server.ended(free)["status"] == "succeeded"
        assert {server.job(job_id)["status"] for job_id in stuck} == {"running"}
