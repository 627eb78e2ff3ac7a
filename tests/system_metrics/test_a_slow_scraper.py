"""A scraper that reads a byte now and then, of an answer that fits into no buffer on the way."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.system_metrics.conftest import _end
from tests.system_metrics.traffic import ask, scrape

LINES = 20_000
BUFFER_BYTES = 8_192
ROUNDS = 15
PAUSE_SECONDS = 0.02
"""Between two bytes: the whole answer would take hours."""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """An application with many series, whose connections have small buffers in the kernel."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        descriptor = listener.fileno()
        program = [sys.executable, Path(__file__).with_name("fleet.py"), str(descriptor), "1"]
        process = subprocess.Popen(
            [*program, tmp_path / "metrics", str(LINES)],
            pass_fds=[descriptor],
            start_new_session=True,
        )
        with contextlib.ExitStack() as stack:
            stack.callback(_end, process)
            yield listener.getsockname()[1]


class SlowScraper:
    """Reads byte by byte until it is told to hurry."""

    def __init__(self, port: int) -> None:
        self.got = bytearray()
        self._port = port
        self._hurry = asyncio.Event()
        self._task = asyncio.create_task(self._scrape())

    async def begun(self) -> None:
        """Wait until a few bytes have come."""
        while len(self.got) < 3:
            assert not self._task.done(), self._task.result()
            await asyncio.sleep(PAUSE_SECONDS)

    async def answer(self) -> tuple[bytes, bytes]:
        """Read the rest at once, and return head and body."""
        self._hurry.set()
        head, _, body = (await self._task).partition(b"\r\n\r\n")
        return head, body

    async def _scrape(self) -> bytes:
        loop = asyncio.get_running_loop()
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            connection.setblocking(False)
            await loop.sock_connect(connection, ("127.0.0.1", self._port))
            request = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            await loop.sock_sendall(connection, request)
            while piece := await loop.sock_recv(connection, 65_536 if self._hurry.is_set() else 1):
                self.got += piece
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(PAUSE_SECONDS):
                        await self._hurry.wait()
        return bytes(self.got)


async def test_others_are_served_all_the_while_and_the_slow_one_gets_everything_in_the_end(
    port: int,
) -> None:
    assert (await ask(port, "/ok/a"))[0] == 200
    slow = SlowScraper(port)
    await slow.begun()
    for _ in range(ROUNDS):
        async with asyncio.timeout(30):
            _, _, body = await ask(port, "/metrics")
            assert body.count(b"many_total{") == LINES
            answers = await asyncio.gather(*(ask(port, "/ok/a") for _ in range(20)))
            assert {status for status, _, _ in answers} == {200}
    assert (await scrape(port))[1]["GET", "/ok/{name}", "200"] == 1 + ROUNDS * 20
    assert len(slow.got) < 10 * BUFFER_BYTES < len(body), "it was still at its beginning"

    head, body = await slow.answer()
    assert f"content-length: {len(body)}".encode() in head.lower()
    values: Counter[str] = Counter()
    for family in text_string_to_metric_families(body.decode()):
        for sample in family.samples:
            if sample.labels.get("path") != "/metrics":
                values[sample.name] += sample.value
    assert values["many_total"] == LINES
    # As of its beginning, and at odds with itself nowhere: one request had been answered.
    assert values["http_requests_total"] == 1
    assert values["http_request_duration_seconds_count"] == 1
    assert values["http_response_size_bytes_count"] == 1
