"""The dashboards: every panel that was asked for, units, legends, places."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import combinations
from typing import Any

import pytest
from tests.drills.guide_queries import DASHBOARD as GUIDE_PANELS
from tests.unit.monitoring.programs import library
from tests.unit.monitoring.test_expressions_and_the_catalog import nodes

from asset_forge.monitoring import OBJECTIVES, Board, Options, render

ASKED = {
    Board.OVERVIEW: [
        "Request Rate", "Error Rate", "P95 Latency", "Active Sessions", "Asset Generations",
        "Database Health",
    ],
    Board.GENERATION: [
        "Generation Rate", "Success Rate", "Generation Duration", "Error Breakdown",
        "AI API Latency", "Token Usage",
    ],
    Board.INFRASTRUCTURE: [
        "CPU Usage", "Memory Usage", "Database Connections", "Disk Space", "Network I/O",
        "Event Loop Lag",
    ],
    Board.SLO: [
        f"{objective.name.capitalize()}: {asked}"
        for objective in OBJECTIVES
        for asked in ("Budget Left", "Budget over Time", "Burn Rates", "Error Ratio")
    ],
    Board.AI_COST: ["Cost per Hour by Provider", "Cost by Model", "Tokens by Model"],
}  # fmt: skip

LEGENDS = {
    "P95 Latency": ["users' p95", "users' p50", "all p95"],
    "Success Rate": ["{{type}}", "all"],
    "Generation Duration": ["{{type}} p50", "{{type}} p95", "{{type}} p99"],
    "AI API Latency": ["{{provider}} p95", "{{provider}} p50"],
    "Token Usage": ["{{provider}} {{type}}"],
    "Memory Usage": [
        f"{{{{instance}}}} {kind}"
        for kind in ("resident", "heap used", "heap", "available", "system")
    ],
    "Database Connections": ["active", "idle", "allowed"],
    "Network I/O": ["requests", "responses"],
    "Event Loop Lag": ["{{instance}} p99", "{{instance}} p50"],
    **{
        f"{objective.name.capitalize()}: Burn Rates": ["over 1h", "over 6h", "over 1d", "over 3d"]
        for objective in OBJECTIVES
    },
}
"""What is asked for within a panel, by the names of its series."""

READS = {
    "Active Sessions": "user_active_sessions",
    "Generation Rate": "rate(asset_generations_total[5m])",
    "Success Rate": 'sum by (type) (rate(asset_generations_total{status="success"}[5m]))'
    ' / sum by (type) (rate(asset_generations_total{status=~"success|failure"}[5m]))',
    "Generation Duration": "histogram_quantile(0.95,"
    " sum by (le, type) (rate(asset_generation_duration_seconds_bucket[5m])))",
    "Error Breakdown": "sum by (error_type) (increase(asset_generation_errors_total[1h]))",
    "AI API Latency": "histogram_quantile(0.95,"
    " sum by (le, provider) (rate(ai_api_latency_seconds_bucket[5m])))",
    "Token Usage": "sum by (provider, type) (rate(ai_tokens_used_total[5m]))",
    "CPU Usage": "rate(process_cpu_seconds_total[5m])",
    "Memory Usage": "process_resident_memory_bytes",
    "Database Connections": "sum(db_connections_idle)",
    "Disk Space": 'storage_used_bytes{context="system"}',
    "Network I/O": "rate(http_response_size_bytes_sum[5m])",
    "Event Loop Lag": "rate(event_loop_lag_seconds_bucket[5m])",
    **{one.title.removeprefix("Panel "): one.expr for one in GUIDE_PANELS},
}
"""A query of the panel, or a part of one, with nothing chosen in the variables."""

NEITHER_GOOD_NOR_BAD = {
    "Request Rate", "Active Sessions", "Asset Generations", "Top Endpoints", "Logins",
    "Generation Rate", "Slow Generations", "Error Breakdown", "AI API Latency", "Token Usage",
    "Queue", "CPU Usage", "Memory Usage", "Database Connections", "Disk Space", "Storage Errors",
    "Searches by Meaning", "Network I/O", "Open Files and Connections", "Telemetry Lost",
    "Declared Maintenance", "Spent in the Time Shown", "Spent Today", "Cost of a Success",
    "Cost per Hour by Provider", "Cost by Model", "Calls by Model", "Tokens by Model",
}  # fmt: skip
"""Panels without thresholds: of what they show no value is wrong by itself, or its limit is another
series beside it, or only its share of the limit, which another panel shows."""


@cache
def dashboard(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(Options())[f"grafana/dashboards/{board}.json"])
    return found


def panels() -> list[dict[str, Any]]:
    return [panel for board in Board for panel in dashboard(board)["panels"]]


def panel_called(title: str) -> dict[str, Any]:
    (found,) = (panel for panel in panels() if panel["title"] == title)
    return found


def plain(query: str) -> str:
    """A query as it is with everything chosen, over ranges that do not depend on the screen."""
    without = re.sub(r'(instance|type)=~"\$\1",?', "", query).replace(",}", "}").replace("{}", "")
    ranged = without.replace("$__rate_interval", "5m").replace("$__range", "1h")
    return str(library("promql_parser").parse(ranged).prettify())


def parts(query: str) -> set[str]:
    return {node.prettify() for node in nodes(plain(query)) if hasattr(node, "prettify")}


@pytest.mark.parametrize("board", list(Board))
def test_a_dashboard_has_the_panels_that_were_asked_for(board: Board) -> None:
    titles = [panel["title"] for panel in dashboard(board)["panels"]]
    assert set(ASKED[board]) <= set(titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("title", LEGENDS)
def test_a_panel_has_the_series_that_were_asked_for(title: str) -> None:
    assert [target["legendFormat"] for target in panel_called(title)["targets"]] == LEGENDS[title]


def test_every_panel_of_the_guide_is_held_to_its_query() -> None:
    guide = (Board.OVERVIEW, Board.GENERATION, Board.INFRASTRUCTURE)
    assert set(READS) == {title for board in guide for title in ASKED[board]}


@pytest.mark.parametrize("title", READS)
def test_a_panel_reads_what_the_guide_says(title: str) -> None:
    expected = plain(READS[title])
    queries = [target["expr"] for target in panel_called(title)["targets"]]
    assert any(expected in parts(query) for query in queries), queries


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
def test_the_budget_of_an_objective_is_shown_now_and_over_time(objective: Any) -> None:
    remaining = f'slo:error_budget:remaining{{slo="{objective.name}"}}'
    name = objective.name.capitalize()
    for title, kind in (("Budget Left", "stat"), ("Budget over Time", "timeseries")):
        panel = panel_called(f"{name}: {title}")
        assert panel["type"] == kind
        assert [target["expr"] for target in panel["targets"]] == [remaining]


@pytest.mark.parametrize("board", list(Board))
def test_a_panel_says_what_it_shows(board: Board) -> None:
    for panel in dashboard(board)["panels"]:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["noValue"] == "no data"
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


def test_a_panel_without_thresholds_shows_what_has_no_limit() -> None:
    without = {
        panel["title"]
        for panel in panels()
        if len(panel["fieldConfig"]["defaults"]["thresholds"]["steps"]) == 1
    }
    assert without == NEITHER_GOOD_NOR_BAD


def test_a_number_is_the_present_one_or_none() -> None:
    """Out of a range the last value would be shown, hours after what it told of was last seen."""
    for panel in panels():
        for target in panel["targets"]:
            assert target["instant"] == (panel["type"] != "timeseries"), panel["title"]
            assert target["range"] == (panel["type"] == "timeseries"), panel["title"]
        assert "lastNotNull" not in json.dumps(panel["options"])


@pytest.mark.parametrize("board", list(Board))
def test_thresholds_rise(board: Board) -> None:
    for panel in dashboard(board)["panels"]:
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        assert steps[0]["value"] is None
        values = [step["value"] for step in steps[1:]]
        assert values == sorted(values)


@pytest.mark.parametrize("board", list(Board))
def test_panels_lie_within_the_grid_and_not_on_each_other(board: Board) -> None:
    places = [panel["gridPos"] for panel in dashboard(board)["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for one, other in combinations(places, 2):
        apart = (
            one["x"] + one["w"] <= other["x"]
            or other["x"] + other["w"] <= one["x"]
            or one["y"] + one["h"] <= other["y"]
            or other["y"] + other["h"] <= one["y"]
        )
        assert apart, (one, other)


def test_instance_and_asset_type_can_be_chosen() -> None:
    chosen = {
        board: [one["name"] for one in dashboard(board)["templating"]["list"]] for board in Board
    }
    assert chosen == {
        Board.OVERVIEW: ["datasource", "instance"],
        Board.GENERATION: ["datasource", "instance", "type"],
        Board.INFRASTRUCTURE: ["datasource", "instance"],
        Board.SLO: ["datasource"],
        Board.AI_COST: ["datasource", "instance"],
    }
    for board in Board:
        for variable in dashboard(board)["templating"]["list"][1:]:
            assert variable["includeAll"], variable["name"]
            assert variable["multi"], variable["name"]


@pytest.mark.parametrize("board", list(Board))
def test_a_choice_is_a_condition_of_every_query_that_has_the_label(board: Board) -> None:
    names = [one["name"] for one in dashboard(board)["templating"]["list"]]
    for panel in dashboard(board)["panels"]:
        for target in panel["targets"]:
            assert ("$instance" in target["expr"]) == ("instance" in names), panel["title"]
            about_types = "type" in names and "asset_gen" in target["expr"]
            assert ("$type" in target["expr"]) >= about_types, panel["title"]


def test_every_dashboard_marks_deploys_and_firing_alerts() -> None:
    for board in Board:
        deploys, firing = dashboard(board)["annotations"]["list"]
        assert (deploys["name"], firing["name"]) == ("Deploys", "Firing alerts")
        assert deploys["enable"]
        assert firing["enable"]
        assert "asset_forge_build_info offset 5m" in deploys["expr"]
        assert 'ALERTS{alertstate="firing",service="asset-forge"' in firing["expr"]
