"""Two servers with data of their own and one METRICS_DIR: either answers for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.served import Server, serving

ENDPOINT = "/api/assets/{asset_id}"
Pair = tuple[Server, Server]


@pytest.fixture(scope="module")
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Two servers that share nothing but the directory of their metrics."""
    home = tmp_path_factory.mktemp("pair")
    variables = {"METRICS_DIR": str(home / "metrics"), "RUN_JOBS": "false"}
    with serving(request.config, home) as serve:
        yield serve(variables, data_dir=home / "one"), serve(variables, data_dir=home / "other")


def ask(server: Server, times: int) -> None:
    """Ask for an asset that is not there."""
    with server.client() as client:
        for _ in range(times):
            assert client.get("/api/assets/nobodys").status_code == 404
    # It counts each just after its answer, and before it looks at the next: then this is the last.
    assert server.request("GET", "/api/health/live").status_code == 200


def asked(server: Server) -> list[float]:
    """Return how often such an asset was asked for, by each of the metrics that tell it."""
    system, business = server.scrape("/metrics"), server.scrape()
    facts = {"method": "GET", "status_code": "404"}
    return [
        system.value("http_requests_total", path=ENDPOINT, **facts),
        system.value("http_request_duration_seconds_count", path=ENDPOINT, **facts),
        business.value("api_requests_by_endpoint_total", endpoint=ENDPOINT, **facts),
    ]


def connections_allowed(server: Server) -> float:
    """Return a gauge that adds up over the living."""
    return server.scrape().value("db_connections_max")


def test_either_tells_the_exact_sum_of_both(pair: Pair) -> None:
    one, other = pair
    before = asked(one)
    for times in range(1, 4):
        ask(one, times)
        ask(other, 2 * times)
        expected = [value + 3 * times * (times + 1) / 2 for value in before]
        assert asked(one) == asked(other) == expected


@pytest.mark.parametrize("end", [Server.stop, Server.kill])
def test_what_one_has_counted_stays_when_it_ends_and_is_added_to_when_it_is_back(
    pair: Pair, end: Callable[[Server], object]
) -> None:
    one, other = pair
    ask(one, 7)
    ask(other, 5)
    before, connections = asked(other), connections_allowed(other)
    end(one)
    assert asked(other) == before
    assert connections_allowed(other) == connections / 2
    one.start()
    ask(one, 2)
    assert asked(one) == asked(other) == [value + 2 for value in before]
    assert connections_allowed(one) == connections
