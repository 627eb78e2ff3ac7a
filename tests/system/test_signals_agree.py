"""One request id and trace id through every signal that the service gives of them."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
from tests.served import Server, ServerFactory, until

TRACE = "0af7651916cd43dd8448eb211c80319c"
HEADERS = {"x-request-id": "follow-me", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


def log_lines(server: Server, **fields: object) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    return [line for line in lines if all(line.get(name) == fields[name] for name in fields)]


def spans_of(server: Server) -> set[str]:
    response = server.request("GET", f"/api/traces/{TRACE}")
    return {s["name"] for s in response.json()["spans"]} if response.status_code == 200 else set()


def test_one_id_leads_through_header_log_error_event_spans_exemplar_and_job(serve: ServerFactory):
    server = serve()
    body = {"name": "guard", "type": "dialogue", "prompt": "a guard"}
    response = server.request("POST", "/api/generation", json=body, headers=HEADERS)
    assert response.headers["x-request-id"] == "follow-me"
    assert "database;dur=" in response.headers["server-timing"]
    job = response.json()["id"]
    assert server.ended(job)["status"] == "succeeded"
    steps = {f"step {name}" for name in ("plan", "generate", "store", "index", "complete")}
    whole = {"POST /api/generation", "generation", "put object", *steps}
    until("the whole trace is kept", lambda: whole <= spans_of(server))
    [closing] = until(
        "the request is logged",
        lambda: log_lines(server, requestId="follow-me", msg="request", traceId=TRACE),
    )
    assert (closing["route"], closing["status"]) == ("/api/generation", 202)
    [call] = until(
        "the call is logged", lambda: log_lines(server, msg="provider call ended", jobId=job)
    )
    assert (call["requestId"], call["traceId"]) == ("follow-me", TRACE)
    accept = {"accept": "application/openmetrics-text"}
    text = server.request("GET", "/metrics", headers=accept).text
    assert f'# {{trace_id="{TRACE}"}}' in text

    # The same client goes on to fetch the file, which is gone: one id leads to all of it.
    asset = server.job(job)["assetId"]
    for path in (server.data_dir / "objects").rglob("*"):
        if path.is_file():
            path.unlink()
    response = server.request("GET", f"/api/assets/{asset}/file", headers=HEADERS)
    assert response.status_code == 503
    assert (response.json()["requestId"], response.json()["traceId"]) == ("follow-me", TRACE)
    failed = until(
        "the failure is logged",
        lambda: log_lines(server, requestId="follow-me", msg="request", status=503),
    )
    assert [line["severity"] for line in failed] == ["ERROR"]
    [group] = until("the error is stored", lambda: server.get("/api/errors")["items"])
    (event,) = server.get(f"/api/errors/{group['fingerprint']}")["events"]
    assert event["tags"]["request_id"] == "follow-me"
    assert event["contexts"]["trace"]["trace_id"] == TRACE
    whole.add("GET /api/assets/{asset_id}/file")
    until("the failure is kept in the trace", lambda: whole <= spans_of(server))
    assert server.scrape().value("errors_captured_total", severity="error") == 1


def phases_of(response: httpx.Response) -> list[str]:
    """Return the phases of a request, in the order in which they are told."""
    return re.findall(r"(\w+);dur=", response.headers["server-timing"])


def test_a_body_is_parsed_and_checked_before_it_is_handled(server: Server) -> None:
    made = server.request("POST", "/api/projects", json={"name": "phases"})
    assert made.status_code == 201
    expected = ["total", "auth", "parse", "validate", "database", "handle", "serialize"]
    assert phases_of(made) == expected
    path = f"/api/projects/{made.json()['id']}"
    assert phases_of(server.request("PATCH", path, json={"name": "again"})) == expected
    assert "validate" not in phases_of(server.request("GET", path))

    refused = server.request("PATCH", path, json={"name": 7})
    assert refused.status_code == 422
    assert {"parse", "auth", "validate"} <= set(phases_of(refused))
    login = server.request("POST", "/api/auth/login", json={"login": "a", "password": "b"})
    assert {"parse", "validate"} <= set(phases_of(login))
    levels = server.request("PUT", "/api/admin/log-levels", json={"levels": {}})
    assert "validate" in phases_of(levels)
    assert "validate" not in phases_of(server.request("GET", "/api/admin/log-levels"))
