"""Every alert, on promtool: one history in which it fires in time, others in which it does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.unit.monitoring.histories import QUIET, RESET, Series, one
from tests.unit.monitoring.programs import run
from tests.unit.monitoring.rule_cases import CASES
from tests.unit.monitoring.symptom_cases import BURN

from asset_forge.monitoring import ALERTS, Alert, Options, render, write
from asset_forge.monitoring._burn_rules import BURN_ALERTS
from asset_forge.monitoring._durations import seconds

STEP = 15
BY_NAME = {alert.name: alert for alert in ALERTS}
READ = re.compile(r"\b(rate|increase)\(([^()\[\]]+)\[(\w+)\]\)")
"""What an expression makes of a counter."""


def firing(name: str, at: float, expected: bool) -> dict[str, object]:
    samples = [{"labels": "{}", "value": 1}] if expected else []
    query = f'group(ALERTS{{alertname="{name}",alertstate="firing"}})'
    return {"expr": query, "eval_time": f"{at:g}s", "exp_samples": samples}


def history(series: Series, checks: list[dict[str, object]]) -> dict[str, object]:
    written = [{"series": name, "values": values} for name, values in series.items()]
    return {"interval": f"{STEP}s", "input_series": written, "promql_expr_test": checks}


def evaluate(
    directory: Path,
    name: str,
    histories: list[dict[str, object]],
    windows: tuple[str, ...] | None = None,
    misread: Callable[[str], str] | None = None,
) -> None:
    """Run promtool on the rendered rule of one alert, after the recordings that it reads.

    They are put into one group, since promtool evaluates several in an order of its own choice.
    `windows` keeps the recordings to those of some windows, for histories of hours. `misread`
    changes the expressions for the worse, and then nothing has to hold for a while to be true.
    """
    files = render(Options())
    rules = [rule for rule in rules_of(files, "alerts") if rule["alert"] == name]
    if name in {alert.name for alert in BURN_ALERTS}:
        own = name.partition("Budget")[0].lower()
        recorded = [rule for rule in rules_of(files, "slo") if kept(rule, windows, own)]
        rules = recorded + rules
    if misread is not None:
        rules = [
            {key: value for key, value in rule.items() if key != "for"}
            | {"expr": misread(str(rule["expr"]))}
            for rule in rules
        ]
    _promtool(directory, rules, histories)


def evaluate_recordings(
    directory: Path, histories: list[dict[str, object]], windows: tuple[str, ...]
) -> None:
    """Run promtool on the recording rules of some windows, and those without a window."""
    rules = rules_of(render(Options()), "slo")
    _promtool(directory, [rule for rule in rules if kept(rule, windows)], histories)


def _promtool(
    directory: Path, rules: list[dict[str, object]], histories: list[dict[str, object]]
) -> None:
    document = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{STEP}s",
        "tests": histories,
    }
    rule_file = {"groups": [{"name": "all", "rules": rules}]}
    written = {"rules.yml": yaml.safe_dump(rule_file), "test.yml": yaml.safe_dump(document)}
    write(written, directory)
    run("promtool", "test", "rules", "test.yml", directory=directory)


def kept(rule: dict[str, Any], windows: tuple[str, ...] | None, slo: str | None = None) -> bool:
    """Say whether a recording is of one of the windows, and of an objective."""
    record = rule["record"]
    if slo is not None and rule.get("labels", {}).get("slo", slo) != slo:
        return False
    return windows is None or "over_" not in record or record.rpartition("over_")[2] in windows


def rules_of(files: dict[str, str], name: str) -> list[dict[str, object]]:
    groups = yaml.safe_load(files[f"prometheus/rules/{name}.yml"])["groups"]
    return [rule for group in groups for rule in group["rules"]]


def hold(alert: Alert) -> float:
    return seconds(alert.hold) if alert.hold else 0


def test_the_cases_are_those_of_the_alerts() -> None:
    assert set(CASES) == set(BY_NAME)


def test_every_alert_but_the_watchdog_has_a_history_in_which_it_is_silent() -> None:
    assert [name for name, case in CASES.items() if not case.silent] == ["Watchdog"]


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_fires_after_exactly_its_duration(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    due = case.true_at + hold(BY_NAME[name])
    checks = [firing(name, due, expected=True)]
    if due:
        checks.append(firing(name, due - STEP, expected=False))
    evaluate(tmp_path, name, [history(case.fires, checks)])


BRANCHES = [(name, branch) for name, case in CASES.items() for branch in case.branches]


@pytest.mark.parametrize(("name", "branch"), BRANCHES)
def test_it_fires_for_each_of_its_reasons(name: str, branch: str, tmp_path: Path) -> None:
    series, true_at = CASES[name].branches[branch]
    due = true_at + hold(BY_NAME[name])
    checks = [firing(name, due - STEP, expected=False), firing(name, due, expected=True)]
    evaluate(tmp_path, name, [history(series, checks)])


@pytest.mark.parametrize("name", sorted(name for name, case in CASES.items() if case.silent))
def test_it_stays_silent(name: str, tmp_path: Path) -> None:
    times = range(0, 6000 if "[1h]" in BY_NAME[name].expr else 3000, 60)
    histories = [
        history(series, [firing(name, at, expected=False) for at in times])
        for series in CASES[name].silent.values()
    ]
    evaluate(tmp_path, name, histories)


COUNTING = sorted(name for name in CASES if name in BURN or READ.search(BY_NAME[name].expr))
HELD_BACK = {"GenerationQueueStalled"}
"""Alerts that counters hold back, and do not raise."""


def test_alerts_that_read_counters_are_silent_without_traffic_and_across_a_reset() -> None:
    assert len(COUNTING) > 20
    assert [name for name in COUNTING if not {QUIET, RESET} <= set(CASES[name].silent)] == []


def fires_once(name: str) -> dict[str, object]:
    selector = f'ALERTS{{alertname="{name}",alertstate="firing"}}'
    query = f"group(max_over_time({selector}[50m]))"
    return {"expr": query, "eval_time": "50m", "exp_samples": [{"labels": "{}", "value": 1}]}


@pytest.mark.parametrize("name", COUNTING)
def test_a_reset_taken_for_events_would_be_told(name: str, tmp_path: Path) -> None:
    """So the case in which the alert is silent across a reset is one that can fail."""
    change = r"delta(\2[\3])" if name in HELD_BACK else r"abs(delta(\2[\3]))"
    checked = history(CASES[name].silent[RESET], [fires_once(name)])
    evaluate(tmp_path, name, [checked], misread=lambda expr: READ.sub(change, expr))


@pytest.mark.parametrize("name", sorted(set(COUNTING) - HELD_BACK))
def test_what_happened_long_ago_taken_for_news_would_be_told(name: str, tmp_path: Path) -> None:
    """So the case in which the alert is silent without traffic is one that can fail."""
    checked = history(CASES[name].silent[QUIET], [fires_once(name)])
    evaluate(tmp_path, name, [checked], misread=lambda expr: READ.sub(r"\2", expr))


def test_a_provider_that_is_left_alone_is_not_taken_for_a_mended_one(tmp_path: Path) -> None:
    failures = one(
        "ai_api_calls_total", "0+0x40 1+1x4 5+0x300", provider="meshy", model="m", status="failure"
    )
    left_alone = one("ai_circuit_breaker_state", "0+0x44 1+0x20 0.5+0x1 1+0x300", provider="meshy")
    fires = range(1215, 4500, 60)
    checks = [firing("ProviderFailing", at, expected=True) for at in fires]
    evaluate(tmp_path, "ProviderFailing", [history(failures | left_alone, checks)])
