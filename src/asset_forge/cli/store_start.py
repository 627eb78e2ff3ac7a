"""The object store at the start: what an operator has to correct ends it, an outage does not."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import typer

from asset_forge.settings import Settings
from asset_forge.storage import StorageFull, StorageUnavailable, open_store

_SECONDS: Final = 5.0
_PASSING: Final = ("unreachable", "timeout", "server_error", "throttled")
"""Faults that pass without anybody changing a setting."""


def try_store(settings: Settings) -> None:
    """Write a small object where a remote store is configured; say what is in the way; blocks.

    Raises:
        StorageUnavailable: The store refuses the credentials or has no such bucket.
    """
    # No log is set up yet: what the storage would log is said below, in one line.
    logging.getLogger("asset_forge.storage").addHandler(logging.NullHandler())
    store = open_store(settings.storage_url, variables=settings.store_variables)
    try:
        asyncio.run(store.check(write=True, limit=_SECONDS))
    except StorageUnavailable as fault:
        said = f"STORAGE_URL={store.place}: {fault.message}"
        if fault.code not in _PASSING:
            raise StorageUnavailable(said, code=fault.code) from fault
    except StorageFull as fault:
        said = f"STORAGE_URL={store.place}: {fault.message}"
    else:
        return
    typer.echo(f"asset-forge: {said}. Starting all the same, without files until then", err=True)
