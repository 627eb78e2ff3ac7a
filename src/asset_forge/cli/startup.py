"""What every command needs before it can work: settings, a data directory, a migrated database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from asset_forge import faults
from asset_forge.cli.store_start import try_store
from asset_forge.database.schema import migrate, verify
from asset_forge.generation.jobs_file import prepare_jobs_file
from asset_forge.generation.prices import PricesError, load_prices
from asset_forge.monitoring import RuleError, read_maintenance
from asset_forge.settings import Settings, SettingsError


def prepare(settings: Settings, *, files: bool = True) -> None:
    """Make the data directory, and bring the embedded database up to date; verify another one.

    `files` says whether the command works with files, so that their store is tried.

    Raises:
        faults.Unavailable: The data directory cannot be written.
        StorageUnavailable: A remote object store refuses what the settings say.
        DatabaseUnusable: The database cannot be opened.
        SchemaMismatch: A database that is not embedded has another schema.
        SettingsError: The declared maintenance, or the price table, cannot be used.
    """
    if settings.maintenance_file is not None:
        try:
            read_maintenance(settings.maintenance_file)
        except RuleError as error:
            raise SettingsError([f"MAINTENANCE_FILE: {error}"]) from error
    try:
        load_prices(settings.prices_file)
    except PricesError as error:
        raise SettingsError([str(error)]) from error
    data_dir = settings.data_dir.absolute()
    names = ("", "tmp", "objects", *(["executors"] if settings.embedded_database else []))
    for directory in (data_dir / name for name in names):
        try:
            directory.mkdir(parents=True, exist_ok=True)
            _check_writable(directory)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise faults.Unavailable(
                f"ASSET_FORGE_DATA_DIR={str(data_dir)!r}: cannot write in {directory} ({reason}); "
                "make it a directory that is writable for this user, or name another one"
            ) from error
    if files and settings.remote_store:
        try_store(settings)
    if settings.embedded_database:
        migrate(settings.effective_database_url)
        prepare_jobs_file(data_dir / "jobs.db")
    else:
        verify(settings.effective_database_url)


def _check_writable(directory: Path) -> None:
    with tempfile.TemporaryFile(dir=directory) as probe:
        probe.write(b"asset-forge")
