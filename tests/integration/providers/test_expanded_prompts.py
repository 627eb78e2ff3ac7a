"""A prompt that a language model says more of, on that model's own queue, before the asset."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.served import Server, serving, until

from asset_forge.simulation.providers import (
    Fault,
    SimulatedProviders,
    environment,
    running_in_thread,
)


@pytest.fixture(scope="module")
def simulated() -> SimulatedProviders:
    """The vendors, two hundred times as fast as in life."""
    return SimulatedProviders(speed=200, seed=9)


@pytest.fixture(scope="module")
def forge(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    simulated: SimulatedProviders,
) -> Iterator[Server]:
    """A server with all providers, which expands prompts with Anthropic."""
    own = {
        "MESHY_POLL_SECONDS": "0.05",
        "PROVIDER_BREAKER_SECONDS": "0.1",
        "PROVIDER_REQUEST_SECONDS": "3",
        "PROMPT_EXPANSION": "anthropic",
    }
    with (
        running_in_thread(simulated) as url,
        serving(request.config, tmp_path_factory.mktemp("expanding")) as serve,
    ):
        yield serve(environment(url) | own)


@pytest.fixture(autouse=True)
def _healed(simulated: SimulatedProviders) -> None:
    simulated.clear_fault("anthropic")
    simulated.journal.clear()


def prompts(simulated: SimulatedProviders, provider: str) -> list[str]:
    return [str(r.prompt) for r in simulated.journal.requests(provider, method="POST")]


def test_the_asset_is_made_from_the_longer_prompt(
    forge: Server, simulated: SimulatedProviders
) -> None:
    before = forge.scrape()
    job = forge.ended(forge.submit("weapon", "an axe"))
    assert (job["status"], job["provider"]) == ("succeeded", "meshy")
    assert list(job["stages"]) == ["plan", "expand", "generate", "store", "index", "complete"]
    assert job["progress"] == 1.0
    assert job["prompt"] == "an axe"
    assert len(prompts(simulated, "anthropic")) == 1
    made_from = prompts(simulated, "meshy")[0]
    assert made_from != "an axe"
    assert len(made_from) > len("an axe")
    moved = forge.scrape().moved_since(before)
    calls = {
        dict(labels)["provider"]: n
        for (name, labels), n in moved.items()
        if name == "ai_api_calls_total"
    }
    assert calls == {"anthropic": 1, "meshy": 1}
    assert sum(n for (name, _), n in moved.items() if name == "ai_tokens_used_total") > 0


def test_a_prompt_that_cannot_be_expanded_is_taken_as_it_is(
    forge: Server, simulated: SimulatedProviders
) -> None:
    simulated.set_fault("anthropic", Fault.UNAUTHORIZED)
    job = forge.ended(forge.submit("weapon", "a plain axe"))
    assert (job["status"], job["provider"]) == ("succeeded", "meshy")
    assert prompts(simulated, "meshy")[0] == "a plain axe"


def test_a_server_killed_while_it_expands_asks_no_second_time_and_makes_the_asset(
    forge: Server, simulated: SimulatedProviders
) -> None:
    until(
        "anthropic is asked again",
        lambda: (
            forge.ended(forge.submit("prop", "a healing barrel"))["status"] == "succeeded"
            and forge.scrape().value("ai_circuit_breaker_state", provider="anthropic") == 0
        ),
    )
    simulated.journal.clear()
    simulated.set_fault("anthropic", Fault.TIMEOUT, times=1)
    job_id = forge.submit("weapon", "an axe in the dark")
    until("anthropic has it", lambda: len(prompts(simulated, "anthropic")) == 1)
    forge.kill()
    forge.start()
    job = forge.ended(job_id)
    assert (job["status"], job["provider"]) == ("succeeded", "meshy")
    assert len(prompts(simulated, "anthropic")) == 1
    assert prompts(simulated, "meshy")[0] == "an axe in the dark"
    assert len(prompts(simulated, "meshy")) == 2


def test_the_offline_provider_reads_the_users_own_words(
    forge: Server, simulated: SimulatedProviders
) -> None:
    job = forge.ended(forge.submit("prop", "a barrel", provider="procedural"))
    assert job["status"] == "succeeded"
    assert "expand" not in job["stages"]
    assert prompts(simulated, "anthropic") == []
