"""The 17 documented business metrics are there, exactly: names, types, labels and buckets."""

from __future__ import annotations

import pytest
from tests.served import Server, until
from tests.system.business import METRICS, documented_name, written
from tests.system.scrapes import Scrape


@pytest.fixture(scope="module")
def busy(server: Server) -> Server:
    """The shared server, once it has made a text: after that each metric has a series."""
    job = server.ended(server.submit("dialogue", options={"nodes": 6}))
    assert job["status"] == "succeeded"
    timed = "asset_generation_duration_seconds_count"
    until("its end is counted", lambda: server.scrape().total(timed))
    return server


def test_the_metrics_are_exactly_those_documented(busy: Server) -> None:
    scrape = busy.scrape()
    for name, documented in METRICS.items():
        family = scrape.families[name.removesuffix("_total")]
        assert family.type == documented.kind, name
        assert family.documentation, name
        assert family.samples, name
        labels = {frozenset(sample.labels) - {"le"} for sample in family.samples}
        assert labels == {documented.labels}, name
    bounds: dict[str, set[tuple[str, ...]]] = {}
    for name in scrape.families:
        if METRICS.get(name) and METRICS[name].kind == "histogram":
            bounds[name] = _bounds(scrape, name)
    for name, found in bounds.items():
        assert len(found) == 1, f"{name} has several sets of buckets"
        if METRICS[name].buckets:
            assert found == {METRICS[name].buckets}
    assert "0.1" in next(iter(bounds["db_query_duration_seconds"]))  # the documented alert's edge


def _bounds(scrape: Scrape, name: str) -> set[tuple[str, ...]]:
    """Return the bounds of each series of a histogram, in their order."""
    series: dict[str, list[str]] = {}
    for sample in scrape.families[name].samples:
        if sample.name.endswith("_bucket"):
            own = {label: value for label, value in sample.labels.items() if label != "le"}
            series.setdefault(written(name, own), []).append(sample.labels["le"])
    return {tuple(bounds) for bounds in series.values()}


def test_nothing_else_carries_a_documented_name(busy: Server) -> None:
    system = busy.scrape("/metrics")
    assert not [name for name, _ in system.samples if documented_name(name)]
