"""Sends events to Sentry without letting a slow or absent Sentry be felt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from asset_forge.observability.redaction import Json

__all__ = ["SentrySink", "check_dsn", "sentry_sink"]

_QUEUE = 100


def check_dsn(dsn: str) -> None:
    """Raise `ValueError` if ``dsn`` is no Sentry DSN; the text never repeats it: it holds a key."""
    expected = "a Sentry DSN looks like https://<public key>@<host>/<project number>"
    try:
        parts = urlsplit(dsn.strip())
        port = parts.port
    except ValueError:
        raise ValueError(f"the host or port of the Sentry DSN cannot be read; {expected}") from None
    faults: list[str] = []
    if parts.scheme not in {"http", "https"}:
        faults.append("it has to begin with https:// or http://")
    if not parts.username:
        faults.append("the public key is missing")
    if not parts.hostname or port == 0:
        faults.append("the host is missing")
    if not parts.path.rpartition("/")[2].isdecimal():
        faults.append("the project number is missing at its end")
    if faults:
        raise ValueError(f"the Sentry DSN is malformed: {', '.join(faults)}; {expected}")


class SentrySink:
    """Hands events to sentry-sdk's transport, which sends them from a thread of its own.

    Nothing of the SDK is installed into the process: no integration, no global client, no patches.
    At most ``queue_size`` events wait. What Sentry does not take, because it is slow, failing,
    limiting or gone, is told to :attr:`on_lost`. Raises `ValueError` for a malformed DSN.
    """

    def __init__(self, dsn: str, *, queue_size: int = _QUEUE) -> None:
        check_dsn(dsn)
        # Half a second of imports, which those who have no Sentry do not wait for.
        from ._sentry_transport import connect

        self._client, self._transport = connect(dsn.strip(), queue_size)

    @property
    def on_lost(self) -> Callable[[int], None] | None:
        """Told how many events Sentry did not take; the tracker that uses the sink sets it."""
        return self._transport.on_lost

    @on_lost.setter
    def on_lost(self, callback: Callable[[int], None] | None) -> None:
        self._transport.on_lost = callback

    def send(self, event: Mapping[str, Json]) -> None:
        """Queue ``event``, which carries an ``event_id`` and is redacted already. Never waits for
        the network.
        """
        self._transport.deliver(event)

    def flush(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds for what is queued."""
        self._transport.flush(timeout)

    def close(self, timeout: float = 2.0) -> None:
        """Wait up to ``timeout`` seconds for what is queued, count the rest as dropped."""
        self._client.close(timeout=timeout)


def sentry_sink(
    dsn: str | None, *, environment: str, in_development: bool = False
) -> SentrySink | None:
    """A sink, or ``None`` without a DSN and, unless ``in_development``, outside of `production`.

    Raises `ValueError` for a malformed DSN, also where it would not be used.
    """
    if not dsn:
        return None
    check_dsn(dsn)
    return SentrySink(dsn) if environment == "production" or in_development else None
