"""Meshy through the door: one operation, however many requests it takes, each paid one once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.integration.providers.workbench import QUICK, Workbench, workbench

from asset_forge.assets import StagedFile
from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import (
    GenerationCancelled,
    GenerationFailed,
    ProviderFailed,
)
from asset_forge.simulation.providers import Fault, SimulatedProviders


def submissions(simulated: SimulatedProviders) -> int:
    return len(simulated.journal.requests("meshy", endpoint="text-to-3d", method="POST"))


async def failure_of(bench: Workbench, job_id: str, run: int = 1) -> GenerationFailed:
    with pytest.raises(GenerationFailed) as caught:
        await bench.generate(job_id, run=run)
    return caught.value


async def test_a_model_is_previewed_refined_and_downloaded(bench: Workbench) -> None:
    job_id = await bench.job()
    result = await bench.generate(job_id)
    assert isinstance(result.content, StagedFile)
    assert (result.file_type, result.media_type) == ("glb", "model/gltf-binary")
    data = await bench.storage.read(result.content.key)
    assert data[:4] == b"glTF"
    bodies = [r.body for r in bench.simulated.journal.requests("meshy", method="POST")]
    assert [body["mode"] for body in bodies] == ["preview", "refine"]
    assert bodies[0]["prompt"] == "an iron axe"


async def test_however_many_requests_it_takes_it_is_one_operation(bench: Workbench) -> None:
    await bench.generate(await bench.job())
    assert len(bench.simulated.journal.requests("meshy")) > 4
    scrape = bench.metrics()
    labels = {"provider": "meshy", "model": "meshy-6"}
    assert scrape.value("ai_api_calls_total", status="success", **labels) == 1
    assert scrape.value("ai_api_latency_seconds_count", **labels) == 1
    assert scrape.total("ai_api_errors_total") == 0


async def test_its_credits_are_priced_and_added_to_the_day(bench: Workbench) -> None:
    await bench.generate(await bench.job())
    cost = bench.metrics().value("ai_cost_usd_total", provider="meshy", model="meshy-6")
    assert cost == pytest.approx((20 + 10) * 0.02)
    assert await bench.spending.today() == pytest.approx(cost)


async def test_a_second_run_goes_on_with_the_tasks_of_the_first(bench: Workbench) -> None:
    job_id = await bench.job()
    await bench.generate(job_id)
    cost = bench.metrics().total("ai_cost_usd_total")
    await bench.generate(job_id, run=2)
    assert submissions(bench.simulated) == 2
    assert bench.metrics().total("ai_cost_usd_total") == cost


async def test_a_run_that_ends_while_it_polls_is_taken_up_where_it_was(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.ENDLESS_TASK, times=1)
    job_id = await bench.job()
    first = asyncio.create_task(bench.generate(job_id))
    while "meshy.preview" not in (claims := await bench.claims_of(job_id)) or not (
        claims["meshy.preview"].task_id
    ):
        await asyncio.sleep(0.01)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    (task,) = bench.simulated.meshy.tasks.values()
    task.fate = None
    await bench.generate(job_id, run=2)
    assert submissions(bench.simulated) == 2


async def test_each_paid_request_names_its_claim(bench: Workbench) -> None:
    job_id = await bench.job()
    await bench.generate(job_id)
    posts = bench.simulated.journal.requests("meshy", method="POST")
    assert [p.claim for p in posts] == [f"{job_id}.meshy.preview", f"{job_id}.meshy.refine"]


REFUSALS = [
    (Fault.UNAUTHORIZED, ErrorType.AUTHENTICATION, 1),
    (Fault.FORBIDDEN, ErrorType.AUTHENTICATION, 1),
    (Fault.OUT_OF_CREDIT, ErrorType.QUOTA_EXHAUSTED, 1),
    (Fault.NOT_FOUND, ErrorType.INVALID_REQUEST, 1),
    (Fault.REJECTED_PROMPT, ErrorType.CONTENT_REJECTED, 1),
    (Fault.RATE_LIMITED, ErrorType.RATE_LIMITED, 4),
    (Fault.CONCURRENCY_LIMITED, ErrorType.CONCURRENCY_LIMITED, 4),
    (Fault.SERVER_ERROR, ErrorType.UNAVAILABLE, 4),
    (Fault.OVERLOADED, ErrorType.OVERLOADED, 4),
]


@pytest.mark.parametrize(("fault", "type_", "sent"), REFUSALS, ids=str)
async def test_what_meshy_refuses_is_repeated_only_where_that_helps_and_leaves_no_claim(
    bench: Workbench, fault: Fault, type_: ErrorType, sent: int
) -> None:
    bench.simulated.set_fault("meshy", fault, method="POST")
    job_id = await bench.job()
    failure = await failure_of(bench, job_id)
    assert failure.type is type_
    assert isinstance(failure, ProviderFailed)
    assert failure.definite
    assert submissions(bench.simulated) == sent
    assert await bench.claims_of(job_id) == {}
    assert bench.errors() == {type_.value: sent}
    assert bench.metrics().value("ai_api_retries_total", provider="meshy") == sent - 1
    assert bench.metrics().total("ai_api_calls_total", status="failure") == 1
    assert bench.door.last_outcomes["meshy"].error_type is type_


async def test_a_refused_key_is_an_error_event_and_a_rejected_prompt_is_none(
    bench: Workbench,
) -> None:
    bench.simulated.set_fault("meshy", Fault.REJECTED_PROMPT, times=1)
    assert not (await failure_of(bench, await bench.job())).unexpected
    bench.simulated.clear_fault("meshy")
    bench.simulated.set_fault("meshy", Fault.UNAUTHORIZED, method="POST")
    assert (await failure_of(bench, await bench.job())).unexpected


async def test_a_refusal_that_passes_costs_nothing_but_time(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.OVERLOADED, times=3, method="POST")
    await bench.generate(await bench.job())
    assert submissions(bench.simulated) == 3 + 2
    assert bench.errors() == {"overloaded": 3}


async def test_a_short_retry_after_is_waited_for(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.RATE_LIMITED, times=1, retry_after=0.3, method="POST")
    began = asyncio.get_running_loop().time()
    await bench.generate(await bench.job())
    assert asyncio.get_running_loop().time() - began >= 0.3


async def test_a_long_retry_after_gives_the_worker_back_at_once(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.RATE_LIMITED, retry_after=120, method="POST")
    failure = await failure_of(bench, await bench.job())
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.retry_after) == (ErrorType.RATE_LIMITED, 120)
    assert submissions(bench.simulated) == 1
    again = await failure_of(bench, await bench.job())
    assert submissions(bench.simulated) == 1, "another job asked before the time was up"
    assert again.type is ErrorType.RATE_LIMITED


LOST = [
    (Fault.CONNECTION_RESET, "unavailable"),
    (Fault.TIMEOUT, "timeout"),
    (Fault.SLOW_TRICKLE, "timeout"),
    (Fault.MALFORMED_JSON, "malformed_response"),
    (Fault.MISSING_FIELDS, "malformed_response"),
]


@pytest.mark.parametrize(("fault", "counted"), LOST, ids=str)
async def test_a_task_whose_id_was_lost_is_found_again(
    bench: Workbench, fault: Fault, counted: str
) -> None:
    bench.simulated.set_fault("meshy", fault, times=1, method="POST")
    job_id = await bench.job()
    await bench.generate(job_id)
    assert submissions(bench.simulated) == 2
    assert bench.errors() == {counted: 1}
    claims = await bench.claims_of(job_id)
    assert claims["meshy.preview"].task_id in bench.simulated.meshy.tasks


async def test_a_task_of_another_job_with_the_same_prompt_is_not_taken(bench: Workbench) -> None:
    await bench.generate(await bench.job(), texture=False)
    bench.simulated.set_fault("meshy", Fault.CONNECTION_RESET, times=1, method="POST")
    job_id = await bench.job()
    await bench.generate(job_id, texture=False)
    assert submissions(bench.simulated) == 2
    claims = await bench.claims_of(job_id)
    assert claims["meshy.preview"].task_id == list(bench.simulated.meshy.tasks)[1]


async def test_a_gateway_that_hides_the_answer_ends_in_outcome_unknown(
    bench: Workbench,
) -> None:
    bench.simulated.set_fault("meshy", Fault.BAD_GATEWAY, method="POST")
    job_id = await bench.job()
    failure = await failure_of(bench, job_id)
    assert failure.type is ErrorType.OUTCOME_UNKNOWN
    assert "not sent again" in failure.message
    assert submissions(bench.simulated) == 1
    bench.simulated.clear_fault("meshy")
    again = await failure_of(bench, job_id, run=2)
    assert again.type is ErrorType.OUTCOME_UNKNOWN
    assert submissions(bench.simulated) == 1


async def test_a_task_that_fails_ends_the_job_with_meshys_reason(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.FAILED_TASK, times=1)
    failure = await failure_of(bench, await bench.job())
    assert failure.type is ErrorType.UNAVAILABLE
    assert "The server is busy" in failure.message


async def test_a_task_that_never_ends_is_given_up_at_the_time_limit(
    tmp_path: Path, migrated_sqlite_file: Path, simulated: SimulatedProviders, url: str
) -> None:
    limits = replace(QUICK, operation_seconds=3.0)
    async with workbench(tmp_path, migrated_sqlite_file, simulated, url, limits) as bench:
        simulated.set_fault("meshy", Fault.ENDLESS_TASK)
        failure = await failure_of(bench, await bench.job())
        assert failure.type is ErrorType.TIMEOUT
        assert "3 seconds" in failure.message
        assert submissions(simulated) == 1


POLLS = [Fault.SERVER_ERROR, Fault.BAD_GATEWAY, Fault.CONNECTION_RESET, Fault.MALFORMED_JSON]


@pytest.mark.parametrize("fault", POLLS)
async def test_a_look_at_a_task_is_free_and_repeated(bench: Workbench, fault: Fault) -> None:
    bench.simulated.set_fault("meshy", fault, times=3, method="GET", endpoint="text-to-3d")
    await bench.generate(await bench.job())
    assert submissions(bench.simulated) == 2
    assert bench.metrics().value("ai_api_retries_total", provider="meshy") == 3


async def test_a_paid_task_is_gone_on_with_after_meshy_was_away(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.OVERLOADED, method="GET", endpoint="text-to-3d")
    job_id = await bench.job()
    failure = await failure_of(bench, job_id)
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.resumable) == (ErrorType.OVERLOADED, True)
    bench.simulated.clear_fault("meshy")
    await bench.generate(job_id)
    assert submissions(bench.simulated) == 2


DOWNLOADS = [
    (Fault.TRUNCATED_DOWNLOAD, "unavailable"),
    (Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH, "download_failed"),
    (Fault.WRONG_TYPE_DOWNLOAD, "download_failed"),
    (Fault.EXPIRED_URL, "download_failed"),
    (Fault.CONNECTION_RESET, "unavailable"),
]


@pytest.mark.parametrize(("fault", "counted"), DOWNLOADS, ids=str)
async def test_a_damaged_download_is_fetched_again(
    bench: Workbench, fault: Fault, counted: str
) -> None:
    bench.simulated.set_fault("meshy", fault, times=2, endpoint="files")
    result = await bench.generate(await bench.job())
    assert isinstance(result.content, StagedFile)
    assert (await bench.storage.size(result.content.key)) == result.content.size
    assert bench.errors() == {counted: 2}
    assert submissions(bench.simulated) == 2


@pytest.mark.parametrize("fault", [f for f, _ in DOWNLOADS])
async def test_a_file_that_is_never_whole_is_not_published(bench: Workbench, fault: Fault) -> None:
    bench.simulated.set_fault("meshy", fault, endpoint="files")
    job_id = await bench.job()
    failure = await failure_of(bench, job_id)
    assert failure.type in (ErrorType.DOWNLOAD_FAILED, ErrorType.UNAVAILABLE)
    assert [key async for key in bench.storage.list_keys("assets")] == []
    assert submissions(bench.simulated) == 2
    bench.simulated.clear_fault("meshy")
    await bench.generate(job_id, run=2)
    assert submissions(bench.simulated) == 2, "what was paid for is not paid for again"


async def test_a_job_that_is_cancelled_sends_no_further_paid_request(bench: Workbench) -> None:
    bench.simulated.set_fault("meshy", Fault.ENDLESS_TASK)
    job_id = await bench.job()
    running = asyncio.create_task(bench.generate(job_id))
    while "meshy.preview" not in await bench.claims_of(job_id):
        await asyncio.sleep(0.01)
    await bench.records.request_cancel(job_id)
    with pytest.raises(GenerationCancelled):
        await running
    assert submissions(bench.simulated) == 1
    assert bench.metrics().total("ai_api_calls_total") == 0


async def test_a_prompt_longer_than_meshy_takes_is_cut_at_a_word(bench: Workbench) -> None:
    await bench.generate(await bench.job(), prompt="a very long sword " * 100)
    (first, *_) = bench.simulated.journal.requests("meshy", method="POST")
    assert 500 < len(str(first.body["prompt"])) <= 600
    assert str(first.body["prompt"]).endswith(("a", "very", "long", "sword"))


async def test_the_balance_is_read_with_a_free_request(bench: Workbench) -> None:
    from asset_forge.generation.providers.base import Calls, ProviderRequest, ProviderResult

    class Asking:
        name = "meshy"
        model_for = bench.meshy.model_for
        check_options = bench.meshy.check_options
        close = bench.meshy.close
        seen = 0

        async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
            Asking.seen = await bench.meshy.balance(calls)
            return ProviderResult(b"", "other", "application/octet-stream")

    await bench.generate(await bench.job(), Asking())
    assert Asking.seen == 1_000_000
