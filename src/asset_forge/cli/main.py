"""The commands of the program, and how it ends when it cannot start."""

from __future__ import annotations

import sys

import typer
from rich.console import Console

from asset_forge import __version__
from asset_forge.cli import demo, doctor, generate, migrate, monitoring, serve, slo, user
from asset_forge.database import DatabaseUnusable
from asset_forge.database.schema import SchemaMismatch
from asset_forge.faults import Fault
from asset_forge.settings import SettingsError

UNUSABLE = 2
"""The exit code for a start that cannot be: settings, data directory, database or port."""

app = typer.Typer(
    name="asset-forge",
    help="Turn prompts into game assets, observably.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("generate")(generate.generate)
app.command("migrate")(migrate.migrate)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("slo")(slo.slo)
app.add_typer(user.app, name="user")
app.add_typer(monitoring.app, name="monitoring")


@app.callback(invoke_without_command=True)
def options(
    version: bool = typer.Option(False, "--version", help="Print the version and leave."),
) -> None:
    """Turn prompts into game assets, observably."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


def main() -> None:
    """Run the program; what cannot start ends with one clear line each and exit code 2."""
    console = Console(stderr=True, highlight=False)
    try:
        app()
    except SettingsError as error:
        for line in error.lines:
            console.print(f"asset-forge: {line}", markup=False, soft_wrap=True)
    except Fault as error:
        said = f"{error.field} {error}" if error.field else str(error)
        console.print(f"asset-forge: {said}", markup=False, soft_wrap=True)
    except (DatabaseUnusable, SchemaMismatch) as error:
        console.print(f"asset-forge: {error}", markup=False, soft_wrap=True)
    else:
        return
    sys.exit(UNUSABLE)
