"""A real Prometheus scrapes both formats, and has stored the same: ours, and what was observed."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tests.system_metrics.conftest import Program, Prometheus, exemplars, query, until

from asset_forge.observability.metrics import (
    SELF_DECLARATIONS,
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Mirror,
    Registry,
)

TRACE = "0af7651916cd43dd8448eb211c80319c"
JOBS = CounterDeclaration("jobs_total", "Jobs.", (Label("kind"),))
LEVEL = GaugeDeclaration(
    "level_bytes", 'A level, with "quotes" and a \\ in its help.', unit="bytes"
)
ODD = GaugeDeclaration("odd_values", "Values that are no numbers.", (Label("which"),))
BUILD = InfoDeclaration("app_build_info", "What runs.", (Label("version"),))
TIME = HistogramDeclaration(
    "job_duration_seconds",
    "Time.",
    (Label("kind"),),
    unit="seconds",
    buckets=(0.0001, 0.5, 1.0, 120.0, 1e6),
)
RUNS = CounterDeclaration(
    "runs_total", "Runs.", (Label("kind"),), mirror=Mirror(TIME.name, ("kind",))
)
KIND = 'a "b"\\c\nd é'


@pytest.fixture
def registry() -> Registry:
    """A registry with one of everything, and labels that need every escape."""
    made = Registry([JOBS, LEVEL, ODD, BUILD, TIME, RUNS], strict=True)
    made.counter(JOBS).labels(KIND).inc(2.5, {"trace_id": TRACE})
    made.gauge(LEVEL).labels().set(-12.25)
    for which in ("inf", "-inf", "nan"):
        made.gauge(ODD).labels(which).set(float(which))
    made.info(BUILD, version="1.2.3")
    for seconds in (0.00005, 0.75, 119.0, 121.0, 2e6):
        made.histogram(TIME).labels(KIND).observe(seconds, {"trace_id": TRACE})
    return made


@pytest.fixture
def port(registry: Registry) -> Iterator[int]:
    """Serve the registry: as the scraper prefers it, and always as text."""

    async def answer(accept: str | None) -> Response:
        scrape = await registry.scrape(endpoint=None, accept=accept)
        return Response(scrape.body, headers=dict(scrape.headers))

    async def negotiated(request: Request) -> Response:
        return await answer(request.headers["accept"])

    async def text(_: Request) -> Response:
        return await answer(None)

    app = Starlette(routes=[Route("/metrics", negotiated), Route("/text", text)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve([listener])), name="registry-server"
        )
        thread.start()
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(30)


@pytest.fixture
def prometheus(port: int, start_prometheus: Prometheus) -> httpx.Client:
    """A Prometheus that scrapes both paths."""
    return start_prometheus(
        f"""
- job_name: openmetrics
  metrics_path: /metrics
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
- job_name: text
  metrics_path: /text
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""
    )


def stored(client: httpx.Client, job: str) -> dict[tuple[tuple[str, str], ...], str]:
    """Return what Prometheus has of a job, but for what it adds by itself.

    It has nothing after a scrape that took more than a second, until the next.
    """
    selector = f'{{job="{job}",__name__!~"up|scrape_.*"}}'
    found = until(f"the last scrape of {job} is stored", lambda: query(client, selector))
    return {
        tuple(sorted((k, v) for k, v in one["metric"].items() if k != "job")): one["value"][1]
        for one in found
    }


def test_both_formats_are_stored_as_the_same_series(
    prometheus: httpx.Client, registry: Registry
) -> None:
    openmetrics, text = stored(prometheus, "openmetrics"), stored(prometheus, "text")
    assert openmetrics == text
    by_name: dict[str, dict[str, str]] = {}
    for labels, value in text.items():
        facts = dict(labels)
        facts.pop("instance")
        name = facts.pop("__name__")
        kind = facts.get("le") or facts.get("kind") or facts.get("which") or ""
        by_name.setdefault(name, {})[kind] = value
    ours = {declaration.name for declaration in SELF_DECLARATIONS}
    assert {name: found for name, found in by_name.items() if name not in ours} == {
        "jobs_total": {KIND: "2.5"},
        "runs_total": {KIND: "5"},
        "level_bytes": {"": "-12.25"},
        "odd_values": {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"},
        "app_build_info": {"": "1"},
        "job_duration_seconds_bucket": {
            "0.0001": "1",
            "0.5": "1",
            "1.0": "2",
            "120.0": "3",
            "1e+06": "4",
            "+Inf": "5",
        },
        "job_duration_seconds_count": {KIND: "5"},
        "job_duration_seconds_sum": {KIND: "2000240.75005"},
    }
    assert registry.value("job_duration_seconds_sum", kind=KIND) == 2000240.75005


def test_exemplars_are_stored_with_their_trace(prometheus: httpx.Client) -> None:
    found = exemplars(prometheus, 'job_duration_seconds_bucket{job="openmetrics"}')
    assert found == {le: {"trace_id": TRACE} for le in ("0.0001", "1.0", "120.0", "1e+06", "+Inf")}


def test_promtool_has_nothing_to_say_about_any_kind(registry: Registry, program: Program) -> None:
    checked = subprocess.run(
        [program("promtool"), "check", "metrics"],
        input=registry.render(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
