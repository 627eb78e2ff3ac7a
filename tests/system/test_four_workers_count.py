"""Four workers of the real service under a mixed load: what was sent is what each of them tells."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.served import PROGRAM, Server, serving, until
from tests.system.mixed_traffic import PROJECTS, Load, counted_between, prepared
from tests.system.scrapes import Scrape
from tests.system_metrics.traffic import Counted

WORKERS = 4
REQUESTS = 1_200
STATUSES = {200, 204, 206, 304, 401, 404, 405, 413, 416, 422, 499, 503}
VARIABLES = {"AUTH_PROVIDERS": "local", "RUN_JOBS": "false", "LOG_LEVEL": "debug"}
"""With the level debug each scrape is logged, and with it the process that answered."""

SYSTEM = ("/metrics", "http_requests_total", "path")
BUSINESS = ("/metrics/business", "api_requests_by_endpoint_total", "endpoint")
"""Where requests are counted: the path of the scrape, the name, and the label of the route."""


@dataclass(frozen=True)
class Told:
    """What clients sent, and what each worker says to have been counted, by its process id."""

    load: Load
    before: dict[str, Scrape]
    after: dict[str, dict[int, Scrape]]

    def by_each(self, where: tuple[str, str, str]) -> list[Counted]:
        path, name, label = where
        scrapes = self.after[path].values()
        return [counted_between(self.before[path], one, name, label) for one in scrapes]


@pytest.fixture(scope="module")
def told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """Four workers that were asked once they had answered everything."""
    with serving(request.config, tmp_path_factory.mktemp("four")) as serve:
        server = serve(VARIABLES, command=(PROGRAM, "serve", "--workers", str(WORKERS)))
        until("all have joined", lambda: members(server) == WORKERS)
        until("all serve", lambda: len(started(server)) == WORKERS)
        load = prepared(server)
        before = {where[0]: settled_scrape(server, where) for where in (SYSTEM, BUSINESS)}
        asyncio.run(load.send(REQUESTS))
        for path, name, label in (SYSTEM, BUSINESS):
            until(
                "all are counted, also those that left",
                lambda path=path, name=name, label=label: (
                    counted_between(before[path], server.scrape(path), name, label).total()
                    >= load.sent.total() + load.hasty
                ),
                60,
            )
        yield Told(load, before, {path: asked_of_each(server, path) for path in before})


def started(server: Server) -> set[int]:
    """Return the process ids of the workers that have begun to serve."""
    lines = [
        json.loads(line) for line in server.output().splitlines() if line[:1] + line[-1:] == "{}"
    ]
    return {line["pid"] for line in lines if line["msg"] == "Application startup complete."}


def settled_scrape(server: Server, where: tuple[str, str, str]) -> Scrape:
    """Scrape once all answers so far are counted, which a worker does just after each."""
    path, name, label = where
    asked = Counter({key: n for key, n in server.answered.items() if "/metrics" not in key[1]})

    def scraped() -> Scrape | None:
        scrape = server.scrape(path)
        counted = counted_between(Scrape(""), scrape, name, label)
        return scrape if counted.total() >= asked.total() else None

    return until("all answers are counted", scraped)


def members(server: Server) -> int:
    """Count the processes that are in the group."""
    return len(list((server.data_dir / "metrics").glob("member-*.metrics")))


def asked_of_each(server: Server, path: str) -> dict[int, Scrape]:
    """Scrape until each worker has answered; the log tells which one did."""
    scrapes: dict[str, Scrape] = {}
    answered: dict[int, Scrape] = {}

    def ask() -> bool:
        for number in range(len(scrapes), len(scrapes) + 2 * WORKERS):
            name = f"scrape{path.replace('/', '-')}-{number}"
            answer = server.request("GET", path, headers={"x-request-id": name})
            scrapes[name] = Scrape(answer.text)
        for line in requests_logged(server):
            if line["requestId"] in scrapes:
                answered[line["pid"]] = scrapes[line["requestId"]]
        return len(answered) == WORKERS

    until("each worker has answered a scrape", ask, 60)
    return answered


def requests_logged(server: Server) -> list[dict[str, Any]]:
    """Return the line of each request."""
    lines = server.output().splitlines()
    return [json.loads(line) for line in lines if '"msg":"request"' in line]


def settled(counted: Counted) -> Counted:
    """Return what was counted of those that did not hang up at once."""
    return Counter({key: number for key, number in counted.items() if key[1] != PROJECTS})


@pytest.mark.parametrize("where", [SYSTEM, BUSINESS])
def test_each_worker_tells_of_every_request_with_the_status_that_was_sent(
    told: Told, where: tuple[str, str, str]
) -> None:
    assert {int(status) for _, _, status in told.load.sent} == STATUSES
    for counted in told.by_each(where):
        assert settled(counted) == told.load.sent


@pytest.mark.parametrize("where", [SYSTEM, BUSINESS])
def test_a_client_that_hangs_up_at_once_is_counted_once_whether_it_was_seen_to_leave_or_not(
    told: Told, where: tuple[str, str, str]
) -> None:
    for counted in told.by_each(where):
        hasty = {key: number for key, number in counted.items() if key[1] == PROJECTS}
        assert {status for _, _, status in hasty} <= {"200", "499"}
        assert sum(hasty.values()) == told.load.hasty > 0


def test_each_worker_had_its_share(told: Told) -> None:
    logged = requests_logged(told.load.server)
    answered = Counter(line["pid"] for line in logged if not line["path"].startswith("/metrics"))
    assert len(answered) == WORKERS
    assert min(answered.values()) > REQUESTS // 50


def test_every_request_has_its_duration_in_each_workers_histogram(told: Told) -> None:
    before = told.before["/metrics"]
    for scrape in told.after["/metrics"].values():
        for labels in map(dict, (pairs for name, pairs in scrape.samples if name == SYSTEM[1])):
            timed = scrape.value("http_request_duration_seconds_count", **labels)
            assert timed == scrape.value(SYSTEM[1], **labels), labels
    assert told.load.sent.total() > before.total(SYSTEM[1])
