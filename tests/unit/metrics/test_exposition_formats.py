"""Both text formats, read back by the parsers of the Prometheus client and checked by promtool."""

from __future__ import annotations

import gzip
import math
import os
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.utils import floatToGoString

from asset_forge.observability.metrics import (
    SELF_DECLARATIONS,
    CounterDeclaration,
    GaugeDeclaration,
    HistogramDeclaration,
    InfoDeclaration,
    Label,
    Registry,
)
from asset_forge.observability.metrics._exposition import bound
from asset_forge.observability.metrics.runtime import RUNTIME_DECLARATIONS, RuntimeSampler

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AMOUNTS = st.floats(0.0, 1e12)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}x", fullmatch=True)

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
COUNT = CounterDeclaration("things_total", "Things.", (Label("kind"),))
LEVEL = GaugeDeclaration("level_bytes", "A level.", unit="bytes")
TIME = HistogramDeclaration("time_seconds", "A time.", unit="seconds", buckets=(0.5, 120.0, 2.5e6))
BUILD = InfoDeclaration("build_info", "The build.", (Label("version"),))


def samples(text: str, *, openmetrics: bool) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    parse = parse_openmetrics if openmetrics else parse_text
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for family in parse(text):
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found
            found[key] = sample.value
    return found


@settings(deadline=None)
@given(
    help_text=TEXTS.filter(str.strip),
    series=st.dictionaries(st.tuples(TEXTS, TEXTS), AMOUNTS, min_size=1, max_size=5),
    level=st.floats(allow_nan=False),
    observations=st.lists(AMOUNTS, min_size=1, max_size=10),
    bounds=st.sets(st.floats(0, 1e9), min_size=1, max_size=5).map(sorted),
    openmetrics=st.booleans(),
)
def test_what_is_written_is_what_parsers_read(
    help_text: str,
    series: dict[tuple[str, str], float],
    level: float,
    observations: list[float],
    bounds: list[float],
    openmetrics: bool,
) -> None:
    count = CounterDeclaration("c_total", help_text, (Label("a"), Label("b")))
    gauge = GaugeDeclaration("g", help_text)
    histogram = HistogramDeclaration("h", help_text, (Label("a"),), buckets=tuple(bounds))
    registry = Registry([count, gauge, histogram], strict=True)
    for labels, amount in series.items():
        registry.counter(count).labels(*labels).inc(amount)
    registry.gauge(gauge).labels().set(level)
    for value in observations:
        registry.histogram(histogram).labels("%s %d").observe(value)
    text = registry.render(openmetrics=openmetrics).decode()

    expected = {
        ("c_total", frozenset({("a", a), ("b", b)})): amount for (a, b), amount in series.items()
    }
    expected["g", frozenset()] = level
    for own in SELF_DECLARATIONS:
        for values in own.starting_series():
            expected[own.name, frozenset(zip(own.label_names, values, strict=True))] = 0.0
    for upper in (*bounds, math.inf):
        key = frozenset({("a", "%s %d"), ("le", floatToGoString(upper))})
        expected["h_bucket", key] = sum(value <= upper for value in observations)
    found = samples(text, openmetrics=openmetrics)
    total = found.pop(("h_sum", frozenset({("a", "%s %d")})))
    assert math.isclose(total, math.fsum(observations), rel_tol=1e-9)
    assert found.pop(("h_count", frozenset({("a", "%s %d")}))) == len(observations)
    assert found == expected
    parse = parse_openmetrics if openmetrics else parse_text
    helps = {family.name: family.documentation for family in parse(text)}
    assert helps["g"].strip() == help_text.strip()


@given(st.floats(allow_nan=False))
def test_bounds_are_spelled_as_prometheus_stores_them(value: float) -> None:
    text = bound(value)
    assert float(text) == value
    if value >= 0:
        assert text == floatToGoString(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (120, "120.0"),
        (0.005, "0.005"),
        (1e-5, "1e-05"),
        (999999.0, "999999.0"),
        (1e6, "1e+06"),
        (1048576.0, "1.048576e+06"),
        (-2.5e6, "-2.5e+06"),
        (1e21, "1e+21"),
        (math.inf, "+Inf"),
    ],
)
def test_the_spelling_of_a_bound(value: float, text: str) -> None:
    assert bound(value) == text


def filled() -> Registry:
    registry = Registry([COUNT, LEVEL, TIME, BUILD], strict=True)
    registry.counter(COUNT).labels("a").inc(exemplar={"trace_id": "abc"})
    registry.gauge(LEVEL).labels().set(3)
    registry.histogram(TIME).labels().observe(1.0, exemplar={"trace_id": "def"})
    registry.info(BUILD, version="1.0")
    return registry


def test_the_text_format_names_each_type_with_its_suffix() -> None:
    text = filled().render().decode()
    for line in (
        "# TYPE things_total counter",
        "# TYPE level_bytes gauge",
        "# TYPE time_seconds histogram",
        "# TYPE build_info gauge",
    ):
        assert f"{line}\n" in text
    assert "# EOF" not in text
    assert "# UNIT" not in text


def test_openmetrics_names_each_family_without_its_suffix() -> None:
    text = filled().render(openmetrics=True).decode()
    for line in (
        "# TYPE things counter",
        "# TYPE level_bytes gauge",
        "# UNIT level_bytes bytes",
        "# TYPE time_seconds histogram",
        "# TYPE build info",
    ):
        assert f"{line}\n" in text
    assert text.endswith("# EOF\n")


@pytest.mark.parametrize("openmetrics", [False, True])
def test_le_is_a_float_in_both_formats(openmetrics: bool) -> None:
    text = filled().render(openmetrics=openmetrics).decode()
    for spelling in ("0.5", "120.0", "2.5e+06", "+Inf"):
        assert f'time_seconds_bucket{{le="{spelling}"}}' in text


@pytest.mark.parametrize("openmetrics", [False, True])
def test_no_created_samples_are_written(openmetrics: bool) -> None:
    assert b"_created" not in filled().render(openmetrics=openmetrics)


def test_help_is_escaped_as_each_format_asks() -> None:
    declaration = GaugeDeclaration("g", 'A "quoted"\\\nhelp.')
    registry = Registry([declaration])
    assert b'# HELP g A "quoted"\\\\\\nhelp.\n' in registry.render()
    assert b'# HELP g A \\"quoted\\"\\\\\\nhelp.\n' in registry.render(openmetrics=True)


def test_exemplars_are_in_openmetrics_only() -> None:
    registry = filled()
    assert b"trace_id" not in registry.render()
    exemplars = {
        sample.name: sample.exemplar
        for family in parse_openmetrics(registry.render(openmetrics=True).decode())
        for sample in family.samples
        if sample.exemplar
    }
    assert exemplars["things_total"].labels == {"trace_id": "abc"}
    assert exemplars["time_seconds_bucket"].labels == {"trace_id": "def"}
    assert exemplars["time_seconds_bucket"].value == 1.0


def test_exemplars_find_their_line_whatever_the_labels_hold() -> None:
    histogram = HistogramDeclaration("h", "H.", (Label("a"),), buckets=(1.0, 2.0))
    registry = Registry([histogram], strict=True)
    family = registry.histogram(histogram)
    family.labels("\r\x85\u2028\x0b\n").observe(1.5, exemplar={"trace_id": "abc"})
    assert b'le="2.0"} 1 # {trace_id="abc"} 1.5' in registry.render(openmetrics=True)


def test_an_exemplar_longer_than_openmetrics_allows_is_left_out() -> None:
    registry = Registry([COUNT], strict=True)
    registry.counter(COUNT).labels("a").inc(exemplar={"trace_id": "x" * 121})
    assert b"trace_id" not in registry.render(openmetrics=True)


def test_numbers_that_are_not_finite_have_their_names() -> None:
    declaration = GaugeDeclaration("g", "A value.", (Label("of"),))
    registry = Registry([declaration], strict=True)
    for value in (math.nan, math.inf, -math.inf):
        registry.gauge(declaration).labels(str(value)).set(value)
    text = registry.render()
    for line in (b'g{of="nan"} NaN\n', b'g{of="inf"} +Inf\n', b'g{of="-inf"} -Inf\n'):
        assert line in text


async def test_an_endpoint_serves_its_own_metrics() -> None:
    declaration = GaugeDeclaration("business_value", "A value.", endpoint="business")
    registry = Registry([COUNT, declaration])
    system = await registry.scrape(endpoint="system")
    business = await registry.scrape(endpoint="business")
    assert b"business_value" not in system.body
    assert b"business_value" in business.body
    assert b"things" not in business.body


@pytest.mark.parametrize("name", ["time_seconds_bucket", "time_seconds_count", "time_seconds"])
async def test_names_limit_the_answer_to_their_families(name: str) -> None:
    answer = await filled().scrape(endpoint=None, names=[name])
    assert {family.name for family in parse_text(answer.body.decode())} == {"time_seconds"}


async def test_an_unknown_name_gives_an_empty_answer() -> None:
    answer = await filled().scrape(endpoint=None, names=["unknown"], accept=OPENMETRICS)
    assert answer.body == b"# EOF\n"


async def test_the_content_type_says_the_format() -> None:
    text = dict((await filled().scrape(endpoint=None)).headers)
    openmetrics = dict((await filled().scrape(endpoint=None, accept=OPENMETRICS)).headers)
    assert text["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert (
        openmetrics["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    )
    assert text["vary"] == "Accept, Accept-Encoding"


@pytest.mark.parametrize("series", [1, 2000])
async def test_gzip_is_used_when_it_is_accepted(series: int) -> None:
    registry = filled()
    for number in range(series):
        registry.counter(COUNT).labels(str(number)).inc()
    plain = await registry.scrape(endpoint=None, accept_encoding="br")
    packed = await registry.scrape(endpoint=None, accept_encoding="br, gzip")
    assert ("content-encoding", "gzip") in packed.headers
    assert gzip.decompress(packed.body) == plain.body


@pytest.fixture
def promtool() -> str:
    path = shutil.which("promtool")
    if path is None:
        message = "promtool is not installed (Debian's package prometheus has it)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


def test_promtool_finds_nothing_to_complain_about(promtool: str) -> None:
    registry = Registry([COUNT, TIME, BUILD, *RUNTIME_DECLARATIONS], strict=True)
    registry.counter(COUNT).labels('a "b"\n\\').inc()
    registry.histogram(TIME).labels().observe(3)
    registry.info(BUILD, version="1.0")
    RuntimeSampler(registry).sample()
    result = subprocess.run(
        [promtool, "check", "metrics"], input=registry.render(), capture_output=True, check=False
    )
    assert (result.returncode, result.stdout + result.stderr) == (0, b"")
