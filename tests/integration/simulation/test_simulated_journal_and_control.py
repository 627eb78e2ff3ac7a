"""What was asked of the simulated providers, and steering them from another process."""

from __future__ import annotations

import asyncio
import threading

import httpx
import openai
import pytest
from tests.served import until

from asset_forge.simulation.providers import (
    Fault,
    SimulatedProviders,
    environment,
    running_in_thread,
)

TASKS = "/openapi/v2/text-to-3d"
PREVIEW = {"mode": "preview", "prompt": "an oak barrel"}


async def test_the_journal_knows_what_was_asked_when_and_for_which_claim(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    task = (await meshy.post(TASKS, json=PREVIEW, headers={"Idempotency-Key": "claim-1"})).json()
    await meshy.get(f"{TASKS}/{task['result']}")
    (entry,) = providers.journal.requests("meshy", endpoint="text-to-3d", method="POST")
    assert (entry.claim, entry.prompt, entry.status) == ("claim-1", "an oak barrel", 202)
    assert (entry.number, entry.charged, entry.fault) == (1, True, None)
    assert entry.body == PREVIEW
    assert entry.received_at.tzinfo is not None
    assert providers.journal.charged_per_claim("meshy") == {"claim-1": 1}
    assert providers.journal.counts() == {"meshy GET text-to-3d": 1, "meshy POST text-to-3d": 1}


async def test_a_request_paid_twice_is_seen_by_its_prompt(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    for _ in range(2):
        await meshy.post(TASKS, json=PREVIEW)
    assert providers.journal.charged_per_claim() == {"an oak barrel": 2}


async def test_the_journal_never_holds_a_key(
    providers: SimulatedProviders, meshy: httpx.AsyncClient, control: httpx.AsyncClient
) -> None:
    await meshy.post(TASKS, json=PREVIEW)
    assert "simulated-" not in repr(providers.journal.requests())
    assert "simulated-" not in (await control.get("/_control/journal")).text


async def test_the_journal_knows_how_many_requests_were_under_way_at_once(
    variables: dict[str, str], providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.TIMEOUT)
    asked = [asyncio.create_task(meshy.post(TASKS, json=PREVIEW)) for _ in range(3)]
    async with asyncio.timeout(20):
        while providers.journal.most_at_once("meshy") < 3:
            await asyncio.sleep(0.01)
    for request in asked:
        request.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    assert providers.journal.most_at_once("meshy") == 3
    assert providers.journal.most_at_once("openai") == 0


async def test_polling_does_not_drive_what_was_paid_for_out_of_the_journal(
    providers: SimulatedProviders, control: httpx.AsyncClient, meshy: httpx.AsyncClient
) -> None:
    providers.journal.resize(2)
    await meshy.post(TASKS, json=PREVIEW)
    for _ in range(3):
        await meshy.get("/openapi/v1/balance")
    assert [entry.number for entry in providers.journal.requests()] == [1, 3, 4]
    assert (providers.journal.received, providers.journal.dropped) == (4, 1)
    for _ in range(2):
        await meshy.get("/openapi/v1/balance")
    assert [entry.number for entry in providers.journal.requests()] == [1, 5, 6]
    assert (await control.delete("/_control/journal")).json()["received"] == 0
    assert providers.journal.requests() == []


async def test_a_script_sent_to_the_control_endpoint_plays_in_its_order(
    control: httpx.AsyncClient, meshy: httpx.AsyncClient
) -> None:
    submit = {"endpoint": "text-to-3d", "method": "POST"}
    script = [
        {"fault": "rate_limited", "times": 2, "retry_after": 1} | submit,
        {"fault": "server_error", "times": 1} | submit,
    ]
    response = await control.put("/_control/meshy", json={"faults": script})
    assert [rule["fault"] for rule in response.json()["meshy"]["faults"]] == [
        "rate_limited",
        "server_error",
    ]
    balance = await meshy.get("/openapi/v1/balance")
    answers = [await meshy.post(TASKS, json=PREVIEW) for _ in range(4)]
    assert balance.status_code == 200
    assert [answer.status_code for answer in answers] == [429, 429, 500, 202]
    assert [answer.headers.get("retry-after") for answer in answers] == ["1", "1", None, None]
    journal = (await control.get("/_control/journal", params={"method": "POST"})).json()
    assert [entry["fault"] for entry in journal["requests"]] == [
        "rate_limited",
        "rate_limited",
        "server_error",
        None,
    ]


async def test_faults_are_lifted_for_one_provider_or_for_all(
    providers: SimulatedProviders, control: httpx.AsyncClient, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.SERVER_ERROR)
    providers.set_fault("openai", Fault.SERVER_ERROR)
    assert (await meshy.get("/openapi/v1/balance")).status_code == 500
    await control.delete("/_control/meshy")
    assert (await meshy.get("/openapi/v1/balance")).status_code == 200
    assert providers.behavior("openai").rules
    await control.delete("/_control")
    assert not providers.behavior("openai").rules


@pytest.mark.parametrize(
    ("place", "body", "named"),
    [
        ("meshy", {"fault": "flood"}, "flood"),
        ("meshy", {"fault": "timeout", "endpoint": "text-to-4d"}, "text-to-4d"),
        ("meshy", {"fault": "timeout", "often": True}, "often"),
        ("openai", {"fault": "endless_task"}, "endless_task"),
        ("meshy", {"fault": "malformed_json", "endpoint": "files"}, "malformed_json"),
        ("meshy", {"fault": "timeout", "method": "PATCH"}, "PATCH"),
        ("meshy", {"fault": "failed_task", "method": "GET"}, "failed_task"),
        ("meshy", {"fault": "timeout", "probability": 0}, "probability"),
        ("meshy", {"fault": "timeout", "times": 0}, "times"),
    ],
)
async def test_a_rule_that_could_never_strike_is_refused_by_name(
    control: httpx.AsyncClient, place: str, body: dict[str, object], named: str
) -> None:
    response = await control.put(f"/_control/{place}", json=body)
    assert response.status_code == 400
    assert named in response.json()["message"]


async def test_a_place_that_does_not_exist_names_those_that_do(
    control: httpx.AsyncClient,
) -> None:
    for path in ("/_control/mashy", "/mashy/v1/models"):
        response = await control.get(path)
        assert response.status_code == 404
        assert "meshy" in response.json()["message"]


async def test_a_probability_strikes_about_as_often_as_it_says(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.SERVER_ERROR, probability=0.3)
    answers = [await meshy.get("/openapi/v1/balance") for _ in range(200)]
    assert 30 < sum(answer.status_code == 500 for answer in answers) < 90


async def test_setting_the_same_fault_again_replaces_it(providers: SimulatedProviders) -> None:
    providers.set_fault("meshy", Fault.SERVER_ERROR, probability=0.3)
    providers.set_fault("meshy", Fault.SERVER_ERROR, probability=0.5)
    (rule,) = providers.behavior("meshy").rules
    assert rule.probability == 0.5


async def test_no_credit_does_not_keep_from_what_is_free(
    providers: SimulatedProviders, meshy: httpx.AsyncClient
) -> None:
    providers.set_fault("meshy", Fault.OUT_OF_CREDIT)
    assert (await meshy.get("/openapi/v1/balance")).status_code == 200
    assert (await meshy.post(TASKS, json=PREVIEW)).status_code == 402


async def test_a_request_beyond_a_megabyte_is_refused(meshy: httpx.AsyncClient) -> None:
    response = await meshy.post(TASKS, json=PREVIEW | {"more": "x" * (1 << 20)})
    assert response.status_code == 413


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="speed is 0"):
        SimulatedProviders(speed=0)


def test_the_providers_run_in_a_thread_for_callers_without_a_loop() -> None:
    providers = SimulatedProviders(speed=400)
    with running_in_thread(providers) as url:
        variables = environment(url)
        with openai.OpenAI(
            api_key=variables["OPENAI_API_KEY"], base_url=variables["OPENAI_BASE_URL"]
        ) as sdk:
            assert sdk.responses.create(model="gpt-5-mini", input="moss").output_text
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_the_end_does_not_wait_for_requests_that_hang() -> None:
    providers = SimulatedProviders(speed=400)
    providers.set_fault("meshy", Fault.TIMEOUT)
    ended: list[str] = []

    def ask(url: str) -> None:
        with pytest.raises(httpx.TransportError) as caught:
            httpx.get(f"{url}/meshy/files/a/b", timeout=60, trust_env=False)
        ended.append(type(caught.value).__name__)

    with running_in_thread(providers) as url:
        asking = threading.Thread(target=ask, args=[url])
        asking.start()
        until("the request hangs", lambda: providers.journal.most_at_once("meshy"), 20)
    asking.join(20)
    assert ended
    assert "ReadTimeout" not in ended
