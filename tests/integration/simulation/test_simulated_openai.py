"""OpenAI's own SDK against the simulated OpenAI."""

from __future__ import annotations

import base64
import io
import json

import jsonschema
import numpy as np
import openai
import pytest
from openai.types.chat import ChatCompletion
from PIL import Image
from tests.integration.simulation.conftest import patience_with

from asset_forge.simulation.providers import Fault, SimulatedProviders

SCHEMA = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "mood": {"enum": ["calm", "tense"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 3},
        "size": {"$ref": "#/$defs/size"},
        "owner": {"anyOf": [{"type": "null"}, {"type": "string"}]},
    },
    "required": ["title", "mood", "tags", "size", "owner"],
    "additionalProperties": False,
    "$defs": {"size": {"type": "integer", "minimum": 3, "maximum": 5}},
}


async def ask(sdk: openai.AsyncOpenAI, prompt: str = "an oak barrel") -> ChatCompletion:
    return await sdk.chat.completions.create(
        model="gpt-5-mini", messages=[{"role": "user", "content": prompt}]
    )


async def test_a_chat_completion_answers_the_prompt_and_counts_its_tokens(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    short = await ask(openai_sdk)
    long = await ask(openai_sdk, "an oak barrel with iron hoops, half full of apples " * 10)
    assert short.choices[0].message.content is not None
    assert short.choices[0].message.content.startswith("an oak barrel")
    assert short.choices[0].finish_reason == "stop"
    assert short.usage is not None
    assert long.usage is not None
    assert short.usage.total_tokens == short.usage.prompt_tokens + short.usage.completion_tokens
    assert long.usage.prompt_tokens > 10 * short.usage.prompt_tokens


async def test_an_answer_is_cut_off_at_the_most_tokens(openai_sdk: openai.AsyncOpenAI) -> None:
    answer = await openai_sdk.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "an oak barrel"}],
        max_completion_tokens=5,
    )
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 5


async def test_an_answer_keeps_to_the_schema_that_is_asked_for(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.chat.completions.create(
        model="gpt-5-mini",
        messages=[{"role": "user", "content": "a tavern"}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "scene", "schema": SCHEMA, "strict": True},
        },
    )
    jsonschema.validate(json.loads(answer.choices[0].message.content or ""), SCHEMA)


async def test_a_system_prompt_that_asks_for_json_gets_json(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.responses.create(
        model="gpt-5-mini", instructions="Answer with JSON alone.", input="a grumpy blacksmith"
    )
    assert json.loads(answer.output_text)["nodes"]


async def test_a_response_has_its_text_and_counts_its_tokens(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.responses.create(
        model="gpt-5-mini", instructions="Describe it.", input="an oak barrel"
    )
    assert answer.output_text.startswith("an oak barrel")
    assert answer.status == "completed"
    assert answer.usage is not None
    assert answer.usage.input_tokens > 1
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


async def test_a_response_keeps_to_the_schema_that_is_asked_for(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.responses.create(
        model="gpt-5-mini",
        input=[{"role": "user", "content": [{"type": "input_text", "text": "a tavern"}]}],
        text={"format": {"type": "json_schema", "name": "scene", "schema": SCHEMA}},
    )
    jsonschema.validate(json.loads(answer.output_text), SCHEMA)


async def test_an_image_is_a_png_of_the_size_with_the_tokens_of_its_quality(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    moss, rust = [
        await openai_sdk.images.generate(
            model="gpt-image-2", prompt=prompt, size="1024x1024", quality="low"
        )
        for prompt in ("mossy stone", "rusty iron")
    ]
    assert moss.data is not None
    assert rust.data is not None
    assert moss.usage is not None
    assert moss.usage.output_tokens == 272
    content = base64.b64decode(moss.data[0].b64_json or "")
    with Image.open(io.BytesIO(content)) as image:
        image.load()
        assert (image.format, image.size, image.mode) == ("PNG", (1024, 1024), "RGB")
    assert moss.data[0].b64_json != rust.data[0].b64_json


async def test_an_image_of_an_older_model_is_downloaded_from_its_url(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.images.generate(model="dall-e-3", prompt="moss", size="1792x1024")
    assert answer.data is not None
    response = await openai_sdk._client.get(answer.data[0].url or "")
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.size == (1792, 1024)


async def test_texts_that_share_words_have_embeddings_that_are_near(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.embeddings.create(
        model="text-embedding-3-small",
        input=["a red oak barrel", "a blue oak barrel", "thunder over mountains"],
    )
    red, blue, thunder = (np.asarray(entry.embedding) for entry in answer.data)
    assert red.shape == (1536,)
    assert np.linalg.norm(red) == pytest.approx(1, abs=1e-4)
    assert red @ blue > 0.5
    assert abs(red @ thunder) < 0.2
    assert answer.usage.prompt_tokens > 3


async def test_embeddings_have_as_many_dimensions_as_are_asked_for(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    answer = await openai_sdk.embeddings.create(
        model="text-embedding-3-small", input="moss", dimensions=256, encoding_format="float"
    )
    assert len(answer.data[0].embedding) == 256


async def test_the_models_are_listed(openai_sdk: openai.AsyncOpenAI) -> None:
    names = [model.id async for model in openai_sdk.models.list()]
    assert "gpt-5-mini" in names
    assert (await openai_sdk.models.retrieve("gpt-5-mini")).id == "gpt-5-mini"


@pytest.mark.parametrize(
    ("fault", "expected", "status", "code"),
    [
        (Fault.UNAUTHORIZED, openai.AuthenticationError, 401, "invalid_api_key"),
        (Fault.OUT_OF_CREDIT, openai.RateLimitError, 429, "insufficient_quota"),
        (
            Fault.FORBIDDEN,
            openai.PermissionDeniedError,
            403,
            "unsupported_country_region_territory",
        ),
        (Fault.NOT_FOUND, openai.NotFoundError, 404, "model_not_found"),
        (Fault.RATE_LIMITED, openai.RateLimitError, 429, "rate_limit_exceeded"),
        (Fault.SERVER_ERROR, openai.InternalServerError, 500, None),
        (Fault.OVERLOADED, openai.InternalServerError, 503, None),
        (Fault.BAD_GATEWAY, openai.InternalServerError, 502, None),
    ],
)
async def test_a_refusal_is_the_exception_of_the_sdk_for_it(
    providers: SimulatedProviders,
    openai_sdk: openai.AsyncOpenAI,
    fault: Fault,
    expected: type[openai.APIStatusError],
    status: int,
    code: str | None,
) -> None:
    providers.set_fault("openai", fault)
    with pytest.raises(expected) as caught:
        await ask(openai_sdk)
    assert caught.value.status_code == status
    assert caught.value.code == code
    assert not providers.journal.requests("openai", charged=True)


@pytest.mark.parametrize("retry_after", [None, 7.0])
async def test_a_rate_limit_says_when_to_come_back_only_if_told_to(
    providers: SimulatedProviders, openai_sdk: openai.AsyncOpenAI, retry_after: float | None
) -> None:
    providers.set_fault("openai", Fault.RATE_LIMITED, retry_after=retry_after)
    with pytest.raises(openai.RateLimitError) as caught:
        await ask(openai_sdk)
    assert caught.value.response.headers.get("retry-after") == (retry_after and "7")


async def test_the_sdk_gets_through_after_the_two_failures_that_were_ordered(
    providers: SimulatedProviders, openai_sdk: openai.AsyncOpenAI
) -> None:
    providers.set_fault("openai", Fault.RATE_LIMITED, times=2, retry_after=0.01)
    answer = await ask(openai_sdk.with_options(max_retries=2))
    assert answer.choices
    assert [entry.status for entry in providers.journal.requests("openai")] == [429, 429, 200]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.TIMEOUT, openai.APITimeoutError),
        (Fault.SLOW_TRICKLE, openai.APITimeoutError),
        (Fault.CONNECTION_RESET, openai.APIConnectionError),
        (Fault.MALFORMED_JSON, json.JSONDecodeError),
    ],
)
async def test_an_answer_lost_on_the_way_has_been_charged_all_the_same(
    providers: SimulatedProviders,
    openai_sdk: openai.AsyncOpenAI,
    fault: Fault,
    expected: type[Exception],
) -> None:
    providers.set_fault("openai", fault)
    with pytest.raises(expected):
        await ask(openai_sdk.with_options(timeout=patience_with(fault)))
    assert len(providers.journal.requests("openai", charged=True)) == 1


async def test_missing_fields_are_missing(
    providers: SimulatedProviders, openai_sdk: openai.AsyncOpenAI
) -> None:
    providers.set_fault("openai", Fault.MISSING_FIELDS)
    assert (await ask(openai_sdk)).choices is None
    assert (await openai_sdk.images.generate(model="gpt-image-2", prompt="moss")).data is None


async def test_a_rejected_prompt_ends_a_text_by_the_filter_and_refuses_an_image(
    providers: SimulatedProviders, openai_sdk: openai.AsyncOpenAI
) -> None:
    providers.set_fault("openai", Fault.REJECTED_PROMPT)
    answer = await ask(openai_sdk)
    assert answer.choices[0].finish_reason == "content_filter"
    assert answer.choices[0].message.refusal
    response = await openai_sdk.responses.create(model="gpt-5-mini", input="an oak barrel")
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "content_filter"
    with pytest.raises(openai.BadRequestError) as caught:
        await openai_sdk.images.generate(model="gpt-image-2", prompt="moss")
    assert caught.value.code == "moderation_blocked"


async def test_an_expired_image_url_is_forbidden(
    providers: SimulatedProviders, openai_sdk: openai.AsyncOpenAI
) -> None:
    answer = await openai_sdk.images.generate(model="dall-e-3", prompt="moss")
    assert answer.data is not None
    providers.set_fault("openai", Fault.EXPIRED_URL)
    response = await openai_sdk._client.get(answer.data[0].url or "")
    assert response.status_code == 403


async def test_a_wrong_key_is_refused_without_any_fault(openai_sdk: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        await ask(openai_sdk.with_options(api_key="sk-real-looking"))


async def test_a_request_without_its_fields_is_refused_by_name(
    openai_sdk: openai.AsyncOpenAI,
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await openai_sdk.chat.completions.create(model="gpt-5-mini", messages=[])
    assert caught.value.param == "messages"
