"""The real server without file descriptors, and with its SQLite file locked by somebody else."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import socket
import sqlite3
import threading
from pathlib import Path
from typing import Any

import httpx
from tests.served import Server, ServerFactory, until
from tests.system.scrapes import Scrape

LOCK_SECONDS = 4.0
"""For how long a writer waits for the lock."""


def lines(server: Server, severity: str) -> list[dict[str, Any]]:
    """Return what it logged at a severity."""
    found = [json.loads(line) for line in server.output().splitlines() if line.startswith("{")]
    return [line for line in found if line["severity"] == severity]


def of_descriptors(client: httpx.Client) -> list[dict[str, Any]]:
    """Return the groups of errors about a lack of descriptors; what it breaks may have others."""
    groups: list[dict[str, Any]] = client.get("/api/errors").json()["items"]
    return [group for group in groups if group["errorType"] == "EMFILE"]


def told_of_descriptors(server: Server) -> list[dict[str, Any]]:
    return [line for line in lines(server, "ERROR") if "no file descriptor is left" in line["msg"]]


def test_a_server_without_descriptors_tells_of_it_once_and_goes_on(serve: ServerFactory) -> None:
    server = serve({"RUN_JOBS": "false"})
    process = server.process
    with server.client(timeout=20) as scraper, contextlib.ExitStack() as idle:
        for path in ("/metrics", "/api/assets"):  # over a connection that is kept
            assert scraper.get(path).status_code == 200
        free = 8
        limit = 1 + free + highest(process.pid)
        process.rlimit(resource.RLIMIT_NOFILE, (limit, 4096))
        for _ in range(limit):
            idle.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))

        def seen() -> bool:
            scrape = Scrape(scraper.get("/metrics").text)
            taken, most = scrape.value("process_open_fds"), scrape.value("process_max_fds")
            return most == limit and taken / most > 0.8  # what the alert looks at

        until("the metrics show it", seen, 30)
        for path in ("/api/health/live", "/metrics/business"):
            assert scraper.get(path).status_code == 200, path
        # It has a connection to its database from before, which a background sample may just use.
        answered: list[int] = []

        def listed() -> bool:
            answered.append(scraper.get("/api/assets").status_code)
            return answered[-1] == 200

        until("assets are listed", listed, 30)
        assert set(answered[:-1]) <= {503}
        [group] = until("an error event tells of it", lambda: of_descriptors(scraper), 30)
        assert (group["severity"], group["count"]) == ("critical", 1)
        for _ in range(50):  # more that knock in vain
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{server.url}/api/health/live", timeout=5, trust_env=False)
    until("it is logged", lambda: told_of_descriptors(server))
    assert len(told_of_descriptors(server)) == 1
    assert len(lines(server, "WARNING")) < 20, "the log is flooded"
    until("new connections are answered again", lambda: answers(server), 30)
    with server.client() as client:
        assert [group["count"] for group in of_descriptors(client)] == [1]


def highest(pid: int) -> int:
    """Return the highest number of a descriptor, which the limit is one of."""
    return max(int(path.name) for path in Path(f"/proc/{pid}/fd").iterdir())


def answers(server: Server) -> bool:
    try:
        return server.request("GET", "/api/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_a_locked_sqlite_file_is_503_in_time_and_blocks_no_reader(serve: ServerFactory) -> None:
    server = serve({"RUN_JOBS": "false"})
    assert server.request("POST", "/api/projects", json={"name": "before"}).status_code == 201
    until("it has kept house", lambda: swept(server))  # which writes, too, and would be refused
    path = server.data_dir / "asset-forge.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused: list[httpx.Response] = []

        def write(number: int) -> None:
            body = {"name": f"locked {number}"}
            refused.append(server.request("POST", "/api/projects", json=body))

        writers = [threading.Thread(target=write, args=(number,)) for number in range(5)]
        for writer in writers:
            writer.start()
        while any(writer.is_alive() for writer in writers):
            assert server.request("GET", "/api/projects").status_code == 200
            assert server.request("GET", "/api/health/live").status_code == 200
            assert server.request("GET", "/api/health/ready").status_code == 200
        other.execute("ROLLBACK")
    assert {answer.status_code for answer in refused} == {503}
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert max(answer.elapsed.total_seconds() for answer in refused) < 15
    assert server.scrape().value("db_failures_total", reason="busy") == len(refused)
    # A loop that waited for the lock had stood for as long; one of a busy machine stands for less.
    stalls = re.findall(r"event loop runs again; it was blocked for ([\d.]+) s", server.output())
    assert sum(map(float, stalls)) < LOCK_SECONDS - 0.5, stalls
    names = [project["name"] for project in server.get("/api/projects")["items"]]
    assert names == ["before"]
    after = until("it takes writes again", lambda: created(server), 30)
    assert after


def swept(server: Server) -> bool:
    name, labels = "db_query_duration_seconds_count", {"operation": "delete"}
    scrape = server.scrape()
    return all(scrape.value(name, table=table, **labels) for table in ("sessions", "login_limits"))


def created(server: Server) -> bool:
    return server.request("POST", "/api/projects", json={"name": "after"}).status_code == 201
