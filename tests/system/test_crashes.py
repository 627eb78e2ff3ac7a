"""The real server and its child processes, killed while they work: no job is lost or made twice."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.served import Server, ServerFactory, stored_for, until
from tests.system.held_work import held, makers

import asset_forge

GENERATIONS = "asset_generations_total"
SHORT: dict[str, Any] = {"durationSeconds": 0.1}
SMALL: dict[str, Any] = {"textureSize": 256}
LONG: dict[str, Any] = {"durationSeconds": 120}
HUGE: dict[str, Any] = {"textureSize": 2048}
"""A texture that takes many seconds, for jobs that never come to their end."""


def succeeded(server: Server) -> float:
    return server.scrape().total("asset_generations_total", status="success")


def counted_ends(server: Server) -> float:
    return server.scrape().total("asset_generations_total")


def assert_each_made_one_asset(server: Server, jobs: list[str]) -> None:
    """Hold jobs, records and stored files against each other, one of each."""
    for job_id in jobs:
        ended = server.ended(job_id)
        assert ended["status"] == "succeeded", ended["error"]
    assets = server.get("/api/assets?limit=100")["items"]
    assert sorted(asset["generationId"] for asset in assets) == sorted(jobs)
    for asset in assets:
        file = server.request("GET", f"/api/assets/{asset['id']}/file")
        assert len(file.content) == asset["sizeBytes"]
    assert sorted(stored_for(server.data_dir / "objects")) == sorted(jobs), "orphans or losses"


def test_eight_generations_survive_a_kill_and_make_eight_assets(serve: ServerFactory) -> None:
    server = serve()
    jobs = [server.submit("weapon", f"sword number {n}", options=SMALL) for n in range(3)]
    until("some are done", lambda: succeeded(server) >= 2)
    with held(server):
        jobs += [server.submit("weapon", f"sword number {n}", options=SMALL) for n in range(3, 8)]
        until("others are under way", lambda: are_made(server, jobs))
        server.kill()
    server.start()
    assert_each_made_one_asset(server, jobs)
    # A lone server's counters begin anew with it; every job that it ended counts, and once.
    assert counted_ends(server) <= 8 - 2


def are_made(server: Server, jobs: list[str]) -> bool:
    """Say whether one of the jobs is at the step in which all are held."""
    found = [server.job(job_id) for job_id in jobs]
    return any((job["status"], job["stage"]) == ("running", "generate") for job in found)


def test_counters_of_a_group_are_exact_but_for_one_increment_a_kill(serve: ServerFactory) -> None:
    """Another process of the group lives on, so that the counters do not begin anew."""
    witness = serve({"RUN_JOBS": "false"})
    worker = serve()
    jobs = [witness.submit("weapon", f"axe number {n}", options=SMALL) for n in range(4)]
    until("some are done", lambda: succeeded(witness) >= 3)
    with held(worker):
        jobs += [witness.submit("weapon", f"axe number {n}", options=SMALL) for n in range(4, 8)]
        until("others are under way", lambda: are_made(witness, jobs))
        worker.kill()
    worker.start()
    assert_each_made_one_asset(witness, jobs)
    # The worker counts an end after its commit, and that it is at it no more only later.
    until("all is counted", lambda: witness.scrape().total("generations_in_progress") == 0)
    scrape = witness.scrape()
    kinds = {labels: n for (name, labels), n in scrape.samples.items() if n and name == GENERATIONS}
    assert list(kinds) == [(("status", "success"), ("type", "weapon"))]
    assert kinds.popitem()[1] in (7.0, 8.0)
    timed = scrape.value("asset_generation_duration_seconds_count", type="weapon")
    assert timed in (7.0, 8.0)
    assert scrape.total("generations_in_progress") == 0
    actions = scrape.value("user_actions_total", action="create", resource_type="generation")
    assert actions == 8


def test_children_end_with_a_killed_server(serve: ServerFactory) -> None:
    server = serve({"JOB_CONCURRENCY": "1"})
    job_id = server.submit("texture", options=HUGE)
    until("it makes the texture", lambda: _is_at_work(server, job_id))
    children = server.process.children(recursive=True)
    assert children
    server.kill()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert [child for child in alive if _is_alive(child)] == []


def test_a_job_that_takes_its_process_down_three_times_is_given_up(serve: ServerFactory) -> None:
    server = serve({"JOB_CONCURRENCY": "1"})
    job_id = server.submit("texture", options=HUGE)
    for run in range(1, 4):
        until(f"run {run} makes the texture", lambda: _is_at_work(server, job_id))
        server.kill()
        server.start()
    ended = server.ended(job_id)
    assert (ended["status"], ended["error"]["type"]) == ("failed", "poisoned")
    name = "asset_generation_errors_total"
    until("its end is counted", lambda: server.scrape().total(name))
    assert server.scrape().total(name, error_type="poisoned") == 1
    other = server.ended(server.submit("sound_effect", options=SHORT))
    assert other["status"] == "succeeded"


def _is_at_work(server: Server, job_id: str) -> bool:
    """Say whether this server's children make the job's asset, and not only its row says so."""
    running = server.scrape().total("generations_in_progress") == 1
    return running and server.job(job_id)["stage"] == "generate" and bool(makers(server))


@pytest.fixture
def one_worker(serve: ServerFactory) -> Server:
    """A server with one child process, which is past its warming up and waits for work."""
    server = serve({"JOB_CONCURRENCY": "1", "PROCEDURAL_PROCESSES": "1"})
    first = server.ended(server.submit("sound_effect", options=SHORT))
    assert server.request("DELETE", f"/api/assets/{first['assetId']}").status_code == 204
    return server


def kill_worker(server: Server, job_id: str) -> None:
    """Kill the process that makes the job's asset, and see it gone."""

    def busy() -> psutil.Process | None:
        for process in makers(server) if _is_at_work(server, job_id) else ():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()  # so that it cannot end before it is killed
                if _is_at_work(server, job_id):
                    return process
                process.resume()
        return None

    process = until("a child works", busy)
    process.kill()
    until("it is gone", lambda: not _is_alive(process), 30)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def test_a_job_whose_child_is_killed_succeeds_by_its_retry(one_worker: Server) -> None:
    before = counted_ends(one_worker)
    with held(one_worker):
        job_id = one_worker.submit("music", options=LONG)
        kill_worker(one_worker, job_id)
    assert one_worker.ended(job_id)["status"] == "succeeded"
    until("its end is counted", lambda: counted_ends(one_worker) > before)
    assert counted_ends(one_worker) == before + 1
    assert_each_made_one_asset(one_worker, [job_id])


def test_a_job_whose_child_is_killed_three_times_is_poisoned(one_worker: Server) -> None:
    job_id = one_worker.submit("texture", options=HUGE)
    for _ in range(3):
        kill_worker(one_worker, job_id)
    ended = one_worker.ended(job_id)
    assert (ended["status"], ended["error"]["type"]) == ("failed", "poisoned")
    assert "died 3 times" in ended["error"]["message"]
    captured = "errors_captured_total"  # it is reported after it is counted
    until("its end is counted", lambda: one_worker.scrape().total(captured))
    scrape = one_worker.scrape()
    assert scrape.value(GENERATIONS, type="texture", status="failure") == 1
    errors = "asset_generation_errors_total"
    assert scrape.value(errors, type="texture", error_type="poisoned") == 1
    assert scrape.total(errors) == 1
    assert scrape.value(captured, severity="error") == 1
    small = one_worker.ended(one_worker.submit("sound_effect", options=SHORT))
    assert small["status"] == "succeeded"


def test_children_that_are_killed_while_they_wait_cost_no_job(one_worker: Server) -> None:
    assert one_worker.ended(one_worker.submit("sound_effect", options=SHORT))["assetId"]
    children = one_worker.process.children(recursive=True)
    assert makers(one_worker)
    for process in children:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended with the one before
            process.kill()
    until("all are gone", lambda: not any(map(_is_alive, children)), 30)
    jobs = [one_worker.submit("sound_effect", f"bell {n}", options=SHORT) for n in range(2)]
    assert [one_worker.ended(job_id)["status"] for job_id in jobs] == ["succeeded"] * 2


def other_code(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Copy the package with changes: in this file, this text, becomes that."""
    source = Path(asset_forge.__file__).parent
    package = folder / "asset_forge"
    shutil.copytree(source, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, text, other in changes:
        content = (package / name).read_text()
        assert content.count(text) == 1, f"{name} no longer holds {text!r} once"
        (package / name).write_text(content.replace(text, other))
    return folder


def test_a_file_whose_step_was_killed_before_it_was_noted_is_no_orphan(
    serve: ServerFactory, tmp_path: Path
) -> None:
    """The worst moment: the file is stored, and nothing says so yet."""
    dying = other_code(
        tmp_path / "dying",
        (
            "generation/making.py",
            "        return Made(\n",
            "        import os\n        os.kill(os.getpid(), 9)\n        return Made(\n",
        ),
    )
    idle = serve({"RUN_JOBS": "false"})
    job_id = idle.submit("sound_effect", options=SHORT)  # which it lives long enough to answer
    assert idle.stop() == 0
    server = serve({"PYTHONPATH": str(dying)}, start=False)
    server.spawn()
    until("the server is dead", lambda: not _is_alive(server.process))
    assert stored_for(server.data_dir / "objects") == [job_id]
    assert_each_made_one_asset(serve(), [job_id])


def version_of(server: Server) -> str:
    (family,) = (
        family
        for name, family in server.scrape("/metrics").families.items()
        if name.startswith("asset_forge_build")
    )
    return family.samples[0].labels["version"]


def test_jobs_of_an_older_version_are_finished_by_the_next(
    serve: ServerFactory, tmp_path: Path
) -> None:
    older = other_code(
        tmp_path / "older",
        ("__init__.py", f'"{asset_forge.__version__}"', '"0.0.1"'),
        (
            "generation/engine.py",
            "            await self._run(generation_id, leg, queue, REVISION)\n",
            "            run = self._run\n"
            "            await asyncio.sleep(0)\n"
            "            await run(generation_id, leg, queue, REVISION)\n",
        ),
    )
    old = serve({"JOB_CONCURRENCY": "1", "PYTHONPATH": str(older)})
    assert version_of(old) == "0.0.1"
    with held(old):
        running = old.submit("music", options=LONG)
        waiting = [old.submit("sound_effect", f"door {n}", options=SHORT) for n in range(2)]
        until("it makes music", lambda: _is_at_work(old, running))
        old.kill()
    new = serve()
    assert version_of(new) == asset_forge.__version__
    assert_each_made_one_asset(new, [running, *waiting])
    until("all ends are counted", lambda: counted_ends(new) >= 3)
    assert counted_ends(new) == 3
