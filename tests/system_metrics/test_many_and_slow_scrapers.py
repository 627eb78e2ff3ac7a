"""Twenty scrapers at once, and one that hardly reads."""

from __future__ import annotations

import asyncio
import socket
import time

from tests.system_metrics.conftest import Fleet
from tests.system_metrics.traffic import ask, scrape

LINES = 20_000
SCRAPERS = 20


async def test_twenty_scrapers_at_once_each_get_everything(fleet: Fleet) -> None:
    port = fleet(lines=LINES)
    encodings = ["", "Accept-Encoding: gzip\r\n", "Accept: application/openmetrics-text\r\n"]
    answers = await asyncio.gather(
        *(ask(port, "/metrics", headers=encodings[n % 3]) for n in range(SCRAPERS)),
        *(ask(port, "/ok/a") for _ in range(SCRAPERS)),
    )
    assert {status for status, _, _ in answers} == {200}
    for number, (_, headers, body) in enumerate(answers[:SCRAPERS]):
        assert len(body) == int(headers["content-length"])
        if number % 3 != 1:
            assert body.count(b"many_total{") == LINES


async def test_a_scraper_that_reads_one_byte_at_a_time_holds_up_nobody(fleet: Fleet) -> None:
    port = fleet(lines=LINES)
    await ask(port, "/ok/a")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with slow:
        slow.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(slow, ("127.0.0.1", port))
        await loop.sock_sendall(slow, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        got = b""
        for _ in range(5):
            got += await loop.sock_recv(slow, 1)
            async with asyncio.timeout(30):
                _, _, body = await ask(port, "/metrics")
                assert body.count(b"many_total{") == LINES
                for _ in range(10):
                    assert (await ask(port, "/ok/a"))[0] == 200
        assert got == b"HTTP/"
        assert await connections(port) == 2  # this one and the slow one, which is still waited for
    deadline = time.monotonic() + 30
    while await connections(port) != 1:
        assert time.monotonic() < deadline, "the connection of the slow scraper stays open"
    assert (await scrape(port))[1]["GET", "/ok/{name}", "200"] == 51


async def connections(port: int) -> int:
    """Return how many connections are open, among them the one that asks."""
    _, _, body = await ask(port, "/metrics?name[]=http_active_connections")
    return int(float(body.decode().split()[-1]))
