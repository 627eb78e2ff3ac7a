"""Scrapes of a group that run side by side: each answers for all members, as of its beginning."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from asset_forge.observability.metrics import CounterDeclaration, Label, Registry

SYSTEM = CounterDeclaration("a_total", "A.", (Label("id"),), series_limit=3_000)
BUSINESS = CounterDeclaration("b_total", "B.", endpoint="business")


@pytest.fixture
def group(tmp_path: Path) -> Iterator[list[Registry]]:
    """Two members of one group, the second of which has just joined."""
    members = [Registry([SYSTEM, BUSINESS], directory=tmp_path, strict=True) for _ in range(2)]
    for number in range(900):
        members[0].counter(SYSTEM).labels(str(number)).inc()
    members[0].counter(BUSINESS).labels().inc(7)
    yield members
    for member in members:
        member.close()


async def test_two_endpoints_scraped_at_once_after_a_join_both_know_the_group(
    group: list[Registry],
) -> None:
    _, joined = group
    system, business = await asyncio.gather(
        joined.scrape(endpoint="system"), joined.scrape(endpoint="business")
    )
    assert system.body.count(b"a_total{") == 900
    assert b"\nb_total 7.0\n" in business.body


async def test_a_value_read_while_a_scrape_looks_around_is_that_of_the_group(
    group: list[Registry],
) -> None:
    _, joined = group
    scrape = asyncio.create_task(joined.scrape(endpoint="system"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not scrape.done()
    assert joined.value("b_total") == 7.0
    assert (await scrape).body.count(b"a_total{") == 900


async def test_a_scrape_sees_the_series_made_before_it_though_another_is_under_way(
    group: list[Registry],
) -> None:
    first, joined = group
    slow = asyncio.create_task(joined.scrape(endpoint="system"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    first.counter(SYSTEM).labels("late").inc()
    late = await joined.scrape(endpoint=None, names=["a_total"])
    assert b'a_total{id="late"} 1.0' in late.body
    await slow


async def test_who_waits_for_a_look_that_is_given_up_ends_it_alone(group: list[Registry]) -> None:
    _, joined = group
    hasty = asyncio.create_task(joined.scrape(endpoint="system"))
    patient = asyncio.create_task(joined.scrape(endpoint="business"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    hasty.cancel()
    assert b"\nb_total 7.0\n" in (await patient).body
    with pytest.raises(asyncio.CancelledError):
        await hasty


def test_threads_that_read_at_once_all_know_the_group(group: list[Registry]) -> None:
    _, joined = group
    ready, seen = threading.Barrier(8), list[float | None]()

    def read() -> None:
        ready.wait(30)
        seen.append(joined.value("b_total"))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [7.0] * 8


async def test_scrapes_that_are_given_up_leave_no_descriptor_open(tmp_path: Path) -> None:
    stays = Registry([SYSTEM], directory=tmp_path, strict=True)
    leaves = Registry([SYSTEM], directory=tmp_path, strict=True)
    for number in range(2_000):
        leaves.counter(SYSTEM).labels(str(number)).inc()
    leaves.close()
    stays.render()
    folded = tmp_path / "folded.metrics"
    before: int | None = None
    for turns in range(24):
        os.utime(folded, ns=(turns, turns))  # another member has written it anew, so it is read
        scrape = asyncio.create_task(stays.scrape(endpoint=None))
        for _ in range(turns % 6):
            await asyncio.sleep(0)
        scrape.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await scrape
        open_now = len(list(Path("/proc/self/fd").iterdir()))
        before = open_now if before is None else before
        assert open_now <= before + 1
    assert stays.value("a_total", id="1999") == 1.0
    stays.close()
