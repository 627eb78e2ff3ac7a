"""The dashboards: every panel that was asked for, units, legends, places."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import pytest

from asset_forge.monitoring import Board, Options, render

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
    Board.SLO: ["Availability: Budget Left", "Latency: Burn Rate", "Generation: Error Ratio"],
    Board.AI_COST: ["Cost per Hour by Provider", "Cost by Model"],
}  # fmt: skip


def dashboard(board: Board) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(Options())[f"grafana/dashboards/{board}.json"])
    return found


@pytest.mark.parametrize("board", list(Board))
def test_a_dashboard_has_the_panels_that_were_asked_for(board: Board) -> None:
    titles = [panel["title"] for panel in dashboard(board)["panels"]]
    assert set(ASKED[board]) <= set(titles)
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("board", list(Board))
def test_a_panel_says_what_it_shows(board: Board) -> None:
    for panel in dashboard(board)["panels"]:
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["fieldConfig"]["defaults"]["noValue"] == "no data"
        assert all(target["legendFormat"] for target in panel["targets"]), panel["title"]


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


@pytest.mark.parametrize("board", list(Board))
def test_a_variable_that_is_used_exists(board: Board) -> None:
    found = dashboard(board)
    names = {variable["name"] for variable in found["templating"]["list"]}
    text = json.dumps([panel["targets"] for panel in found["panels"]])
    used = {name for name in ("instance", "type", "datasource") if f"${name}" in text}
    assert used <= names


def test_every_dashboard_marks_deploys_and_firing_alerts() -> None:
    for board in Board:
        names = [one["name"] for one in dashboard(board)["annotations"]["list"]]
        assert names == ["Deploys", "Firing alerts"]
