"""Opens the store that a URL names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

from asset_forge.store_settings import uses_plain_http

from . import _durable
from ._faults import StorageUnavailable, classify
from ._metrics import StorageMetrics
from ._store import ObjectStore

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

_RETRIES: Final[RetryConfig] = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=2),
        "base": 2,
    },
}
"""A moment's trouble is mended here; what lasts longer is for the caller to hear of."""


def open_store(
    url: str,
    *,
    variables: Mapping[str, str] | None = None,
    reserve_bytes: int = 0,
    metrics: StorageMetrics | None = None,
) -> ObjectStore:
    """Open the store that a URL names: `file:///path`, `s3://…`, `gs://…` or `az://…`.

    A local directory is made when it is missing. obstore takes a provider's credentials from their
    usual environment variables, such as `AWS_ACCESS_KEY_ID`; `variables` are those of them that
    decide on the transport. A remote store is not asked for anything yet.

    Raises:
        StorageUnavailable: A local directory cannot be made or written, or what the environment
            says of a remote store cannot be used.
    """
    parts = urlsplit(url)
    if parts.scheme != "file":
        return _open_remote(url, variables or {}, metrics)
    root = Path(unquote(parts.path))
    try:
        root.mkdir(parents=True, exist_ok=True)
        _durable.probe(root)
    except OSError as error:
        raise classify(error, operation="put", place=str(root)) from error
    return ObjectStore(
        LocalStore(root),
        place=str(root),
        root=root,
        reserve_bytes=reserve_bytes,
        metrics=metrics,
    )


def _open_remote(
    url: str, variables: Mapping[str, str], metrics: StorageMetrics | None
) -> ObjectStore:
    parts = urlsplit(url)
    client: ClientConfig = {
        "connect_timeout": timedelta(seconds=3),
        # Between two reads. There is no limit for the whole, since files may be large and the
        # clients that they are sent to slow.
        "read_timeout": timedelta(seconds=20),
        "timeout": timedelta(days=1),
    }
    if uses_plain_http(variables):
        client["allow_http"] = True
    place = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    try:
        backend = from_url(url, client_options=client, retry_config=_RETRIES)
    except (BaseError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise StorageUnavailable(
            f"STORAGE_URL={place}: cannot be opened with the variables of its provider ({reason}); "
            "correct them"
        ) from error
    return ObjectStore(backend, place=place, metrics=metrics)
