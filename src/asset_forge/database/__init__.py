"""The database: engine, models and migrations."""

from __future__ import annotations

from asset_forge.database._engine import Database, ReadOnlyTransaction
from asset_forge.database._translation import DatabaseUnavailable
from asset_forge.database._url import DatabaseUnusable, parse_database_url
from asset_forge.database.metrics import DatabaseMetrics

__all__ = [
    "Database",
    "DatabaseMetrics",
    "DatabaseUnavailable",
    "DatabaseUnusable",
    "ReadOnlyTransaction",
    "parse_database_url",
]
