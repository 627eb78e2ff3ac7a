"""Many scrapes at the same time: what they share, and how long they hold the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import threading
from collections.abc import Iterable

import pytest

from asset_forge.observability.metrics import CounterDeclaration, Label, Registry, Sample

COUNT = CounterDeclaration("things_total", "Things.", (Label("id"),), series_limit=5_000)
OTHER = CounterDeclaration("others_total", "Others.", endpoint="other")


class Counted:
    """A collector that knows how often it was asked; it answers when `release` is set."""

    def __init__(self) -> None:
        self.calls = 0
        self.asked = threading.Event()
        self.release = threading.Event()

    def __call__(self) -> Iterable[Sample]:
        self.calls += 1
        self.asked.set()
        self.release.wait(30)
        return [Sample("calls", float(self.calls))]


@pytest.fixture
def registry() -> Registry:
    return Registry([COUNT, OTHER], strict=True)


async def until(event: threading.Event) -> None:
    async with asyncio.timeout(10):
        while not event.is_set():
            await asyncio.sleep(0)


async def test_scrapers_that_wait_share_an_answer_begun_after_they_came(registry: Registry) -> None:
    counted = Counted()
    registry.add_collector("counted", counted, endpoint="system")
    first = asyncio.create_task(registry.scrape(endpoint="system"))
    await until(counted.asked)
    registry.counter(COUNT).labels("late").inc()
    others = [asyncio.create_task(registry.scrape(endpoint="system")) for _ in range(20)]
    await asyncio.sleep(0)
    counted.release.set()
    answers = [await other for other in others]
    assert counted.calls == 2
    assert b"late" not in (await first).body
    assert all(answer is answers[0] for answer in answers)
    assert b'things_total{id="late"} 1.0' in answers[0].body


async def test_scrapers_that_ask_for_something_else_get_what_they_asked_for(
    registry: Registry,
) -> None:
    registry.counter(COUNT).labels("a").inc()
    text, packed, openmetrics, named = await asyncio.gather(
        registry.scrape(endpoint="system"),
        registry.scrape(endpoint="system", accept_encoding="gzip"),
        registry.scrape(endpoint="system", accept="application/openmetrics-text"),
        registry.scrape(endpoint="system", names=["nothing"]),
    )
    assert gzip.decompress(packed.body) == text.body
    assert openmetrics.body.endswith(b"# EOF\n")
    assert named.body == b""


async def test_a_slow_collector_holds_up_no_other_endpoint(registry: Registry) -> None:
    counted = Counted()
    registry.add_collector("counted", counted, endpoint="system")
    slow = asyncio.create_task(registry.scrape(endpoint="system"))
    await until(counted.asked)
    answer = await registry.scrape(endpoint="other")
    assert b"others_total 0.0" in answer.body
    assert not slow.done()
    counted.release.set()
    await slow


async def test_a_scraper_that_gives_up_takes_nothing_from_those_that_wait_with_it(
    registry: Registry,
) -> None:
    counted = Counted()
    registry.add_collector("counted", counted, endpoint="system")
    first = asyncio.create_task(registry.scrape(endpoint="system"))
    await until(counted.asked)
    hasty, patient = (asyncio.create_task(registry.scrape(endpoint="system")) for _ in range(2))
    await asyncio.sleep(0)
    hasty.cancel()
    counted.release.set()
    await first
    assert b"calls" in (await patient).body
    with pytest.raises(asyncio.CancelledError):
        await hasty


async def test_a_scrape_that_nobody_waits_for_any_more_is_given_up(registry: Registry) -> None:
    for number in range(5_000):
        registry.counter(COUNT).labels(str(number))
    before = asyncio.all_tasks()
    scrapes = [asyncio.create_task(registry.scrape(endpoint="system")) for _ in range(3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for scrape in scrapes:
        scrape.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scrape
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert b"things_total" in (await registry.scrape(endpoint="system")).body


def test_a_registry_serves_one_event_loop_after_the_other(registry: Registry) -> None:
    async def twice() -> int:
        both = await asyncio.gather(*(registry.scrape(endpoint="other") for _ in range(2)))
        return len({answer.body for answer in both})

    assert [asyncio.run(twice()) for _ in range(2)] == [1, 1]


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_large_answer_is_put_together_in_many_steps(
    registry: Registry, encoding: str
) -> None:
    for number in range(5_000):
        registry.counter(COUNT).labels(str(number).rjust(500, "x")).inc()
    turns, done = 0, False

    async def others() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    watching = asyncio.create_task(others())
    answer = await registry.scrape(endpoint="system", accept_encoding=encoding)
    done = True
    await watching
    body = gzip.decompress(answer.body) if encoding == "gzip" else answer.body
    assert body.count(b"things_total{") == 5_000
    assert turns > 10
