"""What needs sentry-sdk; imported with the first sink, because the SDK is slow to import."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import sentry_sdk
from sentry_sdk.consts import VERSION
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import HttpTransport

from asset_forge.observability.redaction import Json

__all__ = ["Transport", "connect"]


class Transport(HttpTransport):
    """sentry-sdk's transport, which says nothing about what it drops: counts it."""

    TIMEOUT = 5
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

    def deliver(self, event: Mapping[str, Json]) -> None:
        """Queue ``event`` as an envelope of its own."""
        envelope = Envelope(
            headers={
                "event_id": event["event_id"],
                "sent_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
        )
        envelope.add_event({**event, "sdk": {"name": "sentry.python", "version": VERSION}})  # pyright: ignore[reportArgumentType] - the SDK's own type is narrower than the protocol
        self.capture_envelope(envelope)

    def _count(self, lost: int) -> None:
        if lost and self.on_lost is not None:
            self.on_lost(lost)


def connect(dsn: str, queue_size: int) -> tuple[sentry_sdk.Client, Transport]:
    """A client of the SDK that installs nothing into the process, and its transport."""
    client = sentry_sdk.Client(
        dsn=dsn,
        transport=Transport,
        transport_queue_size=queue_size,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        send_client_reports=False,
        enable_backpressure_handling=False,
        spotlight=False,
    )
    transport = client.transport
    if not isinstance(transport, Transport):
        raise TypeError("sentry-sdk does not use the transport that it was given")
    return client, transport
