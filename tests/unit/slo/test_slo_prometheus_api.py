"""Prometheus is asked over a socket: what it answers, refuses, or leaves unanswered."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from asset_forge.monitoring.budgets._recorded import read_recorded
from asset_forge.monitoring.budgets._report import objective_report
from asset_forge.monitoring.objectives import AVAILABILITY, OBJECTIVES
from asset_forge.monitoring.prometheus_api import Prometheus, PrometheusError, shown_url

ANSWERS: dict[str, tuple[int, bytes]] = {
    "/refuses": (400, b'{"status":"error","errorType":"bad_data","error":"unknown function"}'),
    "/closed": (401, b"no"),
    "/html": (200, b"<html>hello</html>"),
    "/empty": (200, b'{"status":"success","data":{"resultType":"vector","result":[]}}'),
    "/odd": (200, b'{"status":"success","data":{"resultType":"vector","result":[{"metric":'
    b'{"__name__":"slo:failures:over_30d","slo":"availability"},"value":[1,"NaN"]},{"metric":'
    b'{"__name__":"slo:events:over_30d","slo":"availability"},"value":[1,"12"]},{"metric":'
    b'{"__name__":"slo:events:rate1m","slo":"availability"},"value":[1,"0"]}]}}'),
    "/stopped": (200, b'{"status":"success","data":{"resultType":"vector","result":[{"metric":'
    b'{"__name__":"slo:events:over_30d","slo":"availability"},"value":[1,"12"]},{"metric":'
    b'{"__name__":"slo:error_ratio:over_1h","slo":"availability"},"value":[1,"0"]},{"metric":'
    b'{"__name__":"slo:events:rate1m","slo":"latency"},"value":[1,"0"]}]}}'),
}  # fmt: skip


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = ANSWERS["/" + self.path.split("/")[1]]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://user:secret@127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(10)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("refuses", "refuses query: unknown function"),
        ("closed", r"asks for credentials \(401\)"),
        ("html", "does not answer as Prometheus does"),
    ],
)
async def test_a_fault_is_named_without_the_credentials(base: str, path: str, said: str) -> None:
    prometheus = Prometheus(f"{base}/{path}/")
    with pytest.raises(PrometheusError, match=said) as caught:
        await prometheus.query("up")
    assert "secret" not in str(caught.value)
    assert f"/{path}" in str(caught.value)
    await prometheus.close()


async def test_one_that_never_answers_is_given_up_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(1)
        prometheus = Prometheus(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout_seconds=0.2)
        with pytest.raises(PrometheusError, match=r"did not answer within 0\.2 s"):
            await prometheus.query("up")
        await prometheus.close()


async def test_one_that_is_not_there_is_named() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        prometheus = Prometheus(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(PrometheusError, match="cannot be reached"):
            await prometheus.query("up")
        await prometheus.close()


async def test_one_without_the_rules_is_told_apart_from_one_without_traffic(base: str) -> None:
    without = Prometheus(f"{base}/empty")
    with pytest.raises(PrometheusError, match=r"records no objectives; load .*slo\.yml"):
        await read_recorded(without, OBJECTIVES)
    await without.close()


async def test_what_is_no_number_counts_as_nothing(base: str) -> None:
    odd = Prometheus(f"{base}/odd")
    found = (await read_recorded(odd, OBJECTIVES)).measured["availability"]
    assert (found.events.bad, found.events.total) == (0, 12)
    assert found.windows["1h"].error_ratio is None
    await odd.close()


async def test_an_objective_whose_data_has_stopped_has_none(base: str) -> None:
    """Its budget is unknown, and not whole."""
    stopped = Prometheus(f"{base}/stopped")
    found = (await read_recorded(stopped, OBJECTIVES)).measured["availability"]
    assert objective_report(AVAILABILITY, found).state == "no_data"
    await stopped.close()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://u:p@a:9090/x/?token=1#f", "http://a:9090/x"),
        ("http://a:9090", "http://a:9090"),
        ("https://[::1]:9090/", "https://[::1]:9090"),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert shown_url(url) == shown
