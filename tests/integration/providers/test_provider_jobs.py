"""Jobs of a remote provider on the real server: from the request to the asset, and each fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.served import Server, serving, until
from tests.system.scrapes import Sample

from asset_forge.simulation.providers import (
    Fault,
    SimulatedProviders,
    environment,
    running_in_thread,
)

IMPATIENT = {
    "MESHY_POLL_SECONDS": "0.05",
    "PROVIDER_BREAKER_SECONDS": "0.1",
    "PROVIDER_REQUEST_SECONDS": "4",
    "PROMPT_EXPANSION": "off",
}


@pytest.fixture(scope="module")
def simulated() -> SimulatedProviders:
    """The vendors, two hundred times as fast as in life."""
    return SimulatedProviders(speed=200, seed=3)


@pytest.fixture(scope="module")
def variables(simulated: SimulatedProviders) -> Iterator[dict[str, str]]:
    """The settings of a server that reaches them."""
    with running_in_thread(simulated) as url:
        yield environment(url) | IMPATIENT


@pytest.fixture(scope="module")
def forge(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    variables: dict[str, str],
) -> Iterator[Server]:
    """A server with all providers, whose tests leave none of them at fault."""
    with serving(request.config, tmp_path_factory.mktemp("forge")) as serve:
        yield serve(variables)


@pytest.fixture
def vendor(forge: Server, simulated: SimulatedProviders) -> SimulatedProviders:
    """The vendors without faults, with an empty journal; the server leaves none of them alone."""
    heal(forge, simulated)
    simulated.journal.clear()
    return simulated


def submissions(simulated: SimulatedProviders) -> int:
    return len(simulated.journal.requests("meshy", endpoint="text-to-3d", method="POST"))


def heal(forge: Server, simulated: SimulatedProviders) -> None:
    """Have a job succeed, where that is needed, which closes the breaker."""
    simulated.clear_fault("meshy")
    if forge.scrape().value("ai_circuit_breaker_state", provider="meshy") == 0:
        return

    def made() -> bool:
        job_id = forge.submit("prop", provider="meshy")
        return bool(forge.ended(job_id)["status"] == "succeeded")

    until("meshy is asked again", made)


def logged(server: Server, **fields: object) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.lines() if line.startswith("{")]
    return [line for line in lines if fields.items() <= line.items()]


def test_auto_takes_meshy_for_a_model_and_the_row_says_so(
    forge: Server, vendor: SimulatedProviders
) -> None:
    before = forge.scrape()
    job = forge.ended(forge.submit("weapon", "an iron axe"))
    assert (job["status"], job["provider"], job["model"]) == ("succeeded", "meshy", "meshy-6")
    assert list(job["stages"]) == ["plan", "generate", "store", "index", "complete"]
    asset = forge.get(f"/api/assets/{job['assetId']}")
    assert asset["fileType"] == "glb"
    file = forge.request("GET", f"/api/assets/{asset['id']}/file")
    assert file.content[:4] == b"glTF"
    assert submissions(vendor) == 2
    after = forge.scrape()
    labels = {"provider": "meshy", "model": "meshy-6"}
    name = "ai_api_calls_total"
    assert (
        after.value(name, status="success", **labels)
        - before.value(name, status="success", **labels)
        == 1
    )
    assert after.value("ai_cost_usd_total", **labels) > before.value("ai_cost_usd_total", **labels)


def test_the_operation_is_one_span_with_its_requests_below_it(
    forge: Server, vendor: SimulatedProviders
) -> None:
    job_id = forge.submit("armor", "a bronze shield", provider="meshy")
    assert forge.ended(job_id)["status"] == "succeeded"
    said = {"msg": "provider call ended", "provider": "meshy", "jobId": job_id}
    (line,) = until("the end of the call is logged", lambda: logged(forge, **said))
    assert (line["outcome"], line["model"], line["retries"]) == ("success", "meshy-6", 0)
    assert line["requests"] >= 5
    trace = until("the trace is there", lambda: _trace(forge, line["traceId"]))
    spans = {span["name"]: span for span in trace["spans"]}
    operation = spans["generate_content meshy-6"]
    assert operation["attributes"]["gen_ai.provider.name"] == "meshy"
    assert operation["attributes"]["asset_forge.requests"] == line["requests"]
    children = [s["name"] for s in trace["spans"] if s["parentSpanId"] == operation["spanId"]]
    assert {"request preview", "request refine", "request download"} <= set(children)


def _trace(forge: Server, trace_id: str) -> dict[str, Any] | None:
    response = forge.request("GET", f"/api/traces/{trace_id}")
    return response.json() if response.status_code == 200 else None


FAULTS = [
    (Fault.UNAUTHORIZED, "authentication"),
    (Fault.OUT_OF_CREDIT, "quota_exhausted"),
    (Fault.REJECTED_PROMPT, "content_rejected"),
    (Fault.NOT_FOUND, "invalid_request"),
    (Fault.SERVER_ERROR, "unavailable"),
]


@pytest.mark.parametrize(("fault", "type_"), FAULTS, ids=str)
def test_a_refusal_ends_as_its_type_everywhere(
    forge: Server, vendor: SimulatedProviders, fault: Fault, type_: str
) -> None:
    before = forge.scrape()
    vendor.set_fault("meshy", fault, method="POST")
    job = forge.ended(forge.submit("weapon", f"a blade of {type_}", provider="meshy"))
    assert (job["status"], job["error"]["type"]) == ("failed", type_)
    sent = 4 if fault is Fault.SERVER_ERROR else 1
    assert submissions(vendor) == sent
    ends = "asset_generation_errors_total", (("error_type", type_), ("type", "weapon"))

    def counted() -> dict[Sample, float] | None:  # a moment after the row says so
        moved = forge.scrape().moved_since(before)
        captured = sum(n for (name, _), n in moved.items() if name == "errors_captured_total")
        return moved if ends in moved and captured >= unexpected else None

    unexpected = 1 if type_ == "authentication" else 0
    moved = until("the end is counted", counted, 20)
    assert moved[ends] == 1
    assert moved["ai_api_errors_total", (("error_type", type_), ("provider", "meshy"))] == sent
    said = {"msg": "provider call ended", "errorType": type_, "outcome": "failure"}
    until("the end of the call is logged", lambda: logged(forge, **said))
    captured = sum(n for (name, _), n in moved.items() if name == "errors_captured_total")
    assert captured == unexpected
    is_meshys = type_ in ("authentication", "quota_exhausted", "unavailable")

    def health() -> bool:
        check = forge.request("GET", "/api/health/deep").json()["checks"]["externalAPIs"]
        outcomes = check["details"].get("lastOutcomes", {})  # absent until a round has seen one
        return outcomes.get("meshy") == type_ and (
            check["status"] == ("degraded" if is_meshys else "healthy")
        )

    until("the deep probe says so", health, 40)


def test_no_key_is_shown_anywhere(
    forge: Server, vendor: SimulatedProviders, variables: dict[str, str]
) -> None:
    vendor.set_fault("meshy", Fault.UNAUTHORIZED, method="POST")
    job = forge.ended(forge.submit("weapon", "a stolen key", provider="meshy"))
    heal(forge, vendor)
    shown = [forge.output(), json.dumps(job)]
    for path in ("/metrics", "/metrics/business", "/api/errors", "/api/traces", "/api/generation"):
        shown.append(forge.request("GET", path).text)
    for error in forge.get("/api/errors")["items"]:
        shown.append(forge.request("GET", f"/api/errors/{error['fingerprint']}").text)
    files = [p for p in forge.data_dir.rglob("*") if p.is_file() and "objects" not in p.parts]
    shown += [path.read_bytes().decode(errors="replace") for path in files]
    keys = [value for name, value in variables.items() if name.endswith("_API_KEY")]
    assert [key for key in keys if any(key in text for text in shown)] == []


def test_a_job_waits_in_the_queue_for_a_provider_that_asks_for_time(
    forge: Server, vendor: SimulatedProviders
) -> None:
    vendor.set_fault("meshy", Fault.RATE_LIMITED, times=1, retry_after=40, method="POST")
    job_id = forge.submit("prop", "a patient barrel", provider="meshy")
    until("it is put off", lambda: submissions(vendor) == 1)
    waiting = until(
        "it waits", lambda: job if (job := forge.job(job_id))["status"] == "queued" else None
    )
    assert waiting["provider"] == "meshy"
    other = forge.submit("sound_effect", options={"durationSeconds": 0.1}, provider="procedural")
    assert forge.ended(other)["status"] == "succeeded"
    # Nobody waits for a first step any more, as the next sample has to tell.
    until(
        "the oldest is none that has begun",
        lambda: forge.scrape().value("generation_queue_oldest_seconds") == 0,
    )
    assert forge.job(job_id)["status"] == "queued"
    ended = forge.ended(job_id)
    assert ended["status"] == "succeeded"
    assert submissions(vendor) == 3


def test_a_job_whose_task_is_paid_for_outwaits_a_provider_that_is_away(
    forge: Server, vendor: SimulatedProviders
) -> None:
    vendor.set_fault(
        "meshy", Fault.OVERLOADED, times=1, retry_after=12, method="GET", endpoint="text-to-3d"
    )
    job_id = forge.submit("prop", "a barrel paid for", provider="meshy")
    until("it waits", lambda: submissions(vendor) and forge.job(job_id)["status"] == "queued")
    assert forge.ended(job_id)["status"] == "succeeded"
    assert submissions(vendor) == 2


def test_a_job_that_waits_for_a_provider_is_cancelled_at_once(
    forge: Server, vendor: SimulatedProviders
) -> None:
    vendor.set_fault("meshy", Fault.RATE_LIMITED, times=1, retry_after=15, method="POST")
    job_id = forge.submit("prop", "an impatient barrel", provider="meshy")
    until("it is put off", lambda: submissions(vendor) and forge.job(job_id)["status"] == "queued")
    cancelled = forge.request("POST", f"/api/generation/{job_id}/cancel")
    assert cancelled.json()["status"] == "cancelled"


def test_auto_goes_on_with_the_next_provider_where_that_is_right(
    forge: Server, vendor: SimulatedProviders
) -> None:
    vendor.set_fault("meshy", Fault.OUT_OF_CREDIT, method="POST")
    job = forge.ended(forge.submit("weapon", "an axe of last resort"))
    assert (job["status"], job["provider"]) == ("succeeded", "procedural")
    vendor.clear_fault("meshy")
    heal(forge, vendor)
    vendor.set_fault("meshy", Fault.REJECTED_PROMPT, method="POST")
    job = forge.ended(forge.submit("weapon", "an axe that nobody may make"))
    assert (job["status"], job["error"]["type"]) == ("failed", "content_rejected")


def test_a_server_killed_before_it_had_the_tasks_id_finds_the_task(
    serve: Any, variables: dict[str, str], vendor: SimulatedProviders
) -> None:
    """The worst moment: the request is executed and charged, and nothing here knows of it."""
    patient = variables | {"PROVIDER_REQUEST_SECONDS": "300"}
    server = serve(patient)
    vendor.set_fault("meshy", Fault.TIMEOUT, times=1, method="POST")
    job_id = server.submit("weapon", "a hammer made once", provider="meshy")
    until("meshy has it", lambda: submissions(vendor) == 1)
    server.kill()
    server.start()
    job = server.ended(job_id)
    assert job["status"] == "succeeded"
    posts = vendor.journal.requests("meshy", method="POST")
    assert [post.body["mode"] for post in posts] == ["preview", "refine"]


def test_the_days_limit_ends_spending_and_not_what_costs_nothing(
    serve: Any, variables: dict[str, str], vendor: SimulatedProviders
) -> None:
    server = serve(variables | {"AI_SPEND_LIMIT_USD_PER_DAY": "0.5"})
    assert server.ended(server.submit("weapon", provider="meshy"))["status"] == "succeeded"
    refused = server.ended(server.submit("weapon", provider="meshy"))
    assert refused["error"]["type"] == "quota_exhausted"
    assert "AI_SPEND_LIMIT_USD_PER_DAY" in refused["error"]["message"]
    assert submissions(vendor) == 2
    assert server.ended(server.submit("weapon"))["provider"] == "procedural"

    def sampled() -> bool:
        scrape = server.scrape()
        return scrape.value("ai_spend_day_usd") == pytest.approx(0.6) and (
            scrape.value("ai_spend_day_limit_usd") == 0.5
        )

    until("the day's spend is sampled", sampled, 60)
