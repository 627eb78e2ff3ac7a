"""The service with a vector database: found by meaning, and by words while that is away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from tests.qdrant_server import QdrantServer
from tests.served import PROGRAM, Server, ServerFactory, environment_of, until
from tests.system.scrapes import Scrape

from asset_forge.simulation.providers import SimulatedProviders, environment, running_in_thread

SEEN_SECONDS = 30.0


@pytest.fixture
def openai() -> Iterator[dict[str, str]]:
    """The variables for a simulated OpenAI, of which only the embeddings are used here."""
    with running_in_thread(SimulatedProviders(speed=400, seed=1)) as url:
        variables = environment(url)
        yield {name: variables[name] for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL")} | {
            "PROVIDERS_DIALOGUE": "procedural",
            "PROMPT_EXPANSION": "off",
        }


def upload(server: Server, name: str) -> str:
    data = {"type": "prop", "name": name}
    files = {"file": ("thing.bin", b"some bytes")}
    answer = server.request("POST", "/api/assets", files=files, data=data)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def found(server: Server, query: str) -> list[str]:
    answer = server.request("GET", "/api/assets/search", params={"q": query})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def searches(scrape: Scrape, outcome: str) -> float:
    return scrape.total("similarity_searches_total", outcome=outcome)


def embeddings(scrape: Scrape) -> float:
    return scrape.total("ai_api_calls_total", provider="openai", status="success")


def is_up(server: Server) -> bool:
    up: bool = server.get("/api/health/ready")["checks"]["qdrant"]
    return up


def test_assets_are_found_by_meaning_and_nothing_fails_while_qdrant_is_away(
    serve: ServerFactory, qdrant_server: QdrantServer, openai: dict[str, str]
) -> None:
    server = serve({"QDRANT_URL": qdrant_server.url} | openai)
    until("the probe tells of the server", lambda: is_up(server), SEEN_SECONDS)
    axe = upload(server, "mossy stone axe")
    until("the asset has a vector", lambda: list(qdrant_server.points()) == [axe], SEEN_SECONDS)
    assert embeddings(server.scrape()) == 1

    def answered() -> Scrape | None:
        """Search, again where the machine stood still for longer than a search may take."""
        before = server.scrape()
        assert found(server, "stone axe of a weapon") == [axe]
        after = server.scrape()
        if searches(after, "answered") == searches(before, "answered"):
            return None
        assert embeddings(after) == embeddings(before) + 1
        return after

    scrape = until("it is answered by meaning", answered)
    assert searches(scrape, "answered") == 1
    assert scrape.total("ai_tokens_used_total", provider="openai", type="prompt") > 0
    assert scrape.total("ai_cost_usd_total", provider="openai") > 0

    qdrant_server.stop()
    until("the probe tells that it is away", lambda: not is_up(server), SEEN_SECONDS)
    deep = server.get("/api/health/deep")["checks"]["qdrant"]
    assert deep["status"] == "unhealthy"
    assert server.request("GET", "/api/health/ready").status_code == 200
    job = server.ended(server.submit("dialogue", "a stone guard", options={"nodes": 6}))
    assert job["status"] == "succeeded"
    assert found(server, "stone guard") == [job["assetId"]]
    assert searches(server.scrape(), "fell_back") == searches(scrape, "fell_back") + 1

    qdrant_server.start()
    until("the probe tells that it is back", lambda: is_up(server), SEEN_SECONDS)
    until(
        "what was missed is made up for",
        lambda: set(qdrant_server.points()) == {axe, job["assetId"]},
        150,
    )
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"QDRANT_URL": "http://127.0.0.1:6333"}, "OPENAI_API_KEY: is missing"),
        ({"QDRANT_URL": "127.0.0.1:6333", "OPENAI_API_KEY": "k"}, "QDRANT_URL: must have the form"),
        ({"QDRANT_URL": "https://:key@host", "OPENAI_API_KEY": "k"}, "QDRANT_URL: must be without"),
    ],
)
def test_a_vector_database_that_is_set_up_wrongly_ends_the_start(
    serve: ServerFactory, variables: dict[str, str], said: str
) -> None:
    server = serve(variables, start=False)
    done = subprocess.run(
        [PROGRAM, "serve"],
        check=False,
        env=environment_of(server.data_dir, variables),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"asset-forge: {said}"), line
