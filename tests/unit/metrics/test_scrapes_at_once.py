"""Many scrapes at the same time: what they share, and how long they hold the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import threading
import weakref
from collections.abc import Iterable

import pytest

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    Label,
    Registry,
    Sample,
    Scrape,
    _bridge,
    _scraping,
)
from asset_forge.observability.metrics._reported import gather
from asset_forge.observability.metrics._scraping import Turns

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


class Work:
    """Work that ends when it is told to, and knows how much of it was done at once."""

    def __init__(self) -> None:
        self.running = self.most = self.begun = 0
        self.end = asyncio.Event()

    async def __call__(self) -> Scrape:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.end.wait()
        finally:
            self.running -= 1
        return Scrape(b"", [])


async def test_scrapes_go_on_one_at_a_time_where_one_that_waited_was_given_up() -> None:
    turns, work = Turns(), Work()
    first = asyncio.create_task(turns.take("first", work))
    await settled()
    for number in range(5):
        hasty = asyncio.create_task(turns.take(f"hasty {number}", work))
        await settled()
        hasty.cancel()
        await settled()
    others = [asyncio.create_task(turns.take(f"other {number}", work)) for number in range(5)]
    await settled()
    assert work.begun == 1
    work.end.set()
    await asyncio.gather(first, *others)
    assert (work.begun, work.most) == (6, 1)


async def settled() -> None:
    """Let every task go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


class Watched(Scrape):
    """An answer that can be watched."""


async def test_an_answer_is_let_go_of_once_its_readers_have_it() -> None:
    turns = Turns()

    async def work() -> Scrape:
        return Watched(b"much", [])

    answer = weakref.ref(await turns.take("key", work))
    await settled()
    gc.collect()
    assert answer() is None


async def steps_of_a_scrape(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, **options: str
) -> tuple[int, bytes]:
    """Return how often a scrape would let others have their turn, however fast it is."""
    monkeypatch.setattr(_scraping, "SLICE_SECONDS", -1.0)
    turns, done = 0, False

    async def others() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    watching = asyncio.create_task(others())
    answer = await registry.scrape(endpoint="system", **options)
    done = True
    await watching
    return turns, answer.body


LINES = 64
"""Series that one step may write."""

BYTES = 1 << 16
"""Bytes that one step may put together or compress."""


async def test_a_step_writes_few_series(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5_000):
        registry.counter(COUNT).labels(str(number)).inc()
    turns, _ = await steps_of_a_scrape(registry, monkeypatch)
    assert turns >= 5_000 / LINES


async def test_a_step_writes_one_metric_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    declarations = [GaugeDeclaration(f"many_{number}x", "Many.") for number in range(500)]
    turns, _ = await steps_of_a_scrape(Registry(declarations), monkeypatch)
    assert turns >= 500


async def test_a_step_writes_few_samples_of_a_collector(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = [Sample("many", 1.0, {"id": str(number)}) for number in range(5_000)]
    before, _ = await steps_of_a_scrape(registry, monkeypatch)
    registry.add_collector("many", lambda: samples, endpoint="system")
    render = _bridge.bridge([], gather(samples), set(), [], openmetrics=False)
    turns = sum(1 for _ in render)
    assert turns >= 2 * 5_000 / LINES  # once to check, once to write
    with_them, body = await steps_of_a_scrape(registry, monkeypatch)
    assert body.count(b"many{") == 5_000
    assert with_them - before >= turns


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_a_step_puts_few_bytes_together(
    registry: Registry, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(200):
        registry.counter(COUNT).labels(str(number).rjust(20_000, "x")).inc()
    turns, body = await steps_of_a_scrape(registry, monkeypatch, accept_encoding=encoding)
    text = gzip.decompress(body) if encoding == "gzip" else body
    assert text.count(b"things_total{") == 200
    assert turns >= len(text) / BYTES
