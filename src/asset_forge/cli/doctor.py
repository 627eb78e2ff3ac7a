"""`asset-forge doctor`: what is wrong with a running service, how it shows, and what to read."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from asset_forge.cli.service import DEFAULT_URL, AsJson, Token, Url, base_url
from asset_forge.doctor import Patient, Report, Result, collect, examine
from asset_forge.settings import load_settings

FINDINGS = 1
UNREACHED = 2
"""The exit codes; 0 is for nothing found, 2 also for options that cannot be used."""

_SIGNS = {"ok": "[green]ok[/]     ", "finding": "[red]FOUND[/]  ", "unseen": "[yellow]unseen[/] "}
_READ = ("DATABASE_URL", "DATABASE_POOL_SIZE", "JOBS_POOL_SIZE")


def _prometheus_url(value: str | None) -> str | None:
    return base_url(value) if value else None


def doctor(
    url: Url = DEFAULT_URL,
    prometheus: Annotated[
        str | None,
        typer.Option(
            envvar="PROMETHEUS_URL",
            help="Prometheus that scrapes it: adds targets, rules, alerts and recent figures.",
            callback=_prometheus_url,
        ),
    ] = None,
    token: Token = None,
    metrics_token: Annotated[
        str | None,
        typer.Option(envvar="METRICS_TOKEN", help="The service's METRICS_TOKEN, if it has one."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with a running service, and name the runbook for it.

    Exits with 0 if nothing was found, with 1 for findings, with 2 if the service cannot be
    reached. With a Postgres DATABASE_URL in the environment its connections are counted too.
    """
    settings = load_settings({name: os.environ.get(name, "") for name in _READ})
    patient = Patient(
        url=url,
        prometheus_url=prometheus or "",
        token=token or "",
        metrics_token=metrics_token or "",
        database_url=settings.database_url,
        pool_size=settings.database_pool_size,
        jobs_pool_size=settings.jobs_pool_size,
    )
    report = examine(asyncio.run(collect(patient)))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        _print(report)
    if not report.reachable:
        raise typer.Exit(UNREACHED)
    if not report.healthy:
        raise typer.Exit(FINDINGS)


def _print(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    section = ""
    for result in report.results:
        if result.section != section:
            section = result.section
            console.print(f"[bold]{section}[/]")
        console.print(f"  {_SIGNS[result.outcome]}", end="")
        console.print(result.summary, markup=False)
    console.print()
    for finding in report.findings:
        _print_finding(console, finding)
    unseen = sum(result.outcome == "unseen" for result in report.results)
    blind = f" {unseen} checks could not see, as said above." if unseen else ""
    if report.healthy:
        console.print(f"[bold green]All good[/]: nothing was found at {report.url}.{blind}")
    else:
        count = len(report.findings)
        console.print(
            f"[bold red]{count} {'finding' if count == 1 else 'findings'}[/] "
            f"at {report.url}.{blind}"
        )


def _print_finding(console: Console, finding: Result) -> None:
    style = "bold red" if finding.severity == "critical" else "bold yellow"
    console.print(f"[{style}]{finding.severity}[/] ", end="")
    console.print(finding.summary, markup=False)
    for line in finding.evidence:
        console.print(f"    {line}", markup=False)
    console.print(f"    runbook: {finding.runbook}\n", markup=False)
