"""Questions are the same to Prometheus and to a scrape, and name what the catalog declares."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.monitoring.test_expressions_and_the_catalog import faults_of, grouping_faults

from asset_forge.doctor._questions import (
    FLEET_QUESTIONS,
    OVERFLOWS,
    QUANTILE,
    QUESTIONS,
    RENAMED,
    ROUTE_SECONDS,
    TABLE_SECONDS,
    Question,
    quantile,
)
from asset_forge.monitoring.samples import Samples, read_samples


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: type(one).__name__)
def test_a_question_uses_what_the_catalog_declares(question: Question) -> None:
    assert faults_of(question.promql()) + grouping_faults(question.promql()) == []


@pytest.mark.parametrize("question", [one for one in FLEET_QUESTIONS if one != RENAMED])
def test_a_question_to_the_fleet_uses_what_the_catalog_declares(question: str) -> None:
    assert faults_of(question) + grouping_faults(question) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: type(one).__name__)
def test_a_scrape_without_the_metric_answers_nothing(question: Question) -> None:
    assert question.of(Samples()) == {}


def test_events_are_summed_by_the_labels_and_zeros_left_out() -> None:
    name = "metrics_series_overflow_total"
    scrape = read_samples(f'{name}{{metric="a"}} 2\n{name}{{metric="b"}} 0\n')
    assert OVERFLOWS.of(scrape) == {("a",): 2}


def test_a_percentile_is_that_of_all_series_of_its_labels() -> None:
    name = "db_query_duration_seconds_bucket"
    lines = [
        f'{name}{{operation="{operation}",table="assets",le="{edge}"}} {count}\n'
        for operation, counts in (("select", (50, 50, 50)), ("insert", (0, 50, 50)))
        for edge, count in zip(("0.1", "0.5", "+Inf"), counts, strict=True)
    ]
    found = TABLE_SECONDS.of(read_samples("".join(lines)))
    assert found == {("assets",): pytest.approx(0.1 + 0.4 * 0.9)}


def test_of_a_few_observations_there_is_no_percentile() -> None:
    name = "api_response_time_by_endpoint_seconds_bucket"
    scrape = read_samples(f'{name}{{endpoint="/x",le="+Inf"}} 9\n')
    assert ROUTE_SECONDS.of(scrape) == {}
    assert ">= 10" in ROUTE_SECONDS.promql()


@given(st.lists(st.floats(0.001, 20), min_size=1, max_size=50))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(values: list[float]) -> None:
    bounds = [0.01, 0.1, 1.0, 5.0, math.inf]
    edges: dict[float, Any] = {edge: sum(value <= edge for value in values) for edge in bounds}
    true = sorted(values)[math.ceil(QUANTILE * len(values)) - 1]
    upper = next(edge for edge in bounds if true <= edge)
    lower = max((edge for edge in bounds if edge < upper), default=0.0)
    found = quantile(QUANTILE, edges)
    assert lower <= found <= upper
    assert math.isfinite(found)
