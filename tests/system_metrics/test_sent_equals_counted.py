"""What clients sent to four workers is what any of them has counted, to the last request."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter

from tests.system_metrics.conftest import Fleet
from tests.system_metrics.traffic import Counted, ask, leave_a_stream, scrape

WORKERS = 4
REQUESTS = 1_500
CLIENTS = 24
SECONDS = 60.0


async def test_sent_equals_counted_whichever_worker_is_scraped(fleet: Fleet) -> None:
    port = fleet(workers=WORKERS)
    workers = await answers_of_all(port)
    sent: Counted = Counter()
    chance = random.Random(11)

    async def client() -> None:
        while sent.total() < REQUESTS:
            await one_request(port, chance, sent)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    assert len(sent) == 7, "each kind of request was sent"
    deadline = time.monotonic() + SECONDS
    while (await scrape(port))[1] != sent:  # those that left are noticed a moment later
        assert time.monotonic() < deadline, f"sent {sent}, counted {(await scrape(port))[1]}"
    told = await answers_of_all(port)
    assert told.keys() == workers.keys()
    assert all(counted == sent for counted in told.values())


async def one_request(port: int, chance: random.Random, sent: Counted) -> None:
    """Send a request of a kind that is drawn, and note it before it is sent."""
    match chance.randrange(7):
        case 0:
            sent["GET", "/hold", "499"] += 1
            await leave_a_stream(port)
        case 1:
            sent["GET", "/boom", "500"] += 1
            assert (await ask(port, "/boom"))[0] == 500
        case 2:
            sent["GET", "/bad", "422"] += 1
            assert (await ask(port, "/bad"))[0] == 422
        case 3:
            sent["GET", "unmatched", "404"] += 1
            assert (await ask(port, f"/nowhere/{chance.random()}"))[0] == 404
        case 4:
            sent["GET", "/stream", "200"] += 1
            assert b"piece" in (await ask(port, "/stream"))[2]
        case 5:
            sent["POST", "/ok/{name}", "200"] += 1
            assert (await ask(port, "/ok/a", "POST", b"much"))[2] == b"much"
        case _:
            sent["GET", "/ok/{name}", "200"] += 1
            assert (await ask(port, f"/ok/{chance.random()}"))[2] == b"ok"


async def answers_of_all(port: int) -> dict[str, Counted]:
    """Scrape until every worker has answered, and return what each said last."""
    told: dict[str, Counted] = {}
    deadline = time.monotonic() + SECONDS
    while len(told) < WORKERS:
        assert time.monotonic() < deadline, f"only {len(told)} of {WORKERS} workers answered"
        told.update(await asyncio.gather(*(scrape(port) for _ in range(4 * WORKERS))))
    return told
