"""Sends events to Sentry without letting a slow or absent Sentry be felt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import sentry_sdk
from sentry_sdk.consts import VERSION
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport

from asset_forge.observability.redaction import Json

__all__ = ["SentrySink", "check_dsn", "sentry_sink"]

_TIMEOUT_SECONDS = 5
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


class _Transport(HttpTransport):
    """sentry-sdk's transport, which says nothing about what it drops: counts it."""

    TIMEOUT = _TIMEOUT_SECONDS
    on_lost: Callable[[int], None] | None = None

    def __init__(self, options: dict[str, object]) -> None:
        self._count_lock = threading.Lock()
        self._pending = 0
        self._over = False
        super().__init__(options)

    def capture_envelope(self, envelope: Envelope) -> None:
        with self._count_lock:
            over = self._over
            self._pending += not over
        if over:
            self._count(1)
        else:
            super().capture_envelope(envelope)

    def on_dropped_event(self, _reason: str) -> None:
        with self._count_lock:
            if self._over:  # counted when the transport was killed
                return
            if _reason == "full_queue":
                self._pending -= 1
        self._count(1)

    def kill(self) -> None:
        with self._count_lock:
            left, self._pending = (0 if self._over else self._pending), 0
            self._over = True
        self._count(left)
        super().kill()

    def _send_envelope(self, envelope: Envelope) -> None:
        if self._over:
            return
        try:
            super()._send_envelope(envelope)
        finally:
            with self._count_lock:
                self._pending -= not self._over

    def _count(self, lost: int) -> None:
        if lost and self.on_lost is not None:
            self.on_lost(lost)


class SentrySink:
    """Hands events to sentry-sdk's transport, which sends them from a thread of its own.

    Nothing of the SDK is installed into the process: no integration, no global client, no patches.
    At most ``queue_size`` events wait. What Sentry does not take, because it is slow, failing,
    limiting or gone, is told to :attr:`on_lost`. Raises `ValueError` for a malformed DSN.
    """

    def __init__(self, dsn: str, *, queue_size: int = _QUEUE) -> None:
        check_dsn(dsn)
        client = sentry_sdk.Client(
            dsn=dsn.strip(),
            transport=_Transport,
            transport_queue_size=queue_size,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            enable_backpressure_handling=False,
            spotlight=False,
        )
        transport = client.transport
        if not isinstance(transport, _Transport):
            raise TypeError("sentry-sdk does not use the transport that it was given")
        self._client = client
        self._transport = transport

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
        envelope = Envelope(
            headers={
                "event_id": event["event_id"],
                "sent_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
        )
        envelope.add_event({**event, "sdk": {"name": "sentry.python", "version": VERSION}})  # pyright: ignore[reportArgumentType] - the SDK's own type is narrower than the protocol
        self._transport.capture_envelope(envelope)

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
