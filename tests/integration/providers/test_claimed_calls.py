"""Claims to paid requests: sent once, saved before all else, never sent again on a guess."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from pathlib import Path

import pytest
from tests.integration.providers.workbench import Workbench, workbench

from asset_forge.asset_types import AssetType
from asset_forge.error_types import ErrorType
from asset_forge.generation.failures import GenerationFailed, ProviderFailed
from asset_forge.generation.providers.base import (
    Answer,
    Calls,
    Content,
    ProviderRequest,
    ProviderResult,
    Usage,
)
from asset_forge.simulation.providers import SimulatedProviders

ROOT = Path(__file__).parents[3]


class Paid:
    """A provider of one paid request, which counts how often it was sent."""

    name = "openai"

    def __init__(self, ask: Callable[[Calls, Callable[[], int]], Awaitable[bytes]]) -> None:
        self._ask = ask
        self.sent = 0

    def model_for(self, type: AssetType) -> str:  # noqa: A002
        return "gpt-4.1-mini"

    def check_options(self, type: AssetType, options: Mapping[str, object]) -> None:  # noqa: A002
        """Take any."""

    async def generate(self, request: ProviderRequest, calls: Calls) -> ProviderResult:
        def count() -> int:
            self.sent += 1
            return self.sent

        content = await self._ask(calls, count)
        return ProviderResult(content, "json", "application/json")

    async def close(self) -> None:
        """Nothing is open."""


def answering(fault: Callable[[int], None] = lambda sent: None) -> Paid:
    """Return one whose small answer counts tokens; `fault` may raise as the nth is sent."""

    async def ask(calls: Calls, count: Callable[[], int]) -> bytes:
        async def send() -> Answer:
            fault(count())
            return Answer({"text": "hello"}, Usage(prompt_tokens=1000, completion_tokens=100))

        return str((await calls.once("text", send))["text"]).encode()

    return Paid(ask)


def painting(data: bytes = b"picture") -> Paid:
    """Return one that answers with a file."""

    async def ask(calls: Calls, count: Callable[[], int]) -> bytes:
        async def send() -> Content:
            count()
            return Content(data, "png", "image/png", Usage(images=1))

        return (await calls.content("image", send)).data

    return Paid(ask)


def lost(_sent: int) -> None:
    raise ConnectionResetError("in the middle of the answer")


async def test_an_answer_is_saved_and_given_again_without_being_sent(bench: Workbench) -> None:
    job_id, provider = await bench.job(), answering()
    first = await bench.generate(job_id, provider)
    second = await bench.generate(job_id, provider, run=2)
    assert (first.content, second.content, provider.sent) == (b"hello", b"hello", 1)


async def test_tokens_and_their_cost_are_counted_once(bench: Workbench) -> None:
    job_id, provider = await bench.job(), answering()
    await bench.generate(job_id, provider)
    await bench.generate(job_id, provider, run=2)
    scrape = bench.metrics()
    labels = {"provider": "openai", "model": "gpt-4.1-mini"}
    assert scrape.value("ai_tokens_used_total", type="prompt", **labels) == 1000
    assert scrape.value("ai_tokens_used_total", type="completion", **labels) == 100
    usd = (1000 * 0.4 + 100 * 1.6) / 1e6
    assert scrape.value("ai_cost_usd_total", **labels) == pytest.approx(usd)
    assert await bench.spending.today() == pytest.approx(usd, abs=1e-6)


async def test_a_file_is_kept_in_the_storage_under_its_claim(bench: Workbench) -> None:
    job_id, provider = await bench.job(AssetType.TEXTURE), painting()
    await bench.generate(job_id, provider, type_=AssetType.TEXTURE)
    again = await bench.generate(job_id, provider, type_=AssetType.TEXTURE, run=2)
    assert (again.content, provider.sent) == (b"picture", 1)
    claim = (await bench.claims_of(job_id))["openai.image"]
    assert claim.result is not None
    assert claim.result["key"] == f"assets/{job_id}.openai.image"
    await bench.assets.discard_runs(job_id, 2, await bench.claims.kept(job_id))
    assert [key async for key in bench.storage.list_keys("assets")] == []


async def test_a_paid_file_outlives_a_storage_that_is_away(bench: Workbench) -> None:
    folder = Path(bench.storage.place)
    shutil.rmtree(folder)
    folder.write_text("in the way")  # nobody can write below a file
    job_id, provider = await bench.job(AssetType.TEXTURE), painting()
    running = asyncio.create_task(bench.generate(job_id, provider, type_=AssetType.TEXTURE))
    while not provider.sent:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.5)
    assert not running.done()
    folder.unlink()
    folder.mkdir()
    assert (await running).content == b"picture"
    assert provider.sent == 1


async def test_a_lost_connection_ends_in_outcome_unknown_now_and_in_every_later_run(
    bench: Workbench,
) -> None:
    job_id, provider = await bench.job(), answering(lost)
    for run in (1, 2, 3):
        with pytest.raises(GenerationFailed) as caught:
            await bench.generate(job_id, provider, run=run)
        assert caught.value.type is ErrorType.OUTCOME_UNKNOWN
    assert provider.sent == 1
    errors = bench.metrics().total("ai_api_errors_total", error_type="unavailable")
    assert errors == 1, "what went wrong with the request itself is counted as what it was"


async def test_a_request_that_was_never_sent_is_sent_again(bench: Workbench) -> None:
    def refuse_twice(sent: int) -> None:
        if sent <= 2:
            raise ProviderFailed(ErrorType.DNS, "no such host", definite=True)

    provider = answering(refuse_twice)
    await bench.generate(await bench.job(), provider)
    assert provider.sent == 3


async def test_two_runs_at_once_send_one_request(bench: Workbench) -> None:
    began, go_on = asyncio.Event(), asyncio.Event()

    async def ask(calls: Calls, count: Callable[[], int]) -> bytes:
        async def send() -> Answer:
            count()
            began.set()
            await go_on.wait()
            return Answer({})

        await calls.once("text", send)
        return b""

    provider, job_id = Paid(ask), await bench.job()
    first = asyncio.create_task(bench.generate(job_id, provider))
    await began.wait()
    with pytest.raises(GenerationFailed) as caught:
        await bench.generate(job_id, provider, run=2)
    assert caught.value.type is ErrorType.OUTCOME_UNKNOWN
    go_on.set()
    await first
    assert provider.sent == 1


async def test_jobs_do_not_share_claims(bench: Workbench) -> None:
    provider = answering()
    for _ in range(3):
        await bench.generate(await bench.job(), provider)
    assert provider.sent == 3


async def test_a_process_killed_between_the_request_and_its_answer_sends_no_second_one(
    tmp_path: Path, migrated_sqlite_file: Path, simulated: SimulatedProviders, url: str
) -> None:
    async with workbench(tmp_path, migrated_sqlite_file, simulated, url) as bench:
        job_id, provider = await bench.job(), answering()
        program = (
            "import sys; from tests.integration.providers.test_claimed_calls import *; "
            "asyncio.run(die_while_sending(*sys.argv[1:]))"
        )
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, str(tmp_path), url, job_id, cwd=ROOT
        )
        assert await child.wait() == -signal.SIGKILL
        assert "openai.text" in await bench.claims_of(job_id), "it died before it claimed"
        with pytest.raises(GenerationFailed) as caught:
            await bench.generate(job_id, provider, run=2)
        assert caught.value.type is ErrorType.OUTCOME_UNKNOWN
        assert provider.sent == 0


async def die_while_sending(folder: str, url: str, job_id: str) -> None:
    """Go on with a job, and be killed as its request goes out."""

    def die(_count: int) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async with workbench(Path(folder), Path(), SimulatedProviders(), url) as bench:
        await bench.generate(job_id, answering(die))


@pytest.fixture
async def limited(
    tmp_path: Path, migrated_sqlite_file: Path, simulated: SimulatedProviders, url: str
) -> AsyncGenerator[Workbench]:
    """A door that may spend a tenth of a cent a day."""
    async with workbench(
        tmp_path, migrated_sqlite_file, simulated, url, spend_limit=0.001
    ) as bench:
        yield bench


async def test_beyond_the_days_limit_nothing_is_sent(limited: Workbench) -> None:
    provider = answering()
    for _ in range(2):
        await limited.generate(await limited.job(), provider)
    with pytest.raises(GenerationFailed) as caught:
        await limited.generate(await limited.job(), provider)
    assert caught.value.type is ErrorType.QUOTA_EXHAUSTED
    assert "AI_SPEND_LIMIT_USD_PER_DAY" in caught.value.message
    assert provider.sent == 2
