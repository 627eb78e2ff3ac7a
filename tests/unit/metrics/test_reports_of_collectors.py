"""Whatever a collector reports, the answer is one that readers take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client import Counter as ForeignCounter
from prometheus_client import Histogram as ForeignHistogram
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    StateSetMetricFamily,
    SummaryMetricFamily,
    UnknownMetricFamily,
)
from prometheus_client.metrics_core import METRIC_TYPES, Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.samples import Exemplar
from prometheus_client.samples import Sample as ForeignSample

from asset_forge.observability.metrics import (
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Registry,
    Sample,
)

OK = CounterDeclaration("ok_total", "Ours.", (Label("kind", ("a",)),))
TIME = HistogramDeclaration("time_seconds", "Ours.", buckets=(1.0, 2.0))
LEVEL = GaugeDeclaration("level", "Ours.")
OURS = (OK, TIME, LEVEL, InfoDeclaration("build_info", "Ours."))

Report = Sequence[Any]


def reporting(report: Report) -> Registry:
    registry = Registry(OURS)
    registry.histogram(TIME).labels().observe(1.5, {"trace_id": "4bf9"})
    registry.gauge(LEVEL).labels().set(3)
    registry.add_collector("theirs", lambda: report, endpoint="system")
    return registry


def read(registry: Registry, *, openmetrics: bool, names: Iterable[str] = ()) -> list[Metric]:
    """Return the families of an answer as the reference parser reads them; fail on a repetition."""
    text = registry.render(openmetrics=openmetrics, names=list(names)).decode()
    found = list((parse_openmetrics if openmetrics else parse_text)(text))
    samples = [sample for family in found for sample in family.samples]
    keys = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in samples]
    assert len(keys) == len(set(keys))
    return found


def faults(registry: Registry) -> float:
    return registry.value("metrics_collector_errors_total", collector="theirs") or 0.0


class Foreign(Metric):
    """A family that nobody has checked."""

    def __init__(
        self, name: str, documentation: str, kind: str, unit: str, samples: list[ForeignSample]
    ) -> None:
        self.name, self.documentation, self.type, self.unit = name, documentation, kind, unit
        self.samples = samples


NAMES = st.sampled_from(
    ("x", "y_seconds", "ok", "ok_total", "ok_created", "time_seconds_count", "level", "a b", "x\n1")
) | st.text(max_size=4)
SUFFIXES = st.sampled_from(
    ("", "_total", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_created", "_info", "\n")
)
KINDS = st.sampled_from((*METRIC_TYPES, "untyped", "odd", ""))
LABELS = st.dictionaries(
    st.sampled_from(("a", "le", "quantile", "x", "x-y", "__a", "", "é")),
    st.sampled_from(("+Inf", "1", "1.0", "0.5", "NaN")) | st.text(max_size=5),
    max_size=2,
)
VALUES = st.sampled_from((0.0, 1.0, 2.0, -1.0, 0.5)) | st.floats() | st.just("much")
MOMENTS = st.none() | st.sampled_from((0.0, 1.5)) | st.floats()
# The reference parser cannot read an exemplar with a quote in it, of which Prometheus has no fear.
EXEMPLARS = st.none() | st.tuples(
    st.dictionaries(
        st.sampled_from(("trace_id", "x-y")),
        st.text(st.characters(exclude_characters='"\\{}', codec="utf-8"), max_size=80),
    ),
    st.floats(),
    MOMENTS,
).map(lambda parts: Exemplar(*parts))
TEXTS = st.text(max_size=6)


@st.composite
def families(draw: st.DrawFn) -> Foreign:
    name = draw(NAMES)
    sample_names = (st.just(name) | NAMES).flatmap(lambda one: SUFFIXES.map(lambda end: one + end))
    parts = st.tuples(sample_names, LABELS, VALUES, MOMENTS, EXEMPLARS)
    samples = [ForeignSample(*part) for part in draw(st.lists(parts, max_size=4))]
    return Foreign(name, draw(TEXTS), draw(KINDS), draw(st.sampled_from(("", "seconds"))), samples)


OWN_SAMPLES = st.tuples(
    NAMES.flatmap(lambda one: SUFFIXES.map(lambda end: one + end)),
    VALUES,
    LABELS,
    TEXTS,
    st.sampled_from(("gauge", "counter", "histogram")),
).map(lambda parts: Sample(*parts))


@given(st.lists(OWN_SAMPLES | families(), max_size=4))
def test_any_report_leaves_an_answer_that_both_parsers_read(report: Report) -> None:
    registry = reporting(report)
    for openmetrics in (False, True):
        names = {
            sample.name for one in read(registry, openmetrics=openmetrics) for sample in one.samples
        }
        assert {"ok_total", "time_seconds_bucket", "level"} <= names
    assert faults(registry) in {0.0, 2.0}


def valid() -> list[Metric]:
    """One of every kind, with what each may have."""
    histogram = HistogramMetricFamily("wait_seconds", "W.", labels=["q"], unit="seconds")
    histogram.add_metric(["a"], [("0.5", 1.0), ("1", 2.0), ("+Inf", 3.0)], 4.0, timestamp=7.25)
    ages = GaugeHistogramMetricFamily("age", "A.", labels=["q"])
    ages.add_metric(["a"], [("-1", 1.0), ("+Inf", 3.0)], -4.0)
    size = SummaryMetricFamily("size_bytes", "S.", count_value=2, sum_value=3.0)
    size.add_sample("size_bytes", {"quantile": "0.5"}, 1.0)
    jobs = CounterMetricFamily("jobs", "J.", labels=["q"], created=9.0)
    for queue in ("a", "b"):
        jobs.add_metric([queue], 2.0, created=5.0)
    return [
        histogram,
        ages,
        size,
        jobs,
        GaugeMetricFamily("heat", "H.", value=-3.0),
        InfoMetricFamily("version", "V.", value={"number": "1"}),
        StateSetMetricFamily("state", "S.", {"on": True, "off": False}),
        UnknownMetricFamily("odd", "O.", value=1.0),
    ]


CHANGES = st.one_of(
    st.tuples(st.just("name"), SUFFIXES.map(lambda suffix: f"x{suffix}") | NAMES),
    st.tuples(st.just("labels"), LABELS),
    st.tuples(
        st.just("label"), st.sampled_from(("q", "le", "quantile", "x-y", "__a", "1", "state"))
    ),
    st.tuples(st.just("value"), st.sampled_from((0.0, -1.0, 0.5, 2.0, 3.0, float("nan"), 9.0))),
    st.tuples(st.just("timestamp"), st.sampled_from((None, 1.0, 7.25, 9.0, float("inf")))),
)


@given(
    st.integers(0, 7),
    st.integers(0, 5),
    st.integers(0, 5),
    st.sampled_from(("change", "change", "change", "drop", "repeat", "move", "kind", "family")),
    CHANGES,
    st.sampled_from((*METRIC_TYPES, "odd")),
    NAMES,
)
def test_one_fault_in_a_valid_report_leaves_an_answer_that_both_parsers_read(
    which: int, one: int, other: int, how: str, change: tuple[str, Any], kind: str, name: str
) -> None:
    report = valid()
    family = report[which]
    samples = family.samples
    chosen = samples[one % len(samples)]
    match how:
        case "change" if change[0] == "label":
            value = next(iter(chosen.labels.values()), "1")
            samples[one % len(samples)] = chosen._replace(labels={change[1]: value})
        case "change":
            samples[one % len(samples)] = chosen._replace(**dict([change]))
        case "drop":
            samples.remove(chosen)
        case "repeat":
            samples.insert(other, chosen)
        case "move":
            samples.remove(chosen)
            samples.insert(other, chosen)
        case "kind":
            family.type = kind
        case _:
            family.name = name
    registry = reporting(report)
    for openmetrics in (False, True):
        read(registry, openmetrics=openmetrics)
        read(registry, openmetrics=openmetrics, names=[family.name, "jobs_created"])


@pytest.mark.parametrize("openmetrics", [False, True])
def test_what_is_valid_is_all_there(openmetrics: bool) -> None:
    registry = reporting(valid())
    read(registry, openmetrics=openmetrics)
    text = registry.render(openmetrics=openmetrics).decode()
    assert faults(registry) == 0.0
    for family in valid():
        for sample in family.samples:
            assert sample.name.endswith("_created") or f"\n{sample.name}" in text, sample


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ([Sample("a b", 1.0)], "the name 'a b', which is none"),
        ([Sample("x\ny", 1.0)], "which is none"),
        ([Sample("x", 1.0, {"x-y": "1"})], "label 'x-y': a label name matches"),
        ([Sample("x", 1.0, kind="odd")], "a sample is a counter or gauge, no 'odd'"),
        ([Sample("x", 1.0, kind="counter")], "no sample of a counter is named 'x'"),
        ([Sample("x_total", -1.0, kind="counter")], "a count is a number from 0 up"),
        ([Sample("ok_total", 1.0)], "it reports ['ok_total'], which others have reported"),
        ([Sample("level", 1.0)], "it reports ['level'], which others have reported"),
        ([Sample("x", 1.0), Sample("x", 2.0)], "it reports x{} twice"),
        ([Sample("x_total", 1.0, kind="counter"), Sample("x_created", 1.0)], "or itself"),
        ([Foreign("x", "", "odd", "", [])], "there is no kind 'odd'"),
        (
            [Foreign("x", "", "histogram", "", [ForeignSample("x_bucket", {"le": "1"}, 1.0)])],
            "a histogram has a bucket for le='+Inf'",
        ),
        (
            [Foreign("x", "", "gauge", "", [ForeignSample("x", {}, 1.0, float("inf"))])],
            "a timestamp is in seconds since 1970",
        ),
    ],
)
async def test_an_invalid_report_costs_its_own_lines_is_counted_and_said(
    report: Report, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    registry = reporting(report)
    registry.add_collector("sound", lambda: [Sample("sound", 1.0)], endpoint="system")
    answer = await registry.scrape(endpoint=None)
    without = {family.name for family in read(reporting([]), openmetrics=False)}
    found = {family.name for family in parse_text(answer.body.decode())}
    assert found == {*without, "sound"}
    assert faults(registry) == 1.0
    assert said in caplog.text


def test_created_samples_are_metrics_of_their_own_in_the_text_format() -> None:
    registry = reporting(valid())
    text = registry.render(names=["jobs_created"]).decode()
    assert text == (
        "# HELP jobs_total J.\n# TYPE jobs_total counter\n"
        'jobs_total{q="a"} 2.0\njobs_total{q="b"} 2.0\n'
        "# HELP jobs_created J.\n# TYPE jobs_created gauge\n"
        'jobs_created{q="a"} 5.0\njobs_created{q="b"} 5.0\n'
    )


def test_exemplars_of_the_prometheus_client_are_kept_in_openmetrics() -> None:
    theirs = CollectorRegistry()
    ForeignCounter("jobs", "J.", registry=theirs).inc(2, {"trace_id": "4bf9"})
    ForeignHistogram("wait", "W.", buckets=(1, 2), registry=theirs).observe(1.5, {"trace_id": "a7"})
    registry = Registry([], strict=True)
    registry.add_collector("theirs", theirs, endpoint="system")
    found = {
        (sample.name, sample.labels.get("le")): sample.exemplar.labels
        for family in parse_openmetrics(registry.render(openmetrics=True).decode())
        for sample in family.samples
        if sample.exemplar
    }
    assert found == {
        ("jobs_total", None): {"trace_id": "4bf9"},
        ("wait_bucket", "2.0"): {"trace_id": "a7"},
    }
    assert b"4bf9" not in registry.render()
