"""The database: engine, models and migrations."""

from __future__ import annotations

from asset_forge.database._engine import Database
from asset_forge.database._translation import DatabaseUnavailable
from asset_forge.database._url import DatabaseUnusable

__all__ = ["Database", "DatabaseUnavailable", "DatabaseUnusable"]
