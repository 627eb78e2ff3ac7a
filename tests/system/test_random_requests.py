"""Scanners ask the real service for paths, hosts and verbs that nobody has thought of."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator

import pytest
from tests.served import Server, serving, until
from tests.system.scrapes import Sample, Scrape

PATHS = 10_000
VERBS = 1_000
CONNECTIONS = 8
GROWTH_BYTES = 32 << 20
"""By how much the server may grow meanwhile: what it keeps of requests is bounded."""

PARSED = ("PROPFIND", "MKCOL", "LOCK", "PURGE", "SEARCH", "SUBSCRIBE", "M-SEARCH", "REPORT")
"""Verbs that HTTP's parser knows and this service does not."""


@pytest.fixture(scope="module")
def scanned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server that has answered one request of each kind already."""
    with serving(request.config, tmp_path_factory.mktemp("scanned")) as serve:
        server = serve({"RUN_JOBS": "false"})
        asyncio.run(scan(server, random.Random(1), 200))
        asyncio.run(invent(server, ["BREW", *PARSED]))
        both(server)
        yield server


def random_target(chance: random.Random) -> str:
    """Return a path as scanners and broken clients send them, below our routes and beside them."""
    word = f"{chance.getrandbits(chance.choice([8, 64, 256])):x}"
    return chance.choice(
        [
            f"/{word}",
            f"/{word}/{chance.random()}.php?{word}={chance.random()}",
            f"/api/{word}",
            f"/api/assets/{word}",
            f"/api/assets/{word}/file",
            f"/api/generation/{word}/events",
            f"/api/projects/{word}",
            f"/metrics/{word}",
            f"/api/health/{word}",
            f"/%{chance.randrange(128, 256):x}/{word}",
            f"/{'../' * chance.randrange(5)}{word}",
        ]
    )


async def scan(server: Server, chance: random.Random, count: int) -> None:
    """Ask for so many random paths of random hosts, over a few connections, one after the other."""
    left = count

    async def client() -> None:
        nonlocal left
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        with contextlib.closing(writer):
            while left > 0:
                left -= 1
                host = chance.choice(["localhost", f"h{chance.random()}"])
                writer.write(
                    f"GET {random_target(chance)} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
                )
                answer = (await reader.readuntil(b"\r\n\r\n")).lower()
                assert answer.split()[1] in (b"403", b"404"), answer
                await reader.readexactly(int(answer.split(b"content-length: ")[1].split()[0]))

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))


async def invent(server: Server, verbs: list[str]) -> list[int]:
    """Send a request with each verb, on a connection of its own, and return the statuses."""
    left = list(verbs)
    statuses: list[int] = []

    async def client() -> None:
        while left:
            verb = left.pop()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            with contextlib.closing(writer):
                lead = f"{verb} /api/assets HTTP/1.1\r\nHost: localhost\r\n"
                writer.write(f"{lead}Connection: close\r\n\r\n".encode())
                statuses.append(int((await reader.read()).split()[1]))

    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    return statuses


def series(scrapes: list[Scrape]) -> set[Sample]:
    """Return the series that requests may add to."""
    return {s for scrape in scrapes for s in scrape.samples if s[0].startswith(("http_", "api_"))}


def both(server: Server) -> list[Scrape]:
    """Read the metrics of both paths."""
    return [server.scrape(path) for path in ("/metrics", "/metrics/business")]


def counted(scrape: Scrape) -> float:
    """Return how many requests were counted, but for the scrapes."""
    name = "http_requests_total"
    scrapes = [scrape.total(name, path=path) for path in ("/metrics", "/metrics/business")]
    return scrape.total(name) - sum(scrapes)


def test_ten_thousand_random_paths_add_no_series_and_are_each_counted(scanned: Server) -> None:
    before, memory = both(scanned), scanned.process.memory_info().rss
    asyncio.run(scan(scanned, random.Random(2), PATHS))
    after = both(scanned)
    assert series(after) == series(before)
    assert counted(after[0]) - counted(before[0]) == PATHS
    unmatched = [
        scrape.total("http_requests_total", path="unmatched") for scrape in (before[0], after[0])
    ]
    assert PATHS / 4 < unmatched[1] - unmatched[0] < PATHS

    assert scanned.process.memory_info().rss - memory < GROWTH_BYTES


def test_a_thousand_invented_verbs_add_no_series_and_break_nothing(scanned: Server) -> None:
    before, memory = both(scanned), scanned.process.memory_info().rss
    chance = random.Random(3)
    verbs = ["".join(chance.choices("BCFHJKQVWXYZ", k=9)) for _ in range(VERBS)]
    assert set(asyncio.run(invent(scanned, verbs))) == {400}  # refused by the parser of HTTP
    assert series(both(scanned)) == series(before)
    assert scanned.process.memory_info().rss - memory < GROWTH_BYTES
    until("all connections are closed", lambda: connections(scanned) == 1)


def test_verbs_that_only_the_parser_knows_are_counted_as_one(scanned: Server) -> None:
    before = scanned.scrape("/metrics")
    statuses = asyncio.run(invent(scanned, [*PARSED] * 20))
    assert set(statuses) == {405}
    moved = scanned.scrape("/metrics").moved_since(before)
    facts = (("method", "other"), ("path", "/api/assets"), ("status_code", "405"))
    assert {
        sample: change
        for sample, change in moved.items()
        if sample[0] == "http_requests_total" and ("path", "/metrics") not in sample[1]
    } == {("http_requests_total", facts): len(statuses)}


def connections(server: Server) -> float:
    return server.scrape("/metrics").value("http_active_connections")
