"""`asset-forge monitoring render`: write what Prometheus, Alertmanager and Grafana read."""

from __future__ import annotations

from pathlib import Path

import typer

from asset_forge.monitoring import (
    DIRECTORIES,
    Options,
    RuleError,
    drift,
    read_maintenance,
    render,
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
    output: Path = typer.Option(Path("deploy"), help="Where to write the files."),
    runbooks: Path | None = typer.Option(
        None, help="Where to write the runbooks; without it docs/runbooks beside the output."
    ),
    check: bool = typer.Option(False, "--check", help="Write nothing; fail if a file differs."),
    scale: float = typer.Option(1.0, help="Multiply every duration, for drills, as 0.05."),
    target: list[str] = typer.Option(list(_DEFAULTS.targets), help="HOST:PORT of the service."),
    alertmanager: list[str] = typer.Option(list(_DEFAULTS.alertmanagers), help="HOST:PORT."),
    grafana_url: str = typer.Option(_DEFAULTS.grafana_url, help="Base of links to dashboards."),
    prometheus_url: str = typer.Option(_DEFAULTS.prometheus_url, help="Grafana's data source."),
    runbook_url: str = typer.Option(_DEFAULTS.runbook_url, help="Base of links to runbooks."),
    pagerduty_url: str = typer.Option(_DEFAULTS.pagerduty_url, help="Where pages go."),
    heartbeat_url: str = typer.Option(_DEFAULTS.heartbeat_url, help="Where the watchdog beats."),
    probe: str | None = typer.Option(None, help="HOST:PORT of a blackbox exporter."),
    authorized: bool = typer.Option(False, help="Scrape with the token in secrets/metrics_token."),
    maintenance: Path | None = typer.Option(
        None, help="TOML file of UTC intervals; without it maintenance.toml in the output."
    ),
) -> None:
    """Write the files of Prometheus, Alertmanager and Grafana, and the runbooks."""
    try:
        declared = output / "maintenance.toml"
        source = maintenance or (declared if declared.is_file() else None)
        options = Options(
            scale=scale,
            targets=tuple(target),
            alertmanagers=tuple(alertmanager),
            grafana_url=grafana_url,
            runbook_url=runbook_url,
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
    if check:
        _check(
            drift(render(options), output, DIRECTORIES) + drift(render_runbooks(), pages, (".",))
        )
        return
    for path in (*write(render(options), output), *write(render_runbooks(), pages)):
        typer.echo(path)


def _check(differences: list[str]) -> None:
    for difference in differences:
        typer.echo(difference, err=True)
    if differences:
        typer.echo("Run `asset-forge monitoring render` and commit what it writes.", err=True)
        raise typer.Exit(1)
