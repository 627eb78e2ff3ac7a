"""Opens the store that a URL names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, from_url

from . import _durable
from ._faults import classify
from ._store import ObjectStore


def open_store(url: str, *, reserve_bytes: int = 0) -> ObjectStore:
    """Open the store that a URL names: `file:///path`, `s3://…`, `gs://…` or `az://…`.

    A local directory is made when it is missing. Providers' credentials come from their usual
    environment variables, such as `AWS_ACCESS_KEY_ID`.

    Raises:
        StorageUnavailable: A local directory cannot be made or written.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        place = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
        return ObjectStore(from_url(url), place=place)
    root = Path(unquote(parts.path))
    try:
        root.mkdir(parents=True, exist_ok=True)
        _durable.probe(root)
    except OSError as error:
        raise classify(error, doing="write", place=str(root)) from error
    return ObjectStore(LocalStore(root), place=str(root), root=root, reserve_bytes=reserve_bytes)
