"""Collectors of others beside our own metrics."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

import prometheus_client
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from asset_forge.observability.metrics import GaugeDeclaration, Registry, Sample, _bridge

OURS = GaugeDeclaration("ours", "Ours.")


def foreign() -> prometheus_client.CollectorRegistry:
    """Return a registry of the Prometheus client with every kind of metric."""
    theirs = prometheus_client.CollectorRegistry()
    counter = prometheus_client.Counter("jobs", "Jobs.", ["queue"], registry=theirs)
    counter.labels('a"b').inc(2)
    prometheus_client.Gauge("temperature", "Heat.", registry=theirs).set(20)
    prometheus_client.Histogram("wait_seconds", "Wait.", buckets=(1, 120), registry=theirs).observe(
        3
    )
    prometheus_client.Summary("size_bytes", "Size.", registry=theirs).observe(10)
    prometheus_client.Info("version", "Version.", registry=theirs).info({"number": "1"})
    prometheus_client.Enum("state", "State.", states=["on", "off"], registry=theirs).state("on")
    return theirs


def with_ours(*, strict: bool = False) -> Registry:
    registry = Registry([OURS], strict=strict)
    registry.gauge(OURS).labels().set(0)
    return registry


def errors(registry: Registry, name: str) -> float:
    return registry.value("metrics_collector_errors_total", collector=name) or 0.0


@pytest.mark.parametrize("openmetrics", [False, True])
def test_a_registry_of_the_prometheus_client_is_served_beside_ours(openmetrics: bool) -> None:
    registry = with_ours(strict=True)
    theirs = foreign()
    registry.add_collector("theirs", theirs, endpoint="system")
    text = registry.render(openmetrics=openmetrics, endpoint="system").decode()
    parse = parse_openmetrics if openmetrics else parse_text
    found = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in parse(text)
        for sample in family.samples
    }
    expected = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in theirs.collect()
        for sample in family.samples
        if not sample.name.endswith("_created")
    }
    assert found == {**expected, ("ours", ()): 0.0}


@pytest.mark.parametrize("asked", [False, True])
def test_created_samples_are_there_only_when_asked_for(asked: bool) -> None:
    registry = Registry([])
    registry.add_collector("theirs", foreign(), endpoint="system")
    text = registry.render(names=["jobs_created"] if asked else [])
    assert (b"jobs_created{" in text) is asked


def test_a_callable_returns_samples() -> None:
    registry = Registry([], strict=True)

    def collect() -> Iterable[Sample]:
        yield Sample("pool_size", 3.0, {"pool": "a"}, help="Size.")
        yield Sample("pool_size", 4.0, {"pool": "b"}, help="Size.")
        yield Sample("pool_waits_total", 5.0, kind="counter", help="Waits.")

    registry.add_collector("pool", collect, endpoint="system")
    text = registry.render().decode()
    assert '# TYPE pool_size gauge\npool_size{pool="a"} 3.0\npool_size{pool="b"} 4.0\n' in text
    assert "# TYPE pool_waits_total counter\npool_waits_total 5.0\n" in text


async def test_a_broken_collector_costs_its_own_lines_and_is_counted() -> None:
    registry = with_ours()

    def broken() -> Iterable[Sample]:
        yield Sample("half", 1.0)
        raise RuntimeError("no connection")

    registry.add_collector("broken", broken, endpoint="system")
    registry.add_collector("sound", lambda: [Sample("sound", 1.0)], endpoint="system")
    answer = await registry.scrape(endpoint="system")
    assert b"ours 0.0" in answer.body
    assert b"sound 1.0" in answer.body
    assert b"half" not in answer.body
    assert errors(registry, "broken") == 1.0


def test_the_faults_of_a_collector_start_at_zero() -> None:
    registry = Registry([])
    registry.add_collector("x", list, endpoint="system")
    assert registry.value("metrics_collector_errors_total", collector="x") == 0.0


@pytest.mark.parametrize("report", [[Sample("ours", 1.0)], [Sample("x", "much")], [object()]])
async def test_a_report_that_cannot_be_written_is_left_out(report: list[Sample]) -> None:
    registry = with_ours()
    registry.add_collector("odd", lambda: report, endpoint="system")
    answer = await registry.scrape(endpoint="system")
    assert answer.body.count(b"ours 0.0") == 1
    assert errors(registry, "odd") == 1.0


async def test_two_collectors_cannot_report_the_same_family() -> None:
    registry = Registry([])
    for name in ("first", "second"):
        registry.add_collector(name, lambda: [Sample("x", 1.0)], endpoint="system")
    answer = await registry.scrape(endpoint="system")
    assert answer.body.count(b"x 1.0\n") == 1
    assert (errors(registry, "first"), errors(registry, "second")) == (0.0, 1.0)


async def test_a_collector_that_hangs_holds_neither_loop_nor_scrape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_bridge, "COLLECTOR_SECONDS", 0.05)
    registry = with_ours()
    asked, released = threading.Event(), threading.Event()
    calls: list[float] = []

    def hang() -> Iterable[Sample]:
        calls.append(time.monotonic())
        asked.set()
        released.wait(30)
        return []

    registry.add_collector("hanging", hang, endpoint="system")
    for _ in range(3):
        answer = await registry.scrape(endpoint="system")
        assert b"ours 0.0" in answer.body
    assert asked.wait(30)  # its thread may start late
    assert len(calls) == 1
    assert errors(registry, "hanging") == 3.0
    released.set()


def test_a_collector_name_is_taken_once() -> None:
    registry = Registry([])
    registry.add_collector("x", list, endpoint="system")
    with pytest.raises(ValueError, match="named 'x' already"):
        registry.add_collector("x", list, endpoint="system")
