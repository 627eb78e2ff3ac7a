"""`asset-forge migrate`: bring the database up to date."""

from __future__ import annotations

import typer

from asset_forge.database import schema
from asset_forge.settings import load_settings


def migrate() -> None:
    """Bring the schema of the database up to date; safe to run anywhere and at any time."""
    revision = schema.migrate(load_settings().effective_database_url)
    typer.echo(f"The database has schema revision {revision}.")
