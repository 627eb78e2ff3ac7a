"""All twelve types by `auto` from the vendors, on the real service: files, figures, no key."""

from __future__ import annotations

import contextlib
import io
import json
import wave
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import trimesh
from PIL import Image
from tests.served import Server, serving, until
from tests.system.scrapes import Scrape

from asset_forge.asset_types import MODEL_TYPES, AssetType
from asset_forge.generation.providers.procedural.dialogue import DIALOGUE_SCHEMA
from asset_forge.simulation.providers import (
    Fault,
    SimulatedProviders,
    environment,
    running_in_thread,
)

MODELS = {
    **{type_.value: ("meshy", "meshy-6") for type_ in MODEL_TYPES},
    "texture": ("openai", "gpt-image-2.5-flare"),
    "music": ("elevenlabs", "music_v1"),
    "sound_effect": ("elevenlabs", "eleven_text_to_sound_v2"),
    "voice": ("elevenlabs", "eleven_multilingual_v2"),
    "dialogue": ("anthropic", "claude-haiku-5-5"),
}
OPTIONS: dict[str, dict[str, Any]] = {
    "texture": {"quality": "low"},
    "music": {"durationSeconds": 3},
    "sound_effect": {"durationSeconds": 2},
}
SPOKEN = ("voice", "dialogue")
"""What is said or written as the prompt has it, so that the prompt is not expanded."""
EXPANDER = ("anthropic", "claude-haiku-5-5")
CREDITS = {"voice": 20, "sound_effect": 2 * 20, "music": 3 * 50}
"""ElevenLabs' credits, a hundredth of a cent each."""
HAIKU = (0.1e-6, 0.5e-6)
PAINTER = (5e-6, 30e-6)


@pytest.fixture(scope="module")
def simulated() -> SimulatedProviders:
    return SimulatedProviders(speed=50, seed=5)


@pytest.fixture(scope="module")
def variables(simulated: SimulatedProviders) -> Iterator[dict[str, str]]:
    quick = {"MESHY_POLL_SECONDS": "0.2", "PROVIDER_BREAKER_SECONDS": "0.1"}
    with running_in_thread(simulated) as url:
        yield environment(url) | quick


@pytest.fixture(scope="module")
def forge(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    variables: dict[str, str],
) -> Iterator[Server]:
    with serving(request.config, tmp_path_factory.mktemp("forge")) as serve:
        yield serve(variables)


@pytest.fixture(scope="module")
def before(forge: Server) -> Scrape:
    return forge.scrape()


@pytest.fixture(scope="module")
def jobs(forge: Server, before: Scrape) -> dict[str, dict[str, Any]]:
    """One job of each type, asked for at once and ended."""
    ids = {
        type_.value: forge.submit(
            type_.value, f"a mossy {type_.value.replace('_', ' ')}", options=OPTIONS.get(type_, {})
        )
        for type_ in AssetType
    }
    return {type_: forge.ended(job_id) for type_, job_id in ids.items()}


def test_the_start_says_which_providers_there_are(forge: Server) -> None:
    [line] = [line for line in forge.lines() if line.startswith("  Providers ")]
    assert line.split(maxsplit=1)[1] == "meshy, openai, anthropic, elevenlabs, procedural"


def test_the_calls_of_every_configured_model_start_at_zero(before: Scrape) -> None:
    makers = {*MODELS.values(), EXPANDER}
    for provider, model in makers:
        for status in ("success", "failure"):
            labels = (("model", model), ("provider", provider), ("status", status))
            assert before.samples["ai_api_calls_total", labels] == 0.0


def test_each_type_is_made_by_the_first_vendor_of_its_order(
    jobs: dict[str, dict[str, Any]],
) -> None:
    assert {t: (j["status"], j["error"]) for t, j in jobs.items()} == dict.fromkeys(
        MODELS, ("succeeded", None)
    )
    assert {t: (j["provider"], j["model"]) for t, j in jobs.items()} == MODELS


def test_a_job_shows_the_prompt_that_its_vendor_was_sent(
    jobs: dict[str, dict[str, Any]], simulated: SimulatedProviders
) -> None:
    for type_, job in jobs.items():
        if type_ in SPOKEN:
            assert job["expandedPrompt"] is None
            assert "expand" not in job["stages"]
            continue
        assert job["expandedPrompt"] != job["prompt"]
        assert job["expandedPrompt"].startswith(job["prompt"])
        assert "expand" in job["stages"]
    sent = [request.prompt for request in simulated.journal.requests("elevenlabs")]
    expected = {jobs["voice"]["prompt"]} | {
        jobs[type_]["expandedPrompt"] for type_ in ("music", "sound_effect")
    }
    assert set(sent) == expected


def test_each_file_opens_in_somebody_elses_reader(
    forge: Server, jobs: dict[str, dict[str, Any]]
) -> None:
    for type_, job in jobs.items():
        file = io.BytesIO(forge.request("GET", f"/api/assets/{job['assetId']}/file").content)
        if type_ in ("music", "sound_effect", "voice"):
            with wave.open(file) as sound:
                assert sound.getnframes() > 1000
        elif type_ == "texture":
            normal = io.BytesIO(zipfile.ZipFile(file).read("normal.png"))
            with Image.open(normal) as image:
                image.load()
                assert image.size == (1024, 1024)
        elif type_ == "dialogue":
            jsonschema.validate(
                json.load(file), DIALOGUE_SCHEMA, cls=jsonschema.Draft202012Validator
            )
        else:
            assert trimesh.load_scene(file, file_type="glb").triangles.shape[0] > 0


def test_the_metrics_count_each_operation_by_its_provider_and_model(
    forge: Server, jobs: dict[str, dict[str, Any]], before: Scrape
) -> None:
    after = forge.scrape()
    moved = after.moved_since(before)
    calls = {
        (dict(labels)["provider"], dict(labels)["model"], dict(labels)["status"]): count
        for (name, labels), count in moved.items()
        if name == "ai_api_calls_total"
    }
    expansions = sum(type_ not in SPOKEN for type_ in jobs)
    expected = Counter((*maker, "success") for maker in MODELS.values())
    expected[*EXPANDER, "success"] += expansions
    assert calls == expected
    for type_ in jobs:
        labels = (("status", "success"), ("type", type_))
        assert moved["asset_generations_total", labels] == 1
    observed = {
        (dict(labels)["provider"], dict(labels)["model"]): count
        for (name, labels), count in moved.items()
        if name == "ai_api_latency_seconds_count"
    }
    assert observed == {maker[:2]: count for maker, count in expected.items()}
    assert after.total("ai_api_errors_total") == 0


def test_the_costs_are_those_of_what_was_used(
    forge: Server, jobs: dict[str, dict[str, Any]], simulated: SimulatedProviders
) -> None:
    scrape = forge.scrape()

    def cost(provider: str, model: str) -> float:
        return scrape.value("ai_cost_usd_total", provider=provider, model=model)

    def tokens(model: str, kind: str) -> float:
        return scrape.total("ai_tokens_used_total", model=model, type=kind)

    assert cost("meshy", "meshy-6") == pytest.approx(len(MODEL_TYPES) * 30 * 0.02)
    for type_, credits_ in CREDITS.items():
        characters = len(jobs[type_]["prompt"]) if type_ == "voice" else credits_
        assert cost(*MODELS[type_]) == pytest.approx(characters * 0.0001)
    for (provider, model), (read, written) in ((EXPANDER, HAIKU), (MODELS["texture"], PAINTER)):
        used = tokens(model, "prompt") * read + tokens(model, "completion") * written
        assert cost(provider, model) == pytest.approx(used)
    assert tokens(MODELS["texture"][1], "completion") == 272  # of a low image
    # A fourth of the characters, as the simulated vendor counts tokens.
    asked = simulated.journal.requests("anthropic", endpoint="messages")
    texts = [f"{r.body['system']}\n{r.prompt}" for r in asked]
    assert tokens(EXPANDER[1], "prompt") == sum(-(-len(text) // 4) for text in texts)


def test_each_paid_request_was_sent_once(
    jobs: dict[str, dict[str, Any]], simulated: SimulatedProviders
) -> None:
    claims = simulated.journal.charged_per_claim()
    assert set(claims.values()) == {1}
    purposes = Counter(claim.partition(".")[2] for claim in claims)
    assert purposes == {
        "meshy.preview": 7,
        "meshy.refine": 7,
        "openai.image": 1,
        "elevenlabs.music": 1,
        "elevenlabs.speech": 1,
        "elevenlabs.sound-effect": 1,
        "anthropic.dialogue": 1,
        "anthropic.expansion": 10,
    }


REFUSED = [
    # whose key is refused, what is asked for, who makes it then
    ("openai", "texture", "procedural"),
    ("anthropic", "dialogue", "openai"),
    ("elevenlabs", "voice", "procedural"),
]


@pytest.mark.parametrize(("refusing", "type_", "maker"), REFUSED)
def test_a_refused_key_sends_auto_to_the_next_and_ends_a_job_that_names_the_vendor(
    forge: Server,
    jobs: dict[str, dict[str, Any]],
    simulated: SimulatedProviders,
    refusing: str,
    type_: str,
    maker: str,
) -> None:
    simulated.set_fault(refusing, Fault.UNAUTHORIZED)
    try:
        job = forge.ended(forge.submit(type_, "a last resort"))
        assert (job["status"], job["provider"]) == ("succeeded", maker)
        job = forge.ended(forge.submit(type_, "a lost key", provider=refusing))
        assert (job["status"], job["error"]["type"]) == ("failed", "authentication")
    finally:
        simulated.clear_fault(refusing)
    scrape = forge.scrape()
    assert scrape.value("ai_api_errors_total", provider=refusing, error_type="authentication") >= 1

    def made() -> bool:
        job = forge.ended(forge.submit(type_, "a found key", provider=refusing))
        return bool(job["status"] == "succeeded")

    until("its breaker lets it be asked again", made)


def test_no_key_is_shown_anywhere(
    forge: Server, jobs: dict[str, dict[str, Any]], variables: dict[str, str]
) -> None:
    until("the refused keys are error events", lambda: forge.get("/api/errors")["items"])
    paths = ["/metrics", "/metrics/business", "/api/errors", "/api/traces", "/api/generation"]
    paths += [f"/api/generation/{job['id']}" for job in jobs.values()]
    paths += [f"/api/errors/{e['fingerprint']}" for e in forge.get("/api/errors")["items"]]
    paths += [f"/api/traces/{t['traceId']}" for t in forge.get("/api/traces")["items"][:20]]
    shown = [forge.output(), *(forge.request("GET", path).text for path in paths)]
    files = [p for p in forge.data_dir.rglob("*") if p.is_file() and "objects" not in p.parts]
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # a temporary one
            shown.append(path.read_bytes().decode(errors="replace"))
    keys = [value for name, value in variables.items() if name.endswith("_API_KEY")]
    assert len(keys) == 4
    assert [key for key in keys if any(key in text for text in shown)] == []
