"""`/api/slo` and `asset-forge slo` on a real service: exact figures, who may ask, what fails."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.served import PROGRAM, Server, ServerFactory, environment_of, until

FULL = {"VOLUME_RESERVE_BYTES": str(1 << 60)}
"""No volume has so much left: uploads are answered 507, and generations cannot store."""


def objectives(server: Server) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in server.get("/api/slo")["objectives"]}


def command(name: str, *arguments: str, home: Path, **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [PROGRAM, name, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment_of(home / "elsewhere", variables),
    )
    return done.returncode, done.stdout, done.stderr


def upload(server: Server) -> httpx.Response:
    files = {"file": ("a.json", b'{"title": "t", "nodes": []}', "application/json")}
    return server.request(
        "POST", "/api/assets", files=files, data={"type": "dialogue", "name": "a"}
    )


def counted(server: Server, requests: int) -> dict[str, dict[str, Any]]:
    """The objectives, once all these requests and those that asked for them were counted."""
    for asked in range(1000):
        found = objectives(server)
        if found["availability"]["events"]["total"] >= requests + asked:
            return found
    pytest.fail("requests were not counted")


def slow_requests(server: Server) -> float:
    """How many requests of users took longer than the objective's second."""
    name = "api_response_time_by_endpoint_seconds_bucket"
    scrape = server.scrape()
    return scrape.total(name, le="+Inf") - scrape.total(name, le="1.0")


def test_a_known_mix_of_requests_gives_exact_figures(serve: ServerFactory, tmp_path: Path) -> None:
    server = serve(FULL)
    for _ in range(18):
        assert server.request("GET", "/api/assets").status_code == 200
    for _ in range(2):
        assert server.request("GET", "/api/nothing").status_code == 404
    for _ in range(12):
        assert upload(server).status_code == 507
    for _ in range(5):  # no user's requests
        server.request("GET", "/metrics")
        server.request("GET", "/api/health/ready")

    availability = counted(server, 32)["availability"]
    events = availability["events"]
    asked = events["total"] - 32
    assert events == {"bad": 12, "good": 20 + asked, "total": 32 + asked}
    assert availability["ratio"] == pytest.approx(1 - 12 / events["total"], abs=1e-6)
    budget = availability["errorBudget"]
    assert budget["share"] == 0.001
    assert budget["remaining"] == pytest.approx(1 - 12 / events["total"] / 0.001, rel=1e-6)
    assert budget["remainingEvents"] == pytest.approx(events["total"] * 0.001 - 12)
    assert budget["remainingMinutes"] == pytest.approx(43.2 * budget["remaining"], rel=1e-6)
    assert {
        rate["window"]: rate["failures"] for rate in availability["burnRates"]
    } == dict.fromkeys(("5m", "30m", "1h", "2h", "6h", "1d", "3d"), 12)
    assert all(alert["firing"] for alert in availability["alerts"])
    assert availability["state"] == "spent"

    latency = objectives(server)["latency"]
    slow = slow_requests(server)  # none, unless this machine stopped the server meanwhile
    assert latency["events"]["bad"] <= slow
    assert slow or latency["state"] == "met"

    code, printed, _ = command("slo", server.url, home=tmp_path)
    assert code == 1
    assert "spent" in printed
    assert "Source: process. PROMETHEUS_URL is not set." in printed
    code, printed, _ = command("slo", server.url, "--json", home=tmp_path)
    assert code == 1
    assert json.loads(printed)["objectives"][0]["events"]["bad"] == 12


def test_generations_count_by_how_they_end(serve: ServerFactory) -> None:
    server = serve()
    for seed in range(3):
        done = server.submit("dialogue", seed=seed, options={"nodes": 6})
        assert server.ended(done)["status"] == "succeeded"
    found = until(
        "the generations were counted",
        lambda: (g := objectives(server)["generation"])["events"]["total"] == 3 and g,
    )
    assert found["events"] == {"good": 3, "bad": 0, "total": 3}
    assert (found["ratio"], found["errorBudget"]["remaining"]) == (1, 1)
    assert found["errorBudget"]["remainingEvents"] == pytest.approx(0.3)


def test_all_processes_of_the_group_count(serve: ServerFactory) -> None:
    server = serve(command=(PROGRAM, "serve", "--workers", "2"))
    for _ in range(40):
        assert server.request("GET", "/api/assets").status_code == 200
    # A process looks from its own start on; both had started when the server was ready.
    assert counted(server, 40)["availability"]["events"]["bad"] == 0


def test_a_restart_begins_anew_and_says_so(serve: ServerFactory) -> None:
    server = serve()
    for _ in range(5):
        server.request("GET", "/api/assets")
    before = server.get("/api/slo")["note"]
    assert server.stop() == 0
    server.start()
    found = server.get("/api/slo")
    assert found["note"] != before
    assert "own counters since 20" in found["note"]
    assert found["objectives"][0]["events"]["total"] <= 2


def test_declared_maintenance_spends_nothing(serve: ServerFactory, tmp_path: Path) -> None:
    path = tmp_path / "maintenance.toml"
    path.write_text("")
    server = serve({**FULL, "MAINTENANCE_FILE": str(path)})
    for _ in range(3):
        assert upload(server).status_code == 507
    counted(server, 3)
    begin, end = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    path.write_text(
        f"[[window]]\nstart = {begin:%Y-%m-%dT%H:%M:%SZ}\nend = {end:%Y-%m-%dT%H:%M:%SZ}\n"
        'reason = "a larger disk"\n'
    )
    assert server.get("/api/slo")["maintenanceActive"] is True
    for _ in range(7):
        assert upload(server).status_code == 507
    assert objectives(server)["availability"]["events"]["bad"] == 3
    broken = tmp_path / "broken.toml"
    broken.write_text("[[window")
    broken.replace(path)  # at once, since an empty file would declare that there is none
    assert server.get("/api/slo")["maintenanceActive"] is True
    assert server.told("declared maintenance stays as it was")


def test_a_maintenance_file_that_cannot_be_used_ends_the_start(tmp_path: Path) -> None:
    path = tmp_path / "maintenance.toml"
    path.write_text("[[window]]\n")
    code, _, said = command("serve", home=tmp_path, MAINTENANCE_FILE=str(path))
    assert code == 2
    assert "MAINTENANCE_FILE: " in said
    assert "needs start, end and reason" in said


@pytest.mark.parametrize("url", ["ftp://a", "localhost:9090", "http://a/?q=1", "http://a:99999"])
def test_a_prometheus_url_that_cannot_be_used_ends_the_start(url: str, tmp_path: Path) -> None:
    code, _, said = command("serve", home=tmp_path, PROMETHEUS_URL=url)
    assert code == 2
    assert "PROMETHEUS_URL: " in said


def test_without_its_prometheus_the_service_answers_itself_and_says_why(
    serve: ServerFactory, tmp_path: Path
) -> None:
    server = serve({"PROMETHEUS_URL": "http://user:hunter2@127.0.0.1:1"})
    found = server.get("/api/slo")
    assert found["source"] == "process"
    assert found["note"].startswith("Prometheus at http://127.0.0.1:1 cannot be reached")
    assert "hunter2" not in json.dumps(found) + server.output()
    code, printed, _ = command("slo", server.url, home=tmp_path)
    assert code == 0 or slow_requests(server)
    assert "cannot be reached" in printed


def test_only_operators_may_ask(serve: ServerFactory, tmp_path: Path) -> None:
    server = serve({"AUTH_PROVIDERS": "local"}, start=False)
    for login, role in (("olivia", "operator"), ("mara", "member")):
        subprocess.run(
            [PROGRAM, "user", "create", "--login", login, "--role", role, "--password-stdin"],
            input=f"a long enough password of {login}\n",
            text=True,
            check=True,
            timeout=120,
            capture_output=True,
            env=environment_of(server.data_dir),
        )
    server.start()
    assert server.request("GET", "/api/slo").status_code == 401
    code, _, said = command("slo", server.url, home=tmp_path)
    assert code == 2
    assert "answers 401" in said
    assert "--token" in said

    tokens: dict[str, str] = {}
    for login in ("olivia", "mara"):
        body = {"login": login, "password": f"a long enough password of {login}"}
        answer = server.request("POST", "/api/auth/login", json=body)
        tokens[login] = answer.json()["token"]
    code, _, said = command("slo", server.url, "--token", tokens["mara"], home=tmp_path)
    assert code == 2
    assert "answers 403" in said
    problem = httpx.get(
        f"{server.url}/api/slo", headers={"authorization": f"Bearer {tokens['mara']}"}
    )
    assert problem.headers["content-type"] == "application/problem+json"
    code, printed, _ = command("slo", server.url, home=tmp_path, ASSET_FORGE_TOKEN=tokens["olivia"])
    assert code == 0 or slow_requests(server)
    assert "availability" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["http://127.0.0.1:1"], "http://127.0.0.1:1 cannot be reached"),
        (["nowhere"], "'nowhere': write it as http://127.0.0.1:3004"),
        (["http://127.0.0.1:0"], "write it as"),
    ],
)
def test_a_service_that_is_not_there_is_named(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    code, _, printed = command("slo", *arguments, home=tmp_path)
    assert code == 2
    assert said in " ".join(printed.replace("│", "").split())


def test_the_document_shows_an_example(server: Server) -> None:
    document = server.get("/api/openapi.json")
    answer = document["paths"]["/api/slo"]["get"]["responses"]["200"]["content"]
    (example,) = answer["application/json"]["examples"].values()
    shown = example["value"]
    assert set(shown) == set(server.get("/api/slo"))
    assert shown["objectives"][0]["errorBudget"]["remaining"] == 0.75
