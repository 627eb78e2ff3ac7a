"""What every command needs before it can work: settings, a data directory, a migrated database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from asset_forge import faults
from asset_forge.database.schema import migrate, verify
from asset_forge.settings import Settings


def prepare(settings: Settings) -> None:
    """Make the data directory, and bring the embedded database up to date; verify another one.

    Raises:
        faults.Unavailable: The data directory cannot be written.
        DatabaseUnusable: The database cannot be opened.
        SchemaMismatch: A database that is not embedded has another schema.
    """
    data_dir = settings.data_dir.absolute()
    try:
        for directory in (data_dir, data_dir / "tmp", data_dir / "objects"):
            directory.mkdir(parents=True, exist_ok=True)
        _check_writable(data_dir)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise faults.Unavailable(
            f"ASSET_FORGE_DATA_DIR={str(data_dir)!r} cannot be written ({reason}): "
            "make it writable for this user, or name another directory"
        ) from error
    if settings.embedded_database:
        migrate(settings.effective_database_url)
    else:
        verify(settings.effective_database_url)


def _check_writable(directory: Path) -> None:
    with tempfile.TemporaryFile(dir=directory) as probe:
        probe.write(b"asset-forge")
