"""What users and operators may expect of several processes that share a database."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.databases import PostgresServer
from tests.served import PROGRAM, Server, ServerFactory, environment_of, stored_for, until
from tests.system.fleets import WORKER, Fleet, new_fleet
from tests.system.test_crashes import other_code, version_of

import asset_forge
from asset_forge.simulation.providers import SimulatedProviders, running_in_thread

PASSWORD = "a long enough password"
GUESSES = 10
"""Wrong passwords for one account that one client may try."""

MakeFleet = Callable[..., Fleet]


@pytest.fixture
def make_fleet(
    serve: ServerFactory, postgres_server: PostgresServer, tmp_path: Path
) -> Iterator[MakeFleet]:
    """Start two API processes, and one worker, on the machine of the first, or as many as named."""
    providers = SimulatedProviders(speed=20.0)
    with running_in_thread(providers) as url:

        def make(workers: int = 1, **variables: str) -> Fleet:
            return new_fleet(
                serve,
                postgres_server,
                tmp_path,
                providers,
                url,
                machines_of_workers=["first"] * workers,
                variables=variables,
            )

        yield make


def follow(api: Server, job_id: str, told: list[dict[str, Any]]) -> None:
    """Note the states that a job's events tell, until the server ends them."""
    with api.client() as client, client.stream("GET", f"/api/generation/{job_id}/events") as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))


def test_a_job_is_followed_and_cancelled_where_it_does_not_run(make_fleet: MakeFleet) -> None:
    fleet = make_fleet()
    fleet.providers.speed = 0.01  # its task would take minutes
    here, elsewhere = fleet.apis
    job_id = here.submit("prop", "a barrel")
    told: list[dict[str, Any]] = []
    with ThreadPoolExecutor(1) as threads:
        following = threads.submit(follow, elsewhere, job_id, told)
        until("its task is under way", lambda: fleet.providers.meshy.tasks)
        until(
            "its stage is told", lambda: following.done() or ("running", "generate") in seen(told)
        )
        asked = elsewhere.request("POST", f"/api/generation/{job_id}/cancel")
        assert (asked.status_code, asked.json()["cancelRequested"]) == (202, True)
        following.result(timeout=120)
    assert told[-1] == here.job(job_id)
    assert told[-1]["status"] == "cancelled"
    assert ("running", "generate") in seen(told)
    until("its end is counted", lambda: fleet.total("asset_generations_total") >= 1)
    assert fleet.total("asset_generations_total", status="cancelled") == 1
    assert fleet.listed("/api/assets") == []


def seen(told: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(state["status"], state["stage"]) for state in told}


def test_sessions_and_login_limits_are_those_of_all_processes(make_fleet: MakeFleet) -> None:
    fleet = make_fleet(workers=0, AUTH_PROVIDERS="local")
    one, other = fleet.apis
    for login in ("mia", "max"):
        create_user(fleet, login)
    session = f"Bearer {token_of(one, 'mia')}"
    with other.client(Authorization=session) as client:
        assert client.get("/api/auth/me").json()["login"] == "mia"
        assert client.post("/api/auth/logout").status_code == 204
    with one.client(Authorization=session) as client:
        assert client.get("/api/auth/me").status_code == 401
    guess = {"login": "max", "password": "not the password"}
    guesses = [
        (one, other)[n % 2].request("POST", "/api/auth/login", json=guess) for n in range(GUESSES)
    ]
    assert {answer.status_code for answer in guesses} == {401}
    for api in fleet.apis:
        refused = api.request(
            "POST", "/api/auth/login", json={"login": "max", "password": PASSWORD}
        )
        assert refused.status_code == 429
        assert refused.headers["retry-after"]


def create_user(fleet: Fleet, login: str) -> None:
    """Create a member in the fleet's database."""
    subprocess.run(
        [PROGRAM, "user", "create", "--login", login, "--role", "member", "--password-stdin"],
        env=environment_of(fleet.apis[0].data_dir, {"DATABASE_URL": fleet.database}),
        input=f"{PASSWORD}\n".encode(),
        check=True,
        capture_output=True,
    )


def token_of(api: Server, login: str) -> str:
    """Sign a user in, apart from the session that the server's own requests carry."""
    body = {"login": login, "password": PASSWORD}
    return str(api.request("POST", "/api/auth/login", json=body).json()["token"])


def test_a_rolling_restart_with_a_new_version_fails_and_strands_no_job(
    make_fleet: MakeFleet, serve: ServerFactory, tmp_path: Path
) -> None:
    older = other_code(
        tmp_path / "older", ("__init__.py", f'"{asset_forge.__version__}"', '"0.0.1"')
    )
    fleet = make_fleet(workers=2, PYTHONPATH=str(older))
    assert {version_of(api) for api in fleet.apis} == {"0.0.1"}
    fleet.providers.speed = 2.0  # so that jobs are under way whenever a process ends
    kinds = ("prop", "dialogue", "sound_effect")
    jobs: list[str] = []

    def submit(count: int) -> None:
        for _ in range(count):
            number = len(jobs)
            jobs.append(fleet.submit(number, kinds[number % 3], f"thing number {number}"))

    submit(12)
    versions: set[frozenset[str]] = set()
    for group in (fleet.apis, fleet.workers):
        for index, old in enumerate(group):
            command = WORKER if group is fleet.workers else (PROGRAM, "serve")
            new = serve(newer(old), data_dir=old.data_dir, command=command, start=False)
            new.spawn() if group is fleet.workers else new.start()
            if group is fleet.workers:
                until("the new worker takes jobs", lambda n=new: fleet.executor_of(n))
                found = fleet.rows("SELECT DISTINCT version FROM executors")
                versions.add(frozenset(str(row[0]) for row in found))
            group[index] = new
            submit(6)
            assert old.stop() == 0
    fleet.providers.speed = 20.0
    assert frozenset({"0.0.1", asset_forge.__version__}) in versions, "not side by side"
    ended = [fleet.apis[0].ended(job) for job in jobs]
    assert [(job["status"], job["error"]) for job in ended] == [("succeeded", None)] * len(jobs)
    assert {version_of(api) for api in fleet.apis} == {asset_forge.__version__}
    assets = fleet.listed("/api/assets")
    assert sorted(asset["generationId"] for asset in assets) == sorted(jobs)
    assert max(fleet.providers.journal.charged_per_claim().values()) == 1
    # A worker counts an end after its commit, which the API processes may tell of before.
    until("all ends are counted", lambda: fleet.total("asset_generations_total") >= len(jobs))
    assert fleet.total("asset_generations_total") == len(jobs)


def newer(old: Server) -> dict[str, str]:
    """Return a process's settings, and the code that is tested in place of the older."""
    return old.variables | {"PYTHONPATH": str(Path(asset_forge.__file__).parents[1])}


def test_a_worker_that_was_frozen_is_taken_over_and_fenced(
    make_fleet: MakeFleet, serve: ServerFactory
) -> None:
    fleet = make_fleet()
    fleet.providers.speed = 0.05  # its task takes minutes, until the speed is raised
    api, zombie = fleet.apis[0], fleet.workers[0]
    job_id = api.submit("prop", "a barrel")
    saved = "SELECT 1 FROM provider_claims WHERE task_id IS NOT NULL"
    until("its task is known", lambda: fleet.rows(saved))
    frozen = fleet.executor_of(zombie)
    zombie.process.suspend()
    fleet.providers.speed = 20.0
    for task in fleet.providers.meshy.tasks.values():
        task.finished = task.started  # done meanwhile
    second = serve(zombie.variables, data_dir=zombie.data_dir, command=WORKER, start=False)
    fleet.workers.append(second)
    second.spawn()
    assert api.ended(job_id)["status"] == "succeeded"
    until("its end is told", lambda: frozen in fleet.taken_over())
    zombie.process.resume()
    until("it is known again", lambda: fleet.executor_of(zombie) == frozen)
    later = [api.submit("dialogue", f"guard {n}") for n in range(4)]
    assert {api.ended(job)["status"] for job in later} == {"succeeded"}
    assert zombie.stop() == 0
    owners = [asset["generationId"] for asset in fleet.listed("/api/assets")]
    assert sorted(owners) == sorted([job_id, *later])
    assert set(fleet.providers.journal.charged_per_claim().values()) == {1}
    ends = 1 + len(later)
    until("all ends are counted", lambda: fleet.total("asset_generations_total") >= ends)
    assert fleet.total("asset_generations_total") == ends
    assert sorted(stored_for(fleet.objects)) == sorted([job_id, *later])
