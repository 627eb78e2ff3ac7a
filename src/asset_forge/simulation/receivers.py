"""Loopback stand-ins for what Alertmanager tells: PagerDuty, Slack and a heartbeat service.

Each speaks its service's format and refuses what that service would refuse, so that a message
which arrives here would have arrived there. Sources: PagerDuty's Events API v2 ("Send an Alert
Event"), Slack's "Sending messages using incoming webhooks" and "Message attachments",
Alertmanager's webhook payload, version 4.
"""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, cast

ROUTING_KEY: Final = "0123456789abcdef0123456789abcdef"
"""An integration key of the right form; the stand-in accepts no other."""

KEPT_MESSAGES: Final = 2_000
"""The newest ones; a rehearsal of hours needs no more, and memory stays bounded."""

_PAGERDUTY_FIELDS: Final = {
    "routing_key",
    "event_action",
    "dedup_key",
    "payload",
    "images",
    "links",
    "client",
    "client_url",
}
_PAYLOAD_FIELDS: Final = {
    "summary",
    "source",
    "severity",
    "timestamp",
    "component",
    "group",
    "class",
    "custom_details",
}
_SUMMARY_CHARACTERS: Final = 1024
_DEDUP_CHARACTERS: Final = 255
_MESSAGE_BYTES: Final = 512 * 1024
_ATTACHMENT_FIELDS: Final = {
    *("fallback", "color", "pretext", "author_name", "author_link", "author_icon", "title"),
    *("title_link", "text", "fields", "image_url", "thumb_url", "footer", "footer_icon", "ts"),
    *("mrkdwn_in", "callback_id", "actions"),
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message that a stand-in took: when (seconds, monotonic), where, and its document."""

    at_seconds: float
    service: str
    body: Mapping[str, Any]

    @property
    def resolved(self) -> bool:
        """Whether it tells the end of alerts, not their beginning."""
        if self.service == "pagerduty":
            return self.body["event_action"] == "resolve"
        if self.service == "slack":
            return str(_attachment(self.body).get("title", "")).startswith("RESOLVED")
        return self.body["status"] == "resolved"

    @property
    def title(self) -> str:
        """What a person reads first."""
        if self.service == "pagerduty":
            return str(self.body.get("payload", {}).get("summary", self.body["dedup_key"]))
        if self.service == "slack":
            return str(_attachment(self.body).get("title", ""))
        return str(self.body["commonLabels"].get("alertname", ""))

    @property
    def text(self) -> str:
        """The lines below the title: each alert with its value, runbook and dashboard."""
        if self.service == "pagerduty":
            return str(self.body.get("payload", {}).get("custom_details", {}).get("alerts", ""))
        return str(_attachment(self.body).get("text", "")) if self.service == "slack" else ""

    @property
    def incident(self) -> str:
        """What ties PagerDuty's messages about one incident together; empty elsewhere."""
        return str(self.body.get("dedup_key", ""))

    def alerts(self, state: str = "firing") -> set[str]:
        """Name the alerts that the text lists in a state, `firing` or `resolved`."""
        ending = f" ({state}):"
        lines = [line.partition(ending) for line in self.text.splitlines()]
        return {name for name, found, _ in lines if found and name.isalnum()}


def _attachment(body: Mapping[str, Any]) -> Mapping[str, Any]:
    attachments = cast("list[Mapping[str, Any]]", body.get("attachments", []))
    return attachments[0] if attachments else {}


def pagerduty_faults(body: object) -> list[str]:
    """List what PagerDuty's Events API v2 would refuse, or drop without a word, in an event."""
    if not isinstance(body, dict):
        return ["the event is no object"]
    event = cast("dict[str, Any]", body)
    faults = [f"{name!r} is unknown" for name in sorted(set(event) - _PAGERDUTY_FIELDS)]
    if event.get("routing_key") != ROUTING_KEY:
        faults.append("routing_key is not the integration's")
    action = event.get("event_action")
    if action not in ("trigger", "acknowledge", "resolve"):
        faults.append(f"event_action {action!r}: must be trigger, acknowledge or resolve")
    key = event.get("dedup_key")
    if not isinstance(key, str) or not 0 < len(key) <= _DEDUP_CHARACTERS:
        faults.append(f"dedup_key: must be 1 to {_DEDUP_CHARACTERS} characters")
    if action == "trigger":
        faults += _payload_faults(event.get("payload"))
    for link in event.get("links", []):
        if not str(link.get("href", "")).startswith(("http://", "https://")):
            faults.append(f"links: href {link.get('href')!r} is no URL")
    return faults


def _payload_faults(payload: object) -> list[str]:
    if not isinstance(payload, dict):
        return ["payload: is needed to trigger"]
    found = cast("dict[str, Any]", payload)
    faults = [f"payload.{name} is unknown" for name in sorted(set(found) - _PAYLOAD_FIELDS)]
    summary = found.get("summary")
    if not isinstance(summary, str) or not 0 < len(summary) <= _SUMMARY_CHARACTERS:
        faults.append(f"payload.summary: must be 1 to {_SUMMARY_CHARACTERS} characters")
    if not isinstance(found.get("source"), str) or not found["source"]:
        faults.append("payload.source: must not be empty")
    if found.get("severity") not in ("critical", "error", "warning", "info"):
        faults.append("payload.severity: must be critical, error, warning or info")
    if not isinstance(found.get("custom_details", {}), dict):
        faults.append("payload.custom_details: must be an object")
    return faults


def slack_faults(body: object) -> list[str]:
    """List what Slack's incoming webhooks would refuse, or not show, in a message."""
    if not isinstance(body, dict):
        return ["invalid_payload: the message is no object"]
    message = cast("dict[str, Any]", body)
    attachments = message.get("attachments", [])
    if not isinstance(attachments, list):
        return ["invalid_attachments: attachments is no list"]
    faults: list[str] = []
    if not message.get("text") and not attachments:
        faults.append("no_text: neither text nor attachments")
    for number, one in enumerate(cast("list[dict[str, Any]]", attachments)):
        unknown = sorted(set(one) - _ATTACHMENT_FIELDS)
        faults += [f"attachments[{number}].{name} is unknown" for name in unknown]
        for name in ("title", "text", "fallback"):
            if not str(one.get(name, "")).strip():
                faults.append(f"attachments[{number}].{name} is empty")
    channel = message.get("channel", "#")
    if not isinstance(channel, str) or not channel.startswith(("#", "@", "C")):
        faults.append(f"channel_not_found: {channel!r}")
    return faults


def heartbeat_faults(body: object) -> list[str]:
    """List what is not as Alertmanager's webhook, version 4, in a beat."""
    if not isinstance(body, dict):
        return ["the beat is no object"]
    beat = cast("dict[str, Any]", body)
    faults: list[str] = []
    if beat.get("version") != "4":
        faults.append(f"version {beat.get('version')!r}: must be 4")
    if beat.get("status") not in ("firing", "resolved"):
        faults.append(f"status {beat.get('status')!r}: must be firing or resolved")
    if not isinstance(beat.get("alerts"), list) or not beat["alerts"]:
        faults.append("alerts: must not be empty")
    return faults


_SERVICES: Final[Mapping[str, Callable[[object], list[str]]]] = {
    "/pagerduty": pagerduty_faults,
    "/slack": slack_faults,
    "/heartbeat": heartbeat_faults,
}


class Receivers:
    """Takes the messages to the three services, checks them, and keeps the newest.

    `on_message` is called for each that was accepted, from the server's thread. What was refused
    is in `refused`, with the reasons.
    """

    def __init__(self, on_message: Callable[[Message], None] | None = None) -> None:
        self._on_message = on_message
        self._lock = threading.Lock()
        self._messages: deque[Message] = deque(maxlen=KEPT_MESSAGES)
        self.refused: deque[tuple[str, list[str]]] = deque(maxlen=KEPT_MESSAGES)
        self.url = ""

    def messages(self, service: str | None = None) -> list[Message]:
        """Return the accepted messages, oldest first; of one service or of all."""
        with self._lock:
            kept = list(self._messages)
        return [one for one in kept if service is None or one.service == service]

    def take(self, path: str, text: bytes) -> tuple[int, bytes]:
        """Check a message as its service would; return the status and the body of the answer."""
        check = _SERVICES.get(path)
        if check is None:
            return 404, b"no such service"
        try:
            body: object = json.loads(text)
            faults = check(body)
        except (ValueError, AttributeError) as error:
            body, faults = {}, [f"malformed: {error}"]
        if len(text) > _MESSAGE_BYTES:
            faults = [*faults, f"larger than {_MESSAGE_BYTES} bytes"]
        service = path.removeprefix("/")
        if faults:
            self.refused.append((service, faults))
            return 400, json.dumps({"status": "invalid event", "errors": faults}).encode()
        message = Message(time.monotonic(), service, cast("dict[str, Any]", body))
        with self._lock:
            self._messages.append(message)
        if self._on_message is not None:
            self._on_message(message)
        if service == "pagerduty":
            answer = {"status": "success", "message": "Event processed"}
            return 202, json.dumps(answer | {"dedup_key": message.incident}).encode()
        return 200, b"ok"

    @contextmanager
    def running(self) -> Generator[Receivers]:
        """Listen on a free port of loopback while the block runs; `url` is then the base."""
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status, answer = take(self.path, text)
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Stay silent; accepted messages go to `on_message`."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="receivers")
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(10)
