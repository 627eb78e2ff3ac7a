"""`asset-forge monitoring render`: write what Prometheus, Alertmanager and Grafana read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from asset_forge.monitoring import (
    DIRECTORIES,
    Options,
    RuleError,
    drift,
    read_maintenance,
    render,
    render_guide,
    render_runbooks,
    write,
)

app = typer.Typer(help="Dashboards, alerts, objectives and runbooks as code.", no_args_is_help=True)

_DEFAULTS = Options()


@app.callback()
def _monitoring() -> None:
    """Dashboards, alerts, objectives and runbooks as code."""


@app.command("render")
def render_files(
    output: Annotated[Path, typer.Option(help="Where to write the files.")] = Path("deploy"),
    runbooks: Annotated[
        Path | None,
        typer.Option(help="Where to write the runbooks; docs/runbooks beside the output."),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; fail if a file differs.")
    ] = False,
    scale: Annotated[
        float, typer.Option(help="Multiply every duration, for drills, as 0.05.")
    ] = _DEFAULTS.scale,
    target: Annotated[list[str] | None, typer.Option(help="HOST:PORT of the service.")] = None,
    worker: Annotated[
        list[str] | None, typer.Option(help="HOST:PORT of a worker on a machine of its own.")
    ] = None,
    alertmanager: Annotated[list[str] | None, typer.Option(help="HOST:PORT.")] = None,
    grafana_url: Annotated[
        str, typer.Option(help="Base of links to dashboards.")
    ] = _DEFAULTS.grafana_url,
    prometheus_url: Annotated[
        str, typer.Option(help="Grafana's data source.")
    ] = _DEFAULTS.prometheus_url,
    runbook_url: Annotated[
        str, typer.Option(help="Base of links to runbooks.")
    ] = _DEFAULTS.runbook_url,
    service_url: Annotated[
        str, typer.Option(help="Base of links to the pages of errors and traces.")
    ] = _DEFAULTS.service_url,
    pagerduty_url: Annotated[str, typer.Option(help="Where pages go.")] = _DEFAULTS.pagerduty_url,
    heartbeat_url: Annotated[
        str, typer.Option(help="Where the watchdog beats.")
    ] = _DEFAULTS.heartbeat_url,
    probe: Annotated[str | None, typer.Option(help="HOST:PORT of a blackbox exporter.")] = None,
    authorized: Annotated[
        bool, typer.Option("--authorized", help="Scrape with the token in secrets/metrics_token.")
    ] = False,
    maintenance: Annotated[
        Path | None,
        typer.Option(help="TOML file of UTC intervals; maintenance.toml in the output."),
    ] = None,
) -> None:
    """Write the files of Prometheus, Alertmanager and Grafana, and the runbooks."""
    try:
        declared = output / "maintenance.toml"
        source = maintenance or (declared if declared.is_file() else None)
        options = Options(
            scale=scale,
            targets=tuple(target or _DEFAULTS.targets),
            workers=tuple(worker or _DEFAULTS.workers),
            alertmanagers=tuple(alertmanager or _DEFAULTS.alertmanagers),
            grafana_url=grafana_url,
            runbook_url=runbook_url,
            service_url=service_url,
            prometheus_url=prometheus_url,
            pagerduty_url=pagerduty_url,
            heartbeat_url=heartbeat_url,
            probe=probe,
            authorized=authorized,
            maintenance=read_maintenance(source) if source else (),
        )
    except RuleError as error:
        typer.echo(f"asset-forge: {error}", err=True)
        raise typer.Exit(2) from error
    pages = runbooks or output.parent / "docs" / "runbooks"
    guide = _guide(pages.parent / "observability.md")
    if check:
        differences = drift(render(options), output, DIRECTORIES)
        differences += drift(render_runbooks(), pages, (".",))
        _check(differences + drift(guide, pages.parent, ()))
        return
    written = (
        *write(render(options), output),
        *write(render_runbooks(), pages),
        *write(guide, pages.parent),
    )
    for path in written:
        typer.echo(path)


def _guide(path: Path) -> dict[str, str]:
    """The guide beside the runbooks, its tables rendered; nothing where there is none."""
    if not path.is_file():
        return {}
    return {path.name: render_guide(path.read_text(encoding="utf-8"))}


def _check(differences: list[str]) -> None:
    for difference in differences:
        typer.echo(difference, err=True)
    if differences:
        typer.echo("Run `asset-forge monitoring render` and commit what it writes.", err=True)
        raise typer.Exit(1)
