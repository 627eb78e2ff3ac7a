"""Each fault of OpenAI, Anthropic and ElevenLabs: its type, how often is asked, what it costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.integration.providers.vendors import (
    DIALOGUE,
    EFFECT,
    MAKERS,
    MUSIC,
    ONE_OF_EACH,
    OPENAI_DIALOGUE,
    SOUNDS,
    TEXTURE,
    VOICE,
    Maker,
    answering,
    errors,
    providers_at,
)
from tests.integration.providers.workbench import QUICK, Workbench, workbench

from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import GenerationFailed, ProviderFailed
from asset_forge.generation.providers.base import Provider
from asset_forge.simulation.providers import Fault, SimulatedProviders
from asset_forge.simulation.sockets import LineFault, faulty_listener

E = ErrorType


async def failure_of(
    bench: Workbench,
    providers: dict[str, Provider],
    maker: Maker,
    job_id: str = "",
    run: int = 1,
) -> GenerationFailed:
    provider = providers[maker.provider]
    job_id = job_id or await bench.job(maker.type_)
    with pytest.raises(GenerationFailed) as caught:
        await bench.generate(job_id, provider, type_=maker.type_, run=run, **maker.options)
    failure = caught.value
    assert not [key for key in bench.keys if key in f"{failure}{bench.breadcrumbs}"]
    return failure


def asked(bench: Workbench) -> int:
    return len(bench.simulated.journal.requests(method="POST"))


REFUSALS = [
    (Fault.UNAUTHORIZED, E.AUTHENTICATION, 1),
    (Fault.FORBIDDEN, E.AUTHENTICATION, 1),
    (Fault.OUT_OF_CREDIT, E.QUOTA_EXHAUSTED, 1),
    (Fault.NOT_FOUND, E.INVALID_REQUEST, 1),
    (Fault.RATE_LIMITED, E.RATE_LIMITED, 4),
    (Fault.CONCURRENCY_LIMITED, E.CONCURRENCY_LIMITED, 4),
    (Fault.SERVER_ERROR, E.UNAVAILABLE, 4),
    (Fault.OVERLOADED, E.OVERLOADED, 4),
]


@pytest.mark.parametrize(
    ("maker", "fault", "type_", "sent"),
    [
        (maker, *refusal)
        for maker in ONE_OF_EACH
        for refusal in REFUSALS
        if (maker.provider, refusal[0]) != ("openai", Fault.CONCURRENCY_LIMITED)  # it has none
    ],
    ids=str,
)
async def test_what_is_refused_is_repeated_only_where_that_helps_and_costs_nothing(
    bench: Workbench,
    providers: dict[str, Provider],
    maker: Maker,
    fault: Fault,
    type_: ErrorType,
    sent: int,
) -> None:
    bench.simulated.set_fault(maker.provider, fault)
    job_id = await bench.job(maker.type_)
    failure = await failure_of(bench, providers, maker, job_id)
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.definite) == (type_, True)
    assert asked(bench) == sent
    assert errors(bench, maker.provider) == {type_.value: sent}
    assert await bench.claims_of(job_id) == {}
    assert bench.simulated.journal.charged_per_claim() == {}
    assert failure.unexpected is (type_ is E.AUTHENTICATION)


@pytest.mark.parametrize("maker", ONE_OF_EACH, ids=str)
async def test_a_short_retry_after_is_obeyed_and_a_long_one_gives_the_worker_back(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    bench.simulated.set_fault(maker.provider, Fault.RATE_LIMITED, times=1, retry_after=0.2)
    provider = providers[maker.provider]
    await bench.generate(await bench.job(maker.type_), provider, type_=maker.type_, **maker.options)
    assert asked(bench) == 2
    bench.simulated.set_fault(maker.provider, Fault.RATE_LIMITED, retry_after=120)
    failure = await failure_of(bench, providers, maker)
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.retry_after) == (E.RATE_LIMITED, 120)
    assert asked(bench) == 3


LOST = [
    (Fault.BAD_GATEWAY, E.OUTCOME_UNKNOWN, "unavailable"),
    (Fault.CONNECTION_RESET, E.OUTCOME_UNKNOWN, "unavailable"),
    (Fault.MALFORMED_JSON, E.MALFORMED_RESPONSE, "malformed_response"),
    (Fault.MISSING_FIELDS, E.MALFORMED_RESPONSE, "malformed_response"),
]
DAMAGED = [
    (Fault.TRUNCATED_DOWNLOAD, E.OUTCOME_UNKNOWN, "unavailable"),
    (Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH, E.MALFORMED_RESPONSE, "malformed_response"),
    (Fault.WRONG_TYPE_DOWNLOAD, E.MALFORMED_RESPONSE, "malformed_response"),
]


@pytest.mark.parametrize(
    ("maker", "fault", "type_", "counted"),
    [(maker, *lost) for maker in MAKERS for lost in LOST]
    + [(maker, *damaged) for maker in SOUNDS for damaged in DAMAGED],
    ids=str,
)
async def test_what_may_have_been_charged_is_never_sent_again(
    bench: Workbench,
    providers: dict[str, Provider],
    maker: Maker,
    fault: Fault,
    type_: ErrorType,
    counted: str,
) -> None:
    bench.simulated.set_fault(maker.provider, fault, times=1)
    job_id = await bench.job(maker.type_)
    failure = await failure_of(bench, providers, maker, job_id)
    assert failure.type is type_
    assert not failure.unexpected
    assert errors(bench, maker.provider) == {counted: 1}
    again = await failure_of(bench, providers, maker, job_id, run=2)
    assert again.type is E.OUTCOME_UNKNOWN
    assert asked(bench) == 1
    assert [key async for key in bench.storage.list_keys("assets")] == []


@pytest.mark.parametrize(
    ("maker", "credits_"), [(VOICE, len("an iron axe")), (EFFECT, 2 * 20), (MUSIC, 3 * 50)], ids=str
)
@pytest.mark.parametrize(
    "fault", [Fault.TRUNCATED_DOWNLOAD, Fault.TRUNCATED_DOWNLOAD_WITHOUT_LENGTH], ids=str
)
async def test_a_damaged_sound_costs_what_its_headers_tell(
    bench: Workbench, providers: dict[str, Provider], maker: Maker, credits_: int, fault: Fault
) -> None:
    bench.simulated.set_fault(maker.provider, fault)
    await failure_of(bench, providers, maker)
    cost = bench.metrics().value("ai_cost_usd_total", provider=maker.provider, model=maker.model)
    assert cost == pytest.approx(credits_ * 0.0001)
    assert await bench.spending.today() == pytest.approx(cost)


async def test_a_page_in_place_of_a_sound_costs_nothing(bench: Workbench) -> None:
    async with answering(PAGE, "text/html") as (url, _), providers_at(url) as providers:
        await failure_of(bench, providers, EFFECT)
    assert bench.metrics().total("ai_cost_usd_total") == 0


@pytest.mark.parametrize("maker", ONE_OF_EACH, ids=str)
@pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.SLOW_TRICKLE], ids=str)
async def test_an_answer_that_never_ends_is_given_up_at_the_time_limit(
    tmp_path: Path,
    migrated_sqlite_file: Path,
    simulated: SimulatedProviders,
    url: str,
    maker: Maker,
    fault: Fault,
) -> None:
    limits = replace(QUICK, request_seconds=1.0)
    desk = workbench(tmp_path, migrated_sqlite_file, simulated, url, limits)
    async with providers_at(url, 1.0) as providers, desk as bench:
        simulated.set_fault(maker.provider, fault)
        failure = await failure_of(bench, providers, maker)
        assert failure.type is E.TIMEOUT
        assert asked(bench) == 1


@pytest.mark.parametrize("maker", MAKERS, ids=str)
async def test_a_rejected_prompt_is_no_fault_of_the_vendor_and_asked_once(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    bench.simulated.set_fault(maker.provider, Fault.REJECTED_PROMPT)
    failure = await failure_of(bench, providers, maker)
    assert failure.type is E.CONTENT_REJECTED
    assert not failure.unexpected
    assert asked(bench) == 1
    assert errors(bench, maker.provider) == {"content_rejected": 1}
    assert bench.door.breakers[maker.provider].reason is None


@pytest.mark.parametrize(("maker", "price"), [(OPENAI_DIALOGUE, 0.2), (DIALOGUE, 0.1)], ids=str)
async def test_a_refusal_that_is_an_answer_costs_the_tokens_that_were_read(
    bench: Workbench, providers: dict[str, Provider], maker: Maker, price: float
) -> None:
    bench.simulated.set_fault(maker.provider, Fault.REJECTED_PROMPT)
    await failure_of(bench, providers, maker)
    scrape = bench.metrics()
    labels = {"provider": maker.provider, "model": maker.model}
    read = scrape.value("ai_tokens_used_total", type="prompt", **labels)
    assert read > 100
    cost = scrape.value("ai_cost_usd_total", **labels)
    assert cost == pytest.approx(read * price / 1e6, rel=0.1)
    assert await bench.spending.today() == pytest.approx(cost, abs=1e-6)


LINES = [
    (LineFault.REFUSE, E.UNAVAILABLE, True),
    (LineFault.RESET, E.OUTCOME_UNKNOWN, False),
    (LineFault.TLS_UNTRUSTED, E.TLS, True),
    (LineFault.TLS_GARBAGE, E.TLS, True),
]


@pytest.mark.parametrize("maker", ONE_OF_EACH, ids=str)
@pytest.mark.parametrize(("fault", "type_", "definite"), LINES, ids=str)
async def test_a_broken_line_is_told_by_its_kind(
    bench: Workbench, maker: Maker, fault: LineFault, type_: ErrorType, definite: bool
) -> None:
    with faulty_listener(fault) as listener:
        async with providers_at(listener.url) as providers:
            failure = await failure_of(bench, providers, maker)
    assert isinstance(failure, ProviderFailed)
    assert (failure.type, failure.definite) == (type_, definite)
    if not definite:
        assert listener.connections == 1


PAGE = b"<!doctype html><html><body>Sign in</body></html>"
TEXT = {"type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}
ODD: list[tuple[Maker, Any, str]] = [
    (OPENAI_DIALOGUE, PAGE, "text/html"),
    (DIALOGUE, PAGE, "text/html"),
    (TEXTURE, PAGE, "text/html"),
    (OPENAI_DIALOGUE, {"output": 3, "status": "completed"}, "application/json"),
    (OPENAI_DIALOGUE, {"output": [], "status": "failed", "error": {}}, "application/json"),
    (OPENAI_DIALOGUE, [1, 2], "application/json"),
    (DIALOGUE, TEXT | {"content": "hello"}, "application/json"),
    (DIALOGUE, TEXT | {"content": [{"type": "text", "text": "{}"}]}, "application/json"),
    (DIALOGUE, TEXT | {"content": [], "stop_reason": "max_tokens"}, "application/json"),
    (TEXTURE, {"data": {"b64_json": "abc"}}, "application/json"),
    (TEXTURE, {"data": [{"url": "http://127.0.0.1/x.png"}]}, "application/json"),
    (TEXTURE, {"data": [{"b64_json": "no base64!"}]}, "application/json"),
    (TEXTURE, {"data": [{"b64_json": "aGVsbG8="}]}, "application/json"),
    (EFFECT, PAGE, "text/html"),
    (EFFECT, b"", "audio/wav"),
]


@pytest.mark.parametrize(("maker", "content", "media_type"), ODD)
async def test_an_odd_answer_is_malformed_and_no_fault_of_the_service(
    bench: Workbench, maker: Maker, content: Any, media_type: str
) -> None:
    async with answering(content, media_type) as (url, seen), providers_at(url) as providers:
        failure = await failure_of(bench, providers, maker)
    assert failure.type is E.MALFORMED_RESPONSE
    assert not failure.unexpected
    assert len(seen) == 1


USAGES: list[Any] = [
    None,
    {},
    {"input_tokens": "12", "output_tokens": None},
    {"input_tokens": -5, "output_tokens": 1.5},
    {"input_tokens": 10**30, "output_tokens": True},
    "free of charge",
]


@pytest.mark.parametrize("usage", USAGES, ids=str)
async def test_what_was_made_is_not_thrown_away_for_a_missing_usage(
    bench: Workbench, usage: Any
) -> None:
    from asset_forge.generation.providers.procedural.dialogue import make_dialogue

    dialogue = make_dialogue("a guard", 1, {}).decode()
    answer = TEXT | {"content": [{"type": "text", "text": dialogue}], "usage": usage}
    async with answering(answer) as (url, _), providers_at(url) as providers:
        provider = providers["anthropic"]
        result = await bench.generate(await bench.job(), provider, type_=DIALOGUE.type_)
    assert result.file_type == "json"
    assert bench.metrics().total("ai_tokens_used_total") == 0


@pytest.mark.parametrize("maker", ONE_OF_EACH, ids=str)
async def test_a_redirect_is_not_followed_with_the_key(bench: Workbench, maker: Maker) -> None:
    async with answering(b"") as (elsewhere, followed):
        location = f"Location: {elsewhere}/v1/x"
        redirect = answering(b"", "text/plain", "307 Temporary Redirect", location)
        async with redirect as (url, _), providers_at(url) as providers:
            failure = await failure_of(bench, providers, maker)
    assert failure.type is E.UNAVAILABLE
    assert followed == []


async def test_an_endless_answer_is_not_read_into_memory(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asset_forge.generation.providers import answers

    monkeypatch.setattr(answers, "ANSWER_BYTES", 100_000)
    endless = answering(b'{"data": "' + b"a" * 1_000_000 + b'"}')
    async with endless as (url, _), providers_at(url) as providers:
        failure = await failure_of(bench, providers, TEXTURE)
    assert failure.type is E.MALFORMED_RESPONSE
