"""Where alerts go, as amtool says, and what silences what, on a running Alertmanager."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ports import free_port
from tests.unit.monitoring.programs import program, run

from asset_forge.monitoring import ALERTS, Alert, Options, Severity, Symptom, render, write

RECEIVERS = {
    Severity.CRITICAL: "pagerduty",
    Severity.WARNING: "slack",
    Severity.NONE: "heartbeat",
}
ANY_BYTES = {"service", "availability", "generation"}
ALL = {"service", "availability", "latency", "generation"}
SILENCED_BY = {
    "AISpendHigh": set[str](),
    "AISpendLimitNear": {"generation"},
    "AvailabilityBudgetBurnSlow": {"service", "availability"},
    "BackgroundSampleFailing": {"service", "availability"},
    "CollectorFailing": {"service"},
    "CrashLooping": {"service"},
    "DatabaseDown": ALL,
    "DatabasePoolNearExhaustion": ALL,
    "DatabaseSlow": ALL,
    "DependencyUnhealthy": ANY_BYTES,
    "EventLoopStalled": {"service", "availability", "latency"},
    "FileDescriptorsNearLimit": {"service", "availability"},
    "GenerationBudgetBurnSlow": {"service", "availability", "generation"},
    "GenerationQueueSlow": {"service", "availability", "generation"},
    "HighGenerationFailureRate": {"service", "availability", "generation"},
    "HighMemoryUsage": set[str](),
    "InstanceDown": {"service"},
    "LatencyBudgetBurnSlow": {"service", "availability", "latency"},
    "LoginAbuse": set[str](),
    "LowDiskSpace": ANY_BYTES,
    "PoisonedGeneration": {"service", "availability", "generation"},
    "ProviderCredentialsRejected": {"service", "availability", "generation"},
    "ProviderFailing": {"service", "availability", "generation"},
    "ProviderOutOfCredit": {"service", "availability", "generation"},
    "ScrapeFailing": {"service"},
    "SeriesOverflow": {"service"},
    "StorageFailing": ANY_BYTES,
    "TelemetryLost": {"service"},
    "VersionSkew": set[str](),
    "Watchdog": set[str](),
}
"""The pages under which each ticket is no news: what follows from them, and their causes."""

PAGES = {alert.symptom: alert for alert in ALERTS if alert.symptom is not None}


@pytest.fixture(scope="module")
def deploy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered files, with secrets beside them."""
    directory = tmp_path_factory.mktemp("deploy")
    write(render(Options(heartbeat_url="http://127.0.0.1:9/heartbeat")), directory)
    secrets = directory / "alertmanager" / "secrets"
    secrets.mkdir()
    (secrets / "pagerduty_routing_key").write_text("x" * 32)
    (secrets / "slack_webhook_url").write_text("http://127.0.0.1:9/slack")
    return directory


def labels_of(alert: Alert, **more: str) -> dict[str, str]:
    labels = {"alertname": alert.name, "severity": str(alert.severity), "service": "asset-forge"}
    if alert.symptom is not None:
        labels["symptom"] = str(alert.symptom)
    return labels | more


def test_alertmanager_accepts_its_file(deploy: Path) -> None:
    said = run("amtool", "check-config", "alertmanager.yml", directory=deploy / "alertmanager")
    assert "SUCCESS" in said
    assert "1 templates" in said


@pytest.mark.parametrize("scale", [1.0, 0.05])
def test_prometheus_accepts_its_files(scale: float, tmp_path: Path) -> None:
    write(render(Options(scale=scale, probe="127.0.0.1:9115")), tmp_path)
    said = run("promtool", "check", "config", "prometheus.yml", directory=tmp_path / "prometheus")
    assert f"{len(ALERTS)} rules found" in said
    run("promtool", "check", "rules", "rules/slo.yml", directory=tmp_path / "prometheus")


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_reaches_the_receiver_of_its_severity(alert: Alert, deploy: Path) -> None:
    matchers = [f"{name}={value}" for name, value in labels_of(alert).items()]
    said = run(
        "amtool", "config", "routes", "test", "--config.file=alertmanager.yml",
        f"--verify.receivers={RECEIVERS[alert.severity]}", *matchers,
        directory=deploy / "alertmanager",
    )  # fmt: skip
    assert said.split()[0] == RECEIVERS[alert.severity]


class Alertmanager:
    """A running Alertmanager's API."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def fire(self, *alerts: dict[str, str]) -> None:
        ends = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
        self.ask("/api/v2/alerts", [{"labels": labels, "endsAt": ends} for labels in alerts])

    def states(self) -> dict[str, str]:
        """The state of each alert: `unprocessed` until it is known whether it is inhibited."""
        return {
            alert["labels"]["alertname"]: alert["status"]["state"]
            for alert in self.ask("/api/v2/alerts")
        }

    def settled(
        self, names: set[str], suppressed: set[str] | None = None, apart: set[str] | None = None
    ) -> dict[str, str]:
        """Wait until all have a state; also, where they are given, until these are suppressed,
        some apart: what inhibits an alert may be known a moment after the alert is dispatched."""
        deadline = time.monotonic() + 30
        while True:
            states = self.states()
            known = names <= set(states) and "unprocessed" not in states.values()
            found = {name for name in names if states.get(name) == "suppressed"}
            if known and (suppressed is None or not (found ^ suppressed) - (apart or set())):
                return states
            assert time.monotonic() < deadline, f"not settled: {states}"
            time.sleep(0.05)


@pytest.fixture
def alertmanager(deploy: Path, tmp_path: Path) -> Iterator[Alertmanager]:
    url = f"127.0.0.1:{free_port()}"
    # Groups are dispatched at once, since an alert's state is settled by its first dispatch.
    text = (deploy / "alertmanager" / "alertmanager.yml").read_text()
    directory = deploy / "alertmanager"
    (directory / "eager.yml").write_text(re.sub(r"group_wait: \w+", "group_wait: 0s", text))
    arguments = [
        "--config.file=eager.yml", f"--storage.path={tmp_path}", f"--web.listen-address={url}",
        "--cluster.listen-address=",
    ]  # fmt: skip
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [program("prometheus-alertmanager"), *arguments], cwd=directory, stdout=log, stderr=log
        )
        try:
            found = Alertmanager(f"http://{url}")
            deadline = time.monotonic() + 60
            while True:
                try:
                    found.ask("/api/v2/status")
                    break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    assert time.monotonic() < deadline, (tmp_path / "log").read_text()
                    assert process.poll() is None, (tmp_path / "log").read_text()
                    time.sleep(0.05)
            yield found
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.mark.parametrize("symptom", list(Symptom))
def test_a_page_silences_its_causes_and_nothing_else(
    symptom: Symptom, alertmanager: Alertmanager
) -> None:
    page = PAGES[symptom]
    others = [alert for alert in ALERTS if alert.symptom is None]
    alertmanager.fire(labels_of(page))
    alertmanager.settled({page.name})
    alertmanager.fire(*(labels_of(alert, instance="a:1") for alert in others))
    assert {alert.name for alert in others} == set(SILENCED_BY)
    own = {name for name, pages in SILENCED_BY.items() if symptom in pages}
    by_instance = {"ScrapeFailing", "CrashLooping"}  # InstanceDown fires for the same one
    states = alertmanager.settled({alert.name for alert in others}, own, by_instance)
    assert states[page.name] == "active"


def test_one_incident_pages_once(alertmanager: Alertmanager) -> None:
    """The symptoms that follow from a dead service are silent under its page."""
    alertmanager.fire(labels_of(PAGES[Symptom.SERVICE]))
    alertmanager.settled({PAGES[Symptom.SERVICE].name})
    followers = [alert for alert in ALERTS if alert.symptom not in (None, Symptom.SERVICE)]
    alertmanager.fire(*(labels_of(alert) for alert in followers))
    names = {alert.name for alert in followers}
    states = alertmanager.settled(names, names)
    assert {states[name] for name in names} == {"suppressed"}


def test_pages_of_one_symptom_are_one_group(alertmanager: Alertmanager) -> None:
    pages = [alert for alert in ALERTS if alert.symptom is Symptom.AVAILABILITY]
    assert len(pages) > 1
    alertmanager.fire(*(labels_of(alert) for alert in pages))
    alertmanager.settled({alert.name for alert in pages})
    groups = alertmanager.ask("/api/v2/alerts/groups")
    assert [len(group["alerts"]) for group in groups] == [len(pages)]


def test_a_dead_instance_does_not_silence_another_one(alertmanager: Alertmanager) -> None:
    by_name = {alert.name: alert for alert in ALERTS}
    alertmanager.fire(labels_of(by_name["InstanceDown"], instance="a:1"))
    alertmanager.settled({"InstanceDown"})
    alertmanager.fire(labels_of(by_name["ScrapeFailing"], instance="b:1"))
    assert alertmanager.settled({"ScrapeFailing"})["ScrapeFailing"] == "active"


def test_no_secret_is_in_the_file(deploy: Path) -> None:
    config = yaml.safe_load((deploy / "alertmanager" / "alertmanager.yml").read_text())
    receivers = {one["name"]: one for one in config["receivers"]}
    assert receivers["pagerduty"]["pagerduty_configs"][0]["routing_key_file"].startswith("secrets/")
    assert receivers["slack"]["slack_configs"][0]["api_url_file"].startswith("secrets/")
