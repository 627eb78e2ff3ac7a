"""What OpenAI, Anthropic and ElevenLabs make, opened by others' readers, and what it costs."""

from __future__ import annotations

import io
import json
import wave
import zipfile

import httpx
import jsonschema
import pytest
from PIL import Image
from tests.integration.providers.vendors import (
    DIALOGUE,
    EFFECT,
    MUSIC,
    OPENAI_DIALOGUE,
    SOUNDS,
    TEXTURE,
    VOICE,
    Maker,
    answering,
    providers_at,
)
from tests.integration.providers.workbench import Workbench

from asset_forge.generation.providers.base import Provider, ProviderResult
from asset_forge.generation.providers.procedural.dialogue import DIALOGUE_SCHEMA

PROMPT = "an old red brick wall"
GIVEN = "pNInz6obpgDQGcFmaJgB"
"""A voice that every account of ElevenLabs has."""

# US dollars for a million tokens, as the vendors publish them.
TOKEN_PRICES = {
    "gpt-image-2.5-flare": (5.0, 30.0),
    "gpt-5.6-luna": (0.2, 1.2),
    "claude-haiku-5-5": (0.1, 0.5),
}
CREDIT = 0.0001
"""A dollar for ten thousand of ElevenLabs' credits."""


async def made(
    bench: Workbench, providers: dict[str, Provider], maker: Maker, prompt: str = PROMPT
) -> tuple[ProviderResult, bytes]:
    job_id = await bench.job(maker.type_, prompt)
    provider = providers[maker.provider]
    result = await bench.generate(
        job_id, provider, type_=maker.type_, prompt=prompt, **maker.options
    )
    assert isinstance(result.content, bytes)
    return result, result.content


async def test_a_texture_is_a_zip_of_maps_that_pillow_opens(
    bench: Workbench, providers: dict[str, Provider]
) -> None:
    result, content = await made(bench, providers, TEXTURE)
    assert (result.file_type, result.media_type) == ("zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in ("albedo", "normal", "roughness", "height", "ao"):
            with Image.open(io.BytesIO(archive.read(f"{name}.png"))) as image:
                image.load()
                assert image.size == (1024, 1024)
        assert json.loads(archive.read("material.json"))["generator"] == TEXTURE.model
    (request,) = bench.simulated.journal.requests("openai")
    assert PROMPT in request.prompt
    assert (request.body["size"], request.body["quality"]) == ("1024x1024", "low")


@pytest.mark.parametrize("maker", [OPENAI_DIALOGUE, DIALOGUE], ids=str)
async def test_a_dialogue_fits_the_published_schema(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    result, content = await made(bench, providers, maker, "a gruff gate guard")
    assert (result.file_type, result.media_type) == ("json", "application/json")
    jsonschema.validate(json.loads(content), DIALOGUE_SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("maker", "form", "seconds"),
    [(VOICE, (1, 2, 24_000), 1.4), (EFFECT, (1, 2, 24_000), 2.0), (MUSIC, (2, 2, 44_100), 3.0)],
    ids=str,
)
async def test_a_sound_opens_in_the_wave_module(
    bench: Workbench,
    providers: dict[str, Provider],
    maker: Maker,
    form: tuple[int, int, int],
    seconds: float,
) -> None:
    result, content = await made(bench, providers, maker)
    assert (result.file_type, result.media_type) == ("wav", "audio/wav")
    with wave.open(io.BytesIO(content)) as sound:
        assert sound.getparams()[:3] == form
        assert sound.getnframes() / sound.getframerate() == pytest.approx(seconds, abs=0.01)
        assert len(set(sound.readframes(sound.getnframes()))) > 50, "it is silent"


@pytest.mark.parametrize("maker", [OPENAI_DIALOGUE, DIALOGUE, *SOUNDS], ids=str)
async def test_each_is_one_operation_and_one_paid_request(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    await made(bench, providers, maker)
    labels = {"provider": maker.provider, "model": maker.model}
    scrape = bench.metrics()
    assert scrape.value("ai_api_calls_total", status="success", **labels) == 1
    assert scrape.value("ai_api_latency_seconds_count", **labels) == 1
    assert scrape.total("ai_api_errors_total") == 0
    (claim, requests), *rest = bench.simulated.journal.charged_per_claim().items()
    assert (claim.rpartition(".")[2], requests, rest) == (maker.purpose, 1, [])


@pytest.mark.parametrize("maker", [TEXTURE, OPENAI_DIALOGUE, DIALOGUE], ids=str)
async def test_tokens_and_their_price_are_those_that_the_vendor_tells(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    await made(bench, providers, maker)
    (request,) = bench.simulated.journal.requests(maker.provider, endpoint=maker.endpoint)
    # The same request once more, past the service: the vendor answers alike.
    headers = {"authorization": "Bearer simulated-x", "anthropic-version": "2023-06-01"}
    async with httpx.AsyncClient(headers=headers) as client:
        path = f"{bench.url}/{maker.provider}{request.path}"
        usage = (await client.post(path, json=request.body)).json()["usage"]
    labels = {"provider": maker.provider, "model": maker.model}
    scrape = bench.metrics()
    read, written = usage["input_tokens"], usage["output_tokens"]
    assert min(read, written) > 10
    assert scrape.value("ai_tokens_used_total", type="prompt", **labels) == read
    assert scrape.value("ai_tokens_used_total", type="completion", **labels) == written
    price = TOKEN_PRICES[maker.model]
    cost = (read * price[0] + written * price[1]) / 1e6
    assert scrape.value("ai_cost_usd_total", **labels) == pytest.approx(cost)
    assert await bench.spending.today() == pytest.approx(cost, abs=1e-6)


@pytest.mark.parametrize(
    ("maker", "credits_"), [(VOICE, len(PROMPT)), (EFFECT, 2 * 20), (MUSIC, 3 * 50)], ids=str
)
async def test_sounds_cost_the_credits_that_the_vendor_tells(
    bench: Workbench, providers: dict[str, Provider], maker: Maker, credits_: int
) -> None:
    await made(bench, providers, maker)
    labels = {"provider": "elevenlabs", "model": maker.model}
    assert bench.metrics().value("ai_cost_usd_total", **labels) == pytest.approx(credits_ * CREDIT)
    assert bench.metrics().total("ai_tokens_used_total") == 0


@pytest.mark.parametrize(("maker", "usd"), [(VOICE, 21 * CREDIT), (EFFECT, 1.4 * 0.002)], ids=str)
async def test_where_no_credits_are_told_characters_and_seconds_are_counted(
    bench: Workbench, providers: dict[str, Provider], maker: Maker, usd: float
) -> None:
    _, sound = await made(bench, providers, VOICE)  # of 1.4 seconds
    before = bench.metrics()
    async with answering(sound, "audio/wav") as (url, _), providers_at(url) as others:
        await made(bench, others, maker)
    moved = bench.metrics().moved_since(before)
    labels = (("model", maker.model), ("provider", "elevenlabs"))
    assert moved["ai_cost_usd_total", labels] == pytest.approx(usd)


async def test_a_prompt_longer_than_a_sound_effect_takes_is_cut_and_speech_is_not(
    bench: Workbench, providers: dict[str, Provider]
) -> None:
    prompt = "a very heavy door " * 60
    await made(bench, providers, EFFECT, prompt)
    async with providers_at(bench.url) as others:
        await made(bench, others, VOICE, prompt)
    effect, speech = bench.simulated.journal.requests("elevenlabs")
    assert 400 < len(effect.prompt) <= 450
    assert speech.prompt == prompt


async def test_speech_has_the_seed_and_the_voice_of_the_request(
    bench: Workbench, providers: dict[str, Provider]
) -> None:
    job_id = await bench.job(VOICE.type_)
    provider = providers["elevenlabs"]
    await bench.generate(job_id, provider, type_=VOICE.type_, prompt="halt", voiceId=GIVEN)
    (request,) = bench.simulated.journal.requests("elevenlabs")
    assert request.path.endswith(f"/{GIVEN}")
    assert request.body["seed"] == 7


async def test_dialogues_are_not_kept_at_openai(
    bench: Workbench, providers: dict[str, Provider]
) -> None:
    await made(bench, providers, OPENAI_DIALOGUE)
    (request,) = bench.simulated.journal.requests("openai")
    assert request.body["store"] is False


@pytest.mark.parametrize("maker", [OPENAI_DIALOGUE, DIALOGUE, *SOUNDS], ids=str)
async def test_a_second_run_gets_what_the_first_paid_for(
    bench: Workbench, providers: dict[str, Provider], maker: Maker
) -> None:
    job_id, provider = await bench.job(maker.type_), providers[maker.provider]
    first = await bench.generate(job_id, provider, type_=maker.type_, **maker.options)
    cost = bench.metrics().total("ai_cost_usd_total")
    second = await bench.generate(job_id, provider, type_=maker.type_, run=2, **maker.options)
    assert second == first
    assert len(bench.simulated.journal.requests(method="POST")) == 1
    assert bench.metrics().total("ai_cost_usd_total") == cost
