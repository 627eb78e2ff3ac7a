"""Sends events to Sentry without letting a slow or absent Sentry be felt."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

import sentry_sdk
from sentry_sdk.consts import VERSION
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport

from asset_forge.observability.redaction import Json

from ._declarations import Counter, CounterFamily

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
    dropped: Counter | None = None

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
        if lost and self.dropped is not None:
            self.dropped.inc(lost)


class SentrySink:
    """Hands events to sentry-sdk's transport, which sends them from a thread of its own; at most
    100 wait.

    Nothing of the SDK is installed into the process: no integration, no global client, no patches.
    What Sentry does not take, because it is slow, failing, limiting or gone, is counted in
    ``dropped`` under `sentry`. Raises `ValueError` for a malformed DSN.
    """

    def __init__(
        self, dsn: str, *, dropped: CounterFamily | None = None, queue_size: int = _QUEUE
    ) -> None:
        check_dsn(dsn)
        counting = type(
            "CountingTransport",
            (_Transport,),
            {"dropped": dropped.labels("sentry") if dropped is not None else None},
        )
        self._client = sentry_sdk.Client(
            dsn=dsn.strip(),
            transport=counting,
            transport_queue_size=queue_size,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            enable_backpressure_handling=False,
            spotlight=False,
        )
        transport = self._client.transport  # kept, as closing takes it from the client
        if transport is None:
            raise RuntimeError("sentry-sdk made no transport for a valid DSN")
        self._transport = transport

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
    dsn: str | None,
    *,
    environment: str,
    in_development: bool = False,
    dropped: CounterFamily | None = None,
) -> SentrySink | None:
    """A sink, or ``None`` without a DSN and, unless ``in_development``, in any environment but
    `production`.
    """
    if not dsn:
        return None
    check_dsn(dsn)
    return (
        SentrySink(dsn, dropped=dropped) if environment == "production" or in_development else None
    )
