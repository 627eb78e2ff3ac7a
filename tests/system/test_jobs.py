"""Jobs on the real server: asked for once, followed to their end, cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from tests.deployments import Deployment
from tests.served import Server, serving, until
from tests.system.business import after_the_end, moves
from tests.system.held_work import held

SHORT: dict[str, Any] = {"durationSeconds": 0.1}


@pytest.fixture(scope="module")
def server(deployed_server: Server) -> Server:
    return deployed_server


@pytest.fixture(scope="module")
def idle(
    deployment: Deployment, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that takes jobs in and executes none."""
    with serving(request.config, tmp_path_factory.mktemp("idle")) as serve:
        yield serve(deployment() | {"RUN_JOBS": "false"})


def ask(server: Server, key: str, prompt: str = "a creaking door") -> httpx.Response:
    body = {"name": "door", "type": "sound_effect", "prompt": prompt, "options": SHORT}
    return server.request("POST", "/api/generation", json=body, headers={"Idempotency-Key": key})


def assets_of(server: Server, job_id: str) -> list[dict[str, Any]]:
    items = server.get("/api/assets?limit=100")["items"]
    return [asset for asset in items if asset["generationId"] == job_id]


def test_a_retried_request_with_its_key_makes_one_asset(server: Server) -> None:
    before = server.scrape()
    first = ask(server, "retried")
    assert first.status_code == 202
    job_id = first.json()["id"]
    assert first.headers["location"] == f"/api/generation/{job_id}"
    assert server.ended(job_id)["status"] == "succeeded"
    again = ask(server, "retried")  # also long after its end
    assert (again.status_code, again.json()["id"]) == (202, job_id)
    assert again.json()["status"] == "succeeded"
    assert len(assets_of(server, job_id)) == 1
    moved = moves(before, after_the_end(server, before))
    assert moved['user_actions_total{action="create",resource_type="generation"}'] == 1
    assert moved['asset_generations_total{status="success",type="sound_effect"}'] == 1


def test_ten_requests_at_once_with_one_key_make_one_asset(server: Server) -> None:
    before = server.scrape()
    with ThreadPoolExecutor(10) as threads:
        asked = [threads.submit(ask, server, "at once") for _ in range(10)]
        answers = [future.result() for future in asked]
    assert [answer.status_code for answer in answers] == [202] * 10
    (job_id,) = {answer.json()["id"] for answer in answers}
    assert server.ended(job_id)["status"] == "succeeded"
    assert len(assets_of(server, job_id)) == 1
    moved = moves(before, after_the_end(server, before))
    assert moved['user_actions_total{action="create",resource_type="generation"}'] == 1
    assert moved['asset_generations_total{status="success",type="sound_effect"}'] == 1


def test_a_key_that_was_used_for_another_request_is_refused(server: Server) -> None:
    mine = ask(server, "mine")
    assert mine.status_code == 202
    other = ask(server, "mine", "a slamming door")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["detail"]
    server.ended(mine.json()["id"])  # before another test counts what its own jobs do


def test_a_job_is_followed_by_asking_again(server: Server) -> None:
    job_id = server.submit("weapon", options={"textureSize": 256})
    seen = [server.job(job_id)]

    def ended() -> bool:
        seen.append(server.job(job_id))
        return seen[-1]["finishedAt"] is not None

    until("the job ends", ended)
    last = seen[-1]
    assert (last["status"], last["progress"], last["provider"]) == ("succeeded", 1.0, "procedural")
    assert list(last["stages"]) == ["plan", "generate", "store", "index", "complete"]
    assert [job["progress"] for job in seen] == sorted(job["progress"] for job in seen)
    statuses = [job["status"] for job in seen]
    assert statuses == sorted(statuses, key=["queued", "running", "succeeded"].index)
    assert last["createdAt"] <= last["startedAt"] <= last["finishedAt"]


def events_of(server: Server, job_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Follow a job until the server ends the stream; return each event's name and data."""
    events: list[tuple[str, dict[str, Any]]] = []
    name = ""
    with server.client() as client, client.stream("GET", f"/api/generation/{job_id}/events") as r:
        assert r.status_code == 200
        assert r.headers["content-type"].startswith("text/event-stream")
        for line in r.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                events.append((name, json.loads(value)))
    return events


def test_a_job_is_followed_by_events_that_end_with_its_end(server: Server) -> None:
    job_id = server.submit("prop", options={"textureSize": 256})
    events = events_of(server, job_id)
    assert {name for name, _ in events} == {"generation"}
    states = [data for _, data in events]
    assert {state["id"] for state in states} == {job_id}
    assert all(state["finishedAt"] is None for state in states[:-1])
    assert states[-1] == server.job(job_id)
    assert (states[-1]["status"], states[-1]["progress"]) == ("succeeded", 1.0)
    assert len(states) == len({json.dumps(state) for state in states}), "an event repeats itself"


def test_the_events_of_a_job_that_has_ended_are_its_end(server: Server) -> None:
    job_id = server.submit("sound_effect", options=SHORT)
    job = server.ended(job_id)
    assert events_of(server, job_id) == [("generation", job)]


def test_a_waiting_job_is_cancelled_at_once(idle: Server) -> None:
    before = idle.scrape()
    job_id = idle.submit("weapon")
    cancelled = idle.request("POST", f"/api/generation/{job_id}/cancel")
    assert cancelled.status_code == 202
    assert cancelled.json()["status"] == "cancelled"
    moved = moves(before, idle.scrape())
    assert moved == {
        'asset_generations_total{status="cancelled",type="weapon"}': 1,
        'user_actions_total{action="create",resource_type="generation"}': 1,
        'user_actions_total{action="update",resource_type="generation"}': 1,
    }
    again = idle.request("POST", f"/api/generation/{job_id}/cancel")
    assert again.status_code == 409
    assert "was cancelled" in again.json()["detail"]


def test_a_running_job_is_cancelled_at_its_next_step(server: Server) -> None:
    before = server.scrape()
    with held(server):
        job_id = server.submit("music", options={"durationSeconds": 120})
        until("it makes music", lambda: server.job(job_id)["stage"] == "generate")
        cancelled = server.request("POST", f"/api/generation/{job_id}/cancel")
    assert cancelled.status_code == 202
    assert cancelled.json()["cancelRequested"] is True
    ended = server.ended(job_id)
    assert (ended["status"], ended["assetId"], ended["error"]) == ("cancelled", None, None)
    assert assets_of(server, job_id) == []
    moved = moves(before, after_the_end(server, before))
    assert moved['asset_generations_total{status="cancelled",type="music"}'] == 1
    assert not any("success" in name for name in moved if name.startswith("asset_generations"))
    until("its file is gone", lambda: not list(server.data_dir.glob(f"objects/**/{job_id}*")), 30)


def test_waiting_jobs_show_in_the_queue_gauges(idle: Server) -> None:
    # A sample of a moment ago may still show a job that another test has cancelled since.
    until("none is waiting", lambda: idle.scrape().value("generation_queue_depth") == 0, 30)
    job_id = idle.submit("armor")
    until("it is seen", lambda: idle.scrape().value("generation_queue_depth") == 1, 30)
    until("it ages", lambda: idle.scrape().value("generation_queue_oldest_seconds") > 0, 30)
    assert idle.request("POST", f"/api/generation/{job_id}/cancel").status_code == 202
    until("it is gone", lambda: idle.scrape().value("generation_queue_depth") == 0, 30)
