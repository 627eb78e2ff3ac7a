"""The real service under a real Prometheus and a real Alertmanager, at a twentieth of the time."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.ports import free_port
from tests.served import ServerFactory, until
from tests.unit.monitoring.programs import program

from asset_forge.monitoring import Options, render, write

SCALE = 0.05


@dataclass(frozen=True)
class Received:
    """A loopback stand-in for PagerDuty, Slack and the heartbeat service."""

    url: str
    messages: queue.SimpleQueue[tuple[str, dict[str, Any]]]

    def next(self, path: str, seconds: float = 60) -> dict[str, Any]:
        """The next message to a path, others dropped."""

        def found() -> dict[str, Any] | None:
            while not self.messages.empty():
                at, message = self.messages.get()
                if at == path:
                    return message
            return None

        return until(f"a message to {path}", found, seconds)


@pytest.fixture
def receiver() -> Iterator[Received]:
    messages: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            messages.put((self.path, json.loads(body)))
            self.send_response(202)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Received(f"http://127.0.0.1:{server.server_port}", messages)
    server.shutdown()
    server.server_close()
    thread.join(10)


@contextmanager
def running(name: str, *arguments: str, directory: Path, ready: str) -> Iterator[None]:
    log = directory / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [program(name), *arguments], cwd=directory, stdout=output, stderr=output
        )
    try:

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            try:
                with urllib.request.urlopen(ready, timeout=5):
                    return True
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                return False

        until(f"{name} is ready", answers, 60)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def ask(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())["data"]


@pytest.fixture
def stack(
    tmp_path: Path, receiver: Received, serve: ServerFactory
) -> Iterator[tuple[str, Any, Received]]:
    """Prometheus's address, the service, and what receives its alerts."""
    server = serve()
    alertmanager, prometheus = free_port(), free_port()
    options = Options(
        scale=SCALE,
        targets=(f"127.0.0.1:{server.port}",),
        alertmanagers=(f"127.0.0.1:{alertmanager}",),
        pagerduty_url=f"{receiver.url}/pagerduty",
        heartbeat_url=f"{receiver.url}/heartbeat",
    )
    deploy = tmp_path / "deploy"
    write(render(options), deploy)
    secrets = deploy / "alertmanager" / "secrets"
    secrets.mkdir()
    (secrets / "pagerduty_routing_key").write_text("k" * 32)
    (secrets / "slack_webhook_url").write_text(f"{receiver.url}/slack")
    with (
        running(
            "prometheus-alertmanager", "--config.file=alertmanager.yml",
            f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=",
            f"--storage.path={tmp_path / 'alerts'}",
            directory=deploy / "alertmanager", ready=f"http://127.0.0.1:{alertmanager}/-/ready",
        ),
        running(
            "prometheus", "--config.file=prometheus.yml", "--enable-feature=exemplar-storage",
            f"--web.listen-address=127.0.0.1:{prometheus}",
            f"--storage.tsdb.path={tmp_path / 'series'}", "--storage.tsdb.retention.time=40d",
            # At the default minute the first beat, sent before Alertmanager is known, is missed.
            "--rules.alert.resend-delay=1s",
            directory=deploy / "prometheus", ready=f"http://127.0.0.1:{prometheus}/-/ready",
        ),
    ):  # fmt: skip
        yield f"http://127.0.0.1:{prometheus}/api/v1", server, receiver


def test_a_dead_service_pages_and_the_heart_goes_on_beating(
    stack: tuple[str, Any, Received],
) -> None:
    api, server, receiver = stack

    def scraped() -> bool:
        targets = ask(f"{api}/targets")["activeTargets"]
        return [target["health"] for target in targets] == ["up", "up"]

    def evaluated() -> bool:
        rules = [rule for group in ask(f"{api}/rules")["groups"] for rule in group["rules"]]
        assert [rule["lastError"] for rule in rules if rule["health"] == "err"] == []
        return all(rule["health"] == "ok" for rule in rules)

    until("both paths are scraped", scraped, 60)
    until("every rule was evaluated without an error", evaluated, 60)
    assert receiver.next("/heartbeat")["commonLabels"]["alertname"] == "Watchdog"

    server.kill()
    page = receiver.next("/pagerduty")
    assert page["event_action"] == "trigger"
    assert page["payload"]["summary"] == "FIRING (1) Asset-Forge is down"
    assert "docs/runbooks/ServiceDown.md" in page["payload"]["custom_details"]["alerts"]

    def firing() -> set[str]:
        return {alert["labels"]["alertname"] for alert in ask(f"{api}/alerts")["alerts"]}

    # The page may be one of before, when a machine that stopped let the scrapes fail.
    until("the alert fires", lambda: "ServiceDown" in firing(), 60)
    assert "MetricsAbsent" not in firing()
    assert receiver.next("/heartbeat")["status"] == "firing"
