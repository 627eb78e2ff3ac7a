"""The dashboards against the alerts: the same selections and limits, and the links of panels."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from tests.unit.monitoring.test_dashboards import dashboard, panel_called, panels, parts, plain
from tests.unit.monitoring.test_expressions_and_the_catalog import selectors
from typer.testing import CliRunner

from asset_forge.api.operators import list_errors, list_traces, read_trace
from asset_forge.cli.monitoring import app
from asset_forge.monitoring import (
    ALERTS,
    OBJECTIVES,
    WINDOWS,
    Alert,
    Board,
    Objective,
    Options,
    render,
    render_runbooks,
)
from asset_forge.monitoring._durations import duration, scaled_expression, seconds

COMPARED = {
    "HighErrorRate": "Error Rate",
    "HighLatency": "P95 Latency",
    "DatabasePoolNearExhaustion": "Database Pool Use",
    "DatabaseSlow": "Slow Tables",
    "LowDiskSpace": "Disk Use",
    "HighMemoryUsage": "Memory Use",
    "ProviderFailing": "AI API Failures",
    "GenerationQueueSlow": "Longest Wait",
    "GenerationQueueStalled": "Longest Wait",
}
"""Alerts, and the panel that shows what they compare."""

FAILS = re.compile(
    r"5\.\.|status='failure'|generation_errors_total|storage_errors_total"
    r"|slo='(availability|generation)'"
)
LASTS = re.compile(r"_seconds_(bucket|count)|slo='latency'")
EXAMPLE = Options(
    runbook_url="https://wiki.example/runbooks/", service_url="https://forge.example/"
)


def signals(expression: str) -> set[str]:
    """The metrics of an expression; a histogram under one name, and all windows of a ratio."""
    names = {selector.name for selector in selectors(expression)}
    return {
        re.sub(r"_(bucket|count|sum)$", "", re.sub(r"^(slo:\w+:).*", r"\1", name)) for name in names
    }


def links(panel: dict[str, Any]) -> dict[str, str]:
    return {link["title"]: link["url"] for link in panel["links"]}


def runbooks(panel: dict[str, Any]) -> set[str]:
    return {title[9:] for title in links(panel) if title.startswith("Runbook: ")}


def sorted_labels(query: str) -> str:
    return re.sub(
        r"by \(([^)]*)\)", lambda found: f"by ({', '.join(sorted(found[1].split(', ')))})", query
    )


def alert(name: str) -> Alert:
    (found,) = (one for one in ALERTS if one.name == name)
    return found


def steps(panel: dict[str, Any]) -> list[tuple[str, float]]:
    found = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [(step["color"], step["value"]) for step in found[1:]]


@pytest.mark.parametrize("name", COMPARED)
def test_a_panel_shows_what_its_alert_compares(name: str) -> None:
    compared = {sorted_labels(part) for part in parts(scaled_expression(alert(name).expr, 1))}
    shown = [plain(target["expr"]) for target in panel_called(COMPARED[name])["targets"]]
    assert any(sorted_labels(query) in compared for query in shown), shown


@pytest.mark.parametrize("name", COMPARED)
def test_a_panel_draws_the_limit_of_its_alert(name: str) -> None:
    limit = re.search(r">=? ([\d.]+)", scaled_expression(alert(name).expr, 1))
    assert limit is not None
    assert float(limit[1]) in [value for _, value in steps(panel_called(COMPARED[name]))]


@pytest.mark.parametrize("name", [*COMPARED, "HighGenerationFailureRate"])
def test_a_panel_looks_back_as_far_as_its_alert(name: str) -> None:
    """Grafana's `$__rate_interval` is at least four of a query's `interval`."""
    title = COMPARED.get(name, "Success Rate")
    ranges = set(re.findall(r"\[(\w+)\]", alert(name).expr))
    for target in panel_called(title)["targets"]:
        if "$__rate_interval" in target["expr"]:
            assert {duration(4 * seconds(target["interval"]))} == ranges


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda one: one.name)
def test_the_lines_of_the_burn_rates_are_where_pages_and_tickets_begin(
    objective: Objective,
) -> None:
    rules = yaml.safe_load(render(Options())["prometheus/rules/alerts.yml"])["groups"][0]["rules"]
    colors = {"critical": "red", "warning": "orange"}
    fires: dict[str, tuple[str, float]] = {}
    for rule in rules:
        found = re.findall(rf'over_(\w+){{slo="{objective.name}"}} > ([\d.]+)', rule["expr"])
        for window, ratio in found[::2]:
            rate = round(float(ratio) / objective.budget, 6)
            fires[window] = (colors[rule["labels"]["severity"]], rate)
    panel = panel_called(f"{objective.name.capitalize()}: Burn Rates")
    assert steps(panel) == sorted(fires.values(), key=lambda one: one[1])
    assert {target["legendFormat"] for target in panel["targets"]} == {
        f"over {window}" for window in fires
    }
    assert len(fires) == len(WINDOWS)
    for _, rate in fires.values():
        assert f" above {rate:g} over " in panel["description"]


def test_a_panel_that_a_runbook_names_exists() -> None:
    text = " ".join(render_runbooks().values())
    found = re.findall(r"((?:[A-Z][\w/]*)(?: [A-Z][\w/]*)*) panel\b", text)
    named = {title.removeprefix("The ") for title in found}
    assert {"Error Rate", "P95 Latency"} <= named
    assert named <= {panel["title"] for panel in panels()}


@pytest.mark.parametrize("board", list(Board))
def test_a_panel_leads_to_another_dashboard_with_the_time_and_the_choices(board: Board) -> None:
    others = {
        f"/d/{other}?${{__url_time_range}}&${{__all_variables}}": dashboard(other)["title"]
        for other in Board
        if other is not board
    }
    for panel in dashboard(board)["panels"]:
        found = {url: title for title, url in links(panel).items() if url.startswith("/d/")}
        assert found, panel["title"]
        assert found.items() <= {(url, f"Dashboard: {title}") for url, title in others.items()}


def test_a_runbook_that_a_panel_leads_to_exists() -> None:
    for panel in panels():
        for name in runbooks(panel):
            assert links(panel)[f"Runbook: {name}"] == f"docs/runbooks/{name}.md"
            assert f"{name}.md" in render_runbooks()


def test_a_panel_leads_to_the_runbook_of_an_alert_that_reads_the_same() -> None:
    read = {one.name: signals(scaled_expression(one.expr, 1)) for one in ALERTS}
    for panel in panels():
        shown = set[str]().union(*(signals(plain(one["expr"])) for one in panel["targets"]))
        same = {name for name, metrics in read.items() if metrics & shown}
        assert not same or same & runbooks(panel), (panel["title"], same)


def test_the_dashboard_that_a_message_names_leads_to_the_runbook_of_its_alert() -> None:
    led_to = {
        board: set[str]().union(*(runbooks(panel) for panel in dashboard(board)["panels"]))
        for board in Board
    }
    without = {one.name for one in ALERTS if one.name not in led_to[one.board]}
    assert without == {"Watchdog"}  # which fires always, and shows in no panel


def test_a_panel_of_errors_leads_to_the_errors_and_one_of_latencies_to_traces() -> None:
    found = {"/api/errors": set[str](), "/api/traces": set[str]()}
    for panel in panels():
        text = json.dumps([target["expr"].replace('"', "'") for target in panel["targets"]])
        pages = {urlsplit(url).path for url in links(panel).values()}
        for pattern, path in ((FAILS, "/api/errors"), (LASTS, "/api/traces")):
            if pattern.search(text):
                found[path].add(panel["title"])
                assert path in pages, panel["title"]
    assert {"Error Rate", "AI API Failures", "Storage Errors"} <= found["/api/errors"]
    assert {"P95 Latency", "Generation Duration", "Slow Tables"} <= found["/api/traces"]


def test_the_pages_that_links_lead_to_are_served_and_take_what_is_asked() -> None:
    served = {
        path: {
            getattr(parameter, "name", None)
            for hint in get_type_hints(handler.fn, include_extras=True).values()
            for parameter in getattr(hint, "__metadata__", ())
        }
        for handler in (list_errors, list_traces)
        for path in handler.paths
    }
    asked = [
        urlsplit(link["url"])
        for panel in panels()
        for link in (*panel["links"], *panel["fieldConfig"]["defaults"].get("links", ()))
        if "/api/" in link["url"]
    ]
    assert {url.path for url in asked} == set(served)
    for url in asked:
        assert set(parse_qs(url.query)) <= served[url.path], url


def test_a_series_of_an_endpoint_leads_to_its_traces() -> None:
    (link,) = panel_called("Top Endpoints")["fieldConfig"]["defaults"]["links"]
    assert link["url"] == (
        "http://127.0.0.1:3004/api/traces?route=${__field.labels.endpoint:percentencode}"
    )


def test_an_exemplar_leads_to_its_trace() -> None:
    (source,) = yaml.safe_load(render(EXAMPLE)["grafana/provisioning/datasources/asset-forge.yml"])[
        "datasources"
    ]
    (destination,) = source["jsonData"]["exemplarTraceIdDestinations"]
    assert destination["name"] == "trace_id"
    # Grafana reads a single $ in a provisioned file as a variable of its environment.
    assert destination["url"] == "https://forge.example/api/traces/$${__value.raw}"
    assert read_trace.paths == {"/api/traces/{trace_id:str}"}


def test_exemplars_are_asked_for_where_the_service_gives_them() -> None:
    for panel in panels():
        for target in panel["targets"]:
            if target["exemplar"]:
                assert "api_response_time_by_endpoint_seconds_bucket" in target["expr"]


def test_links_have_the_bases_that_are_given() -> None:
    files = render(EXAMPLE)
    for board in Board:
        for panel in json.loads(files[f"grafana/dashboards/{board}.json"])["panels"]:
            for title, url in links(panel).items():
                assert re.match(
                    r"https://wiki\.example/runbooks/\w+\.md$"
                    r"|https://forge\.example/api/\w+"
                    r"|/d/[a-z-]+\?",
                    url,
                ), title


def test_the_base_of_the_service_is_an_option(tmp_path: Path) -> None:
    output = str(tmp_path / "deploy")
    command = ["render", "--output", output, "--service-url"]
    assert CliRunner().invoke(app, [*command, "https://forge.example"]).exit_code == 0
    text = (tmp_path / "deploy/grafana/dashboards/asset-forge-overview.json").read_text()
    assert "https://forge.example/api/errors" in text
    refused = CliRunner().invoke(app, [*command, "forge.example"])
    assert refused.exit_code == 2
    assert "URL 'forge.example': must begin with http:// or https://" in refused.output
