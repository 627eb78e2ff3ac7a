"""Anthropic's own SDK against the simulated Anthropic."""

from __future__ import annotations

import json

import anthropic
import jsonschema
import pytest
from anthropic.types import Message
from tests.integration.simulation.conftest import patience_with

from asset_forge.simulation.providers import Fault, SimulatedProviders


async def ask(sdk: anthropic.AsyncAnthropic, most_tokens: int = 500) -> Message:
    return await sdk.messages.create(
        model="claude-haiku-5-5",
        max_tokens=most_tokens,
        system="Describe it.",
        messages=[{"role": "user", "content": "an oak barrel"}],
    )


async def test_a_message_answers_the_prompt_and_counts_its_tokens(
    anthropic_sdk: anthropic.AsyncAnthropic,
) -> None:
    answer = await ask(anthropic_sdk)
    assert answer.content[0].type == "text"
    assert answer.content[0].text.startswith("an oak barrel")
    assert answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens > 4
    assert answer.usage.output_tokens > 10
    assert answer.usage.cache_read_input_tokens == 0
    counted = await anthropic_sdk.messages.count_tokens(
        model="claude-haiku-5-5",
        system="Describe it.",
        messages=[{"role": "user", "content": "an oak barrel"}],
    )
    assert counted.input_tokens == answer.usage.input_tokens


async def test_a_message_is_cut_off_at_the_most_tokens(
    anthropic_sdk: anthropic.AsyncAnthropic,
) -> None:
    answer = await ask(anthropic_sdk, most_tokens=5)
    assert answer.stop_reason == "max_tokens"
    assert answer.usage.output_tokens == 5


async def test_a_tool_that_has_to_be_used_is_used_with_a_fitting_input(
    anthropic_sdk: anthropic.AsyncAnthropic,
) -> None:
    schema = {"type": "object", "properties": {"tags": {"type": "array", "minItems": 2}}}
    answer = await anthropic_sdk.messages.create(
        model="claude-haiku-5-5",
        max_tokens=500,
        messages=[{"role": "user", "content": "a tavern"}],
        tools=[{"name": "save", "input_schema": schema}],
        tool_choice={"type": "tool", "name": "save"},
    )
    assert answer.stop_reason == "tool_use"
    assert answer.content[0].type == "tool_use"
    assert answer.content[0].name == "save"
    jsonschema.validate(answer.content[0].input, schema)


async def test_the_models_are_listed(anthropic_sdk: anthropic.AsyncAnthropic) -> None:
    assert "claude-haiku-5-5" in [model.id async for model in anthropic_sdk.models.list()]


@pytest.mark.parametrize(
    ("fault", "expected", "status", "kind"),
    [
        (Fault.UNAUTHORIZED, anthropic.AuthenticationError, 401, "authentication_error"),
        (Fault.OUT_OF_CREDIT, anthropic.BadRequestError, 400, "invalid_request_error"),
        (Fault.FORBIDDEN, anthropic.PermissionDeniedError, 403, "permission_error"),
        (Fault.NOT_FOUND, anthropic.NotFoundError, 404, "not_found_error"),
        (Fault.RATE_LIMITED, anthropic.RateLimitError, 429, "rate_limit_error"),
        (Fault.CONCURRENCY_LIMITED, anthropic.RateLimitError, 429, "rate_limit_error"),
        (Fault.SERVER_ERROR, anthropic.InternalServerError, 500, "api_error"),
        (Fault.OVERLOADED, anthropic.InternalServerError, 529, "overloaded_error"),
        (Fault.BAD_GATEWAY, anthropic.InternalServerError, 502, None),
    ],
)
async def test_a_refusal_is_the_exception_of_the_sdk_for_it(
    providers: SimulatedProviders,
    anthropic_sdk: anthropic.AsyncAnthropic,
    fault: Fault,
    expected: type[anthropic.APIStatusError],
    status: int,
    kind: str | None,
) -> None:
    providers.set_fault("anthropic", fault, retry_after=3)
    with pytest.raises(expected) as caught:
        await ask(anthropic_sdk)
    error = caught.value
    assert error.status_code == status
    if kind is not None:
        assert isinstance(error.body, dict)
        assert error.body["error"]["type"] == kind
        assert error.request_id == error.body["request_id"]
    assert error.response.headers.get("retry-after") == ("3" if status in (429, 529) else None)
    assert not providers.journal.requests("anthropic", charged=True)


async def test_an_empty_account_is_told_that_its_credit_is_too_low(
    providers: SimulatedProviders, anthropic_sdk: anthropic.AsyncAnthropic
) -> None:
    providers.set_fault("anthropic", Fault.OUT_OF_CREDIT)
    with pytest.raises(anthropic.BadRequestError, match="credit balance is too low"):
        await ask(anthropic_sdk)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.TIMEOUT, anthropic.APITimeoutError),
        (Fault.SLOW_TRICKLE, anthropic.APITimeoutError),
        (Fault.CONNECTION_RESET, anthropic.APIConnectionError),
        (Fault.MALFORMED_JSON, json.JSONDecodeError),
    ],
)
async def test_an_answer_lost_on_the_way_has_been_charged_all_the_same(
    providers: SimulatedProviders,
    anthropic_sdk: anthropic.AsyncAnthropic,
    fault: Fault,
    expected: type[Exception],
) -> None:
    providers.set_fault("anthropic", fault)
    with pytest.raises(expected):
        await ask(anthropic_sdk.with_options(timeout=patience_with(fault)))
    assert len(providers.journal.requests("anthropic", charged=True)) == 1


async def test_missing_fields_are_missing(
    providers: SimulatedProviders, anthropic_sdk: anthropic.AsyncAnthropic
) -> None:
    providers.set_fault("anthropic", Fault.MISSING_FIELDS)
    answer = await ask(anthropic_sdk)
    assert not hasattr(answer, "content") or answer.content is None


async def test_a_rejected_prompt_ends_with_a_refusal(
    providers: SimulatedProviders, anthropic_sdk: anthropic.AsyncAnthropic
) -> None:
    providers.set_fault("anthropic", Fault.REJECTED_PROMPT)
    answer = await ask(anthropic_sdk)
    assert (answer.stop_reason, answer.content) == ("refusal", [])


async def test_a_wrong_key_is_refused_without_any_fault(
    anthropic_sdk: anthropic.AsyncAnthropic,
) -> None:
    with pytest.raises(anthropic.AuthenticationError):
        await ask(anthropic_sdk.with_options(api_key="sk-ant-real-looking"))
