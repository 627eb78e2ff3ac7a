"""Objectives: what they refuse, and how soon they page, computed and as promtool finds it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.monitoring.histories import NOTHING, ended, requests, times
from tests.unit.monitoring.histories import Series as Histories
from tests.unit.monitoring.test_alerts_fire_and_stay_silent import STEP, evaluate, firing, history

from asset_forge.monitoring import OBJECTIVES, WINDOWS, Objective, RuleError, Severity, time_to_page
from asset_forge.monitoring.objectives import AVAILABILITY, GENERATION, LATENCY
from asset_forge.monitoring.series import Series

EVENTS = Series("asset_generations_total")
HISTORY = 6 * 3600 // STEP
"""Samples before the first error: as long as the longest window of a page."""


def objective(ratio: float, replaced: dict[float, float] | None = None) -> Objective:
    return Objective(
        "availability", "t", ratio, EVENTS, minimum_failures=5, bad=EVENTS, replaced=replaced or {}
    )


def test_a_rule_that_can_never_fire_is_refused() -> None:
    with pytest.raises(RuleError, match=r"14\.4 × 10\.00% = 144%.*replaced\[14\.4\]"):
        objective(0.9)


def test_a_replaced_ratio_makes_it_possible() -> None:
    assert objective(0.9, {14.4: 0.8}).threshold(WINDOWS[0]) == 0.8


@pytest.mark.parametrize(
    ("ratio", "replaced", "fault"),
    [
        (1.0, {}, "between 0 and 1"),
        (0.9, {14.4: 1.0}, "never exceeds"),
        (0.9, {14.4: 0.05}, "within the budget"),
        (0.9, {14.4: 0.5}, "lower error ratio than 6"),
        (0.999, {2.0: 0.5}, "which no window has"),
    ],
)
def test_an_objective_that_makes_no_sense_is_refused(
    ratio: float, replaced: dict[float, float], fault: str
) -> None:
    with pytest.raises(RuleError, match=fault):
        objective(ratio, replaced)


def test_good_or_bad_events_are_declared_and_not_both() -> None:
    with pytest.raises(RuleError, match="either its good events or its bad ones"):
        Objective("availability", "t", 0.999, EVENTS, minimum_failures=5)
    with pytest.raises(RuleError, match="either its good events or its bad ones"):
        Objective("availability", "t", 0.999, EVENTS, 5, good=EVENTS, bad=EVENTS)


@pytest.mark.parametrize("declared", OBJECTIVES, ids=lambda one: one.name)
def test_every_window_of_an_objective_can_fire(declared: Objective) -> None:
    assert all(declared.budget <= declared.threshold(window) < 1 for window in WINDOWS)


@pytest.mark.parametrize(
    ("declared", "ratio", "minutes"),
    [
        (AVAILABILITY, 1.0, 1.4),
        (AVAILABILITY, 0.1, 9.1),
        (AVAILABILITY, 0.05, 17.8),
        (AVAILABILITY, 0.02, 43.7),
        (LATENCY, 1.0, 43.7),
        (LATENCY, 0.1, math.inf),
        (GENERATION, 1.0, 54.5),
        (GENERATION, 0.1, math.inf),
    ],
)
def test_the_time_to_page(declared: Objective, ratio: float, minutes: float) -> None:
    assert time_to_page(declared, ratio) / 60 == pytest.approx(minutes, abs=0.05)


def test_a_minimum_of_failures_holds_a_page_back_where_traffic_is_thin() -> None:
    one_a_minute = time_to_page(AVAILABILITY, 1.0, events_per_second=1 / 60)
    assert one_a_minute == pytest.approx(10 * 60 + 30)


@given(st.floats(0.001, 1), st.floats(0.001, 1))
def test_more_errors_never_page_later(one: float, other: float) -> None:
    fewer, more = sorted((one, other))
    assert time_to_page(AVAILABILITY, more) <= time_to_page(AVAILABILITY, fewer)


SHARES = (100, 10, 5, 2)
"""Percent that fail: the columns of the documents' table."""

AFTER = 250
"""Samples after the first error, an hour and more."""


def steady(good: int, bad: int) -> tuple[str, str, str]:
    """A history in which all is good, then so many of each in a step: good, bad and all events."""

    def values(before: int, after: int) -> str:
        # A first sample after the onset already holds the events of its step.
        return f"0+{before}x{HISTORY} {HISTORY * before + after}+{after}x{AFTER}"

    return values(100, good), values(0, bad), values(100, good + bad)


def failing(declared: Objective, percent: int) -> Histories:
    """What the service counts while such a share of the events fails an objective."""
    good, bad, every = steady(100 - percent, percent)
    if declared is AVAILABILITY:
        return requests(good, bad)
    return times(good, every, every) if declared is LATENCY else ended(good, bad, NOTHING)


@pytest.mark.parametrize("percent", SHARES)
@pytest.mark.parametrize("declared", OBJECTIVES, ids=lambda one: one.name)
def test_promtool_pages_when_the_computation_says(
    declared: Objective, percent: int, tmp_path: Path
) -> None:
    onset = HISTORY * STEP
    name = f"{declared.name.capitalize()}BudgetBurn"
    computed = onset + time_to_page(declared, percent / 100)
    if math.isinf(computed):
        checks = [firing(name, onset + AFTER * STEP, expected=False)]
    else:
        early = math.floor((computed - 2 * STEP) / STEP) * STEP
        late = math.ceil((computed + 2 * STEP) / STEP) * STEP
        checks = [firing(name, early, expected=False), firing(name, late, expected=True)]
    series = failing(declared, percent)
    evaluate(tmp_path, name, [history(series, checks)], windows=("5m", "30m", "1h", "6h"))


def test_pages_are_the_two_fast_windows() -> None:
    pages = [
        (one.factor, one.long, one.short) for one in WINDOWS if one.severity is Severity.CRITICAL
    ]
    assert pages == [(14.4, "1h", "5m"), (6.0, "6h", "30m")]


def test_the_ratio_of_an_objective_is_declared_once() -> None:
    changed = replace(AVAILABILITY, ratio=0.995)
    assert changed.threshold(WINDOWS[0]) == pytest.approx(14.4 * 0.005)
