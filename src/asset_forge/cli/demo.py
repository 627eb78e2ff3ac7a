"""`asset-forge demo`: the service at work, watched, and broken on request."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:  # nothing of the simulation is loaded by the other commands
    from asset_forge.simulation.rehearsal import Plan
    from asset_forge.simulation.stack import Stack


def demo(
    fault: Annotated[
        str | None, typer.Option(help="Inject this fault after 20 seconds; see --list-faults.")
    ] = None,
    list_faults: Annotated[
        bool, typer.Option("--list-faults", help="List the faults and the alerts that show them.")
    ] = False,
    heal_after: Annotated[
        float | None, typer.Option(min=1, help="Heal the fault so many seconds later.")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=1, help="End after so many seconds; else on Ctrl-C.")
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Multiply every duration of the alerts; 1 is the real pace.")
    ] = 0.1,
    port: Annotated[
        int, typer.Option(min=0, max=65535, envvar="PORT", help="The service's; 0 takes any.")
    ] = 3004,
    users: Annotated[int, typer.Option(min=1, max=200, help="How many work at once.")] = 6,
    pause: Annotated[
        float, typer.Option(min=0.05, help="Seconds between two actions of a user.")
    ] = 0.5,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the service's data here; else it is thrown away.")
    ] = None,
) -> None:
    """Run the service with simulated providers and users, under Prometheus and Alertmanager."""
    from asset_forge.monitoring import Options, RuleError
    from asset_forge.simulation.faults import FAULTS
    from asset_forge.simulation.rehearsal import Plan, throw_away_home
    from asset_forge.simulation.traffic import PROCEDURAL, REMOTE, Pace

    console = Console(highlight=False)
    if list_faults:
        console.print(_fault_table(scale))
        return
    if fault is not None and fault not in FAULTS:
        raise typer.BadParameter(f"{fault!r} is none of {', '.join(FAULTS)}", param_hint="--fault")
    try:
        Options(scale=scale)
    except RuleError as error:
        raise typer.BadParameter(str(error), param_hint="--scale") from None
    plan = Plan(
        scale=scale,
        port=port,
        pace=Pace(users=users, think_seconds=pause, asks=(*PROCEDURAL, *REMOTE)),
        duration_seconds=duration,
        fault=FAULTS[fault]() if fault is not None else None,
        heal_after_seconds=heal_after,
        data_dir=data_dir.absolute() if data_dir is not None else None,
    )
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell lets its background jobs ignore SIGINT
        signal.signal(number, _interrupt)
    with throw_away_home() as home:
        try:
            _rehearse(plan, home, console)
        except KeyboardInterrupt:
            console.print("Ended.")


def _rehearse(plan: Plan, home: Path, console: Console) -> None:
    from asset_forge.simulation.rehearsal import Rehearsal

    def say(line: str) -> None:
        console.print(line, markup=False, soft_wrap=True)

    rehearsal = Rehearsal(plan, home, say)
    with rehearsal.running() as (stack, users):
        _announce(stack, home, console)
        try:
            rehearsal.go(stack, users)
        except KeyboardInterrupt:
            say("Ending the service, Prometheus and Alertmanager …")


def _announce(stack: Stack, home: Path, console: Console) -> None:
    """Say where everything is, and what will be printed."""
    from asset_forge.simulation.team import ACCOUNTS

    operator = ACCOUNTS[0]
    rows = {
        "Service": f"{stack.url}  {stack.url}/api/docs",
        "Metrics": f"{stack.url}/metrics  {stack.url}/metrics/business",
        "Sign in": f"{operator.login} / {operator.password} (operator)",
        "Data, logs": str(home),
    }
    if stack.monitored:
        rows["Prometheus"] = stack.prometheus.url
        rows["Alertmanager"] = stack.alertmanager_url
        rows["Printed here"] = "what arrives at PagerDuty, Slack and the heartbeat service"
    else:
        rows["Alerts"] = (
            "none: Prometheus and Alertmanager are not on PATH "
            "(Debian: apt-get install prometheus prometheus-alertmanager)"
        )
    for title, value in rows.items():
        console.print(f"  {title:<12} {value}", markup=False, soft_wrap=True)
    pace = f"{stack.scale:g} of their real durations" if stack.scale != 1 else "their real pace"
    console.print(f"Alerts run at {pace}. Ctrl-C ends everything.", markup=False, soft_wrap=True)


def _fault_table(scale: float) -> Table:
    from asset_forge.monitoring import ALERTS
    from asset_forge.simulation.faults import FAULTS

    holds = {alert.name: alert.hold or "0s" for alert in ALERTS}
    severities = {alert.name: str(alert.severity) for alert in ALERTS}
    table = Table("Fault", "What is done", "Alerts that arrive", box=None, padding=(0, 2, 1, 0))
    for name, kind in FAULTS.items():
        shown = [
            f"{alert} ({severities[alert]}, after {holds[alert]})" for alert in kind.alerts
        ] or ["none: it has to be borne"]
        table.add_row(name, kind.what, "\n".join(shown))
    table.caption = f"At --scale {scale:g} every duration is multiplied by {scale:g}."
    return table


def _interrupt(number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt(number)
