"""What the recorded objectives say, on promtool: with traffic, without it, and without data."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.monitoring.histories import Series, ended, requests, times
from tests.unit.monitoring.test_alerts_fire_and_stay_silent import evaluate_recordings, history

from asset_forge.monitoring import OBJECTIVES
from asset_forge.simulation.panels import panel_queries

HOUR = 240
"""Samples of an hour, 15 s apart."""

BUDGETS = ("slo:error_budget:remaining", "slo:error_budget:burn_rate")
WINDOWS = ("1h", "30d")
"""Those that the budgets are worked out from."""


def good_hour(then: str) -> Series:
    """An hour of traffic in which nothing fails, and then something else, without failures too."""
    ok = f"0+10x{HOUR} {then}"
    none = re.sub(r"\d+\+\d+x", "0+0x", ok)
    return requests(ok, none) | times(ok, ok, ok) | ended(ok, none, none)


def holds(record: str, at: str, value: float | None) -> list[dict[str, object]]:
    """At a time a series has a value for each objective, or is not there."""
    labels = [f'{record}{{slo="{one.name}"}}' for one in OBJECTIVES]
    samples = [] if value is None else [{"labels": one, "value": value} for one in labels]
    return [{"expr": record, "eval_time": at, "exp_samples": samples}]


def test_a_budget_without_fresh_data_is_no_data_and_not_whole(tmp_path: Path) -> None:
    checks = holds(BUDGETS[0], "1h", 1) + holds(BUDGETS[1], "1h", 0)
    for at in ("62m", "90m", "2h"):
        checks += holds(BUDGETS[0], at, None) + holds(BUDGETS[1], at, None)
    evaluate_recordings(tmp_path, [history(good_hour("stale"), checks)], WINDOWS)


def test_no_panel_of_an_objective_goes_on_without_fresh_data(tmp_path: Path) -> None:
    """Grafana draws no data then; the ratios themselves outlive it by their windows."""
    shown = {one.expr for one in panel_queries() if re.search(r"slo:(error|failures)", one.expr)}
    assert len(shown) > 3 * len(OBJECTIVES)
    checks = [
        {"expr": f"count({query})", "eval_time": at, "exp_samples": samples}
        for query in sorted(shown)
        for at, samples in (("1h", [{"labels": "{}", "value": 1}]), ("90m", []))
    ]
    windows = ("1h", "6h", "1d", "3d", "30d")
    evaluate_recordings(tmp_path, [history(good_hour("stale"), checks)], windows)


def test_a_service_that_nobody_uses_keeps_its_budget(tmp_path: Path) -> None:
    checks = [check for at in ("1h", "62m", "130m") for check in holds(BUDGETS[0], at, 1)]
    checks += holds(BUDGETS[1], "90m", 0)
    # An hour without an event has no ratio, and nothing divides 0 by 0.
    checks += holds(BUDGETS[1], "130m", None)
    evaluate_recordings(tmp_path, [history(good_hour(f"2400+0x{2 * HOUR}"), checks)], WINDOWS)


def test_data_that_comes_back_shows_the_budget_again(tmp_path: Path) -> None:
    series = good_hour(f"stale _x{HOUR // 2} 2400+10x{HOUR}")
    checks = holds(BUDGETS[0], "80m", None) + holds(BUDGETS[0], "100m", 1)
    evaluate_recordings(tmp_path, [history(series, checks)], WINDOWS)
