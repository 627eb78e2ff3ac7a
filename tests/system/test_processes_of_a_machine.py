"""Several processes serve behind one port: operators see and set them as one."""

from __future__ import annotations

import json
import os
import signal
from typing import Any

from tests.served import PROGRAM, Server, ServerFactory, until

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SAMPLED = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
SHORT: dict[str, Any] = {"durationSeconds": 0.1}


def every_answer(server: Server, path: str, times: int = 24) -> list[Any]:
    """Ask over many connections, so that each of two processes answers some."""
    return [whole(server, path) for _ in range(times)]


def whole(server: Server, path: str) -> Any:
    """Ask until no process was too slow to have its say, which the answer tells."""

    def look() -> Any:
        response = server.request("GET", path)
        assert response.status_code in (200, 404), response.text  # what only a slow one has
        answer = response.json()
        return answer if response.is_success and not answer.get("silentProcesses") else None

    return until(f"all have their say about {path}", look)


def processes_seen(server: Server) -> int:
    """Count the processes of the group that have a metrics file."""
    return len(list((server.data_dir / "metrics").glob("member-*.metrics")))


def test_each_of_two_workers_shows_the_errors_and_traces_of_both(serve: ServerFactory) -> None:
    server = serve(command=(PROGRAM, "serve", "--workers", "2"))
    until("both workers run", lambda: processes_seen(server) == 2)
    assets: list[str] = []
    for number in range(10):
        files = {"file": ("a.json", b"{}", "application/json")}
        body = {"type": "dialogue", "name": f"note {number}"}
        response = server.request("POST", "/api/assets", files=files, data=body)
        assets.append(response.json()["id"])
    for path in (server.data_dir / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    failed = [server.request("GET", f"/api/assets/{asset}/file") for asset in assets]
    assert {response.status_code for response in failed} == {503}
    wanted = {response.json()["traceId"] for response in failed}

    def failures() -> int:
        return sum(group["count"] for group in server.get("/api/errors")["items"])

    until("all failures are stored", lambda: failures() == 10)
    for page in every_answer(server, "/api/errors"):
        assert [group["count"] for group in page["items"]] == [10]
    for page in every_answer(server, "/api/traces?errorsOnly=true"):
        assert {trace["traceId"] for trace in page["items"]} == wanted
    for trace in wanted:
        assert whole(server, f"/api/traces/{trace}")["trace"]["error"] is True


def test_a_trace_shows_its_jobs_steps_that_ran_in_another_process(serve: ServerFactory) -> None:
    web = serve({"RUN_JOBS": "false"})
    worker = serve(command=(PROGRAM, "worker", "--port", "0"), start=False)
    worker.spawn()
    body = {"name": "door", "type": "sound_effect", "prompt": "a door", "options": SHORT}
    response = web.request("POST", "/api/generation", json=body, headers=SAMPLED)
    assert web.ended(response.json()["id"])["status"] == "succeeded"

    def names() -> set[str]:
        response = web.request("GET", f"/api/traces/{TRACE}")
        if response.status_code == 404:
            return set()
        return {span["name"] for span in response.json()["spans"]}

    until("the steps are shown", lambda: {"POST /api/generation", "step complete"} <= names())


def started(server: Server) -> list[int]:
    """Return the ids of all workers that have started so far, in this order."""
    lines = [
        json.loads(line) for line in server.output().splitlines() if line[:1] + line[-1:] == "{}"
    ]
    return [line["pid"] for line in lines if line["msg"] == "Application startup complete."]


def silent(server: Server, levels: dict[str, Any]) -> int:
    """Set levels, and say how many processes did not take them in time."""
    answer = server.request("PUT", "/api/admin/log-levels", json=levels)
    return int(answer.json()["silentProcesses"])


def test_a_level_is_set_in_every_process(serve: ServerFactory) -> None:
    server = serve(command=(PROGRAM, "serve", "--workers", "2"))
    sockets = server.data_dir / "metrics" / "siblings"
    until("both workers answer each other", lambda: len(list(sockets.glob("[!.]*"))) == 2)
    body = {"levels": {"asset_forge.storage": "debug"}}
    until("both take it in time", lambda: silent(server, body) == 0)
    for document in every_answer(server, "/api/admin/log-levels"):
        assert document["levels"]["asset_forge.storage"] == "debug"


def test_a_level_outlives_the_workers_that_it_was_set_in(serve: ServerFactory) -> None:
    server = serve(command=(PROGRAM, "serve", "--workers", "2"))
    until("both workers run", lambda: len(started(server)) == 2)
    body = {"levels": {"asset_forge.storage": "debug"}}
    until("both take it in time", lambda: silent(server, body) == 0)
    for number in range(2):
        os.kill(started(server)[number], signal.SIGKILL)
        until("another has started", lambda seen=3 + number: len(started(server)) == seen)
    for document in every_answer(server, "/api/admin/log-levels"):
        assert document["levels"]["asset_forge.storage"] == "debug"

    server.stop()
    server.start()
    for document in every_answer(server, "/api/admin/log-levels"):
        assert "asset_forge.storage" not in document["levels"]
