"""A METRICS_DIR that is read-only or full, at start and later: requests never notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.served import Server, ServerFactory, serving
from tests.system.metrics_volume import MetricsVolume, ask, asked, await_counts, directory_faults
from tests.system.scrapes import Scrape

Act = Callable[[MetricsVolume], None]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND")
PATHS = (
    "/api/assets",
    "/api/assets/nobodys",
    "/api/assets/nobodys/file",
    "/api/assets/search",
    "/api/projects",
    "/api/projects/nobodys",
    "/api/generation",
    "/api/generation/nobodys",
    "/api/generation/nobodys/events",
    "/api/generation/nobodys/cancel",
    "/api/auth/login",
    "/api/auth/logout",
    "/api/auth/me",
    "/api/errors",
    "/api/errors/nobodys",
    "/api/errors/nobodys/resolve",
    "/api/traces",
    "/api/slo",
    "/api/admin/log-levels",
    "/api/openapi.json",
)

STARTS = {
    "read-only": ("mount -o remount,ro '{place}'", MetricsVolume.make_writable),
    "full": ("cat /dev/zero > '{place}/ballast' 2>&- || true", MetricsVolume.free),
}


@dataclass
class Pair:
    """Two servers with data of their own that share the volume."""

    volume: MetricsVolume
    one: Server
    other: Server


@pytest.fixture
def volume(tmp_path: Path) -> MetricsVolume:
    return MetricsVolume(tmp_path / "metrics")


@pytest.fixture(scope="module")
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two members of one group, and room for what they write."""
    home = tmp_path_factory.mktemp("pair")
    shared = MetricsVolume(home / "metrics")
    with serving(request.config, home) as serve:
        one = serve(shared.variables, data_dir=home / "one", command=shared.serve_first())
        shared.belongs_to(one)
        command = shared.serve_another()
        yield Pair(shared, one, serve(shared.variables, data_dir=home / "other", command=command))


@pytest.mark.parametrize("state", STARTS)
def test_a_server_that_starts_without_its_directory_counts_for_itself_and_joins_once_it_can(
    volume: MetricsVolume, serve: ServerFactory, state: str
) -> None:
    spoil, repair = STARTS[state]
    command = volume.serve_first(spoil.format(place=volume.place))
    server = serve(volume.variables, command=command)
    volume.belongs_to(server)
    ask(server, 5)
    assert asked(server) == 5
    assert volume.members() == 0
    assert directory_faults(server) == 1
    told = server.told("seen by it alone")
    assert [json.loads(line)["severity"] for line in told] == ["WARNING"]

    repair(volume)
    ask(server, 2)
    assert asked(server) == 7
    assert volume.members() == 1
    assert volume.told_to_another_process() == 7
    assert directory_faults(server) == 1


def test_what_a_member_has_counted_outlives_it_although_its_directory_is_read_only(
    pair: Pair,
) -> None:
    faults = directory_faults(pair.one)
    assert_it_outlives(pair, MetricsVolume.cover, MetricsVolume.uncover)
    assert directory_faults(pair.one) > faults, "the dead one could not be folded in at first"
    assert len(pair.one.told("Read-only file system")) == 1


def test_what_a_member_has_counted_outlives_it_although_its_directory_is_full(pair: Pair) -> None:
    assert_it_outlives(pair, MetricsVolume.fill, MetricsVolume.free)


def assert_it_outlives(pair: Pair, spoil: Act, repair: Act) -> None:
    """Let a member die and another start while nothing can be written."""
    one, other = pair.one, pair.other
    before = asked(one)
    ask(one, 3)
    ask(other, 2)
    spoil(pair.volume)
    ask(one, 4)
    ask(other, 3)
    assert asked(one) == asked(other) == before + 12
    other.kill()
    ask(one, 6)
    assert asked(one) == before + 18
    other.start()
    ask(other, 7)
    assert asked(other) >= 7

    repair(pair.volume)
    asked(other)  # here it joins the group again
    assert asked(one) == asked(other) == before + 25
    assert pair.volume.members() == 2, "the killed one is folded in"
    assert pair.volume.told_to_another_process() == before + 25


def test_what_two_members_count_in_new_series_on_a_full_volume_is_in_the_sums_once_there_is_room(
    pair: Pair,
) -> None:
    one, other = pair.one, pair.other
    before, sent = requests(one.scrape("/metrics")), 0
    pair.volume.fill()
    for server in (one, other):
        faults = directory_faults(server)
        sent += ask_for_everything(server)
        assert directory_faults(server) > faults, "its file was large enough"
    for server in (one, other):
        assert sent > requests(server.scrape("/metrics")) - before >= sent / 2

    pair.volume.free()
    requests(other.scrape("/metrics"))  # here its new series reach the group
    for server in (one, other):
        assert requests(server.scrape("/metrics")) - before == sent
    sent += ask_for_everything(one) + ask_for_everything(other)
    for server in (one, other):
        assert requests(server.scrape("/metrics")) - before == sent


def ask_for_everything(server: Server) -> int:
    """Ask for everything in every way, which needs a series for each, and count the answers."""
    with server.client() as client:
        for path in PATHS:
            for method in METHODS:
                assert client.request(method, path).status_code < 500, (method, path)
    await_counts(server)
    return len(PATHS) * len(METHODS)


def requests(scrape: Scrape) -> float:
    """Return how many requests were counted, but for those of operators' programs."""
    quiet = ("/metrics", "/api/health")
    return sum(
        value
        for (name, labels), value in scrape.samples.items()
        if name == "http_requests_total" and not dict(labels)["path"].startswith(quiet)
    )
