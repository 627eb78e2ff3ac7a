"""How often the heart beats: a real Alertmanager, told once of the watchdog, at a faster pace."""

from __future__ import annotations

import itertools
import json
import statistics
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.monitoring.test_live_alerting import running
from tests.ports import free_port
from tests.served import until

from asset_forge.monitoring import Options, render, write
from asset_forge.simulation.receivers import Receivers

SCALE = 0.05
MINUTE = 60 * SCALE
BEATS = 6


def tell_of_the_watchdog(url: str) -> None:
    labels = {"alertname": "Watchdog", "severity": "none", "service": "asset-forge"}
    ends = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    body = json.dumps([{"labels": labels, "endsAt": ends}]).encode()
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}/api/v2/alerts", data=body, headers=headers)
    with urllib.request.urlopen(asked, timeout=10):
        pass


def test_the_heart_beats_every_minute(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with Receivers().running() as receivers:
        options = Options(scale=SCALE, heartbeat_url=f"{receivers.url}/heartbeat")
        write(render(options), tmp_path)
        secrets = tmp_path / "alertmanager" / "secrets"
        secrets.mkdir()
        (secrets / "slack_webhook_url").write_text(f"{receivers.url}/slack")
        with running(
            "prometheus-alertmanager", "--config.file=alertmanager.yml",
            f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address=",
            f"--storage.path={tmp_path / 'alerts'}",
            directory=tmp_path / "alertmanager", ready=f"{url}/-/ready",
        ):  # fmt: skip
            tell_of_the_watchdog(url)
            until(
                f"{BEATS} beats",
                lambda: len(receivers.messages("heartbeat")) >= BEATS,
                3 * BEATS * MINUTE,
            )
        beats = [one.at_seconds for one in receivers.messages("heartbeat")]
    gaps = [later - earlier for earlier, later in itertools.pairwise(beats)]
    assert 0.9 * MINUTE < statistics.median(gaps) < 1.3 * MINUTE, gaps
