"""`asset-forge slo`: the objectives of a running service, and what is left of their budgets."""

from __future__ import annotations

import sys

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from asset_forge.cli.service import DEFAULT_URL, AsJson, Token, Url, read
from asset_forge.clock import spoken
from asset_forge.faults import Unavailable
from asset_forge.monitoring.budgets import BudgetReport, ObjectiveReport
from asset_forge.monitoring.prometheus_api import shown_url

SPENT = 1
"""The exit code where the budget of an objective is spent."""

_STATES = {
    "met": "[green]met[/]",
    "burning": "[yellow]burning[/]",
    "spent": "[red]spent[/]",
    "no_data": "no data",
}
_PAPER_WIDTH = 110


def slo(url: Url = DEFAULT_URL, token: Token = None, as_json: AsJson = False) -> None:
    """Show the objectives: what happened, what is left of the error budgets, how fast they burn.

    Exits with 0 while every budget lasts, with 1 if one is spent, with 2 if the service does not
    tell.
    """
    body = read(url, "/api/slo", token)
    try:
        report = msgspec.json.decode(body, type=BudgetReport)
    except msgspec.DecodeError as error:
        shown = shown_url(url)
        raise Unavailable(
            f"{shown}/api/slo does not answer as Asset-Forge does: {error}"
        ) from error
    if as_json:
        typer.echo(msgspec.json.format(body, indent=2).decode())
    else:
        _print(report)
    if any(one.state == "spent" for one in report.objectives):
        raise typer.Exit(SPENT)


def _print(report: BudgetReport) -> None:
    width = None if sys.stdout.isatty() else _PAPER_WIDTH
    console = Console(width=width, highlight=False)
    console.print(_budgets(report))
    console.print(_burns(report))
    if report.maintenance_active:
        console.print("Declared maintenance is under way: nothing counts.")
    console.print(f"Source: {report.source}. {report.note}", markup=False)


def _budgets(report: BudgetReport) -> Table:
    table = Table(title="Objectives")
    for heading in ("Objective", "Target", "Measured", "Good of total", "Budget left", "State"):
        table.add_column(heading)
    for one in report.objectives:
        events = f"{one.events.good:,.0f} of {one.events.total:,.0f}"
        table.add_row(
            one.name,
            f"{one.target:.4g} in {one.window}",
            "–" if one.ratio is None else f"{one.ratio:.3%}",
            f"{events} in {spoken(one.observed_seconds)}",
            _left(one),
            _STATES[one.state],
        )
    return table


def _left(one: ObjectiveReport) -> str:
    budget = one.error_budget
    if (
        budget.remaining is None
        or budget.remaining_events is None
        or budget.remaining_minutes is None
    ):
        return "–"
    minutes = spoken(max(0.0, budget.remaining_minutes * 60))
    return f"{budget.remaining:.1%}: {budget.remaining_events:,.1f} events, {minutes}"


def _burns(report: BudgetReport) -> Table:
    table = Table(title="Burn rates (1 spends exactly the budget)")
    table.add_column("Objective")
    windows = [burn.window for burn in report.objectives[0].burn_rates] if report.objectives else []
    for window in windows:
        table.add_column(window, justify="right")
    table.add_column("Alerts")
    for one in report.objectives:
        firing = [f"{a.severity} {a.factor:g}×" for a in one.alerts if a.firing]
        rates = ["–" if b.burn_rate is None else f"{b.burn_rate:.2f}" for b in one.burn_rates]
        table.add_row(one.name, *rates, ", ".join(firing) or "none")
    return table
