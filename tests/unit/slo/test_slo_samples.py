"""Expositions are read as the reference implementation reads them, and nothing else is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from asset_forge.monitoring.samples import ExpositionError, read_samples
from asset_forge.monitoring.series import Matcher, Series
from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    Label,
    Registry,
)

JOBS = CounterDeclaration("jobs_total", "Jobs.", (Label("kind"),))
LEVEL = GaugeDeclaration("level", 'A "level"\nin \\ two lines.', (Label("kind"),))
TIME = HistogramDeclaration("job_seconds", "Time.", (Label("kind"),), buckets=(0.5, 1.0))


@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.floats(allow_nan=False)), unique_by=lambda one: one[0]
    )
)
def test_what_a_registry_writes_is_read_as_the_reference_reads_it(
    values: list[tuple[str, float]],
) -> None:
    registry = Registry([JOBS, LEVEL, TIME], strict=True)
    for kind, value in values:
        registry.gauge(LEVEL).labels(kind).set(value)
        registry.counter(JOBS).labels(kind).inc(2)
        registry.histogram(TIME).labels(kind).observe(0.7)
    text = registry.render().decode()
    expected = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    found = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for samples in read_samples(text).by_name.values()
        for sample in samples
    }
    assert found == expected


@pytest.mark.parametrize(
    "line",
    [
        "no value",
        "name{a=b} 1",
        'name{a="b} 1',
        'name{a="b"c="d"} 1',
        'name{a="\\x"} 1',
        "name 1_0",
        "name 1 2 3",
        "1name 1",
        "name{} one",
        "<html>",
    ],
)
def test_a_line_that_is_no_sample_is_named(line: str) -> None:
    with pytest.raises(ExpositionError, match="line 2 is no sample"):
        read_samples(f"# HELP name of it\n{line}\n")


def test_timestamps_special_values_and_blank_lines_are_understood() -> None:
    samples = read_samples('# c\n\na 1.5 1700000000000\r\nb{x="1",} +Inf\nc -Inf\nd NaN')
    assert samples.value("a") == 1.5
    assert samples.value("b", x="1") == math.inf
    assert samples.value("c") == -math.inf
    assert math.isnan(samples.value("d") or 0)
    assert samples.value("e") is None


def test_sums_are_by_the_labels_asked_for() -> None:
    samples = read_samples('a{x="1",y="1"} 1\na{x="1",y="2"} 2\na{x="2",y="1"} 4\n')
    assert samples.sums("a", "x") == {("1",): 3, ("2",): 4}
    assert samples.total("a", y="1") == 5


@pytest.mark.parametrize(
    ("matcher", "held"),
    [
        (Matcher("code", "=", "500"), {"500"}),
        (Matcher("code", "!=", "500"), {"200", "503", "5000"}),
        (Matcher("code", "=~", "5.."), {"500", "503"}),
        (Matcher("code", "!~", "5.."), {"200", "5000"}),
        (Matcher("other", "=", ""), {"200", "500", "503", "5000"}),
        (Matcher("other", "!=", ""), set[str]()),
    ],
    ids=lambda one: str(one) if isinstance(one, Matcher) else "",
)
def test_a_matcher_holds_as_in_promql(matcher: Matcher, held: set[str]) -> None:
    scrape = read_samples("".join(f'a{{code="{c}"}} 1\n' for c in ("200", "500", "503", "5000")))
    found = {sample.labels["code"] for sample in Series("a", (matcher,)).samples(scrape)}
    assert found == held


def test_a_selection_is_written_as_promql() -> None:
    series = Series("a", (Matcher("x", "=~", 'b\\d|"c"'), Matcher("y", "!=", "")))
    assert str(series) == 'a{x=~"b\\\\d|\\"c\\"",y!=""}'
    assert series.rate("1m") == f"sum(rate({series}[1m]))"
    assert str(Series("a")) == "a"
