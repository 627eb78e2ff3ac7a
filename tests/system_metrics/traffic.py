"""Clients over raw sockets, that know exactly what they sent."""

from __future__ import annotations

import asyncio
from collections import Counter

from prometheus_client.parser import text_string_to_metric_families
from tests.system_metrics.fleet import WORKER

Counted = Counter[tuple[str, str, str]]
"""How often each (method, path, status_code)."""


async def ask(
    port: int, path: str, method: str = "GET", body: bytes = b"", headers: str = ""
) -> tuple[int, dict[str, str], bytes]:
    """Send one request on a connection of its own, and read the whole answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        lead = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        writer.write(f"{lead}{length}{headers}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(head[0].split()[1])
        fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        return status, fields, await reader.read()
    finally:
        writer.close()


async def leave_a_stream(port: int) -> None:
    """Ask for the stream that does not end, read its beginning, and leave."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /hold HTTP/1.1\r\nHost: localhost\r\n\r\n")
    await reader.readuntil(b"piece")
    writer.close()
    await writer.wait_closed()


async def scrape(port: int) -> tuple[str, Counted]:
    """Return which worker answered, and what the group has counted, but for the scrapes."""
    status, headers, body = await ask(port, "/metrics?name[]=http_requests_total")
    assert status == 200, body
    counted: Counted = Counter(
        {
            (one.labels["method"], one.labels["path"], one.labels["status_code"]): int(one.value)
            for family in text_string_to_metric_families(body.decode())
            for one in family.samples
            if one.labels["path"] != "/metrics"
        }
    )
    return headers[WORKER], counted
